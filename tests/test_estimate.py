"""The analysis in floating point says what the exact one does, and never calls itself certified."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes, load_linnerud

import deeplinear
from deeplinear import BadInput, Network, Verdict, analysis, numeric, problems
from deeplinear.solve import estimate

seeds = st.integers(0, 2**32)


def scaled(weights: Any, x: Any, y: Any) -> estimate.Scaled:
    """Return a network with its data, in units."""
    return estimate.Scaled.of(Network.of(weights).weights, x, y)


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_products_with_the_hessian_are_those_of_differences(seed: int) -> None:
    rng = np.random.default_rng(seed)
    widths = [int(w) for w in rng.integers(1, 4, rng.integers(2, 6))]
    weights = numeric.random_weights(rng, widths)
    x, y = rng.standard_normal((widths[0], 30)), rng.standard_normal((widths[-1], 30))
    at = scaled(weights, x, y)
    ours = np.array([at.derivatives.along(unit) for unit in np.eye(sum(w.size for w in weights))])
    theirs = numeric.hessian(at.weights, at.problem)
    assert np.abs(ours - theirs).max() < 1e-6 * (1 + np.abs(ours).max())
    whole = numeric.hessian(weights, numeric.Problem(x, y))
    value, _, converged = at.curvature()
    assert converged
    assert float(at.true_curvature(value)) == pytest.approx(
        float(np.linalg.eigvalsh(whole)[0]), rel=1e-5, abs=1e-5 * np.abs(whole).max()
    )


@settings(max_examples=30, deadline=None)
@given(seeds)
def test_floats_are_near_what_is_exact(seed: int) -> None:
    rng = random.Random(seed)
    weights, one = problems.critical(rng, best=rng.random() < 0.5)
    if rng.random() < 0.5:
        weights = [w + w / 16 for w in weights]
    sure = deeplinear.analyze(weights, one.x, one.y, "columns", certify=True)
    about = deeplinear.analyze(weights, one.x, one.y, "columns", certify=False)
    assert (sure.certified, about.certified) == (True, False)
    assert about.least is None
    assert about.gap is None
    near = 1e-8 * (1 + float(sure.scale))
    assert abs(float(sure.loss) - float(about.loss)) < near
    assert abs(sure.least_estimate - about.least_estimate) < near
    assert abs(sure.gap_estimate - about.gap_estimate) < near
    assert np.allclose(sure.gradient_norms, about.gradient_norms, atol=near * 100)
    assert len(sure.modes) == len(about.modes)
    assert "not certified" in str(about)
    assert "not certified" not in str(sure)


@pytest.mark.parametrize(
    ("weights", "verdict"),
    [
        ([np.diag([1.0, 1, 1]), np.diag([3.0, 2, 1])], Verdict.NEAR_GLOBAL_MINIMUM),
        ([np.diag([1.0, 1, 0]), np.diag([3.0, 2, 0])], Verdict.NEAR_STRICT_SADDLE),
        ([np.full((3, 3), 1e-4)] * 3, Verdict.NEAR_FLAT_SADDLE),
        ([np.diag([1.0, 1, 1]), np.diag([1.0, 1, 1])], Verdict.DESCENDING),
    ],
)
def test_verdicts(weights: list[Any], verdict: Verdict) -> None:
    x, y = np.eye(3), np.diag([3.0, 2, 1])
    found = deeplinear.analyze(weights, x, y, certify=False)
    assert found.verdict is verdict
    if verdict is Verdict.NEAR_GLOBAL_MINIMUM:
        assert found.better is None
        return
    assert found.better is not None
    r = numeric.end_to_end(found.better.arrays())
    gap = numeric.loss([r], numeric.Problem(x, y))
    assert float(found.gap_estimate) - gap == pytest.approx(float(found.gain))
    assert found.gain > 0


def test_what_is_large_is_not_certified() -> None:
    rng = np.random.default_rng(0)
    weights = numeric.random_weights(rng, [120, 40, 10])
    x, y = rng.standard_normal((2000, 120)), rng.standard_normal((2000, 10))
    found = deeplinear.analyze(weights, x, y, samples="rows")
    assert not found.certified
    assert found.as_json()["least"] is None
    with pytest.raises(BadInput, match="give samples='rows'"):
        deeplinear.analyze(weights, x, y, samples="columns")
    y[3, 3] = np.nan
    with pytest.raises(BadInput, match="not finite"):
        deeplinear.analyze(weights, x, y, samples="rows")


def trained(x: Any, y: Any, hidden: int, seed: int = 0) -> list[Any]:
    """Return weights with one hidden layer, from a random start by descent."""
    rng = np.random.default_rng(seed)
    start = numeric.random_weights(rng, [x.shape[1], hidden, y.shape[1]])
    return list(numeric.descend(start, numeric.Problem(x.T, y.T)).weights)


def standardized(a: Any) -> Any:
    """Return columns of mean 0 and deviation 1."""
    return (a - a.mean(0)) / a.std(0)


ONES = np.ones((20, 1))
DATA: dict[str, tuple[Any, Any]] = {
    "linnerud as it is": load_linnerud(return_X_y=True),
    "linnerud": tuple(map(standardized, load_linnerud(return_X_y=True))),
    "diabetes": tuple(
        standardized(np.asarray(a).reshape(442, -1)) for a in load_diabetes(return_X_y=True)
    ),
    "diabetes, scaled": (
        load_diabetes(return_X_y=True, scaled=False)[0][:60],
        load_diabetes(return_X_y=True)[1][:60, None],
    ),
    "Saxe's items": (
        np.eye(4),
        np.array(
            [
                [1, 1, 0, 1, 0, 0, 0],
                [1, 1, 0, 0, 1, 0, 0],
                [1, 0, 1, 0, 0, 1, 0],
                [1, 0, 1, 0, 0, 0, 1],
            ],
            dtype=float,
        ),
    ),
    "autoencoder": (standardized(load_linnerud().data), standardized(load_linnerud().data)),
    "dependent inputs": (np.hstack([load_linnerud().data] * 2), load_linnerud().target),
    "more outputs than samples": (np.eye(3)[:2], np.arange(10.0).reshape(2, 5)),
    "tied singular values": (np.eye(3), np.eye(3)),
    "columns scaled 1e-8 to 1e8": (
        standardized(load_linnerud().data) * [1e-8, 1.0, 1e8],
        load_linnerud().target,
    ),
    "zeros and ones": (np.eye(6)[:, :4], (np.arange(12).reshape(6, 2) % 3 == 0).astype(float)),
    "one sample": (np.array([[1.0, 2.0]]), np.array([[3.0, 1.0]])),
    "constant outputs": (np.hstack([ONES, np.arange(20.0)[:, None]]), 2 * ONES),
}


@pytest.mark.parametrize("name", DATA)
def test_real_data(name: str) -> None:
    """The guaranteed least loss against NumPy's reduced-rank regression, on real and odd data."""
    x, y = (np.asarray(a, dtype=float) for a in DATA[name])
    hidden = 1 if min(x.shape[1], y.shape[1]) == 1 else 2
    weights = trained(x, y, hidden)
    found = deeplinear.analyze(weights, x, y, samples="rows")
    assert found.certified
    assert found.least is not None
    assert found.gap is not None
    scale = float(found.scale)
    units = np.maximum(np.abs(x).max(0), 1e-300)  # in which the least loss does not change
    closed = problems.reduced_rank_minimum((x / units).T, y.T, found.network.bottleneck)
    assert abs(found.least_estimate - closed) <= 1e-6 * scale
    assert float(found.least.high - found.least.low) <= 1e-20 * scale
    assert 0 <= found.gap.low <= found.gap.high
    about = deeplinear.analyze(weights, x, y, samples="rows", certify=False)
    assert abs(about.least_estimate - found.least_estimate) <= 1e-6 * scale
    if "scaled" not in name and "as it is" not in name and "dependent" not in name:
        assert found.verdict in (Verdict.GLOBAL_MINIMUM, Verdict.NEAR_GLOBAL_MINIMUM), found.words


def test_a_large_file_is_read_as_it_is(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    w = rng.standard_normal((2, 3))
    x, y = rng.standard_normal((5, 3)), rng.standard_normal((5, 2))
    np.savez(tmp_path / "w.npz", W1=w)
    for name, a in (("x", x), ("y", y)):
        np.save(tmp_path / f"{name}.npy", a)
    from deeplinear import reading

    given_ = reading.read(tmp_path / "w.npz", tmp_path / "x.npy", tmp_path / "y.npy")
    assert isinstance(given_.x, np.ndarray)
    found = analysis.analyze(given_.network, given_.x, given_.y)
    assert found.loss == deeplinear.analyze([w], x, y, samples="rows").loss
