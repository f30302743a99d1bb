"""Campaigns: trials that hold, wrong formulas that are found, and counting that never repeats."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster
from flint import fmpq_mat

from deeplinear import BadInput, __version__, campaign, cli, exact, problems, trials
from deeplinear.checks import CHECKS
from deeplinear.solve import dynamics, escape, learning, low_rank


def run_cli(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run ``deeplinear`` with these arguments and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["deeplinear", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a campaign of one problem in a process of its own."""
    words = [sys.executable, "-m", "deeplinear", "campaign", "K16", "--to", str(folder)]
    return subprocess.Popen([*words, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def numbers(folder: Path) -> list[int]:
    """Return the numbers of all trials that the results count."""
    header, *lines = map(json.loads, (folder / "results.jsonl").read_text().splitlines())
    assert header == {"seed": 0, "version": __version__, "digest": campaign.digest()}
    return sorted(n for line in lines for n in range(line["first"], line["first"] + line["count"]))


def wait_for_lines(folder: Path, count: int) -> None:
    path = folder / "results.jsonl"
    for _ in range(600):
        if path.exists() and path.read_text().count("\n") >= count:
            return
        time.sleep(0.05)
    pytest.fail("the campaign wrote nothing")


def test_every_problem_has_trials() -> None:
    assert trials.RECIPES.keys() == CHECKS.keys()


@pytest.mark.parametrize("problem", trials.RECIPES)
def test_trials_meet_the_hypothesis_and_hold(problem: str) -> None:
    assert [trials.failures(trials.draw(problem, 1, i)) for i in range(24)] == [[]] * 24


def test_drawn_starts_are_within_the_margin() -> None:
    """Of those drawn at first 1 in 140 was not, which the campaign counts as a violation."""
    drawn = [trials.draw("ACGH", 0, i) for i in range(600)]
    assert [trials.failures(trial) for trial in drawn] == [[]] * 600


def doubled(formula: Callable[..., list[fmpq_mat]]) -> Callable[..., list[fmpq_mat]]:
    return lambda *given: [layer * 2 for layer in formula(*given)]


NEAR_ORIGIN = escape.near_origin
END_TO_END = exact.end_to_end

WRONG: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "P1.1": (exact, "moment_gradient", doubled(exact.moment_gradient)),
    "P1.2": (exact, "moment_gradient", doubled(exact.moment_gradient)),
    "P1.3": (exact, "moment_gradient", doubled(exact.moment_gradient)),
    "P1.4": (exact, "gradient", doubled(exact.gradient)),
    "P2": (
        problems,
        "between",
        lambda p, q, d: (p * exact.diagonal([1], p.nrows(), q.nrows()),) * 2,
    ),
    "P3.1": (trials, "_zeros", lambda trial: list(map(exact.ones_like, trial.weights))),
    "P3.2": (escape, "near_origin", lambda *given: NEAR_ORIGIN(*given)[::-1]),
    "P3.3": (trials, "_zeros", lambda trial: list(map(exact.ones_like, trial.weights))),
    "P4": (exact, "least_squares_minimum", lambda x, y: exact.squared_norm(y) + 1),
    "P5": (problems, "reduced_rank_minimum", lambda x, y, p: 0.0),
    "LK1": (escape, "case_a", lambda weights, *_: list(weights)),
    "LB": (exact, "least_squares_minimum", lambda x, y: exact.squared_norm(y) + 1),
    "LK2": (low_rank, "find_rotation", lambda *_: None),
    "LK3": (low_rank, "find_rotation", lambda *_: None),
    "K16": (escape, "climb", lambda weights, *_: list(weights)),
    "SO": (low_rank, "find_rotation", lambda *_: None),
    "AE": (exact, "end_to_end", lambda weights: END_TO_END(weights) * 2),
    "MC": (exact, "masked_gradient", doubled(exact.masked_gradient)),
    "FLOW": (dynamics, "preconditioned_velocity", lambda weights, slope: slope * 0),
    "SAXE": (learning, "aligned_gradient", doubled(learning.aligned_gradient)),
    "ACGH": (learning, "root_above", lambda _: Fraction()),
    "GD": (learning, "curvature_factor", lambda *_: Fraction(1, 100)),
}
"""Something wrong for each problem, which its trials have to notice."""


@pytest.mark.parametrize("problem", WRONG)
def test_what_is_wrong_is_found_and_made_small(
    problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*WRONG[problem])
    drawn = (trials.draw(problem, 0, i) for i in range(24))
    failing = next(trial for trial in drawn if trials.failures(trial))
    small = trials.shrink(failing)
    assert trials.failures(small)
    assert len(small.model_dump_json()) <= len(failing.model_dump_json())
    monkeypatch.undo()
    assert not trials.failures(small)  # it is right, or outside the hypothesis


def test_a_violation_is_kept_small_and_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setattr(exact, "gradient", doubled(exact.gradient))
        with campaign.Campaign(tmp_path, 0) as kept:
            kept.keep(*campaign.judge("P1.4", 0, 0, 10))
            (total,) = kept.totals(["P1.4"])
        assert total.trials == 10
        assert total.violations >= 8
        path = min(tmp_path.glob("violation-P1.4-*.json"), key=lambda file: file.stat().st_size)
        kept_trial = json.loads(path.read_text())["trial"]
        assert len(kept_trial["weights"]) == 1
        assert len(kept_trial["x"]) == len(kept_trial["x"][0]) == 1
        assert run_cli(wrong, "check", "--replay", str(path)) == 1
        assert "the formula is not the gradient" in capsys.readouterr().out
    assert run_cli(monkeypatch, "check", "--replay", str(path)) == 0
    assert "held" in capsys.readouterr().out


def test_the_same_trials_on_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for jobs in ("1", "2"):
        given = ("--to", str(tmp_path / jobs), "--count", "130", "--jobs", jobs)
        assert run_cli(monkeypatch, "campaign", "P1.1", "P2", *given) == 0
        assert numbers(tmp_path / jobs) == sorted([*range(130), *range(130)])
    # done: nothing more is judged
    before = (tmp_path / "2" / "results.jsonl").read_bytes()
    assert run_cli(monkeypatch, "campaign", "P1.1", "P2", *given) == 0
    assert (tmp_path / "2" / "results.jsonl").read_bytes() == before


def test_a_campaign_that_was_killed_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start(tmp_path, "--count", "100000")
    wait_for_lines(tmp_path, 3)
    running.kill()
    running.communicate()
    path = tmp_path / "results.jsonl"
    path.write_bytes(path.read_bytes()[:-7])  # in the middle of a line
    whole = path.read_bytes().rpartition(b"\n")[0]
    assert run_cli(monkeypatch, "campaign", "K16", "--to", str(tmp_path), "--count", "400") == 0
    assert path.read_bytes().startswith(whole)
    found = numbers(tmp_path)
    assert len(set(found)) == len(found)
    assert set(found) >= set(range(400))


def test_an_interrupt_keeps_what_was_judged(tmp_path: Path) -> None:
    running = start(tmp_path, "--count", "100000", "--jobs", "2")
    try:
        wait_for_lines(tmp_path, 3)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
        running.communicate()
    assert running.returncode == 130
    assert b"The same command goes on" in out
    assert b"Traceback" not in err
    assert len(numbers(tmp_path)) >= 100


def test_a_killed_worker_is_said(tmp_path: Path) -> None:
    class Broken(ThreadPoolExecutor):
        def submit(self, *_: object, **__: object) -> Any:
            future: Future[Any] = Future()
            future.set_exception(BrokenExecutor())
            return future

    with (
        campaign.Campaign(tmp_path, 0) as kept,
        pytest.raises(BadInput, match="run the same command again"),
    ):
        campaign.run(kept, ["P2"], 1, Broken(1), lambda _: None)


def test_a_cluster_judges_the_same_trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as dask:
        given = ("--to", str(tmp_path), "--count", "200", "--scheduler", dask.scheduler_address)
        assert run_cli(monkeypatch, "campaign", "P2", *given) == 0
    assert numbers(tmp_path) == list(range(200))


HEADER = {"seed": 0, "version": __version__, "digest": campaign.digest()}
BLOCK = {"problem": "P2", "first": 0, "count": 9, "seconds": 1.0}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{**HEADER, "seed": 7}], "--seed 7, not 0"),
        ([{**HEADER, "more": 1}], "malformed at more"),
        ([{**HEADER, "digest": "0" * 16}], "judged by other code .* name another folder"),
        ([{"seed": 0}], "judged by other code .an earlier version"),
        ([HEADER, "nonsense"], "line 2"),
        ([HEADER, BLOCK, {**BLOCK, "first": 8}], "line 3 counts trials of P2 again"),
        ([HEADER, {**BLOCK, "first": 8}, BLOCK], "line 3 counts trials of P2 again"),
        ([HEADER, {**BLOCK, "count": 10**12}], "line 2 is malformed at count"),
        ([HEADER, {**BLOCK, "first": 10**12}], "line 2 is malformed at first"),
        ([HEADER, {**BLOCK, "seconds": -1}], "line 2 is malformed at seconds"),
        ([HEADER, {**BLOCK, "violations": [9]}], "outside of the block"),
        ([HEADER, {**BLOCK, "problem": "P9"}], "no problem 'P9'"),
    ],
)
def test_results_that_cannot_go_on_are_refused(
    tmp_path: Path, lines: list[object], said: str
) -> None:
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (tmp_path / "results.jsonl").write_text(text)
    with pytest.raises(BadInput, match=said):
        campaign.Campaign(tmp_path, 0)
    assert (tmp_path / "results.jsonl").read_text() == text
    with pytest.raises(BadInput, match=said):  # and the folder is free again
        campaign.Campaign(tmp_path, 0)


def test_gaps_between_what_was_judged_are_filled(tmp_path: Path) -> None:
    lines = [HEADER, {**BLOCK, "first": 60, "count": 50}, BLOCK]
    (tmp_path / "results.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    with campaign.Campaign(tmp_path, 0) as kept:
        wanted = [("P2", 9, 50), ("P2", 59, 1), ("P2", 110, 10)]
        assert kept.missing(["P2"], 120) == wanted
        assert kept.missing(["P2"], 100) == wanted[:2]
        assert kept.missing(["P2"], 9) == []
        start = time.monotonic()
        assert len(kept.missing(["P2"], campaign.MOST)) >= campaign.MOST // campaign.BLOCK
        assert time.monotonic() - start < 10


def test_a_second_campaign_in_a_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with campaign.Campaign(tmp_path, 0):
        before = (tmp_path / "results.jsonl").read_bytes()
        assert run_cli(monkeypatch, "campaign", "P2", "--to", str(tmp_path)) == 2
        assert "another campaign is running" in capsys.readouterr().err
        assert (tmp_path / "results.jsonl").read_bytes() == before
    assert run_cli(monkeypatch, "campaign", "P2", "--to", str(tmp_path), "--count", "50") == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--count", "0"), "--count is 0"),
        (("--jobs", "0"), "--jobs is 0"),
        (("--scheduler", "nowhere:1"), "no scheduler answers at nowhere:1"),
        (("--to", "/dev/null/x"), "cannot be used"),
    ],
)
def test_bad_options_are_refused(
    given: tuple[str, str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_cli(monkeypatch, "campaign", "P2", *given) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_trial_outside_the_hypothesis_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = {"problem": "P3.1", "type": "network", "weights": [[["1"]]], "x": [["1"]], "y": [["1"]]}
    path = tmp_path / "trial.json"
    path.write_text(json.dumps({"seed": 0, "number": 0, "failures": [], "trial": trial}))
    assert run_cli(monkeypatch, "check", "--replay", str(path)) == 2
    assert "outside the hypothesis" in capsys.readouterr().err
