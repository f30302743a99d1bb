"""Challenge.lean and comparator.json are what the library says."""

from __future__ import annotations

import json
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
    for name in NAMES:
        short = name.removeprefix("DeepLinear.")
        assert f"theorem {short}" in text or f"lemma {short}" in text
    permitted = json.loads((root() / "comparator.json").read_text())["permitted_axioms"]
    assert set(permitted) == {axiom for theorem in RECORD.theorems for axiom in theorem.axioms}


def test_a_changed_definition_makes_the_file_stale(tmp_path: Path) -> None:
    (tmp_path / "DeepLinear").mkdir()
    (tmp_path / "DeepLinear.lean").write_text("import DeepLinear.A\n")
    source = "import Mathlib.A\n\nnamespace N\n\ndef f := 1\n\n/-- Doc. -/\n"
    source += '@[assignment "P2"]\ntheorem t : f = 1 := rfl\n\nend N\n'
    (tmp_path / "DeepLinear" / "A.lean").write_text(source)
    first = challenge.challenge(tmp_path)
    assert "def f := 1" in first
    assert "theorem t : f = 1 := by\n  sorry" in first
    (tmp_path / "DeepLinear" / "A.lean").write_text(source.replace("def f := 1", "def f := 2"))
    assert challenge.challenge(tmp_path) != first
    (tmp_path / "DeepLinear" / "A.lean").unlink()
    with pytest.raises(BadInput, match="cannot be read"):
        challenge.challenge(tmp_path)
