"""Escapes: better weights within any radius, and weights with a given end-to-end matrix."""

from __future__ import annotations

import json
import random
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deeplinear import BadInput, cli, exact, problems, worded
from deeplinear.checks import landscape
from deeplinear.checks.base import Run
from deeplinear.instances import NetworkInstance
from deeplinear.record import load_record
from deeplinear.solve import escape

NETWORKS = [
    i
    for i in load_record().instances
    if isinstance(i, NetworkInstance) and i.problem in ("LK1", "LB")
]


@pytest.mark.parametrize("instance", NETWORKS, ids=lambda i: i.name)
def test_instances(instance: NetworkInstance) -> None:
    assert [said for holds, said in landscape.verify(instance) if not holds] == []
    wrong = instance.model_copy(update={"better": instance.weights})
    assert not all(holds for holds, _ in landscape.verify(wrong))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([Fraction(2), Fraction(1, 10), Fraction(1, 500)]))
def test_weights_that_are_not_critical(seed: int, radius: Fraction) -> None:
    rng = random.Random(seed)
    widths = [rng.randint(1, 3) for _ in range(rng.randint(2, 4))]
    weights, x, y = exact.random_network(rng, widths, 2)
    verdict = escape.escape(weights, x, y, radius)
    if not verdict.critical:
        assert verdict.better is not None
        assert worded.loss(verdict.better, x, y) == verdict.better_loss
        assert verdict.better_loss is not None
        assert verdict.better_loss < verdict.loss
        assert escape.greatest_change(weights, verdict.better) <= radius


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([Fraction(1), Fraction(1, 1000)]))
def test_case_a(seed: int, radius: Fraction) -> None:
    rng = random.Random(seed)
    widths = [rng.randint(1, 4) for _ in range(rng.randint(3, 5))]
    weights, x, y = problems.deficient(rng, widths, rng.randint(0, min(widths) - 1))
    verdict = escape.escape(weights, x, y, radius)
    assert verdict.critical
    assert verdict.reason is escape.Reason.RANK_DEFICIENT
    assert verdict.better is not None
    assert worded.loss(verdict.better, x, y) < verdict.loss
    assert escape.greatest_change(weights, verdict.better) <= radius


def test_a_global_minimum_is_told() -> None:
    one = exact.identity(2)
    verdict = escape.escape([one, one], one, one, Fraction(1))
    assert verdict.critical
    assert verdict.better is None
    assert verdict.is_global_minimum
    assert verdict.reason is escape.Reason.NO_SLOPE


def test_nearby_hits_the_target() -> None:
    rng = random.Random(4)
    weights = exact.random_network(rng, [3, 1, 2], 1)[0]
    r = exact.end_to_end(weights)
    target = r * Fraction(11, 10).numerator / Fraction(11, 10).denominator
    found = escape.nearby(weights, target)
    assert found is not None
    assert exact.end_to_end(found) == target
    with pytest.raises(BadInput, match="greater rank"):
        escape.nearby(weights, exact.diagonal([1, 1], 2, 3))


def test_a_radius_that_is_not_positive() -> None:
    one = exact.identity(1)
    with pytest.raises(BadInput, match="positive"):
        escape.escape([one], one, one, Fraction(0))


def test_kernels_and_factors() -> None:
    a = exact.matrix([[1, 2, 3], [2, 4, 6]])
    assert all(exact.is_zero(a * column) for column in exact.kernel(a))
    assert len(exact.kernel(a)) == 2
    assert all(exact.is_zero(u.transpose() * a) for u in exact.left_kernel(a))
    f, g = exact.full_rank_factors(a)
    assert f * g == a
    assert (f.ncols(), g.nrows()) == (1, 1)


def ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["deeplinear", "escape", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 0), out, err


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"weights": [[["0"]], [["0"]]], "x": [["1"]], "y": [["1"]]}
    path, result = tmp_path / "network.json", tmp_path / "result.json"
    path.write_text(json.dumps(given))
    code, out, _ = ask(monkeypatch, capsys, str(path), "--json", str(result))
    assert code == 0
    assert "below the bottleneck width" in out
    answer = json.loads(result.read_text())
    better = [exact.matrix(layer) for layer in answer["better"]]
    one = exact.identity(1)
    assert worded.loss(better, one, one) == Fraction(answer["better_loss"]) < Fraction(1, 2)


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (None, [], "cannot be read"),
        ("{", [], "malformed"),
        ('{"weights": [], "x": [["1"]], "y": [["1"]]}', [], "no list of matrices"),
        ('{"weights": [[["1"]]], "x": [["1"], ["1"]], "y": [["1"]]}', [], "make the two numbers"),
        ('{"weights": [[["1"]]], "x": [["NaN"]], "y": [["1"]]}', [], "is no number"),
        ('{"weights": [[["1"]]], "x": [["1"]], "y": [["1"]]}', ["--radius", "-1"], "positive"),
        ('{"weights": [[["1"]]], "x": [["1"]], "y": [["1"]]}', ["--radius", "x"], "--radius is x"),
    ],
)
def test_bad_input(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: str | None,
    words: list[str],
    said: str,
) -> None:
    path = tmp_path / "network.json"
    if content is not None:
        path.write_text(content)
    code, _, err = ask(monkeypatch, capsys, str(path), *words)
    assert code == 2
    assert said in err
    assert "Traceback" not in err


def test_the_control_of_openness_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Far from W the loss does fall below that of W: were such weights drawn, the control fails."""
    far = {(1, 2): [[0, 20]], (1, 1): [[10]]}
    monkeypatch.setattr(exact, "random_matrix", lambda rng, n, k: exact.matrix(far[n, k]))
    run = Run([], 1, random.Random(0))
    landscape._not_open(run)
    assert run.failures == ["L is -3 near W: no local minimum"]
