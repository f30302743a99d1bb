"""Problem 3 (``DeepLinear/Hessian.lean``): the weights W = 0.

Everything here is exact.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact, problems, worded
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.errors import BadInput
from deeplinear.instances import NetworkInstance
from deeplinear.solve import escape
from deeplinear.solve.escape import loss_of

RADII = (Fraction(1), Fraction(1, 10), Fraction(1, 1000))
"""How near the origin descent and ascent points are asked for: greatest entry in absolute value."""


def recompute(instance: NetworkInstance) -> list[Claim]:
    """Recompute the weights, which are zero, the loss and the gradient of an instance."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    gradient = worded.gradient(weights, x, y)
    return [
        (exact.all_zero(weights), f"{name}: the weights are not zero"),
        (
            loss_of(weights, x, y) == instance.loss,
            f"{name}: FLINT finds another loss than Lean",
        ),
        (worded.loss(weights, x, y) == instance.loss, f"{name}: SymPy: another loss"),
        (gradient == list(instance.gradient), f"{name}: SymPy finds another gradient than Lean"),
    ]


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute an instance of Problem 3.1; it is critical if it is an example."""
    critical = exact.all_zero(instance.gradient)
    said = f"{instance.name}: critical or not, against its claim"
    return [*recompute(instance), (critical == (instance.kind == "example"), said)]


def verify_saddle(instance: NetworkInstance) -> list[Claim]:
    """Recompute the points of smaller and of greater loss of an instance of Problem 3.2."""
    claims = recompute(instance)
    for what, sign in (("better", -1), ("worse", 1)):
        point = getattr(instance, what)
        if instance.kind == "example":
            held = (
                point is not None
                and sign * (loss_of(list(point), instance.x, instance.y) - instance.loss) > 0
            )
            claims.append((held, f"{instance.name}: {what} is not {what}"))
    if instance.kind == "control":
        cross = instance.x * instance.y.transpose()
        claims.append((exact.is_zero(cross), f"{instance.name}: X Y^T is not zero"))
    return claims


def verify_hessian(instance: NetworkInstance) -> list[Claim]:
    """Recompute the second derivative of an instance of Problem 3.3 in its two directions."""
    name = instance.name
    claims = recompute(instance)
    if instance.directions is None or instance.second is None:
        return [*claims, (False, f"{name}: there are no directions")]
    u, v = map(list, instance.directions)
    value = exact.second_derivative(problems.zeros(u), u, v, instance.x, instance.y)
    return [
        *claims,
        (value == instance.second, f"{name}: {value} is not Lean's second derivative"),
        ((value == 0) == (instance.kind == "example"), f"{name}: zero or not, against its claim"),
    ]


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    first, *rest = instance.weights
    ones = fmpq_mat(*exact.shape(first), [1] * (first.nrows() * first.ncols()))
    gradient = (instance.gradient[0] + ones, *instance.gradient[1:])
    false: dict[str, dict[str, object]] = {
        "a layer that is not zero": {"weights": (first + ones, *rest)},
        "another loss": {"loss": instance.loss + 1},
        "another gradient": {"gradient": gradient},
        "the other kind": {"kind": "control" if instance.kind == "example" else "example"},
    }
    if instance.better is not None:
        false["better and worse exchanged"] = {
            "better": instance.worse,
            "worse": instance.better,
        }
    if instance.second is not None:
        false["another second derivative"] = {"second": instance.second + 1}
    return {done: instance.model_copy(update=update) for done, update in false.items()}


def is_critical_at_origin(weights: list[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> bool:
    """Tell whether SymPy finds every partial derivative zero at zero weights of these shapes."""
    return exact.all_zero(worded.gradient(problems.zeros(weights), x, y))


def _critical(run: Run) -> None:
    for _ in range(run.cases // 2):
        widths, weights, x, y = problems.random_correlated(run.rng, 2, 4)
        run.case((is_critical_at_origin(weights, x, y), f"widths {widths}: not critical"))
    run.note = "2 to 4 layers: SymPy finds every partial derivative zero"


def _one_layer(run: Run) -> None:
    for _ in range(run.cases // 2):
        widths, weights, x, y = problems.random_correlated(run.rng, 1, 1)
        run.case((not is_critical_at_origin(weights, x, y), f"widths {widths}: critical"))
    run.note = "one layer, X Y^T not zero: the origin is not critical"


def _descent_and_ascent(run: Run) -> None:
    for _ in range(run.cases):
        widths, weights, x, y = problems.random_correlated(run.rng, 2, 5)
        start = loss_of(problems.zeros(weights), x, y)
        for radius in RADII:
            better, worse = escape.near_origin(widths, x, y, radius)
            size = max(abs(e) for w in (*better, *worse) for row in exact.rows(w) for e in row)
            place = f"widths {widths}, radius {radius}"
            run.case(
                (size <= radius, f"{place}: an entry of size {size}"),
                (loss_of(better, x, y) < start, f"{place}: better is not better"),
                (loss_of(worse, x, y) > start, f"{place}: worse is not worse"),
            )
    run.note = f"any widths, a bottleneck too: within {', '.join(map(str, RADII))} of the origin"


def _no_correlation(run: Run) -> None:
    for _ in range(run.cases):
        widths = [run.rng.randint(1, 3) for _ in range(run.rng.randint(2, 4) + 1)]
        weights, x, y = exact.random_network(run.rng, widths, 2)
        # make the samples of x and y disjoint, so that X Y^T = 0
        x = fmpq_mat([[x[i, 0], 0] for i in range(widths[0])])
        y = fmpq_mat([[0, y[i, 1]] for i in range(widths[-1])])
        start = loss_of(problems.zeros(weights), x, y)
        try:
            escape.near_origin(widths, x, y, Fraction(1))
            refused = False
        except BadInput:
            refused = True
        run.case(
            (refused, f"widths {widths}: the construction of the proof did not refuse"),
            (loss_of(weights, x, y) >= start, f"widths {widths}: a smaller loss than at 0"),
        )
    run.note = "X Y^T = 0: the construction refuses, and no weights have a smaller loss"


def units(widths: list[int]) -> list[list[fmpq_mat]]:
    """Return the unit directions: one for each entry of each layer."""
    zero = [fmpq_mat(above, below) for below, above in itertools.pairwise(widths)]
    found = []
    for k, layer in enumerate(zero):
        for i, j in itertools.product(range(layer.nrows()), range(layer.ncols())):
            unit = fmpq_mat(*exact.shape(layer))
            unit[i, j] = fmpq(1)
            found.append([*zero[:k], unit, *zero[k + 1 :]])
    return found


def hessian(widths: list[int], x: fmpq_mat, y: fmpq_mat) -> list[list[Fraction]]:
    """Return the Hessian at the origin, entry by entry: all second partial derivatives."""
    directions = units(widths)
    origin = problems.zeros(directions[0])
    return [[exact.second_derivative(origin, u, v, x, y) for v in directions] for u in directions]


def _flat(run: Run) -> None:
    for layers in (3, 4, 5):
        widths = [run.rng.randint(1, 2) for _ in range(layers + 1)]
        _, x, y = exact.random_network(run.rng, widths, 2)
        entries = [entry for row in hessian(widths, x, y) for entry in row]
        run.case((not any(entries), f"widths {widths}: a second partial derivative is not 0"))
    for _ in range(run.cases // 2):
        widths, u, x, y = problems.random_correlated(run.rng, 3, 5)
        v = exact.random_network(run.rng, widths, 1)[0]
        value = exact.second_derivative(problems.zeros(u), u, v, x, y)
        run.case((value == 0, f"widths {widths}: a second derivative is {value}"))
    run.note = "3, 4, 5 layers: the whole Hessian, and random directions: exactly 0"


def _two_layers(run: Run) -> None:
    for _ in range(run.cases // 4):
        widths, v, x, y = problems.random_correlated(run.rng, 2, 2)
        formula = -2 * exact.inner(y, exact.end_to_end(v) * x)
        value = exact.second_derivative(problems.zeros(v), v, v, x, y)
        run.case((value == formula, f"widths {widths}: {value}, not -2 <Y, V_2 V_1 X> = {formula}"))
    for _ in range(4):
        widths = [run.rng.randint(1, 2) for _ in range(3)]
        _, x, y = exact.random_network(run.rng, widths, 2)
        if exact.is_zero(y * x.transpose()):
            continue
        eigenvalues = np.linalg.eigvalsh(np.array(hessian(widths, x, y), dtype=float))
        signs = eigenvalues[0] < -1e-9 and eigenvalues[-1] > 1e-9
        run.case((bool(signs), f"widths {widths}: the Hessian has not both signs"))
    run.note = "two layers: -2 <Y, V_2 V_1 X>; eigenvalues of both signs"


P3_1 = Check(
    problem="P3.1",
    title="The origin is a critical point",
    words="L(W_1, ..., W_H) = 1/2 |Y - W_H ... W_1 X|_F^2, H >= 2. Prove that W = 0 is critical.",
    explanation=(
        "Recomputes every instance (Lean, FLINT, SymPy). At W = 0 of random networks with 2 to 4 "
        "layers SymPy must find every partial derivative zero. Controls: with one layer and "
        "X Y^T not zero it must not; falsified instances must be refused."
    ),
    parts=(
        instances_part(verify),
        Part("random networks", _critical, named(is_critical_at_origin)),
        falsified_part(verify, falsified, "each number in turn"),
        Part("one layer", _one_layer, named(is_critical_at_origin), controls="random networks"),
    ),
)

P3_2 = Check(
    problem="P3.2",
    title="The origin is a saddle point",
    words=(
        "The same loss, H >= 2, X Y^T not zero, no bottleneck (min_k d_k = min(d_0, d_H)). Prove "
        "that W = 0 is a saddle point. (In fact for any widths >= 1.)"
    ),
    explanation=(
        "Recomputes every instance. For random networks of any widths it constructs, by the "
        "proof, weights of smaller and of greater loss within any radius of the origin; both are "
        "checked exactly. Controls: with X Y^T = 0 the construction must refuse, and no weights "
        "may have a smaller loss; falsified instances must be refused."
    ),
    parts=(
        instances_part(verify_saddle),
        Part("descent and ascent points", _descent_and_ascent, named(escape.near_origin)),
        falsified_part(verify_saddle, falsified, "each number in turn"),
        Part(
            "X Y^T = 0",
            _no_correlation,
            named(escape.near_origin),
            controls="descent and ascent points",
        ),
    ),
)

P3_3 = Check(
    problem="P3.3",
    title="With three layers the Hessian at the origin is zero",
    words=(
        "The same loss, H >= 3. Prove that the Hessian at W = 0 is zero. (For H = 2 it is "
        "V -> -2 <Y, V_2 V_1 X>, of both signs if X Y^T is not zero.)"
    ),
    explanation=(
        "Recomputes every instance. Every second partial derivative at the origin, and the second "
        "derivative in random directions, must be 0: exact interpolations of values of the loss. "
        "Controls: with two layers it must be -2 <Y, V_2 V_1 X>, and where X Y^T is not zero the "
        "Hessian must have eigenvalues of both signs; falsified instances must be refused."
    ),
    parts=(
        instances_part(verify_hessian),
        Part("second derivatives", _flat, named(exact.second_derivative)),
        falsified_part(verify_hessian, falsified, "each number in turn"),
        Part(
            "two layers",
            _two_layers,
            named(exact.second_derivative),
            controls="second derivatives",
        ),
    ),
)

CHECKS = (P3_1, P3_2, P3_3)
