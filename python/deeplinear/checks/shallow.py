"""Lu and Kawaguchi's Theorem 2.2 (``DeepLinear/Landscape/Main.lean``).

Exact: problems with known singular values, and the rotation of the proof as an algorithm
(:mod:`deeplinear.solve.low_rank`).
"""

from __future__ import annotations

import random
from fractions import Fraction

from flint import fmpq_mat

from deeplinear import exact, problems, worded
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.instances import NetworkInstance
from deeplinear.solve import escape, low_rank


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute critical weights that miss a greater singular value, and better weights."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    r = exact.end_to_end(weights)
    loss = exact.loss(r, x, y)
    better = list(instance.better or weights)
    return [
        (r == instance.end_to_end, f"{name}: FLINT finds another end-to-end matrix than Lean"),
        (loss == instance.loss, f"{name}: FLINT finds another loss than Lean"),
        (loss == worded.loss(weights, x, y), f"{name}: SymPy finds another loss"),
        (exact.all_zero(worded.gradient(weights, x, y)), f"{name}: not critical"),
        (r.rank() == escape.bottleneck(weights), f"{name}: not of the bottleneck width's rank"),
        (worded.loss(better, x, y) < loss, f"{name}: better is not better"),
    ]


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    one = exact.diagonal([1], *exact.shape(instance.end_to_end))
    updates: dict[str, dict[str, object]] = {
        "another loss": {"loss": instance.loss + 1},
        "another end-to-end matrix": {"end_to_end": instance.end_to_end + one},
        "better weights that are not": {"better": instance.weights},
        "weights that are not critical": {"weights": instance.better},
    }
    return {done: instance.model_copy(update=update) for done, update in updates.items()}


def problem(rng: random.Random, best: bool) -> problems.Spectral:
    """Draw a problem with known singular values, X X^T singular in every third one."""
    m, n = rng.randint(2, 4), rng.randint(2, 4)
    inputs = rng.choice([n, n, max(2, n - 1)])
    rank = rng.randint(1, min(m, inputs) - 1)
    return problems.random_spectral(rng, m, n, rank, best, inputs)


def small_problem(one: problems.Spectral) -> tuple[fmpq_mat, fmpq_mat]:
    """Return ``R F`` and ``G`` for a full-rank factorization ``X = F G``."""
    f, g = exact.full_rank_factors(one.x)
    return one.r * f, g


def _rotations(run: Run) -> None:
    for _ in range(run.cases):
        one = problem(run.rng, best=False)
        r, g = small_problem(one)
        rotation = low_rank.find_rotation(r, g, one.y)
        place = f"{exact.shape(one.r)}, rank {r.rank()}"
        run.case((rotation is not None, f"{place}: no rotation lowers the loss"))
        for t in (Fraction(1), Fraction(1, 100)) if rotation else ():
            turned = rotation.apply(r, g, one.y, t) if rotation else r
            run.require(
                (turned.rank() <= r.rank(), f"{place}: the rotation raises the rank"),
                (
                    worded.loss([turned], g, one.y) < worded.loss([r], g, one.y),
                    f"{place}, t = {t}: the rotation does not lower the loss",
                ),
            )
    run.note = "critical, rank p, not minimal: the rotated matrix is better"


def _minima(run: Run) -> None:
    for _ in range(run.cases):
        one = problem(run.rng, best=True)
        r, g = small_problem(one)
        bound = low_rank.find_bound(r, g, one.y)
        loss = worded.loss([one.r], one.x, one.y)
        place = f"{exact.shape(one.r)}, rank {r.rank()}"
        run.case(
            (loss == one.least, f"{place}: {loss} is not half the squares of what is missed"),
            (bound is not None, f"{place}: no number between the two forms"),
            (low_rank.find_rotation(r, g, one.y) is None, f"{place}: a rotation of a minimum"),
        )
        for _ in range(6):
            other = exact.random_of_rank_at_most(run.rng, *exact.shape(one.r), r.rank())
            near = other if run.rng.random() < 0.5 else one.r + other / 1000
            if near.rank() <= r.rank():
                lower = exact.loss(near, one.x, one.y) < loss
                run.require((not lower, f"{place}: a smaller loss elsewhere"))
    run.note = "the greatest singular values: Eckart and Young's value, certified"


def _mistaken(run: Run) -> None:
    for _ in range(run.cases):
        one = problem(run.rng, best=False)
        r, g = small_problem(one)
        numbers = (Fraction(n) for n in (0, 1, 4, 9, 25, 100))
        run.case(
            (low_rank.find_bound(r, g, one.y) is None, "a certificate of what is no minimum"),
            (
                not any(low_rank.bounds(c, r, g, one.y) for c in numbers),
                "a number passes as a certificate of what is no minimum",
            ),
        )
    run.note = "not the greatest singular values: no certificate"


INSTANCES = instances_part(verify, singular=True)
FALSIFIED = falsified_part(verify, falsified, "another loss, product, better weights, weights")

LK2 = Check(
    problem="LK2",
    title="The shallow problem has no bad local minima",
    words=(
        "Lu and Kawaguchi, Theorem 2.2: every local minimum of 1/2 |Y - R X|^2 on the matrices of "
        "rank <= p is a global minimum there. Here for any data. Eckart and Young's theorem for "
        "the Frobenius norm comes with it."
    ),
    explanation=(
        "Problems with known rational singular values. At critical matrices of rank p that are "
        "not minimal it finds the rotation of the proof and checks that it lowers the loss; at "
        "those that take the greatest singular values, the loss must be Eckart and Young's, and "
        "a number between the two forms must certify it. Controls: no certificate for what is no "
        "minimum; falsified instances must be refused."
    ),
    parts=(
        INSTANCES,
        Part("rotations", _rotations),
        Part("minima", _minima, named(low_rank.find_bound)),
        FALSIFIED,
        Part(
            "no minimum, no certificate",
            _mistaken,
            named(low_rank.find_bound),
            controls="minima",
        ),
    ),
)

CHECKS = (LK2,)
