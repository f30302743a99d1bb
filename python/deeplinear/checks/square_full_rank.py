"""Problem 4 (``DeepLinear/SquareFullRank.lean``): square layers and a full-rank end-to-end matrix.

Exact parts decide by rational arithmetic. Numeric parts search from random starts and compare the
loss with a minimum that is known otherwise. A point counts as critical when every entry of its
gradient is at most ``CRITICAL``, as a candidate for a local minimum when besides no eigenvalue of
the Hessian is below ``-CURVATURE``, and as well-conditioned when the least singular value of the
end-to-end matrix is at least ``LEAST`` times the greatest (and times 1). Its loss then has to be
within ``TOLERANCE`` of the minimum. All but ``LEAST`` are relative to the scale of the loss.
"""

from __future__ import annotations

import itertools
import random

import numpy as np
from flint import fmpq_mat

from deeplinear import exact, numeric, problems, worded
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.instances import NetworkInstance
from deeplinear.numeric import Point, Problem

CRITICAL = 1e-6
CURVATURE = 1e-5
LEAST = 1e-3
TOLERANCE = 1e-8


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute the claims of an instance, each number in two ways.

    An example claims an invertible end-to-end matrix and a loss that is the minimum; a control
    claims a critical point with a singular one, and ``better`` has a smaller loss.
    """
    name, weights, x, y = instance.name, instance.weights, instance.x, instance.y
    r = exact.end_to_end(weights)
    loss, lowest = exact.loss(r, x, y), exact.least_squares_minimum(x, y)
    gradient = exact.gradient(weights, x, y)
    claims = [
        (r == instance.end_to_end, f"{name}: FLINT finds another end-to-end matrix than Lean"),
        (loss == instance.loss, f"{name}: FLINT finds another loss than Lean"),
        (loss == worded.loss(weights, x, y), f"{name}: SymPy finds another loss"),
        (gradient == list(instance.gradient), f"{name}: FLINT finds another gradient than Lean"),
        (gradient == worded.gradient(weights, x, y), f"{name}: SymPy: another gradient"),
        (lowest == worded.minimum(x, y), f"{name}: SymPy finds another minimum"),
        (len({layer.nrows() for layer in (x, *weights)}) == 1, f"{name}: unequal widths"),
        (exact.all_zero(gradient), f"{name}: the weights are not critical"),
    ]
    if instance.kind == "example":
        return [
            *claims,
            (exact.is_invertible(r), f"{name}: the end-to-end matrix is singular"),
            (loss == lowest, f"{name}: the loss {loss} is not the minimum {lowest}"),
        ]
    better = exact.loss(exact.end_to_end(instance.better or weights), x, y)
    return [
        *claims,
        (not exact.is_invertible(r), f"{name}: the end-to-end matrix is not singular"),
        (better < loss, f"{name}: the loss {better} of better is not below {loss}"),
    ]


def _critical_iff_minimal(run: Run) -> None:
    for case in range(run.cases // 4):
        n, layers = case % 3 + 1, case // 3 % 3 + 1
        weights, x, y = problems.minimal_network(run.rng, n, layers)
        lowest = exact.least_squares_minimum(x, y)
        moved = list(weights)
        moved[run.rng.randrange(layers)] = exact.random_invertible(run.rng, n)
        for point, minimal in ((weights, True), (moved, False)):
            place = f"width {n}, {layers} layers"
            run.case(
                (exact.is_invertible(exact.end_to_end(point)), f"{place}: singular"),
                (worded.loss(point, x, y) == lowest or not minimal, f"{place}: not minimal"),
                (is_critical_iff_minimal(point, x, y), f"{place}: one of critical and minimal"),
            )
    run.note = "end-to-end matrix invertible: gradient zero (SymPy) exactly where loss minimal"


def is_critical_iff_minimal(weights: list[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> bool:
    """Tell whether weights are critical (by SymPy) exactly if their loss is the least of all."""
    minimal = worded.loss(weights, x, y) == exact.least_squares_minimum(x, y)
    return exact.all_zero(worded.gradient(weights, x, y)) == minimal


def is_critical(point: Point, problem: Problem) -> bool:
    """Tell whether the gradient vanishes to tolerance."""
    return point.slope <= CRITICAL * problem.scale


def is_well_conditioned(point: Point) -> bool:
    """Tell whether the end-to-end matrix is far from singular."""
    return point.least >= LEAST * max(1.0, point.greatest)


def passes(point: Point, problem: Problem) -> bool:
    """Tell whether a point is critical, to tolerance, with a product far from singular."""
    return is_critical(point, problem) and is_well_conditioned(point)


def _random_problem(
    rng: random.Random, n: int, samples: int, entry: numeric.EntryLoss = numeric.SQUARE
) -> tuple[Problem, float]:
    """Draw data, and return the closed-form minimum of the square loss with it."""
    x, y = (exact.random_matrix(rng, n, samples) for _ in range(2))
    lowest = float(exact.least_squares_minimum(x, y))
    return Problem(numeric.to_array(x), numeric.to_array(y), entry), lowest


def _minima(run: Run) -> None:
    generator, searches, worst = run.generator(), 0, 0.0
    for case in range(2 * run.cases):
        n, layers = case % 3 + 1, case // 3 % 4 + 1
        samples = run.rng.randint(max(1, n - 1), n + 2)  # X X^T may be singular
        problem, lowest = _random_problem(run.rng, n, samples)
        found = numeric.descend(numeric.random_weights(generator, [n] * (layers + 1)), problem)
        searches += 1
        if not passes(found, problem):
            continue
        if found.curvature >= -CURVATURE * problem.scale:
            gap = abs(found.loss - lowest) / problem.scale
            worst = max(worst, gap)
            said = f"width {n}, {layers} layers: loss {found.loss:.9g}, minimum {lowest:.9g}"
            run.case((gap <= TOLERANCE, said))
    run.require((3 * run.tried >= searches, f"only {run.tried} of {searches} searches were kept"))
    run.note = f"{run.tried} of {searches} searches kept; greatest gap {worst:.0e}"


def _convex_loss(run: Run) -> None:
    generator, searches, worst = run.generator(), 0, 0.0
    for case in range(run.cases):
        n, layers = case % 3 + 1, case // 3 % 2 + 2
        problem, _ = _random_problem(run.rng, n, n + 2, numeric.LOG_COSH)
        shallow = numeric.descend([np.zeros((n, n))], problem)
        found = numeric.descend(numeric.random_weights(generator, [n] * (layers + 1)), problem)
        searches += 1
        if passes(found, problem):
            gap = abs(found.loss - shallow.loss) / problem.scale
            worst = max(worst, gap)
            said = f"width {n}, {layers} layers: {found.loss:.9g}, shallow {shallow.loss:.9g}"
            run.case((gap <= TOLERANCE, said))
    run.require((3 * run.tried >= searches, f"only {run.tried} of {searches} searches were kept"))
    run.note = f"log cosh: {run.tried} of {searches} kept; greatest gap {worst:.0e}"


def _residual(run: Run) -> None:
    """Hardt and Ma: layers 1 + W_k with every ``|W_k| < 1`` in operator norm."""
    generator, searches, widest = run.generator(), 0, 0.0
    for case in range(run.cases):
        n, layers = case % 3 + 1, case // 3 % 3 + 2
        x = exact.random_invertible(run.rng, n)
        noise = exact.random_matrix(run.rng, n, n) / 20
        y = (exact.identity(n) + noise) * x
        problem = Problem(numeric.to_array(x), numeric.to_array(y))
        start = [np.eye(n) + 0.1 * w for w in numeric.random_weights(generator, [n] * (layers + 1))]
        found = numeric.descend(start, problem)
        searches += 1
        norm = max(float(np.linalg.norm(w - np.eye(n), 2)) for w in found.weights)
        if norm < 1 and is_critical(found, problem):
            widest = max(widest, norm)
            lowest = float(exact.least_squares_minimum(x, y))
            said = f"width {n}, {layers} residual layers: {found.loss:.9g}, minimum {lowest:.9g}"
            run.case((abs(found.loss - lowest) <= TOLERANCE * problem.scale, said))
    run.require((3 * run.tried >= searches, f"only {run.tried} of {searches} searches were kept"))
    run.note = f"{run.tried} of {searches} kept: every |W_k| < 1 (greatest {widest:.2f})"


def singular_network(
    rng: random.Random, n: int, layers: int, rank: int
) -> tuple[list[fmpq_mat], list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Return critical weights of rank ``rank`` < n, better weights, and data (all rational).

    With X = 1 and Y = D diagonal, D_k the first k entries of D: weights with product D_rank whose
    heads and tails vanish on the remaining coordinates are critical (``layers`` >= 2), and their
    loss is half the sum of the squares of the entries left out. A random invertible matrix between
    neighbouring layers hides the diagonal form.
    """
    entries = rng.sample(range(1, 10), n)

    def weights(kept: int) -> list[fmpq_mat]:
        middle = exact.diagonal([1] * kept, n, n)
        bases = [exact.random_invertible(rng, n) for _ in range(layers - 1)]
        layer = bases[0] * middle
        found = [layer]
        for before, after in itertools.pairwise(bases):
            found.append(after * middle * before.inv())
        return [*found, exact.diagonal(entries[:kept], n, n) * bases[-1].inv()]

    return weights(rank), weights(n), exact.identity(n), exact.diagonal(entries, n, n)


def _singular(run: Run) -> None:
    for n, layers, rank in ((1, 2, 0), (2, 2, 0), (2, 2, 1), (2, 3, 1), (3, 2, 2), (3, 3, 1)):
        for _ in range(2):
            weights, better, x, y = singular_network(run.rng, n, layers, rank)
            r = exact.end_to_end(weights)
            loss, lower = worded.loss(weights, x, y), worded.loss(better, x, y)
            place = f"width {n}, {layers} layers, rank {rank}"
            run.case(
                (r.rank() == rank, f"{place}: the rank is {r.rank()}"),
                (exact.all_zero(worded.gradient(weights, x, y)), f"{place}: not critical"),
                (lower < loss, f"{place}: loss {loss} is not above {lower}"),
                (not is_critical_iff_minimal(weights, x, y), f"{place}: critical iff minimal"),
            )
    run.note = "exact: critical, singular, and other weights have a smaller loss"


def _saddles(run: Run) -> None:
    """Find critical points numerically: those that are not global must have a singular product."""
    generator, saddles, minima = run.generator(), 0, 0
    for case in range(run.cases):
        n, layers = case % 2 + 2, case // 2 % 2 + 2
        problem, lowest = _random_problem(run.rng, n, n + 1)
        start = numeric.random_weights(generator, [n] * (layers + 1))
        if case % 3 == 0:  # most random starts lead to saddles: begin some near a minimum
            start = tuple(layer + 0.01 for layer in numeric.descend(start, problem).weights)
        found = numeric.find_critical(start, problem)
        if not is_critical(found, problem):
            continue
        is_global = abs(found.loss - lowest) <= 1e-3 * problem.scale
        place = f"width {n}, {layers} layers"
        said = f"{place}: critical, not singular, loss {found.loss:.6g} > {lowest:.6g}"
        run.case((is_global or not passes(found, problem), said))
        saddles += not is_global
        minima += is_global
    run.require((saddles > 0, "no critical point that is not global was found"))
    run.note = f"{saddles} critical points are not global, all singular; {minima} are global"


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""

    def changed(**update: object) -> NetworkInstance:
        return instance.model_copy(update=update)

    n = instance.x.nrows()
    one = exact.identity(n)
    found = {
        "another loss": changed(loss=instance.loss + 1),
        "another end-to-end matrix": changed(end_to_end=instance.end_to_end + one),
        "other data": changed(y=instance.y + instance.x),
    }
    if instance.better is None:
        found["a layer zero"] = changed(weights=(*instance.weights[:-1], fmpq_mat(n, n)))
        found["the other kind"] = changed(kind="control", better=instance.weights)
    else:
        found["better weights that are not"] = changed(better=instance.weights)
        found["the other kind"] = changed(kind="example", better=None)
    return found


P4 = Check(
    problem="P4",
    title="Square layers: a local minimum with a full-rank product is global",
    words=(
        "L(W_1, ..., W_H) = 1/2 |Y - W_H ... W_1 X|_F^2 with d_0 = ... = d_H, so all W_k are "
        "square. Prove that a local minimum such that W_H ... W_1 is of full rank is a global "
        "minimum. (So is every critical point with an invertible product, for every convex "
        "differentiable loss of the product; Hardt and Ma: so is every critical point of a "
        "residual network with layers 1 + W_k, |W_k| < 1.)"
    ),
    explanation=(
        "Recomputes every instance exactly: product and loss by Lean, FLINT and SymPy, the "
        "gradient by symbolic differentiation, the minimum by least squares. At random rational "
        "weights with an invertible product the gradient must be zero exactly where the loss is "
        "minimal. SciPy searches from random starts; what passes first- and second-order tests "
        "with a well-conditioned product must have the closed-form minimum. The same for log "
        "cosh, and for residual layers. Controls: falsified instances must be refused; critical "
        "points with a singular product that are not global must be found, exactly and in floats."
    ),
    parts=(
        instances_part(verify, control=True),
        Part(
            "critical exactly where minimal", _critical_iff_minimal, named(is_critical_iff_minimal)
        ),
        Part("minima from random starts", _minima, named(passes)),
        Part("a convex loss, log cosh", _convex_loss),
        Part("residual layers (Hardt, Ma)", _residual),
        falsified_part(verify, falsified, "another loss, product, data, kind, a layer zero"),
        Part(
            "singular products, exact",
            _singular,
            named(is_critical_iff_minimal),
            controls="critical exactly where minimal",
        ),
        Part(
            "singular products, found",
            _saddles,
            named(passes),
            controls="minima from random starts",
        ),
    ),
)

CHECKS = (P4,)
