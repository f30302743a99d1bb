"""Challenge.lean and comparator.json are what the library says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from deeplinear import BadInput, challenge
from deeplinear.record import find_root, load_record

RECORD = load_record()
NAMES = [theorem.name for theorem in RECORD.theorems]


def root() -> Path:
    found = find_root()
    assert found is not None
    return found


def test_the_files_are_current() -> None:
    for name, text in challenge.files(root(), RECORD.theorems).items():
        assert (root() / name).read_text(encoding="utf-8") == text, name


def test_every_headline_is_there_and_nothing_of_the_library_is_imported() -> None:
    text = (root() / "Challenge.lean").read_text(encoding="utf-8")
    assert "import DeepLinear" not in text
    assert text.count("\n  sorry") == len(NAMES)
    for theorem in RECORD.theorems:
        last = theorem.name.rpartition(".")[2]
        assert f"theorem {last}" in text or f"lemma {last}" in text


def test_the_assignment_comes_first_and_is_short() -> None:
    text = (root() / "Challenge.lean").read_text(encoding="utf-8")
    first, rest = (text.partition(f"/-! ## {title} -/")[2] for title in challenge.PARTS)
    first = first.removesuffix(rest)
    assert first.count("\n") <= 300
    for theorem in RECORD.theorems:
        if theorem.main and theorem.problem.startswith("P"):
            assert f"theorem {theorem.short}" in first
            assert f"theorem {theorem.short} " not in rest


def test_what_no_statement_reaches_is_left_out() -> None:
    text = (root() / "Challenge.lean").read_text(encoding="utf-8")
    reached = {name for theorem in RECORD.theorems for name in theorem.reaches}
    assert "DeepLinear.head" in reached
    assert "def head " in text
    for path in sorted((root() / "DeepLinear").rglob("*.lean")):
        for name in re.findall(r"^def (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            if not any(one.endswith(f".{name}") for one in reached):
                assert f"\ndef {name} " not in text, name


def test_the_axioms_are_those_that_are_permitted() -> None:
    permitted = json.loads((root() / "comparator.json").read_text())["permitted_axioms"]
    assert set(permitted) == {axiom for theorem in RECORD.theorems for axiom in theorem.axioms}


def test_a_changed_definition_makes_the_file_stale(tmp_path: Path) -> None:
    (tmp_path / "DeepLinear").mkdir()
    (tmp_path / "DeepLinear.lean").write_text("import DeepLinear.A\n")
    source = "import Mathlib.A\n\nnamespace N\n\ndef f := 1\n\n/-- Doc. -/\n"
    source += "theorem t : f = 1 := rfl\n\ndef unused := 3\n\nend N\n"
    stated = RECORD.theorems[0].model_copy(update={"name": "N.t", "reaches": ("N.f",)})
    (tmp_path / "DeepLinear" / "A.lean").write_text(source)
    first = challenge.challenge(tmp_path, [stated])
    assert "def f := 1" in first
    assert "theorem t : f = 1 := by\n  sorry" in first
    assert "unused" not in first
    (tmp_path / "DeepLinear" / "A.lean").write_text(source.replace("def f := 1", "def f := 2"))
    assert challenge.challenge(tmp_path, [stated]) != first
    (tmp_path / "DeepLinear" / "A.lean").unlink()
    with pytest.raises(BadInput, match="cannot be read"):
        challenge.challenge(tmp_path, [stated])
