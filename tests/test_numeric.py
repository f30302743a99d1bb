"""The floating-point loss, gradient, Hessian and searches agree with the exact ones."""

from __future__ import annotations

import random

import numpy as np
import pytest

from deeplinear import exact, numeric
from deeplinear.numeric import LOG_COSH, SQUARE, EntryLoss, Problem, masked


def test_loss_and_gradient_are_the_exact_ones() -> None:
    rng = random.Random(0)
    weights = [exact.random_matrix(rng, 3, 2), exact.random_matrix(rng, 1, 3)]
    x, y = exact.random_matrix(rng, 2, 4), exact.random_matrix(rng, 1, 4)
    problem = Problem(numeric.to_array(x), numeric.to_array(y))
    arrays = [numeric.to_array(w) for w in weights]
    assert numeric.loss(arrays, problem) == pytest.approx(
        float(exact.loss(exact.end_to_end(weights), x, y))
    )
    for found, wanted in zip(
        numeric.gradient(arrays, problem), exact.gradient(weights, x, y), strict=True
    ):
        np.testing.assert_allclose(found, numeric.to_array(wanted), atol=1e-12)


@pytest.mark.parametrize("entry", [SQUARE, LOG_COSH])
def test_gradient_is_the_slope_of_the_value(entry: EntryLoss) -> None:
    generator = np.random.default_rng(1)
    weights = numeric.random_weights(generator, [2, 3, 2])
    problem = Problem(generator.standard_normal((2, 4)), generator.standard_normal((2, 4)), entry)
    gradient = numeric.gradient(weights, problem)
    direction = numeric.random_weights(generator, [2, 3, 2])
    t = 1e-6
    ends = [
        numeric.loss([w + s * v for w, v in zip(weights, direction, strict=True)], problem)
        for s in (t, -t)
    ]
    slope = sum(float((g * v).sum()) for g, v in zip(gradient, direction, strict=True))
    assert (ends[0] - ends[1]) / (2 * t) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize(
    "entry", [SQUARE, LOG_COSH, masked(np.array([[1.0, 0], [0, 1], [1, 1]]).T)]
)
def test_products_with_the_hessian_are_those_of_differences(entry: EntryLoss) -> None:
    generator = np.random.default_rng(2)
    weights = numeric.random_weights(generator, [2, 3, 1, 2])
    problem = Problem(generator.standard_normal((2, 3)), generator.standard_normal((2, 3)), entry)
    product = numeric.derivatives(weights, problem).along
    found = np.array([product(unit) for unit in np.eye(sum(w.size for w in weights))])
    np.testing.assert_allclose(found, numeric.hessian(weights, problem), atol=1e-7)


def test_hessian_at_the_origin_of_two_layers() -> None:
    """L = 1/2 (1 - w2 w1)^2 has the Hessian ((0, -1), (-1, 0)) at 0."""
    problem = Problem(np.eye(1), np.eye(1))
    found = numeric.hessian([np.zeros((1, 1)), np.zeros((1, 1))], problem)
    np.testing.assert_allclose(found, [[0, -1], [-1, 0]], atol=1e-8)


def test_descend_finds_the_least_squares_minimum() -> None:
    rng = random.Random(3)
    x, y = exact.random_matrix(rng, 2, 4), exact.random_matrix(rng, 2, 4)
    problem = Problem(numeric.to_array(x), numeric.to_array(y))
    found = numeric.descend([np.zeros((2, 2))], problem)
    assert found.loss == pytest.approx(float(exact.least_squares_minimum(x, y)))
    assert found.slope < 1e-6
    assert found.curvature > -1e-6


def test_find_critical_stays_at_a_saddle() -> None:
    problem = Problem(np.eye(2), np.eye(2))
    found = numeric.find_critical([np.zeros((2, 2)), np.zeros((2, 2))], problem)
    assert (found.loss, found.least) == (1.0, 0.0)
    assert found.curvature == pytest.approx(-1)
