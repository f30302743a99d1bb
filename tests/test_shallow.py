"""The shallow problem: rotations, certificates, and critical weights made from them."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from deeplinear import BadInput, exact, numeric, problems, worded
from deeplinear.checks import saddles
from deeplinear.checks import shallow as check
from deeplinear.instances import NetworkInstance
from deeplinear.record import load_record
from deeplinear.solve import escape, low_rank

NETWORKS = [
    i
    for i in load_record().instances
    if isinstance(i, NetworkInstance) and i.problem in ("LK2", "LK3", "K16")
]


@pytest.mark.parametrize("instance", NETWORKS, ids=lambda i: i.name)
def test_instances(instance: NetworkInstance) -> None:
    module = saddles if instance.problem == "K16" else check
    assert [said for holds, said in module.verify(instance) if not holds] == []
    for done, false in module.falsified(instance).items():
        assert not all(holds for holds, _ in module.verify(false)), done


def test_orthogonal() -> None:
    q = problems.random_orthogonal(random.Random(0), 3)
    assert q * q.transpose() == exact.identity(3)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[1, 2], [2, 4]], True),
        ([[1, 2], [2, 3]], False),
        ([[0, 1], [1, 0]], False),
        ([[0, 0], [0, 1]], True),
        ([[-1]], False),
    ],
)
def test_positive_semidefinite(rows: list[list[int]], expected: bool) -> None:
    assert low_rank.is_positive_semidefinite(exact.matrix(rows)) is expected


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_a_rotation_or_a_certificate(seed: int, best: bool) -> None:
    one = check.problem(random.Random(seed), best)
    r, g = check.small_problem(one)
    assert (low_rank.find_rotation(r, g, one.y) is None) is best
    assert (low_rank.find_bound(r, g, one.y) is not None) is best


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([Fraction(1), Fraction(1, 50)]))
def test_escapes_and_climbs(seed: int, radius: Fraction) -> None:
    weights, one = problems.critical(random.Random(seed), best=False)
    verdict = escape.escape(weights, one.x, one.y, radius)
    assert verdict.critical
    assert verdict.better is not None
    assert worded.loss(verdict.better, one.x, one.y) < verdict.loss
    worse = escape.climb(weights, one.x, one.y, radius)
    assert worded.loss(worse, one.x, one.y) > verdict.loss
    for other in (verdict.better, worse):
        assert escape.greatest_change(weights, other) <= radius


def test_a_row_that_the_inputs_do_not_see() -> None:
    """The row space of R is spanned by (0 1), and X has no second row."""
    weights = [exact.matrix([[0, 1]]), exact.matrix([[1], [0]])]
    x, y = exact.matrix([[1, 2], [0, 0]]), exact.matrix([[0, 0], [1, 2]])
    verdict = escape.escape(weights, x, y, Fraction(1, 10))
    assert verdict.reason is escape.Reason.UNSEEN_ROW
    assert verdict.better is not None
    assert worded.loss(verdict.better, x, y) < verdict.loss
    assert escape.greatest_change(weights, verdict.better) <= Fraction(1, 10)


def test_equal_singular_values_are_a_global_minimum() -> None:
    one = exact.identity(2)
    weights = [exact.matrix([[1, 0]]), exact.matrix([[1], [0]])]
    verdict = escape.escape(weights, one, one, Fraction(1))
    assert verdict.better is None
    assert verdict.is_global_minimum


def test_without_inputs_nothing_climbs() -> None:
    with pytest.raises(BadInput, match="full row rank"):
        escape.climb([exact.identity(1)], fmpq_mat(1, 1), exact.identity(1), Fraction(1))


def test_the_closed_form_is_eckart_and_young() -> None:
    one = problems.random_spectral(random.Random(5), 3, 3, 1, best=True)
    found = problems.reduced_rank_minimum(numeric.to_array(one.x), numeric.to_array(one.y), 1)
    assert found == pytest.approx(float(one.least))


@pytest.mark.parametrize("trust", [False, True])
def test_searches_end_at_the_closed_form(trust: bool) -> None:
    found, problem, least = problems.search(np.random.default_rng(1), (2, 1, 2), False, trust)
    assert problems.is_second_order(found, problem, 1)
    assert found.loss == pytest.approx(least)
