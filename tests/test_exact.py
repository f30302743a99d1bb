"""The two ways to each exact number agree, and bad matrices are refused."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest
from flint import fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from deeplinear import BadInput, exact, worded

seeds = st.integers(0, 2**32)


def network(seed: int) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw a small network of unequal widths, with data."""
    rng = random.Random(seed)
    widths = [rng.randint(1, 3) for _ in range(rng.randint(2, 4))]
    weights = [
        exact.random_matrix(rng, above, below) for below, above in itertools.pairwise(widths)
    ]
    samples = rng.randint(1, 3)
    return (
        weights,
        exact.random_matrix(rng, widths[0], samples),
        exact.random_matrix(rng, widths[-1], samples),
    )


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_gradient_formula_is_what_sympy_derives(seed: int) -> None:
    weights, x, y = network(seed)
    assert exact.gradient(weights, x, y) == worded.gradient(weights, x, y)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_loss_of_the_end_to_end_matrix_is_the_loss_as_worded(seed: int) -> None:
    weights, x, y = network(seed)
    assert exact.loss(exact.end_to_end(weights), x, y) == worded.loss(weights, x, y)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_least_squares_is_what_sympy_solves(seed: int) -> None:
    _, x, y = network(seed)
    assert exact.least_squares_minimum(x, y) == worded.minimum(x, y)


@settings(max_examples=50, deadline=None)
@given(seeds, st.integers(1, 5), st.integers(1, 5), st.integers(0, 4))
def test_ranks_agree_and_respect_the_bound(seed: int, n: int, k: int, d: int) -> None:
    a = exact.random_of_rank_at_most(random.Random(seed), n, k, d)
    assert a.rank() == worded.rank(a) <= d


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 3), st.integers(1, 4))
def test_random_factors_multiply_to_the_matrix(seed: int, n: int, layers: int) -> None:
    rng = random.Random(seed)
    r = exact.random_matrix(rng, n, n)
    assert exact.end_to_end(exact.random_factors(rng, r, layers)) == r


def test_least_squares_with_dependent_rows() -> None:
    x, y = exact.matrix([[1, 2], [2, 4]]), exact.matrix([[3, 1]])
    assert exact.independent_rows(x) == [0]
    assert exact.least_squares_minimum(x, y) == Fraction(5, 2)
    assert exact.least_squares_minimum(exact.matrix([[0, 0]]), y) == 5


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "empty"),
        ([[]], "empty"),
        ([[1], [1, 2]], "different lengths"),
        ([[0.5]], "0.5"),
        ([[float("nan")]], "nan"),
        ([["1/0"]], "1/0"),
        ([["x"]], "x"),
    ],
)
def test_bad_matrices_are_refused(rows: list[list[int | str]], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        exact.matrix(rows)


def test_shapes_that_do_not_chain_are_refused() -> None:
    one, two = exact.identity(1), exact.identity(2)
    for weights, x, y, said in (
        ([], one, one, "at least one layer"),
        ([two], one, two, r"weights\[0\] has 2 columns but x has 1 rows"),
        ([one, two], one, two, r"weights\[1\] has 2 columns but weights\[0\] has 1 rows"),
        ([one], one, two, "y has 2 rows"),
        ([exact.matrix([[1]])], one, exact.matrix([[1, 2]]), "y has 2 columns"),
    ):
        with pytest.raises(BadInput, match=said):
            exact.refuse_unchained(weights, x, y)


def test_a_negative_rank_bound_is_refused() -> None:
    with pytest.raises(BadInput, match="at least 0"):
        exact.random_of_rank_at_most(random.Random(0), 2, 2, -1)


def test_second_derivative_at_any_weights() -> None:
    """In one layer alone the loss is a quadratic, whose second derivative three values give."""
    rng = random.Random(3)
    weights, x, y = exact.random_network(rng, [2, 3, 1], 2)
    v = [exact.random_matrix(rng, 3, 2), exact.matrix([[0, 0, 0]])]

    def at(t: int) -> Fraction:
        moved = [w + d * t for w, d in zip(weights, v, strict=True)]
        return exact.loss(exact.end_to_end(moved), x, y)

    assert exact.second_derivative(weights, v, v, x, y) == at(1) - 2 * at(0) + at(-1)


@settings(max_examples=200, deadline=None)
@given(st.fractions(), st.integers(-400, 400), st.integers(1, 12), st.booleans())
def test_decimals_are_on_the_side_that_they_say(
    value: Fraction, power: int, digits: int, plain: bool
) -> None:
    value *= Fraction(10) ** power
    low, high = exact.below(value, digits, plain), exact.above(value, digits)
    assert Fraction(low) <= value <= Fraction(high)
    assert Fraction(high) - Fraction(low) <= 2 * abs(value) * Fraction(10) ** (1 - digits)
    assert not plain or "e" not in low


def test_decimals_as_they_look() -> None:
    third = Fraction(1, 3)
    assert [exact.below(third, 3), exact.above(third, 3)] == ["0.333", "0.334"]
    assert [exact.below(-third, 3), exact.above(-third, 3)] == ["-0.334", "-0.333"]
    assert [exact.below(Fraction(12345, 1), 2), exact.above(third / 10**9, 2)] == [
        "12000",
        "3.4e-10",
    ]
    assert exact.below(third / 10**9, 2, plain=True) == "0.00000000033"
    assert exact.below(Fraction(5, 10**11)) == "5e-11"
