"""Problem 1.4: the parts of its checks catch what is wrong."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deeplinear import exact
from deeplinear.checks import gradient
from deeplinear.instances import NetworkInstance
from deeplinear.lean import load_record

NETWORKS = [
    i for i in load_record().instances if isinstance(i, NetworkInstance) and i.problem == "P1.4"
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


@pytest.mark.parametrize("what", gradient.WRONG)
def test_wrong_formulas_are_not_the_gradient(what: str) -> None:
    weights, x, y = exact.random_network(random.Random(0), [2, 2, 2], 3)
    assert gradient.WRONG[what](weights, x, y) != exact.worded_gradient(weights, x, y)
