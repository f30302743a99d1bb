"""Problem 5 (``DeepLinear/Population.lean``): an arbitrary distribution instead of a dataset."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
from flint import fmpq_mat

from deeplinear import exact, numeric, problems, worded
from deeplinear.checks import gradient, local_minima
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.instances import NetworkInstance

POINTS = 4
"""Points of the distributions of the bridge: their common mass 1/4 is a square."""


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute critical weights of a population loss, and weights of smaller loss."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    better = list(instance.better or weights)
    return [
        *gradient.verify(instance),
        (instance.masses is not None, f"{name}: there are no masses"),
        (exact.all_zero(instance.gradient), f"{name}: not critical"),
        (
            worded.loss(better, x, y, instance.masses) < instance.loss,
            f"{name}: better is not better",
        ),
    ]


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    return {
        **gradient.falsified(instance),
        "better weights that are not": instance.model_copy(update={"better": instance.weights}),
        "no masses": instance.model_copy(update={"masses": None}),
    }


def distribution(
    rng: random.Random, m: int, n: int
) -> tuple[fmpq_mat, fmpq_mat, fmpq_mat, list[Fraction]]:
    """Draw Z and four points of mass 1/4 with ``E x x^T = Z Z^T`` (n x n); ``y`` is any."""
    z = exact.random_invertible(rng, n)
    rows = problems.random_orthogonal(rng, POINTS)
    top = fmpq_mat([[rows[i, j] for j in range(POINTS)] for i in range(n)])
    y = exact.random_matrix(rng, m, POINTS)
    return z, z * top * 2, y, [Fraction(1, POINTS)] * POINTS


def bridge_gaps(rng: random.Random, wrong: bool) -> set[Fraction]:
    """Return the values of "population loss less dataset loss" at some R: one, by the bridge.

    The dataset is ``X = Z``, ``Y = E y x^T Z^-T``; if ``wrong``, the transpose is left out.
    """
    while True:
        z, x, y, masses = distribution(rng, rng.randint(1, 3), rng.randint(2, 3))
        syx = exact.moments(x, y, masses)[1]
        if syx * z.inv() != syx * z.transpose().inv():
            break
    inverse = z.inv() if wrong else z.transpose().inv()
    data = syx * inverse
    gaps = {(exact.squared_norm(y) / POINTS - exact.squared_norm(data)) / 2}
    for _ in range(3):
        r = exact.random_matrix(rng, *exact.shape(syx))
        gaps.add(worded.loss([r], x, y, masses) - exact.loss(r, z, data))
    return gaps


def _bridge(run: Run) -> None:
    for _ in range(run.cases):
        z, x, y, masses = distribution(run.rng, 2, 2)
        square = exact.moments(x, y, masses)[0] == z * z.transpose()
        run.require((square, "E x x^T is not Z Z^T"))
        gaps = bridge_gaps(run.rng, wrong=False)
        run.case((len(gaps) == 1, f"the difference takes the values {sorted(gaps)}"))
    run.note = "population loss = dataset loss + (E|y|^2 - |Syx Z^-T|^2) / 2, exactly"


def _no_bridge(run: Run) -> None:
    for _ in range(run.cases // 2):
        run.case((len(bridge_gaps(run.rng, wrong=True)) > 1, "a wrong bridge was not refused"))
    run.note = "Z^-1 for Z^-T: the difference is not constant"


def _dirac(run: Run) -> None:
    for _ in range(run.cases // 2):
        points = run.rng.randint(1, 4)
        weights, x, y = exact.random_network(run.rng, [2, 1, 2], points)
        masses = [Fraction(1)] * points
        whole = worded.loss(weights, x, y, masses)
        run.case((whole == worded.loss(weights, x, y), "not the dataset loss"))
    run.note = "masses 1: the population loss is the dataset loss"


def _searches(run: Run) -> None:
    generator, searches, worst = run.generator(), 0, 0.0
    for case in range(run.cases // 2):
        widths = problems.NETWORKS[case % len(problems.NETWORKS)]
        points = widths[0] + 2
        masses = generator.dirichlet(np.ones(points))
        x = generator.standard_normal((widths[0], points))
        if case % 3 == 0:
            x[-1] = x[0]
        y = generator.standard_normal((widths[-1], points))
        least = moment_minimum(x, y, masses, min(widths))
        problem = numeric.Problem(x * np.sqrt(masses), y * np.sqrt(masses))
        found = numeric.descend(numeric.random_weights(generator, widths), problem)
        searches += 1
        if problems.is_second_order(found, problem, min(widths)):
            gap = abs(found.loss - least) / problem.scale
            worst = max(worst, gap)
            run.case(
                (gap <= local_minima.GAP, f"widths {widths}: {found.loss:.9g}, moments {least:.9g}")
            )
    run.require((2 * run.tried >= searches, f"only {run.tried} of {searches} searches were kept"))
    run.note = f"{run.tried} of {searches} kept; greatest gap to the moments {worst:.0e}"


def moment_minimum(x: numeric.Array, y: numeric.Array, masses: numeric.Array, p: int) -> float:
    """Return the least population loss over rank R <= p, from the moments alone.

    Half of ``E |y|^2`` less the p greatest eigenvalues of ``Syx Sxx^+ Sxy``.
    """
    sxx, syx = (x * masses) @ x.T, (y * masses) @ x.T
    explained = np.linalg.eigvalsh(syx @ np.linalg.pinv(sxx, rcond=1e-10) @ syx.T)
    total = float(((y**2) * masses).sum())
    return (total - float(explained[::-1][:p].sum())) / 2


P5 = Check(
    problem="P5",
    title="An arbitrary distribution instead of a dataset",
    words=(
        "L(W_1, ..., W_H) = 1/2 E |y - W_H ... W_1 x|^2. Is it possible to generalize Lu and "
        "Kawaguchi's Theorem 2.1 to an arbitrary distribution? (Yes, for every distribution with "
        "finite second moments; E x x^T and E y x^T need not have full rank.)"
    ),
    explanation=(
        "Recomputes every instance. On finite distributions the population loss must be a dataset "
        "loss plus a constant, exactly (the bridge), and with masses 1 the dataset loss. SciPy "
        "searches from random starts, E x x^T singular in every third: the minima must have the "
        "value that the moments alone give. Controls: a wrong bridge and falsified instances must "
        "be refused."
    ),
    parts=(
        instances_part(verify, singular=True),
        Part("the bridge", _bridge, named(bridge_gaps)),
        Part("a dataset as a distribution", _dirac),
        Part("minima from random starts", _searches),
        falsified_part(verify, falsified, "another gradient, loss, data, masses"),
        Part("a wrong bridge", _no_bridge, named(bridge_gaps), controls="the bridge"),
    ),
)

CHECKS = (P5,)
