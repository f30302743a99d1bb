"""The command line: what it prints, its exit codes, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deeplinear import cli
from deeplinear.checks import CHECKS
from deeplinear.record import load_record


def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str
) -> tuple[int, str, str]:
    """Run the command line and return exit code, standard output and standard error."""
    monkeypatch.setattr(sys, "argv", ["deeplinear", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), out, err


def test_check_ends_all_held(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "result.json"
    code, out, err = run(
        capsys, monkeypatch, "check", "P2", "--cases", "12", "--seed", "3", "--json", str(path)
    )
    assert (code, err) == (0, "")
    assert out.rstrip().endswith("all held")
    written = json.loads(path.read_text())
    assert written["all_held"]
    assert {row["problem"] for row in written["rows"]} == {"Lean", "P2"}


def test_a_failure_is_exit_code_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from deeplinear.checks import rank_bounded

    monkeypatch.setattr(rank_bounded, "is_convex", lambda n, k, d: True)
    code, out, _ = run(capsys, monkeypatch, "check", "P2", "--cases", "12")
    assert code == 1
    assert "FAILED" in out


def test_list_names_every_problem(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run(capsys, monkeypatch, "list")
    assert code == 0
    for problem in CHECKS:
        assert problem in out


@pytest.mark.parametrize("problem", CHECKS)
def test_show(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, problem: str
) -> None:
    code, out, _ = run(capsys, monkeypatch, "show", problem)
    assert code == 0
    assert CHECKS[problem].title in out
    assert len(out.splitlines()) <= 50
    assert "\\n" not in out
    _, whole, _ = run(capsys, monkeypatch, "show", problem, "--all")
    for theorem in load_record().theorems:
        place = f"{theorem.file}:{theorem.line}\n"
        assert (place in out) == (theorem.problem == problem and theorem.main)
        assert (place in whole) == (theorem.problem == problem)


def test_instances_as_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "instances.json"
    code, _, _ = run(capsys, monkeypatch, "instances", "P4", "--json", str(path))
    assert code == 0
    wanted = [i for i in load_record().instances if i.problem == "P4"]
    assert json.loads(path.read_text()) == [i.model_dump(mode="json") for i in wanted]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "P99"], "P99 is no problem"),
        (["check", "--cases", "-3"], "--cases is -3"),
        (["check", "--seed", "x"], "--seed"),
        (["check", "--json", "/nowhere/file.json"], "--json is"),
        (["show", "X"], "X is no problem"),
        (["instances", "--json", "/"], "--json is /"),
        (["nonsense"], "No such command"),
        (["dev", "lean", "--refresh", "--verify"], "exclude one another"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    said: str,
) -> None:
    code, _, err = run(capsys, monkeypatch, *words)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_the_module_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deeplinear", "list"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "P2" in done.stdout
