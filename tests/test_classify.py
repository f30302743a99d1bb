"""Critical points of every kind, classified exactly, beside the eigenvalues of the Hessian."""

from __future__ import annotations

import json
import random
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from flint import fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from deeplinear import BadInput, analysis, cli, exact, numeric, problems
from deeplinear.solve import classify
from deeplinear.solve.classify import Kind


def critical_point(rng: random.Random) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw a critical point: of the rank of the bottleneck width or below it, or the origin."""
    drawn = rng.randrange(4)
    if drawn == 0:
        weights, one = problems.critical(rng, best=rng.random() < 0.3, singular=False)
        return weights, one.x, one.y
    if drawn == 1:
        widths = [rng.randint(1, 4) for _ in range(rng.randint(3, 6))]
        return problems.deficient(rng, widths, rng.randint(0, min(widths) - 1))
    if drawn == 2:
        widths = [rng.randint(2, 4), *(rng.randint(1, 3) for _ in range(2)), rng.randint(2, 4)]
        return problems.deficient_at_an_end(rng, widths, rng.randint(0, min(widths) - 1), True)
    widths = [rng.randint(1, 3) for _ in range(rng.randint(3, 6))]
    weights, _, y = exact.random_network(rng, widths, widths[0])
    x = exact.random_invertible(rng, widths[0])
    return [fmpq_mat(*exact.shape(layer)) for layer in weights], x, y


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32))
def test_the_hessian_says_the_same(seed: int) -> None:
    weights, x, y = critical_point(random.Random(seed))
    found = classify.classify(weights, x, y)
    values = np.linalg.eigvalsh(numeric.derivatives(*problems.floats(weights, x, y)).hessian)
    size = max(1.0, float(np.abs(values).max()))
    if found.kind is Kind.STRICT_SADDLE:
        assert found.direction is not None
        assert exact.curvature(weights, found.direction, x, y) == found.curvature < 0
    else:
        assert values[0] > -1e-9 * size
        assert found.direction is None
    least = analysis.least_loss(x, y, min(exact.widths(weights)))
    loss = exact.loss(exact.end_to_end(weights), x, y)
    assert (found.kind is Kind.GLOBAL_MINIMUM) == (loss <= least.high)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_one_tight_pair_less_is_a_strict_saddle(seed: int) -> None:
    """Drop the tightness of a flat saddle, by a layer of greater rank between: it is strict."""
    rng = random.Random(seed)
    width, layers = rng.randint(2, 3), rng.randint(3, 5)
    zero, one = fmpq_mat(width, width), exact.identity(width)
    x, y = exact.random_invertible(rng, width), exact.random_invertible(rng, width)
    assert classify.classify([zero] * layers, x, y).kind is Kind.FLAT_SADDLE
    for between in (exact.random_invertible(rng, width), one):
        found = classify.classify([zero, *[between] * (layers - 2), zero], x, y)
        assert found.kind is Kind.STRICT_SADDLE
        assert found.pair == (1, layers)


def test_ties_among_the_modes() -> None:
    """Equally strong modes: which of them are learned does not matter."""
    weights = [exact.matrix([[1, 0, 0]]), exact.matrix([[2], [0], [0]])]
    x, y = exact.identity(3), exact.diagonal([2, 2, 1], 3, 3)
    assert classify.classify(weights, x, y).kind is Kind.GLOBAL_MINIMUM
    found = classify.classify([w * 0 for w in weights], x, y)
    assert (found.kind, found.pair) == (Kind.STRICT_SADDLE, (1, 2))


@pytest.mark.parametrize(
    ("x", "weights", "said"),
    [
        ([[1], [1]], [[[0, 0]], [[0]]], "linearly independent"),
        ([[1]], [[[1]], [[1]]], "not critical"),
    ],
)
def test_what_cannot_be_classified(
    x: list[list[int]], weights: list[list[list[int]]], said: str
) -> None:
    y = exact.matrix([[3]])
    with pytest.raises(BadInput, match=said):
        classify.classify([exact.matrix(w) for w in weights], exact.matrix(x), y)


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, kept = tmp_path / "network.json", tmp_path / "kind.json"
    path.write_text(json.dumps({"weights": [[[0]], [[0]]], "x": [[1]], "y": [[3]]}))
    monkeypatch.setattr(sys, "argv", ["deeplinear", "classify", str(path), "--json", str(kept)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    assert "the layers 1 and 2 are not tight" in capsys.readouterr().out
    said = json.loads(kept.read_text())
    assert said["kind"] == "STRICT_SADDLE"
    assert Fraction(said["curvature"]) < 0
