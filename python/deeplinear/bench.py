"""Benchmarks: ratios of times measured side by side in one run."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flint import fmpq_mat

from deeplinear import exact

Network = tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]


@dataclass(frozen=True)
class Measured:
    """Median seconds of our gradient and of another; ``ratio`` is ours to theirs."""

    layers: int
    width: int
    other: str
    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """Our time divided by the other's."""
        return self.ours / self.theirs


def literal_gradient(weights: list[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> list[fmpq_mat]:
    """Return the gradient by the formula's literal products: heads, tails, two products a layer."""
    s = exact.heads(weights)
    t = [exact.identity(weights[-1].nrows())]
    for layer in reversed(weights):
        t.append(t[-1] * layer)
    t.reverse()
    middle = (s[-1] * x - y) * x.transpose()
    return [t[k + 1].transpose() * middle * s[k].transpose() for k in range(len(weights))]


def _median(work: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def gradient(seed: int = 0, repeats: int = 5) -> list[Measured]:
    """Measure the exact gradient of all layers beside literal products, and beside SymPy.

    Every network is computed by both ways in turn, and the results have to be equal.
    """
    rng = random.Random(seed)
    rows = []
    for layers in (2, 4, 6, 8, 10):
        for width in (5, 20, 50):
            weights, x, y = exact.random_network(rng, [width] * (layers + 1), width)
            if exact.gradient(weights, x, y) != literal_gradient(weights, x, y):
                raise AssertionError("the two gradients differ")
            ours = _median(partial(exact.gradient, weights, x, y), repeats)
            theirs = _median(partial(literal_gradient, weights, x, y), repeats)
            rows.append(Measured(layers, width, "literal products in python-flint", ours, theirs))
    for layers, width in ((2, 2), (2, 3), (3, 3)):
        weights, x, y = exact.random_network(rng, [width] * (layers + 1), width)
        ours = _median(partial(exact.gradient, weights, x, y), repeats)
        theirs = _median(partial(exact.worded_gradient, weights, x, y), 1)
        rows.append(Measured(layers, width, "SymPy, symbolic", ours, theirs))
    return rows
