"""The record, the files it was made from, and a Lean that is asked (a stand-in for most tests)."""

from __future__ import annotations

import json
import stat
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from deeplinear import BadInput, LeanFailed, cli, exact, lean
from deeplinear import record as recorded
from deeplinear.instances import Evaluation, EvaluationInput, Record
from deeplinear.record import (
    compare,
    differences,
    find_root,
    hashes,
    load_record,
    older_words,
    parted,
    save_record,
    words,
)

KEPT = load_record()
ROOT = find_root()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small project of Lean files, made the current folder, without a Lean."""
    root = tmp_path / "project"
    for folder in ("DeepLinear", "Tools"):
        (root / folder).mkdir(parents=True)
    for name in ("lakefile.lean", "DeepLinear.lean", "Tools/Export.lean", "DeepLinear/Loss.lean"):
        (root / name).write_text(f"-- {name}\n")
    (root / lean.BUILT).mkdir(parents=True)
    monkeypatch.chdir(root)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.delenv("DEEPLINEAR_PACKAGES", raising=False)
    return root


def install_lake(project: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a stand-in for Lake on the PATH; ``script`` is its Python text."""
    lake = project.parent / "bin" / "lake"
    lake.parent.mkdir(exist_ok=True)
    lake.write_text(f"#!{sys.executable}\nimport sys\n{script}\n")
    lake.chmod(lake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{lake.parent}:/usr/bin:/bin")


def without_files(record: Record) -> str:
    """Return the record as Export.lean prints it."""
    return record.model_dump_json(exclude={"files", "words"})


def test_the_record_is_of_these_files() -> None:
    assert ROOT is not None
    assert differences(KEPT, hashes(ROOT)) == []


def test_the_record_rests_on_the_axioms_of_lean_alone() -> None:
    assert {axiom for theorem in KEPT.theorems for axiom in theorem.axioms} <= {
        "propext",
        "Classical.choice",
        "Quot.sound",
    }


def test_the_theorems_rest_on_one_another_without_a_circle() -> None:
    uses = {theorem.name: set(theorem.uses) for theorem in KEPT.theorems}
    assert "DeepLinear.isMinOn_of_isLocalMinOn" in uses["DeepLinear.isMinOn_of_isLocalMin"]
    assert list(TopologicalSorter(uses).static_order())
    assert set().union(*uses.values()) <= set(uses)


def test_the_record_points_to_the_theorems() -> None:
    assert ROOT is not None
    older = older_words(KEPT, words(ROOT))
    for theorem in KEPT.theorems:
        if theorem.file in older:  # a longer docstring moves the lines; a warning says so
            continue
        lines = (ROOT / theorem.file).read_text(encoding="utf-8").splitlines()
        short = theorem.name.rpartition(".")[2]
        assert any(short in line for line in lines[theorem.line - 1 : theorem.line + 12])


def test_changed_missing_and_new_files_are_named() -> None:
    record = KEPT.model_copy(update={"files": {"A.lean": "1", "B.lean": "2"}})
    assert differences(record, {"A.lean": "0", "C.lean": "3"}) == [
        f"A.lean has changed since the record: {recorded.ANEW}",
        f"B.lean is in the record but not in the repository: {recorded.ANEW}",
        f"C.lean is not in the record: {recorded.ANEW}",
    ]


def test_a_changed_statement_a_missing_and_a_new_theorem_are_named() -> None:
    first, second, *rest = KEPT.theorems
    changed = first.model_copy(update={"statement": "False"})
    added = second.model_copy(update={"name": "DeepLinear.new"})
    fresh = KEPT.model_copy(update={"lean": "0.0", "theorems": (changed, added, *rest)})
    assert compare(KEPT, KEPT) == []
    assert sorted(compare(KEPT, fresh)) == sorted(
        [
            f"the version of Lean is {KEPT.lean} in the record but 0.0 now",
            f"{first.name} is not what the record says",
            f"{second.name} is in the record but Lean does not export it",
            "DeepLinear.new is not in the record",
        ]
    )


def test_no_lean_on_the_machine(project: Path) -> None:
    with pytest.raises(BadInput, match="install elan"):
        lean.find_lean()


def test_no_mathlib_on_the_machine(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An elan without Mathlib: nothing is fetched, and nothing is built for hours."""
    install_lake(project, monkeypatch, "sys.exit('fetches Mathlib')")
    (project / lean.BUILT).rmdir()
    with pytest.raises(BadInput, match="lake exe cache get"):
        lean.find_lean()
    monkeypatch.setattr(recorded, "load_record", lambda: KEPT.model_copy(update={"files": {}}))
    monkeypatch.setattr(recorded, "hashes", lambda _: {})
    monkeypatch.setattr(sys, "argv", ["deeplinear", "dev", "lean"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code


def test_asking_lean(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = project.parent / "said.json"
    said.write_text(without_files(KEPT))
    install_lake(
        project,
        monkeypatch,
        f"""
if "env" in sys.argv:
    print(open({str(said)!r}).read())
""",
    )
    record = lean.find_lean().export()
    assert record.theorems == KEPT.theorems
    assert sorted(record.files) == [
        "DeepLinear.lean",
        "DeepLinear/Loss.lean",
        "Tools/Export.lean",
        "lakefile.lean",
    ]
    path = project / "lean.json"
    save_record(record, path)
    assert load_record(path).model_dump() == record.model_dump()


def test_a_build_that_fails_is_one_sentence(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_lake(project, monkeypatch, 'sys.exit("note\\nerror: Loss.lean is wrong")')
    with pytest.raises(
        LeanFailed,
        match=r"`lake build .* Tools` ended with code 1: error: Loss\.lean",
    ):
        lean.find_lean().export()


class Evaluator(lean.Lean):
    """A stand-in that evaluates by FLINT, ``off`` by a factor, and refuses what lacks a field."""

    off = 1

    def run(self, *arguments: str, given: str | None = None) -> str:
        """Answer as Export.lean would."""
        try:
            asked = EvaluationInput.model_validate_json(given or "")
        except ValueError as error:
            raise LeanFailed(f"code 2: {error}") from None
        assert asked.directions is not None
        r = exact.end_to_end(asked.weights)
        second = exact.second_derivative(asked.weights, *asked.directions, asked.x, asked.y)
        return Evaluation.model_construct(
            end_to_end=r * self.off,
            loss=exact.loss(r, asked.x, asked.y) * self.off,
            gradient=tuple(g * self.off for g in exact.gradient(asked.weights, asked.x, asked.y)),
            second=second * self.off,
        ).model_dump_json()


def test_what_lean_evaluates_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluator = Evaluator(Path("lake"), Path())
    assert lean.disagreements(evaluator) == []
    monkeypatch.setattr(Evaluator, "off", 2)
    assert len(lean.disagreements(evaluator)) == 4
    monkeypatch.setattr(Evaluator, "off", 1)
    monkeypatch.setattr(lean, "MALFORMED", {'{"weights": [[["1"]]]}': "no such field"})
    assert lean.disagreements(evaluator) == ["Lean does not refuse a malformed no such field"]


def test_what_lean_says_is_read_strictly(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_lake(project, monkeypatch, 'print("{}")')
    with pytest.raises(BadInput, match=r"the output of Export\.lean is malformed"):
        lean.find_lean().export()


@pytest.mark.parametrize(
    ("said", "proved"),
    [
        ("'t' depends on axioms: [propext, Classical.choice, Quot.sound]", True),
        ("'t' does not depend on any axioms", True),
        ("'t' depends on axioms: [propext, sorryAx]", False),
        ("'t' depends on axioms: [Lean.ofReduceBool]", False),
        ("something else", False),
    ],
)
def test_a_certificate_is_proved_from_the_axioms_of_lean_alone(
    said: str, proved: bool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_lake(project, monkeypatch, f"print({said!r} if 'env' in sys.argv else '')")
    (project / "A.lean").write_text("")
    if proved:
        assert said in lean.find_lean().check_certificate(project / "A.lean", "t")
    else:
        with pytest.raises(LeanFailed):
            lean.find_lean().check_certificate(project / "A.lean", "t")


def test_package_overrides(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lean.packages_file() is None
    default = project.parent / ".config" / "deeplinear" / "packages.json"
    default.parent.mkdir(parents=True)
    default.write_text("{}")
    assert lean.packages_file() == default
    install_lake(project, monkeypatch, "print(sys.argv[1])")
    assert lean.find_lean().version() == f"--packages={default}"
    monkeypatch.setenv("DEEPLINEAR_PACKAGES", str(project / "missing.json"))
    with pytest.raises(BadInput, match=r"DEEPLINEAR_PACKAGES is .*missing\.json"):
        lean.packages_file()


@pytest.mark.parametrize("text", [None, "", "{", '{"lean": 1}'])
def test_a_record_that_cannot_be_read(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "lean.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BadInput, match=r"lean\.json"):
        load_record(path)


def test_a_changed_file_is_exit_code_1(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = KEPT.model_copy(update={"files": hashes(project), "words": words(project)})
    path = project / "lean.json"
    save_record(record, path)
    monkeypatch.setattr(recorded, "load_record", lambda: record)
    for content, code in (("-- changed\n", 0), ("def changed := 1\n", 1)):
        (project / "DeepLinear" / "Loss.lean").write_text(content)
        monkeypatch.setattr(sys, "argv", ["deeplinear", "dev", "lean"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert (ended.value.code or 0) == code
        out = capsys.readouterr().out
        assert ("DeepLinear/Loss.lean has changed since the record" in out) == (code == 1)
        assert "docstrings are older than those of DeepLinear/Loss.lean" in out or code == 1


def test_refresh_writes_nothing_when_lean_fails(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install_lake(project, monkeypatch, 'sys.exit("error: no")')
    monkeypatch.setattr(recorded, "RECORD", project / "lean.json")
    monkeypatch.setattr(sys, "argv", ["deeplinear", "dev", "lean", "--refresh"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "error: no" in capsys.readouterr().err
    assert not (project / "lean.json").exists()


def test_the_record_is_plain_json() -> None:
    data = json.loads(recorded.RECORD.read_text(encoding="utf-8"))
    assert set(data) == {"lean", "mathlib", "constants", "theorems", "instances", "files", "words"}


def test_code_is_parted_from_its_comments() -> None:
    text = 'def a :=  "-- no /- comment" -- one\n/-- two /- three -/ -/\n  (\'"\', 1) -- "four\n'
    code, comments = parted(text)
    assert code == """def a := "-- no /- comment" ('"', 1)"""
    assert comments == '-- one\n/-- two /- three -/ -/\n-- "four'
    assert parted("/- never closed") == ("", "/- never closed")


def test_the_file_that_invites_changes_is_not_in_the_record() -> None:
    assert not {"Examples.lean"} & (set(KEPT.files) | set(KEPT.words))


def test_a_certificate_in_the_clone_is_no_file_of_the_library(tmp_path: Path) -> None:
    for folder in ("DeepLinear", "Tools"):
        (tmp_path / folder).mkdir()
    for name in ("DeepLinear.lean", "DeepLinear/Loss.lean", "Network.lean"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert set(hashes(tmp_path)) == {"DeepLinear.lean", "DeepLinear/Loss.lean"}
    (tmp_path / "Tools" / "Lint.lean").write_text("", encoding="utf-8")
    assert "Tools/Lint.lean" in hashes(tmp_path)
