"""Every critical point classified, and the linear autoencoder.

``DeepLinear/Landscape/SecondOrder.lean``, ``DeepLinear/Corollaries.lean``.
"""

from __future__ import annotations

import numpy as np
from flint import fmpq_mat

from deeplinear import analysis, exact, numeric, problems, worded
from deeplinear.checks import saddles
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.errors import BadInput
from deeplinear.instances import NetworkInstance
from deeplinear.solve import classify
from deeplinear.solve.classify import Kind

FLAT = 1e-9
"""Eigenvalues of the Hessian above minus this, relative to the greatest, count as not negative."""


def kind_of(weights: list[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> Kind:
    """Return the exact class of critical weights."""
    return classify.classify(weights, x, y).kind


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute a saddle: strict, with its direction, or not strict, with better weights."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    strict = instance.second is not None
    if strict:
        claims = saddles.verify_strict(instance)
    else:
        better = instance.better or instance.weights
        loss = worded.loss(weights, x, y)
        claims = [
            (loss == instance.loss, f"{name}: SymPy finds another loss than Lean"),
            (exact.all_zero(worded.gradient(weights, x, y)), f"{name}: not critical"),
            (worded.loss(better, x, y) < loss, f"{name}: the better weights are not better"),
            (least_eigenvalue(weights, x, y) > -FLAT, f"{name}: the Hessian is negative somewhere"),
        ]
    product = exact.end_to_end(weights)
    claims.append((product == instance.end_to_end, f"{name}: {product} is not Lean's product"))
    if not all(holds for holds, _ in claims):
        return claims
    wanted = Kind.STRICT_SADDLE if strict else Kind.FLAT_SADDLE
    return [*claims, (kind_of(weights, x, y) is wanted, f"{name}: of another class")]


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    if instance.second is not None:
        return saddles.falsified(instance)
    last = instance.weights[-1]
    moved = (*instance.weights[:-1], last + exact.ones_like(last))
    updates: dict[str, dict[str, object]] = {
        "another loss": {"loss": instance.loss + 1},
        "weights that are not critical": {"weights": moved},
        "no better weights": {"better": instance.weights},
        "other outputs": {"y": instance.y + exact.ones_like(instance.y)},
    }
    return {done: instance.model_copy(update=update) for done, update in updates.items()}


def least_eigenvalue(weights: list[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> float:
    """Return the least eigenvalue of the Hessian, relative to the greatest in absolute value."""
    data = numeric.Problem(numeric.to_array(x), numeric.to_array(y))
    at = numeric.derivatives([numeric.to_array(w) for w in weights], data)
    values = np.linalg.eigvalsh(at.hessian)
    return float(values[0] / max(1.0, float(np.abs(values).max())))


def _classified(run: Run) -> None:
    counts = dict.fromkeys(Kind, 0)
    for _ in range(2 * run.cases):
        weights, x, y = problems.critical_point(run.rng)
        found = classify.classify(weights, x, y)
        counts[found.kind] += 1
        place = f"widths {exact.widths(weights)}, {found.kind.name}"
        least = analysis.least_loss(x, y, min(exact.widths(weights)))
        minimal = exact.loss(exact.end_to_end(weights), x, y) <= least.high
        curved = found.kind is Kind.STRICT_SADDLE
        run.case(
            (minimal == (found.kind is Kind.GLOBAL_MINIMUM), f"{place}: the closed form differs"),
            (curved or least_eigenvalue(weights, x, y) > -FLAT, f"{place}: the Hessian differs"),
        )
        if found.direction is not None:
            value = exact.second_derivative(weights, found.direction, found.direction, x, y)
            run.require((value < 0, f"{place}: the second derivative is {value}"))
    run.require((all(counts.values()), f"a class was not drawn: {counts}"))
    run.note = ", ".join(f"{kind.name.lower()} {count}" for kind, count in counts.items())


def _tight(run: Run) -> None:
    for case in range(run.cases // 2):
        weights, x, y = problems.tight_saddle(run.rng, 3 + case % 2)
        run.case((kind_of(weights, x, y) is Kind.FLAT_SADDLE, "a tight saddle is not flat"))
    run.note = "layers of rank r, widths above r: not strict, and not the origin"


def _one_pair(run: Run) -> None:
    for case in range(run.cases // 4):
        width, layers = 2 + case % 2, 3 + case % 3
        zero = fmpq_mat(width, width)
        x, y = (exact.random_invertible(run.rng, width) for _ in "xy")
        between = exact.random_invertible(run.rng, width)
        loose = [zero, *[between] * (layers - 2), zero]
        run.case((kind_of(loose, x, y) is Kind.STRICT_SADDLE, "a pair is not tight, and flat"))
    run.note = "the origin with invertible layers between: one pair is not tight, strict"


def _not_minimal(run: Run) -> None:
    for _ in range(run.cases // 4):
        ends = run.rng.randint(2, 3), run.rng.randint(2, 3)
        one = problems.random_spectral(run.rng, ends[1], ends[0], 1, best=False)
        weights = problems.random_layers(run.rng, one.r, [ends[0], 2, 2, ends[1]])
        strict = kind_of(weights, one.x, one.y) is Kind.STRICT_SADDLE
        run.case((strict, "R is not minimal at its rank, and flat"))
    run.note = "all pairs tight, but R misses a greater singular value: strict"


def _dependent(run: Run) -> None:
    for _ in range(run.cases // 4):
        weights, x, y = problems.tight_saddle(run.rng, 3)
        wide = exact.random_matrix(run.rng, x.nrows() + 1, x.nrows()) * x
        first = weights[0] * fmpq_mat(weights[0].ncols(), wide.nrows())
        try:
            kind_of([first, *weights[1:]], wide, y)
            refused = False
        except BadInput:
            refused = True
        run.case((refused, "X X^T is singular, and a class was named"))
    run.note = "X X^T singular: no class is named"


def _values(run: Run) -> None:
    for _ in range(run.cases):
        weights, x, y = problems.critical_point(run.rng)
        run.case((has_projected_value(weights, x, y), f"widths {exact.widths(weights)}"))
    run.note = "R Q = P C for the projector P on the range of R, loss (|Y|^2 - tr P S) / 2: exact"


def has_projected_value(weights: list[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> bool:
    """Tell whether R is the projection of least squares on its range, with the value of theory.

    With ``Q = X X^T``, ``C = Y X^T``, ``S = C Q^-1 C^T`` and the orthogonal projector P on the
    range of R: ``R Q = P C``, P commutes with S, and the loss is ``(|Y|^2 - tr P S) / 2``.
    """
    r, q, c = exact.end_to_end(weights), x * x.transpose(), y * x.transpose()
    form = c * q.inv() * c.transpose()
    projector = fmpq_mat(r.nrows(), r.nrows())
    if r.rank():
        f, _ = exact.full_rank_factors(r)
        projector = f * (f.transpose() * f).inv() * f.transpose()
    value = (exact.squared_norm(y) - exact.inner(projector, form)) / 2
    return bool(
        r * q == projector * c
        and projector * form == form * projector
        and exact.loss(r, x, y) == value
    )


def _not_critical(run: Run) -> None:
    for _ in range(run.cases // 2):
        weights, x, y = problems.critical_point(run.rng)
        moved = [w + exact.random_matrix(run.rng, *exact.shape(w)) for w in weights]
        if exact.all_zero(exact.gradient(moved, x, y)):
            continue
        run.case((not has_projected_value(moved, x, y), "not critical, and with such a value"))
    run.note = "weights that are not critical: no projection of least squares"


SO = Check(
    problem="SO",
    title="Every critical point classified",
    words=(
        "Let X X^T be positive definite and W critical, R of rank r. No direction has negative "
        "curvature if and only if R minimizes the loss among the matrices of rank <= r and every "
        "pair of layers j < k is tight: the product of the layers strictly between has rank r, or "
        "T_k^T G S_(j-1)^T = 0. So W is a global minimum, a strict saddle, or a saddle with a "
        "positive semidefinite Hessian. R is the projection of least squares on its range (Baldi "
        "and Hornik 1989)."
    ),
    explanation=(
        "Critical points of all classes are constructed and classified exactly; the closed form "
        "of the least loss, the eigenvalues of the Hessian and the second derivative along the "
        "direction must say the same. Controls: a pair that is not tight, an R that is not "
        "minimal at its rank, X X^T singular, weights that are not critical."
    ),
    parts=(
        instances_part(verify),
        Part("classified", _classified, named(classify.classify)),
        Part("tight saddles", _tight, named(classify.classify)),
        Part("values", _values, named(has_projected_value)),
        falsified_part(verify, falsified, "loss, weights, better weights, outputs"),
        Part("a pair not tight", _one_pair, named(classify.classify), controls="tight saddles"),
        Part("R not minimal", _not_minimal, named(classify.classify), controls="tight saddles"),
        Part("X X^T singular", _dependent, named(classify.classify), controls="classified"),
        Part("not critical", _not_critical, named(has_projected_value), controls="values"),
    ),
)


# --- the autoencoder ------------------------------------------------------------------------------


def is_projector(weights: list[fmpq_mat], x: fmpq_mat) -> bool:
    """Tell whether R is an orthogonal projector that commutes with ``X X^T``."""
    r, form = exact.end_to_end(weights), x * x.transpose()
    return bool(r == r.transpose() and r * r == r and r * form == form * r)


def verify_encoder(instance: NetworkInstance) -> list[Claim]:
    """Recompute a critical autoencoder: a projector, with the loss that it does not keep."""
    name, weights, x = instance.name, list(instance.weights), instance.x
    form, r = x * x.transpose(), exact.end_to_end(weights)
    lost = (exact.inner(form, exact.identity(x.nrows())) - exact.inner(form, r)) / 2
    return [
        (x == instance.y, f"{name}: the outputs are not the inputs"),
        (r == instance.end_to_end, f"{name}: {r} is not Lean's product"),
        (worded.loss(weights, x, x) == instance.loss, f"{name}: SymPy finds another loss"),
        (exact.all_zero(worded.gradient(weights, x, x)), f"{name}: not critical"),
        (is_projector(weights, x), f"{name}: R is no projector"),
        (lost == instance.loss, f"{name}: the loss is not the variance that is not kept"),
    ]


def falsified_encoder(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    last = instance.weights[-1]
    updates: dict[str, dict[str, object]] = {
        "another loss": {"loss": instance.loss + 1},
        "outputs that are not the inputs": {"y": instance.y * 2},
        "other weights": {"weights": (*instance.weights[:-1], last * 2)},
    }
    return {done: instance.model_copy(update=update) for done, update in updates.items()}


ENCODERS = ((3, 1, 3), (3, 2, 3), (3, 2, 2, 3), (4, 2, 3, 4), (4, 3, 4))
"""Widths of autoencoders."""


def keeps_most(weights: list[fmpq_mat], x: fmpq_mat) -> bool:
    """Tell whether R keeps as much of the variance as the strongest principal directions do."""
    form, p = x * x.transpose(), min(exact.widths(weights))
    kept = exact.inner(form, exact.end_to_end(weights))
    least = analysis.least_loss(x, x, p)
    total = exact.inner(form, exact.identity(x.nrows()))
    return bool(2 * least.low <= total - kept <= 2 * least.high)


def _principal(run: Run) -> None:
    for case in range(run.cases):
        widths, best = ENCODERS[case % len(ENCODERS)], case % 2 == 0
        weights, x = problems.autoencoder(run.rng, widths, best)
        minimal = kind_of(weights, x, x) is Kind.GLOBAL_MINIMUM
        run.case(
            (is_projector(weights, x), f"widths {widths}: critical, and no projector"),
            (minimal is best, f"widths {widths}: minimal is {minimal}, the strongest {best}"),
            (keeps_most(weights, x) is best, f"widths {widths}: the variance kept says otherwise"),
        )
    run.note = "critical points are projectors; minima keep the strongest directions: exact"


def gap_to_projector(run: Run, factor: float) -> float | None:
    """Search a critical point with Y = factor X; how far R is from a projector, if it is one."""
    generator = run.generator()
    widths = ENCODERS[run.rng.randrange(len(ENCODERS))]
    x = generator.standard_normal((widths[0], widths[0] + 2))
    start = numeric.random_weights(generator, widths)
    found = numeric.find_critical(start, numeric.Problem(x, factor * x))
    r = np.eye(widths[0])
    for layer in found.weights:
        r = layer @ r
    if found.slope > 1e-9 or np.abs(r).max() < 1e-3:
        return None
    return float(max(np.abs(r - r.T).max(), np.abs(r @ r - r).max()))


def _searched(run: Run) -> None:
    for _ in range(run.cases // 2):
        gap = gap_to_projector(run, 1.0)
        if gap is not None:
            run.case((gap < 1e-5, f"a critical point {gap:.1e} off every projector"))
    run.note = "critical points that searches found, in floating point: projectors to 1e-5"


def _other_outputs(run: Run) -> None:
    for _ in range(run.cases // 4):
        gap = gap_to_projector(run, 2.0)
        if gap is not None:
            run.case((gap > 0.1, "Y = 2 X, and R is a projector"))
    run.note = "Y = 2 X: R is no projector"


def _weaker(run: Run) -> None:
    for case in range(run.cases // 4):
        weights, x = problems.autoencoder(run.rng, ENCODERS[case % len(ENCODERS)], False)
        r = [w + w for w in weights[:1]]
        run.case((not is_projector([*r, *weights[1:]], x), "twice a projector passes as one"))
    run.note = "twice a projector: none"


AE = Check(
    problem="AE",
    title="What a linear autoencoder learns",
    words=(
        "For Y = X and X X^T positive definite: at every critical point R is an orthogonal "
        "projector that commutes with X X^T, and the loss is half of the variance that it does "
        "not keep. The weights are a local minimum if and only if R keeps the most of all "
        "projectors of trace <= p: principal component analysis. (Baldi and Hornik 1989, for any "
        "depth and widths.)"
    ),
    explanation=(
        "Critical autoencoders are constructed from rational frames, with the strongest directions "
        "or without one of them; critical points are also searched in floating point. Controls: "
        "twice a projector, and Y = 2 X, where R is no projector."
    ),
    parts=(
        instances_part(verify_encoder),
        Part("principal directions", _principal, named(is_projector)),
        Part("searches", _searched, named(gap_to_projector)),
        falsified_part(verify_encoder, falsified_encoder, "loss, outputs, weights"),
        Part("twice R", _weaker, named(is_projector), controls="principal directions"),
        Part("Y = 2 X", _other_outputs, named(gap_to_projector), controls="searches"),
    ),
)

CHECKS = (SO, AE)
