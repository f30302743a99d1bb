"""Problem 1: the parts of its checks catch what is wrong."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deeplinear import exact
from deeplinear.checks import gradient
from deeplinear.checks.gradient import random_masses, sampled_gap
from deeplinear.instances import NetworkInstance
from deeplinear.record import load_record

NETWORKS = [
    i
    for i in load_record().instances
    if isinstance(i, NetworkInstance) and i.problem.startswith("P1")
]


@pytest.mark.parametrize("instance", NETWORKS, ids=lambda i: i.name)
def test_instances(instance: NetworkInstance) -> None:
    assert [said for holds, said in gradient.verify(instance) if not holds] == []
    for done, false in gradient.falsified(instance).items():
        assert not all(holds for holds, _ in gradient.verify(false)), done


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_exact_differences_are_the_gradient(seed: int, layers: int) -> None:
    rng = random.Random(seed)
    widths = [rng.randint(1, 5) for _ in range(layers + 1)]
    weights, x, y = exact.random_network(rng, widths, 3)
    k = rng.randrange(layers)
    direction = exact.random_matrix(rng, widths[k + 1], widths[k])
    slope = exact.layer_derivative(weights, x, y, k, direction)
    assert exact.inner(exact.gradient(weights, x, y)[k], direction) == slope


def test_uniform_masses_give_the_gradient_of_the_dataset_loss() -> None:
    weights, x, y = exact.random_network(random.Random(0), [2, 3, 1], 4)
    masses = [Fraction(1, 4)] * 4
    found = exact.moment_gradient(weights, *exact.moments(x, y, masses))
    assert [g * 4 for g in found] == exact.gradient(weights, x, y)


def test_masses_sum_to_one() -> None:
    assert sum(random_masses(random.Random(1), 7)) == 1


@pytest.mark.parametrize("heavy", [False, True])
def test_wrong_moments_are_far_off(heavy: bool) -> None:
    generator = np.random.default_rng(0)
    assert sampled_gap(generator, 2, heavy) < gradient.SIGMAS
    assert sampled_gap(generator, 2, heavy, true_moments=False) > gradient.SIGMAS
