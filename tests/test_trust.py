"""What the project says of itself is true: the sources, the record, the two ways, the digests."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from deeplinear import analysis, campaign, console, report, worded
from deeplinear.checks import audit
from deeplinear.record import load_record
from deeplinear.solve import classify, escape

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = [
    ROOT / "DeepLinear.lean",
    *sorted((ROOT / "DeepLinear").rglob("*.lean")),
    *sorted((ROOT / "DeepLinearExamples").rglob("*.lean")),
]
TOOLS = [
    *(path for path in sorted(ROOT.glob("*.lean")) if path.name != "Challenge.lean"),
    *sorted((ROOT / "Tools").glob("*.lean")),
]

FORBIDDEN = (
    "sorry",
    "admit",
    "axiom",
    "native_decide",
    "implemented_by",
    "extern",
    "unsafe",
    "opaque",
    "csimp",
)
"""Words with which a statement could pass for proved, or a definition for another one."""


def code_of(text: str) -> str:
    """Return Lean text without its comments (which nest) and strings."""
    code, place, depth = [], 0, 0
    while place < len(text):
        if text.startswith("/-", place):
            depth, place = depth + 1, place + 2
        elif depth and text.startswith("-/", place):
            depth, place = depth - 1, place + 2
        elif depth:
            place += 1
        elif text.startswith("--", place):
            end = text.find("\n", place)
            place = len(text) if end < 0 else end
        elif text[place] == '"':
            end = place + 1
            while end < len(text) and text[end] != '"':
                end += 2 if text[end] == "\\" else 1
            place = end + 1
        else:
            code.append(text[place])
            place += 1
    return "".join(code)


def forbidden(text: str) -> list[str]:
    """Return the forbidden words in the code of a Lean text."""
    words = re.findall(r"[A-Za-z_][A-Za-z_0-9'!?]*", code_of(text))
    return sorted({word for word in words if word in FORBIDDEN})


def test_code_is_told_from_comments_and_strings() -> None:
    text = 'theorem a : True := by /- sorry /- sorry -/ sorry -/ trivial -- sorry\n"sorry\\"sorry"'
    assert forbidden(text) == []
    for word in FORBIDDEN:
        assert forbidden(f"{text} {word} --") == [word]
    assert forbidden("theorem a : 1 = 2 := by\n  sorry\n") == ["sorry"]
    assert forbidden("@[implemented_by f, csimp] def g := sorryFree") == ["csimp", "implemented_by"]


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_nothing_in_the_library_passes_for_proved(path: Path) -> None:
    assert forbidden(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TOOLS, ids=lambda path: path.stem)
def test_nothing_in_the_tools_passes_for_proved(path: Path) -> None:
    """The tools import what they read at run time, which Lean calls unsafe."""
    assert forbidden(path.read_text(encoding="utf-8")) in ([], ["unsafe"])


def test_lean_names_that_a_verdict_cites_are_in_the_library() -> None:
    code = "\n".join(code_of(path.read_text(encoding="utf-8")) for path in LIBRARY)
    declared = set(re.findall(r"^(?:theorem|lemma) (\S+)", code, re.MULTILINE))
    assert set(escape.THEOREMS) == set(escape.Reason)
    assert set(analysis.THEOREMS) == set(analysis.Verdict)
    assert set(classify.THEOREMS) == set(classify.Kind)
    cited = (escape.THEOREMS, analysis.THEOREMS, classify.THEOREMS)
    for name in (one for theorems in cited for one in theorems.values()):
        assert name.partition(".")[2] in declared, name


def test_sympy_computes_on_numbers_of_its_own() -> None:
    assert worded.shared_arithmetic() == ""


def test_a_shared_arithmetic_is_said() -> None:
    code = (
        "import os; os.environ['SYMPY_GROUND_TYPES'] = 'flint'; import sympy\n"
        "import sys; from deeplinear import cli\n"
        "sys.argv = ['deeplinear', 'check', 'P2', '--cases', '12']; cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "the two ways are not independent" in done.stdout


def test_axioms_that_lean_was_not_asked_for_are_as_recorded() -> None:
    record = load_record()
    theorem = record.theorems[0]
    for asked in (False, True):
        screen = Console(record=True, width=200, file=io.StringIO())
        console.certificate(screen, record, [], asked)
        said = screen.export_text()
        assert said.count("(as recorded)") == (0 if asked else len(record.theorems))
        assert ("as recorded" in audit(theorem.problem, record, asked).detail) is not asked
        pages = report.render(ROOT, record, [], "", asked)
        assert ("(as recorded)" in pages["index.html"] + pages["P2.html"]) is not asked


@pytest.mark.parametrize(("wanted", "ci"), [("", ""), ("", "true"), ("required", "true")])
def test_ci_without_lean_passes_loudly_unless_it_is_required(
    tmp_path: Path, wanted: str, ci: str
) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    for name in ("run", ".venv/bin/deeplinear"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    script = tmp_path / ".ci" / "run"
    script.write_bytes((ROOT / ".ci" / "run").read_bytes())
    script.chmod(0o755)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "sh", "env", "id"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    (tools / "chromedriver").symlink_to("/usr/bin/true")
    around = {"CI": ci, "HOME": str(tmp_path), "PATH": str(tools)}
    done = subprocess.run(
        [script],
        env={**around, "DEEPLINEAR_LEAN": wanted},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (wanted == "required"), done.stderr
    assert "THE PROOFS WERE NOT CHECKED" in done.stdout


def test_the_digest_of_a_campaign_sees_what_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "deeplinear"
    for name in ("trials.py", "checks/base.py", "solve/escape.py", "data/lean.json", "console.py"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name)
    monkeypatch.setattr(campaign, "__file__", str(home / "campaign.py"))
    read = campaign.digest.__wrapped__
    before = read()
    (home / "console.py").write_text("prints otherwise")
    assert read() == before
    for name in ("trials.py", "checks/base.py", "solve/escape.py", "data/lean.json"):
        (home / name).write_text("judges otherwise")
        after = read()
        assert after != before
        before = after


def test_what_judges_is_in_the_digest() -> None:
    """Whatever the trials import is no module that the digest leaves out."""
    code = "import sys, deeplinear.campaign; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    used = {name.partition(".")[2] for name in done.stdout.split() if name.startswith("deeplinear")}
    assert {"trials", "solve.escape"} <= used
    assert not used & campaign.NOT_JUDGING
