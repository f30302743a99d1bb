"""What people gave: long and huge numbers, odd files and terminals; an answer or one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from fractions import Fraction
from pathlib import Path
from unittest import mock

import pytest

from deeplinear import BadInput, cli, console, exact, report
from deeplinear.instances import NetworkInput, parse
from deeplinear.solve import algebraic, dynamics, escape

CASES = Path(__file__).parent / "cases"

ANSWERS = {
    "e400": escape.Reason.NOT_CRITICAL,
    "huge_loss": escape.Reason.NOT_CRITICAL,
    "linnerud": escape.Reason.NOT_CRITICAL,
    "long_entries": escape.Reason.NOT_CRITICAL,
    "near9": escape.Reason.COMPARED,
    "samefeature": escape.Reason.COMPARED,
    "saxe_scaled2": escape.Reason.COMPARED,
    "unit_e160_saddle": escape.Reason.ROTATION,
    "unit_em160_min": escape.Reason.COMPARED,
}
"""Inputs made after people's reports, and what decides each (shared with the project)."""

FLOWS = ("linnerud", "near9", "samefeature", "saxe_scaled2", "unit_em160_min")
"""Those whose flow can be integrated in floating point."""

NETWORK = '{"weights": [[["1"]]], "x": [["1"]], "y": [["1"]]}'


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    """Run ``deeplinear`` with these words; returns its exit code, output and errors."""
    monkeypatch.setattr(sys, "argv", ["deeplinear", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.mark.parametrize("name", ANSWERS)
def test_people_get_the_right_answer(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, kept = CASES / f"{name}.json", tmp_path / "verdict.json"
    given = parse(NetworkInput, path.read_bytes(), path)
    code, out, err = run(monkeypatch, capsys, "escape", str(path), "--json", str(kept))
    assert (code, err) == (0, "")
    said = json.loads(kept.read_text())
    assert said["reason"] == ANSWERS[name].value
    assert max(map(len, out.splitlines())) < 1000
    if said["better"] is not None:
        better = [exact.matrix(layer) for layer in said["better"]]
        assert escape.loss_of(better, given.x, given.y) < escape.loss_of(
            given.weights, given.x, given.y
        )
        assert escape.greatest_change(given.weights, better) <= Fraction(1, 10)


@pytest.mark.parametrize("name", ANSWERS)
def test_flows_end_or_say_why(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(monkeypatch, capsys, "flow", str(CASES / f"{name}.json"))
    if name in FLOWS:
        assert (code, err) == (0, "")
        assert "drifts by at most" in out
    else:
        assert code == 2
        assert "floating point can hold" in err


@pytest.mark.parametrize("exponent", [-200, -3, 0, 160, 300])
def test_units_do_not_matter(exponent: int) -> None:
    """The verdict of a problem is that of the same problem in other units, however extreme."""
    unit = Fraction(10) ** exponent
    x = exact.matrix([[3 * unit, 0], [0, 2 * unit]])
    y = exact.matrix([[unit, 0], [0, 5 * unit]])
    for weights, reason in (
        ([[["0", "1"]], [["0"], ["5/2"]]], escape.Reason.COMPARED),
        ([[["1", "0"]], [["1/3"], ["0"]]], escape.Reason.ROTATION),
    ):
        verdict = escape.escape([exact.matrix(a) for a in weights], x, y, Fraction(1))
        assert verdict.reason is reason


def test_equal_irrational_numbers_are_decided() -> None:
    golden = exact.matrix([[2, 1], [1, 1]]).charpoly()
    other = exact.matrix([[2, 1, 0], [1, 1, 0], [0, 0, 1]]).charpoly()
    greatest, same = (algebraic.Root.of(p, greatest=True) for p in (golden, other))
    assert algebraic.compare(greatest, same) == 0
    assert greatest.rational() is None
    near = algebraic.Root.of(golden + exact.matrix([["1/1" + "0" * 90]])[0, 0], greatest=True)
    assert algebraic.compare(greatest, near) == 1
    assert algebraic.compare(near, greatest) == -1
    low = algebraic.between(near, greatest)
    assert algebraic.compare_with(near, low) == -1
    assert algebraic.compare_with(greatest, low) == 1


@pytest.mark.parametrize(
    "text",
    ["+1", "1_000", " 1", "1/-2", "1.5", "1e3", "0x1", "\u0661", "1/0", "", "1/", "/1", "9" * 4001],
)
def test_one_grammar_for_numbers(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadInput):
        exact.matrix([[text]])
    with pytest.raises(BadInput, match="malformed at x"):
        parse(NetworkInput, NETWORK.replace('"x": [["1"]]', f'"x": [["{text}"]]'), "it")
    path = tmp_path / "network.json"
    path.write_text(NETWORK)
    code, _, err = run(monkeypatch, capsys, "escape", str(path), f"--radius={text}")
    assert code == 2
    assert "--radius is" in err


def test_a_tiny_radius_is_read_in_the_one_grammar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "network.json"
    path.write_text(NETWORK.replace('"y": [["1"]]', '"y": [["2"]]'))
    code, _, err = run(monkeypatch, capsys, "escape", str(path), "--radius", "1e-5000")
    assert (code, "--radius is 1e-5000" in err) == (2, True)
    code, out, _ = run(monkeypatch, capsys, "escape", str(path), "--radius", "1/1" + "0" * 3000)
    assert (code, "less by" in out) == (0, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NETWORK.replace("{", '{"x": [["1"]], ', 1), "'x' is given twice"),
        (NETWORK.replace('[["1"]]}', "NaN}"), "NaN is no number"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_json_is_read_strictly(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse(NetworkInput, text, "it")


def test_long_work_is_said_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "network.json"
    path.write_text(NETWORK)
    monkeypatch.setattr(cli, "LONG_WORK", 1)
    assert "may take minutes" in run(monkeypatch, capsys, "escape", str(path))[2]
    monkeypatch.undo()
    assert "may take minutes" not in run(monkeypatch, capsys, "escape", str(path))[2]


def test_a_flow_that_takes_too_long_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dynamics, "SECONDS", 0.0)
    code, _, err = run(monkeypatch, capsys, "flow", str(CASES / "linnerud.json"))
    assert code == 2
    assert "in 0 seconds: give an earlier --until" in err


def test_json_follows_no_link_and_goes_to_devices(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    link.symlink_to(target)
    with pytest.raises(BadInput, match="is a link"):
        console.write_json(link, 1)
    assert not target.exists()
    console.write_json(Path(os.devnull), 3)
    assert Path(os.devnull).is_char_device()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    console.write_json(pipe, 4)
    reader.join(10)
    assert read == ["4\n"]
    assert pipe.is_fifo()
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    with pytest.raises(BadInput, match="is a link"):
        console.write_json(circle, 5)


def test_nothing_is_overwritten_without_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    network, kept = tmp_path / "network.json", tmp_path / "kept.json"
    network.write_text(NETWORK)
    for words in (
        ("analyze", str(network), "--json", str(kept)),
        ("certificate", str(network), "--to", str(tmp_path / "A.lean")),
        ("flow", str(network), "--plot", str(tmp_path / "flow.svg")),
        ("plot", "origin", str(tmp_path / "origin.svg")),
    ):
        Path(words[-1]).write_text("mine")
        code, _, err = run(monkeypatch, capsys, *words)
        assert code == 2
        assert "exists: name another file, or overwrite it with --force" in err
        assert Path(words[-1]).read_text() == "mine"
        assert run(monkeypatch, capsys, *words, "--force")[0] == 0
        assert Path(words[-1]).read_text() != "mine"
    (tmp_path / "kept.json.part").symlink_to(network)  # a name that somebody might guess
    assert run(monkeypatch, capsys, "analyze", str(network), "--json", str(kept), "--force")[0] == 0
    assert network.read_text() == NETWORK
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


@pytest.mark.parametrize("words", [["list"], ["show", "P3.2"]])
def test_a_terminal_of_ascii(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deeplinear", *words],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("ascii")


def test_control_characters_do_not_reach_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(monkeypatch, capsys, "escape", "\x1b[31m\x07.json")
    assert code == 2
    assert "\x1b" not in err
    assert "\\x1b[31m\\x07.json" in err


def test_a_report_is_refused_outside_of_a_clone_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("deeplinear.record.find_root", lambda: None)
    start = time.monotonic()
    code, _, err = run(monkeypatch, capsys, "report", "--html", str(tmp_path / "made"))
    assert (code, "run this in a clone" in err) == (2, True)
    assert time.monotonic() - start < 5
    assert not list(tmp_path.iterdir())


def test_a_report_that_holds_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "index.html").write_text(report.MARK)
    report.refuse_occupied(tmp_path)
    for name in ("thesis.txt", "pictures/mine.svg"):
        (tmp_path / name).write_text("three years")
        with pytest.raises(BadInput, match=f"{name} in it is not the report's"):
            report.refuse_occupied(tmp_path)
        (tmp_path / name).unlink()


def test_raw_html_does_not_reach_a_page() -> None:
    for made in (
        report._markdown("a <script>b</script> `c`"),
        report._worded("a <b onclick=x>$1$</b>"),
    ):
        assert "<script" not in made
        assert "<b " not in made
    assert "<code>c</code>" in report._markdown("a <script>b</script> `c`")


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_checks_on_two_processes_end_without_a_traceback(version: str) -> None:
    """Where this package is installed for that Python; the one of the tests always is."""
    this = f"{sys.version_info.major}.{sys.version_info.minor}" == version
    python = sys.executable if this else os.environ.get(f"DEEPLINEAR_PYTHON_{version}", "")
    if not python:
        pytest.skip(f"Python {version} is not the one of the tests")
    done = subprocess.run(
        [python, "-m", "deeplinear", "check", "P2", "P3.1", "--jobs", "2", "--cases", "12"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_no_float_decides() -> None:
    """The verdicts about near and scaled columns do not come from floats: none is computed."""
    given = parse(NetworkInput, (CASES / "near9.json").read_bytes(), "near9")
    with mock.patch.object(Fraction, "__float__", side_effect=AssertionError("a float")):
        verdict = escape.escape(given.weights, given.x, given.y, Fraction(1, 10))
    assert verdict.is_global_minimum
