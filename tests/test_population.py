"""Problem 5: instances, the bridge, and the value that the moments give."""

from __future__ import annotations

import random

import numpy as np
import pytest

from deeplinear import exact, problems, worded
from deeplinear.checks import population
from deeplinear.instances import NetworkInstance
from deeplinear.record import load_record

NETWORKS = [
    i for i in load_record().instances if isinstance(i, NetworkInstance) and i.problem == "P5"
]


@pytest.mark.parametrize("instance", NETWORKS, ids=lambda i: i.name)
def test_instances(instance: NetworkInstance) -> None:
    assert [said for holds, said in population.verify(instance) if not holds] == []
    for done, false in population.falsified(instance).items():
        assert not all(holds for holds, _ in population.verify(false)), done


@pytest.mark.parametrize("seed", range(6))
def test_the_bridge(seed: int) -> None:
    assert len(population.bridge_gaps(random.Random(seed), wrong=False)) == 1
    assert len(population.bridge_gaps(random.Random(seed), wrong=True)) > 1


def test_the_population_loss_as_worded() -> None:
    _, x, y, masses = population.distribution(random.Random(2), 1, 2)
    r = exact.random_matrix(random.Random(3), 1, 2)
    assert exact.population_loss(r, x, y, masses) == worded.loss([r], x, y, masses)


def test_equal_masses_give_reduced_rank_regression() -> None:
    generator = np.random.default_rng(0)
    x, y = generator.standard_normal((3, 5)), generator.standard_normal((2, 5))
    masses = np.full(5, 1 / 5)
    found = population.moment_minimum(x, y, masses, 1)
    assert found == pytest.approx(problems.reduced_rank_minimum(x, y, 1) / 5)
