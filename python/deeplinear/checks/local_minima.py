"""Lu and Kawaguchi's Theorem 2.3 (``DeepLinear/Landscape/Main.lean``).

Exact on critical points that are constructed; numeric from random starts.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact, numeric, problems, worded
from deeplinear.checks.base import Check, Part, Run, named
from deeplinear.checks.shallow import FALSIFIED, INSTANCES
from deeplinear.solve import escape

RADII = (Fraction(1), Fraction(1, 100))
"""How much an entry of the weights may change."""


GAP = 1e-7
"""How far the loss of a minimum may be from the closed form, relative to the loss of R = 0."""


def _saddles(run: Run) -> None:
    for _ in range(run.cases // 2):
        weights, one = problems.critical(run.rng, best=False)
        for radius in RADII:
            verdict = escape.escape(weights, one.x, one.y, radius)
            better = verdict.better or weights
            place = f"{[exact.shape(layer) for layer in weights]}, radius {radius}"
            run.case(
                (verdict.critical, f"{place}: not critical"),
                (
                    worded.loss(better, one.x, one.y) < verdict.loss,
                    f"{place}: no better weights",
                ),
                (
                    escape.greatest_change(weights, better) <= radius,
                    f"{place}: an entry changes by more",
                ),
            )
    run.note = "critical, rank p, not minimal: better weights within 1, 1/100"


def _global(run: Run) -> None:
    for _ in range(run.cases // 2):
        weights, one = problems.critical(run.rng, best=True)
        verdict = escape.escape(weights, one.x, one.y, Fraction(1))
        place = f"{[exact.shape(layer) for layer in weights]}"
        run.case(
            (verdict.critical and verdict.better is None, f"{place}: {verdict.words}"),
            (verdict.is_global_minimum, f"{place}: {verdict.words}"),
            (verdict.loss == one.least, f"{place}: not the value of the shallow minimum"),
        )
    run.note = "the greatest singular values: certified, with the shallow value"


def gap_of_minimum(
    found: numeric.Point, problem: numeric.Problem, p: int, least: float
) -> float | None:
    """Return how far a point is from the least loss, relative to the loss of R = 0.

    None where it does not pass as a local minimum.
    """
    if not problems.is_second_order(found, problem, p):
        return None
    return abs(found.loss - least) / problem.scale


def _searches(run: Run) -> None:
    generator, searches, worst = run.generator(), 0, 0.0
    for case in range(run.cases):
        widths = problems.NETWORKS[case % len(problems.NETWORKS)]
        found, problem, least = problems.search(generator, widths, case % 3 == 0, case % 2 == 0)
        searches += 1
        gap = gap_of_minimum(found, problem, min(widths), least)
        if gap is not None:
            worst = max(worst, gap)
            run.case((gap <= GAP, f"widths {widths}: {found.loss:.9g}, closed form {least:.9g}"))
    run.require((2 * run.tried >= searches, f"only {run.tried} of {searches} searches were kept"))
    run.note = f"{run.tried} of {searches} kept; greatest gap to the closed form {worst:.0e}"


_SKEW_WEIGHTS = np.array([[1.0, 2.0], [2.0, 1.0]])

SKEW = numeric.EntryLoss(
    "weighted squares",
    lambda e: _SKEW_WEIGHTS * e * e,
    lambda e: 2 * _SKEW_WEIGHTS * e,
    lambda e: 2 * _SKEW_WEIGHTS,
)
"""The loss of :func:`skew_loss`, in floating point, for X = 1 and Y = diag(1, 3/2)."""


def skew_loss(r: fmpq_mat) -> Fraction:
    """Return ``(R11 - 1)^2 + 2 R12^2 + 2 R21^2 + (R22 - 3/2)^2``, strictly convex in R."""
    (a, b), (c, d) = exact.rows(r)
    return (a - 1) ** 2 + 2 * b**2 + 2 * c**2 + (d - Fraction(3, 2)) ** 2


def _another_loss(run: Run) -> None:
    """Widths 2, 1, 2: a local minimum of value 9/4, proved in Lean, and weights of value 1."""
    weights = [exact.matrix([[1, 0]]), exact.matrix([[1], [0]])]
    better = [exact.matrix([[0, 1]]), exact.matrix([[0], ["3/2"]])]
    value = skew_loss(exact.end_to_end(weights))
    run.require((value == Fraction(9, 4), f"the value of the local minimum is {value}"))
    for _ in range(4 * run.cases):
        step = fmpq(1, run.rng.choice([20, 200]))
        near = [w + exact.random_matrix(run.rng, *exact.shape(w)) * step / 4 for w in weights]
        found = skew_loss(exact.end_to_end(near))
        run.case((found >= value, f"{found} near the local minimum"))
    elsewhere = skew_loss(exact.end_to_end(better))
    run.case((elsewhere < value, "the local minimum is global: no counterexample"))
    problem = numeric.Problem(np.eye(2), np.diag([1.0, 1.5]), SKEW)
    near_start = [numeric.to_array(w) + 0.01 for w in weights]
    gap = gap_of_minimum(numeric.descend(near_start, problem), problem, 1, float(elsewhere))
    run.case((gap is not None and gap > GAP, f"a search ends {gap} above the least loss"))
    run.note = "widths 2, 1, 2: a local minimum that is not global, and a search ends there"


def _not_minimal(run: Run) -> None:
    """Show that the conclusion fails for critical points that are no local minima."""
    for _ in range(run.cases // 4):
        weights, one = problems.critical(run.rng, best=False)
        gradient = worded.gradient(weights, one.x, one.y)
        verdict = escape.escape(weights, one.x, one.y, Fraction(1))
        run.case(
            (exact.all_zero(gradient), "not critical"),
            (verdict.loss > one.least, "a critical point that is a global minimum"),
            (not verdict.is_global_minimum, "said to be a global minimum"),
        )
    run.note = "critical points that are no local minima: above the global minimum"


LK3 = Check(
    problem="LK3",
    title="Every local minimum is global",
    words=(
        "Lu and Kawaguchi, Theorem 2.3: every local minimum of 1/2 |Y - W_H ... W_1 X|^2 is a "
        "global minimum, and its value is the least on the matrices of rank <= p, p the least "
        "width. "
        "Here for any widths and any data."
    ),
    explanation=(
        "Critical weights of rank p are constructed. Where they are not minimal, better weights "
        "within any radius (a rotation of the row space); where they are, a certificate and the "
        "value of the shallow minimum. SciPy searches from random starts (in trust regions, by "
        "conjugate gradients or with the whole Hessian), X X^T singular in every third: what "
        "passes as a local minimum must have the closed-form value of reduced-rank regression. "
        "Controls: a strictly convex loss with a local minimum that is not global; critical "
        "points that are no local minima; falsified instances."
    ),
    parts=(
        INSTANCES,
        Part("saddles: escapes", _saddles),
        Part("global minima", _global, named(escape.escape)),
        Part("minima from random starts", _searches, named(gap_of_minimum)),
        FALSIFIED,
        Part(
            "another strictly convex loss",
            _another_loss,
            named(gap_of_minimum),
            controls="minima from random starts",
        ),
        Part(
            "critical, no local minimum",
            _not_minimal,
            named(escape.escape),
            controls="global minima",
        ),
    ),
)

CHECKS = (LK3,)
