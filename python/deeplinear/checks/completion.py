"""Deep matrix completion (``DeepLinear/Landscape/OtherLosses.lean``)."""

from __future__ import annotations

import random

import numpy as np
from flint import fmpq_mat

from deeplinear import exact, numeric, worded
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.instances import NetworkInstance

FITTED = 1e-10
"""The loss at the observed entries, relative to that of R = 0, that counts as none."""


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute critical weights of rank below the bottleneck width that miss an observed entry."""
    name, weights, x, m = instance.name, list(instance.weights), instance.x, instance.y
    if instance.mask is None:
        return [(False, f"{name}: no mask")]
    mask = instance.mask
    better = instance.better or instance.weights
    loss = worded.loss(weights, x, m, mask=mask)
    gradient = worded.gradient(weights, x, m, mask=mask)
    return [
        (
            exact.end_to_end(weights) == instance.end_to_end,
            f"{name}: another product than Lean's",
        ),
        (x == exact.identity(x.nrows()), f"{name}: the inputs are not the identity"),
        (all(e in (0, 1) for e in mask.entries()), f"{name}: the mask has other entries"),
        (loss == instance.loss > 0, f"{name}: SymPy finds another loss than Lean"),
        (exact.masked_loss(weights, m, mask) == loss, f"{name}: FLINT finds another loss"),
        (exact.all_zero(gradient), f"{name}: not critical"),
        (gradient == list(instance.gradient), f"{name}: SymPy: another gradient"),
        (
            exact.end_to_end(weights).rank() < min(exact.widths(weights)),
            f"{name}: the rank is not below the bottleneck width",
        ),
        (worded.loss(better, x, m, mask=mask) < loss, f"{name}: not better"),
    ]


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    ones = exact.ones_like(instance.y)
    updates: dict[str, dict[str, object]] = {
        "another loss": {"loss": instance.loss + 1},
        "no better weights": {"better": instance.weights},
        "nothing observed": {"mask": ones - ones},
        "another matrix": {"y": instance.y + ones},
    }
    return {done: instance.model_copy(update=update) for done, update in updates.items()}


def random_masked(
    rng: random.Random, widths: list[int]
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw weights, a matrix, and which of its entries are observed: at least one, not all."""
    weights, _, m = exact.random_network(rng, widths, widths[0])
    size = m.nrows() * m.ncols()
    seen = [1, 0, *(rng.randint(0, 1) for _ in range(size - 2))]
    rng.shuffle(seen)
    return weights, m, fmpq_mat(*exact.shape(m), seen)


def is_gradient(weights: list[fmpq_mat], m: fmpq_mat, mask: fmpq_mat, claimed: fmpq_mat) -> bool:
    """Tell whether the gradient with the mask ``claimed`` is the gradient that SymPy derives."""
    x = exact.identity(m.ncols())
    derived = worded.gradient(weights, x, m, mask=mask)
    return exact.masked_gradient(weights, m, claimed) == derived


def _gradient(run: Run) -> None:
    for _ in range(run.cases // 4):
        widths = [run.rng.randint(2, 3) for _ in range(run.rng.randint(2, 4))]
        weights, m, mask = random_masked(run.rng, widths)
        run.case((is_gradient(weights, m, mask, mask), f"widths {widths}: not the gradient"))
    run.note = "the formula against what SymPy derives, on random masks: exact"


def _all_observed(run: Run) -> None:
    for _ in range(run.cases // 4):
        widths = [run.rng.randint(2, 3) for _ in range(3)]
        weights, m, mask = random_masked(run.rng, widths)
        everything = exact.ones_like(m)
        full = exact.masked_gradient(weights, m, everything)
        if full == exact.masked_gradient(weights, m, mask):
            continue
        run.case((not is_gradient(weights, m, mask, everything), "the mask does not matter"))
    run.note = "the mask dropped: another gradient"


def misfit(run: Run, widths: list[int]) -> float | None:
    """Search a minimum; the loss at the observed entries, relative to that of R = 0.

    None where the search ended at no critical point.
    """
    generator = run.generator()
    m = generator.standard_normal((widths[-1], widths[0]))
    mask = (generator.random(m.shape) < 0.7).astype(float)
    mask[0, :2] = mask[1, :2] = 1.0  # a square of four observed entries: no matrix of rank 1
    m[:2, :2] = [[1.0, 2.0], [2.0, 1.0]]
    problem = numeric.Problem(np.eye(widths[0]), m, numeric.masked(mask))
    found = numeric.descend(numeric.random_weights(generator, widths), problem)
    if found.slope > 1e-6:
        return None
    return found.loss / problem.scale


def _fits(run: Run) -> None:
    for case in range(run.cases // 2):
        widths = ([3, 3, 3], [3, 4, 2], [2, 3, 3, 2], [2, 2, 3])[case % 4]
        gap = misfit(run, widths)
        if gap is not None:
            run.case((gap <= FITTED, f"widths {widths}: a misfit of {gap:.1e}"))
    run.note = "no bottleneck: every search fits all observed entries, in floating point"


def _bottleneck(run: Run) -> None:
    for case in range(run.cases // 4):
        widths = ([3, 1, 3], [2, 3, 1, 2])[case % 2]
        gap = misfit(run, widths)
        if gap is not None:
            run.case((gap > 1e-3, f"widths {widths}: fitted, with rank 1"))
    run.note = "a bottleneck of width 1, four entries of rank 2 observed: a misfit"


MC = Check(
    problem="MC",
    title="Deep matrix completion",
    words=(
        "The loss is half the squared error of R at the observed entries of a matrix. Weights are "
        "a local minimum of the deep problem if and only if R is one among the matrices of rank "
        "<= p; and a local minimum with rank R < p, or without a bottleneck, fits all observed "
        "entries. (From Lu and Kawaguchi's Theorem 2.1: the loss is convex and differentiable.)"
    ),
    explanation=(
        "Lean's instances are recomputed; the gradient is compared with what SymPy derives; "
        "searches without a bottleneck must fit all observed entries. Controls: the mask dropped, "
        "a bottleneck, falsified instances."
    ),
    parts=(
        instances_part(verify),
        Part("gradient", _gradient, named(is_gradient)),
        Part("no bottleneck", _fits, named(misfit)),
        falsified_part(verify, falsified, "loss, better weights, mask, matrix"),
        Part("mask dropped", _all_observed, named(is_gradient), controls="gradient"),
        Part("a bottleneck", _bottleneck, named(misfit), controls="no bottleneck"),
    ),
)

CHECKS = (MC,)
