"""Lu and Kawaguchi's Theorem 2.1, and Laurent and von Brecht (``DeepLinear/Landscape/``).

Exact but for one part: the two cases of the proof are algorithms
(:mod:`deeplinear.solve.escape`), which have to hand back what the proof says is there.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq_mat

from deeplinear import exact, numeric, problems, worded
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.errors import BadInput
from deeplinear.instances import NetworkInstance
from deeplinear.solve import escape

RADII = (Fraction(1), Fraction(1, 10), Fraction(1, 1000))
"""How much an entry of the weights may change."""


def _random_widths(rng: random.Random, least: int) -> list[int]:
    return [rng.randint(least, 4) for _ in range(rng.randint(3, 5))]


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute an instance: critical, rank below the bottleneck width, and better weights."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    r = exact.end_to_end(weights)
    loss = exact.loss(r, x, y)
    claims = [
        (r == instance.end_to_end, f"{name}: FLINT finds another end-to-end matrix than Lean"),
        (loss == instance.loss, f"{name}: FLINT finds another loss than Lean"),
        (loss == worded.loss(weights, x, y), f"{name}: SymPy finds another loss"),
        (exact.all_zero(worded.gradient(weights, x, y)), f"{name}: not critical"),
    ]
    if instance.kind == "example":
        better = escape.loss_of(list(instance.better or ()), x, y) if instance.better else loss
        claims += [
            (r.rank() < escape.bottleneck(weights), f"{name}: the rank is not deficient"),
            (better < loss, f"{name}: better is not better"),
        ]
    return claims


def verify_wide(instance: NetworkInstance) -> list[Claim]:
    """Recompute an instance without a bottleneck: critical, and better weights."""
    widths = [instance.x.nrows(), *(layer.nrows() for layer in instance.weights)]
    wide = min(widths) == min(widths[0], widths[-1])
    return [*verify(instance), (wide, f"{instance.name}: there is a bottleneck")]


def _case_a(run: Run) -> None:
    for _ in range(run.cases // 2):
        widths = _random_widths(run.rng, 1)
        rank = run.rng.randint(0, min(widths) - 1)
        weights, x, y = problems.deficient(run.rng, widths, rank)
        critical = exact.all_zero(exact.gradient(weights, x, y))
        for radius in RADII:
            verdict = escape.escape(weights, x, y, radius)
            place = f"widths {widths}, rank {rank}, radius {radius}"
            better = verdict.better or weights
            run.case(
                (critical, f"{place}: not critical"),
                (
                    worded.loss(better, x, y) < worded.loss(weights, x, y),
                    f"{place}: no better weights",
                ),
                (
                    escape.greatest_change(weights, better) <= radius,
                    f"{place}: an entry changes by more",
                ),
            )
    run.note = f"critical, rank < p: better weights within {', '.join(map(str, RADII))}"


def _case_b(run: Run) -> None:
    tries = 0
    for _ in range(run.cases):
        widths = _random_widths(run.rng, 1)
        weights = exact.random_network(run.rng, widths, 1)[0]
        r = exact.end_to_end(weights)
        if exact.is_zero(r):
            continue
        tries += 1
        a, b = exact.full_rank_factors(r)
        for scale in (10, 1000):
            near = (a + exact.random_matrix(run.rng, *exact.shape(a)) / scale) * (
                b + exact.random_matrix(run.rng, *exact.shape(b)) / scale
            )
            moved = escape.nearby(weights, near)
            place = f"widths {widths}, 1/{scale}"
            if moved is not None:
                run.case((exact.end_to_end(moved) == near, f"{place}: another end-to-end matrix"))
        still = escape.nearby(weights, r)
        run.case((still == weights, f"widths {widths}: the target R changes the weights"))
    run.require((run.tried >= 2 * tries, "too few targets were reached"))
    run.note = "any R' near R of no larger rank: weights with exactly that end-to-end matrix"


def _not_open(run: Run) -> None:
    """Widths (2, 1, 1), W_1 = (1 0), W_2 = 0, and l(R) = R_1^2 - R_2^2, which is not convex."""

    def value(r: fmpq_mat) -> Fraction:
        return exact.fraction(r[0, 0]) ** 2 - exact.fraction(r[0, 1]) ** 2

    origin = fmpq_mat(1, 2)
    start = [exact.matrix([[1, 0]]), fmpq_mat(1, 1)]
    run.require((exact.end_to_end(start) == origin, "the product of the weights is not 0"))
    for case in range(run.cases):
        near = [
            start[0] + exact.random_matrix(run.rng, 1, 2) / 10,
            start[1] + exact.random_matrix(run.rng, 1, 1) / 10,
        ]
        first, r = near[0], exact.end_to_end(near)
        run.case(
            # hence R = (0, e) with e not 0 is out of reach, though its rank is 1
            (r[0, 0] * first[0, 1] == r[0, 1] * first[0, 0], "R_1 W_12 is not R_2 W_11"),
            (first[0, 0] != 0, "W_11 is zero near 1"),
            (value(r) >= value(origin), f"L is {value(r)} near W: no local minimum"),
        )
        target = exact.matrix([[0, Fraction(1, case + 1)]])
        try:
            reached = escape.nearby(start, target)
        except BadInput:
            reached = None
        run.require(
            (reached is None, f"weights with the end-to-end matrix {target} are handed back"),
            (target.rank() == 1, f"{target} is not of rank 1"),
            (value(target) < value(origin), f"l is not smaller at {target}"),
        )
    run.note = "openness onto rank <= p fails, and with l not convex so does the conclusion"


def gap_of_search(
    generator: np.random.Generator, widths: Sequence[int], x: fmpq_mat, y: fmpq_mat
) -> float | None:
    """Search a minimum from a random start: how far it is above the minimum over all matrices.

    Relative to the loss of R = 0; None where the search does not end at a critical point whose
    end-to-end matrix has the rank of the bottleneck width, far from a smaller one.
    """
    problem = numeric.Problem(numeric.to_array(x), numeric.to_array(y))
    found = numeric.descend(numeric.random_weights(generator, widths), problem)
    singular = np.linalg.svd(numeric.end_to_end(found.weights), compute_uv=False)
    well = singular[min(widths) - 1] >= 1e-3 * max(1.0, singular[0])
    if not well or found.slope > 1e-6 * problem.scale:
        return None
    return abs(found.loss - float(exact.least_squares_minimum(x, y))) / problem.scale


def _no_bottleneck(run: Run) -> None:
    generator, searches, worst = run.generator(), 0, 0.0
    for case in range(run.cases // 2):
        widths = [(2, 3, 1), (1, 2, 3), (2, 2, 2), (3, 3, 2, 2), (1, 4, 2)][case % 5]
        x = exact.random_matrix(run.rng, widths[0], widths[0] + 1)
        y = exact.random_matrix(run.rng, widths[-1], widths[0] + 1)
        gap = gap_of_search(generator, widths, x, y)
        searches += 1
        if gap is not None:
            worst = max(worst, gap)
            run.case((gap <= 1e-8, f"widths {widths}: {gap:.1e} above the minimum over all"))
    run.require((3 * run.tried >= searches, f"only {run.tried} of {searches} searches were kept"))
    run.note = f"{run.tried} of {searches} searches kept; greatest gap {worst:.0e}"


def _with_bottleneck(run: Run) -> None:
    """With a bottleneck a local minimum need not be a minimum over all matrices."""
    generator = run.generator()
    for widths in ((2, 1, 2), (3, 2, 3), (3, 1, 1, 2)):
        p = min(widths)
        entries = list(range(len(widths) + 4, 0, -1))[: min(widths[0], widths[-1])]
        weights = [
            exact.diagonal([1] * p if k + 2 < len(widths) else entries[:p], above, below)
            for k, (below, above) in enumerate(itertools.pairwise(widths))
        ]
        x, y = exact.identity(widths[0]), exact.diagonal(entries, widths[-1], widths[0])
        loss = escape.loss_of(weights, x, y)
        run.case(
            (
                exact.all_zero(worded.gradient(weights, x, y)),
                f"widths {widths}: not critical",
            ),
            (exact.end_to_end(weights).rank() == p, f"widths {widths}: not of rank p"),
            (exact.least_squares_minimum(x, y) < loss, f"widths {widths}: minimal over all"),
        )
        gaps = [gap_of_search(generator, widths, x, y) for _ in range(6)]
        kept = [gap for gap in gaps if gap is not None]
        run.require(
            (bool(kept), f"widths {widths}: no search was kept"),
            (all(gap > 1e-3 for gap in kept), f"widths {widths}: a search ends at the minimum"),
        )
    run.note = "critical, of rank p, and searches end there: not minimal over all matrices"


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    one = exact.diagonal([1], *exact.shape(instance.end_to_end))
    updates: dict[str, dict[str, object]] = {
        "another loss": {"loss": instance.loss + 1},
        "another end-to-end matrix": {"end_to_end": instance.end_to_end + one},
        "better weights that are not": {"better": instance.weights},
    }
    return {done: instance.model_copy(update=update) for done, update in updates.items()}


def _not_minimal(run: Run) -> None:
    """Show that critical is not enough: then R may be no local minimum on rank <= p."""
    for _ in range(run.cases // 4):
        widths = [run.rng.randint(2, 3), 1, run.rng.randint(2, 3)]
        one = problems.random_spectral(run.rng, widths[-1], widths[0], 1, best=False)
        weights = problems.random_layers(run.rng, one.r, widths)
        critical = exact.all_zero(worded.gradient(weights, one.x, one.y))
        run.case((critical, f"widths {widths}: not critical"))
        for radius in RADII:
            better = escape.escape(weights, one.x, one.y, radius).better or weights
            near = exact.end_to_end(better)
            run.require(
                (near.rank() <= 1, f"widths {widths}: not of rank <= p"),
                (
                    exact.loss(near, one.x, one.y) < exact.loss(one.r, one.x, one.y),
                    f"widths {widths}, radius {radius}: R is not left for a better matrix",
                ),
            )
    run.note = "critical is not enough: R is no local minimum on rank <= p"


FALSIFIED = "another loss, product, better weights that are not"

LK1 = Check(
    problem="LK1",
    title="Depth creates no bad local minima",
    words=(
        "Lu and Kawaguchi, Theorem 2.1: if W is a local minimum of L(W) = l(W_H ... W_1), then "
        "R = W_H ... W_1 is a local minimum of l on the matrices of rank <= p, p the least "
        "width. Here for every convex differentiable l and any widths, and as an equivalence."
    ),
    explanation=(
        "The two cases of the proof are algorithms. At random critical points with rank R < p "
        "(Case A) it constructs better weights within any radius. For random weights and any R' "
        "near R of no larger rank (Case B) it constructs weights with exactly that end-to-end "
        "matrix. Controls: widths (2, 1, 1), where openness onto the matrices of rank <= p "
        "fails, and with a loss that is not convex the theorem too; critical weights that are no "
        "local minimum; falsified instances."
    ),
    parts=(
        instances_part(verify),
        Part("rank below p: escapes", _case_a, named(escape.escape)),
        Part("openness, exactly", _case_b, named(escape.nearby)),
        falsified_part(verify, falsified, FALSIFIED),
        Part(
            "no openness onto rank <= p",
            _not_open,
            named(escape.nearby),
            controls="openness, exactly",
        ),
        Part(
            "critical, no local minimum",
            _not_minimal,
            named(escape.escape),
            controls="rank below p: escapes",
        ),
    ),
)

LB = Check(
    problem="LB",
    title="Without a bottleneck every local minimum is a minimum over all matrices",
    words=(
        "Laurent and von Brecht 2018: if no layer is narrower than both the input and the "
        "output, then every local minimum of L is a global minimum of l over all matrices, for "
        "every convex differentiable l."
    ),
    explanation=(
        "Recomputes every instance. SciPy searches from random starts in networks without a "
        "bottleneck; critical points with a well-conditioned product of full rank must have the "
        "least-squares minimum. "
        "Controls: with a bottleneck, critical points of rank p above that minimum, exactly; "
        "falsified instances."
    ),
    parts=(
        instances_part(verify_wide),
        Part("minima from random starts", _no_bottleneck, named(gap_of_search)),
        falsified_part(verify_wide, falsified, FALSIFIED),
        Part(
            "with a bottleneck",
            _with_bottleneck,
            named(gap_of_search),
            controls="minima from random starts",
        ),
    ),
)

CHECKS = (LK1, LB)
