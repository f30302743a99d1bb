"""Pictures are written whole or refused, and the benchmark compares equal gradients."""

from __future__ import annotations

import json
import random
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deeplinear import BadInput, bench, cli, exact, plots


@pytest.mark.parametrize("what", plots.PICTURES)
def test_the_pictures(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "SEARCHES", 2)
    path = tmp_path / "picture.png"
    plots.PICTURES[what](path)
    assert path.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(BadInput, match=r"ends in \.png or \.svg"):
        plots.PICTURES[what](tmp_path / "picture.txt")
    with pytest.raises(BadInput, match="cannot be written"):
        plots.PICTURES[what](tmp_path / "missing" / "picture.png")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plot", "nothing", "a.png"], "nothing is no picture"),
        (["dev", "bench", "x"], "no benchmark"),
    ],
)
def test_unknown_names(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["deeplinear", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_literal_products_are_the_gradient() -> None:
    weights, x, y = exact.random_network(random.Random(2), [3, 2, 4, 2], 3)
    assert bench.literal_gradient(weights, x, y) == exact.gradient(weights, x, y)


@pytest.mark.parametrize("what", ["rank", "landscape"])
def test_benchmarks(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "REPEATS", 1)
    found = bench.BENCHMARKS[what]()
    assert all(row.ratio is not None and row.ratio > 0 for row in found.rows)
    assert len(found.rows) >= 3


def test_growth_is_the_exponent_of_a_power(monkeypatch: pytest.MonkeyPatch) -> None:
    def timed(work: partial[Any]) -> float:
        gradient = work()
        return float(len(gradient) ** 2 * work.args[1].ncols() ** 3)

    monkeypatch.setattr(bench, "_timed", timed)
    found = {fit.variable: fit.exponent for fit in bench.growth().fits}
    assert found == pytest.approx({"H": 2, "width": 3, "samples": 3})


def test_a_missed_target_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "_command", lambda words: (30.0 if "2" in words else 40.0, 501.0))
    monkeypatch.setattr(
        sys, "argv", ["deeplinear", "dev", "bench", "check", "--json", str(tmp_path / "bench.json")]
    )
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    out = capsys.readouterr().out
    assert "40.0 s, wanted at most 90 s: met" in out
    assert "501 MB, wanted at most 500 MB: MISSED" in out
    assert "1.33, wanted 1.85 times as fast: MISSED" in out
    targets = json.loads((tmp_path / "bench.json").read_text())["check"]["targets"]
    assert [target["met"] for target in targets] == [True, False, False]


def test_what_is_compared_has_to_be_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "literal_gradient", lambda weights, x, y: weights)
    with pytest.raises(AssertionError, match="different results"):
        bench.gradient()


def test_the_memory_of_a_process_is_its_own() -> None:
    """A child's peak is not that of a large parent, and a large child is seen."""
    large = b"\1" * 200_000_000
    small = bench._process(["-c", "pass"], "nothing")[1]
    seen = bench._process(["-c", f"b'1' * {len(large)}"], "a large child")[1]
    assert small < 100
    assert 190 < seen < 300
    with pytest.raises(BadInput, match="nothing failed"):
        bench._process(["-c", "raise SystemExit(1)"], "nothing")
