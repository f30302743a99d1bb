"""The Lean library as others meet it: proofs of readable length, and a project that requires it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deeplinear import BadInput, LeanFailed, lean

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "tests" / "project"
FILES = sorted(
    path for name in ("DeepLinear", "DeepLinearExamples") for path in (ROOT / name).rglob("*.lean")
)
LONGEST = 60
"""Lines that a proof may have."""


def proofs(text: str) -> dict[str, int]:
    """Return the lines of each proof: those after the line on which its statement ends."""
    lines = text.split("\n")
    found = {}
    for start, line in enumerate(lines):
        named = re.match(r"(?:@\[.*\] )?(?:private |protected )?(?:theorem|lemma) (\S+)", line)
        if named is None:
            continue
        rest = (at for at in range(start + 1, len(lines)) if re.match(r"\S", lines[at]))
        end = next(rest, len(lines))
        ends = (at for at in range(start, end) if re.search(r":=( by| fun .*=>)?$", lines[at]))
        statement = next(ends, start)
        found[named[1]] = len("\n".join(lines[statement + 1 : end]).rstrip().split("\n"))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_proof_is_long(path: Path) -> None:
    found = proofs(path.read_text(encoding="utf-8"))
    assert {name: lines for name, lines in found.items() if lines > LONGEST} == {}


def test_a_long_proof_is_seen() -> None:
    text = (
        "theorem long :\n    True := by\n"
        + "  skip\n" * LONGEST
        + "  trivial\n\nlemma b : 1 = 1 :=\n  rfl\n"
    )
    assert proofs(text) == {"long": LONGEST + 1, "b": 1}


@pytest.mark.lean
def test_a_project_that_requires_the_library() -> None:
    """Lean accepts its theorems, and none of them once a hypothesis is turned round."""
    try:
        asked = lean.find_lean()
    except BadInput as error:
        pytest.skip(str(error))
    text = (PROJECT / "Project.lean").read_text(encoding="utf-8")
    toolchain = (ROOT / "lean-toolchain").read_text(encoding="utf-8")
    assert (PROJECT / "lean-toolchain").read_text(encoding="utf-8") == toolchain
    here = lean.Lean(asked.lake, PROJECT)
    here.run("build")
    for wrong in (text.replace("(h : ¬ IsMinOn", "(h : IsMinOn"), text.replace("≠ 0", "= 0")):
        assert wrong != text
        with pytest.raises(LeanFailed, match="error: "):
            here.run("env", "lean", "--stdin", given=wrong)
