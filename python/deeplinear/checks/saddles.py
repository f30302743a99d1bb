"""Kawaguchi 2016, Theorem 2.3 (iii), (iv).

``DeepLinear/Landscape/Saddles.lean``, ``OtherLosses.lean``;
``DeepLinear/Corollaries.lean``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import fmpq, fmpq_mat

from deeplinear import exact, problems, worded
from deeplinear.checks import shallow
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.errors import BadInput
from deeplinear.instances import NetworkInstance
from deeplinear.solve import escape, strict_saddle

RADII = (Fraction(1), Fraction(1, 100))
"""How much an entry of the weights may change."""


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute a saddle with X X^T invertible; in a control X is zero and the loss is constant."""
    name, x = instance.name, instance.x
    if instance.kind == "control":
        gradient = worded.gradient(instance.weights, x, instance.y)
        loss = worded.loss(instance.weights, x, instance.y)
        return [
            (exact.is_zero(x), f"{name}: X is not zero"),
            (loss == instance.loss, f"{name}: SymPy finds another loss than Lean"),
            (exact.all_zero(gradient), f"{name}: not critical"),
            (gradient == list(instance.gradient), f"{name}: SymPy: another gradient"),
        ]
    full = x.rank() == x.nrows()
    claims = [*shallow.verify(instance), (full, f"{name}: X X^T is not invertible")]
    return claims if instance.second is None else verify_strict(instance)


def verify_strict(instance: NetworkInstance) -> list[Claim]:
    """Recompute a strict saddle: critical, with a direction of negative second derivative."""
    name, weights, x, y = instance.name, instance.weights, instance.x, instance.y
    u, v = instance.directions or (weights, weights)
    curvature = exact.second_derivative(weights, u, v, x, y)
    loss = worded.loss(weights, x, y)
    return [
        (loss == instance.loss, f"{name}: SymPy finds another loss than Lean"),
        (exact.all_zero(worded.gradient(weights, x, y)), f"{name}: not critical"),
        (list(u) == list(v), f"{name}: two directions, not one"),
        (curvature == instance.second, f"{name}: {curvature} is not Lean's second derivative"),
        (curvature < 0, f"{name}: the second derivative is not negative"),
    ]


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    if instance.kind == "control":
        updates: dict[str, dict[str, object]] = {
            "inputs that are not zero": {"x": exact.ones_like(instance.x)},
            "another loss": {"loss": Fraction(-1)},
        }
        return {done: instance.model_copy(update=update) for done, update in updates.items()}
    if instance.second is not None:
        u = instance.weights
        updates = {
            "another loss": {"loss": instance.loss + 1},
            "another second derivative": {"second": instance.second - 1},
            "another direction": {"directions": (u, u)},
            "weights that are not critical": {"weights": (*u[:-1], u[-1] + exact.ones_like(u[-1]))},
        }
        return {done: instance.model_copy(update=update) for done, update in updates.items()}
    return shallow.falsified(instance)


def _both_ways(run: Run) -> None:
    for _ in range(run.cases // 2):
        weights, one = problems.critical(run.rng, best=False, singular=False)
        for radius in RADII:
            start = worded.loss(weights, one.x, one.y)
            better = escape.escape(weights, one.x, one.y, radius).better or weights
            worse = escape.climb(weights, one.x, one.y, radius)
            run.case(
                (worded.loss(better, one.x, one.y) < start, "no better weights"),
                (worded.loss(worse, one.x, one.y) > start, "no worse weights"),
                (
                    max(escape.greatest_change(weights, other) for other in (better, worse))
                    <= radius,
                    "an entry changes by more than the radius",
                ),
            )
    run.note = "critical, not minimal: better and worse weights within 1, 1/100"


def _climbs(run: Run) -> None:
    for case in range(run.cases):
        widths = [run.rng.randint(1, 3) for _ in range(run.rng.randint(2, 5))]
        weights, _, y = exact.random_network(run.rng, widths, widths[0])
        x = exact.random_invertible(run.rng, widths[0])
        for k in range(len(weights)):
            # some layers are zero, in every fourth network all of them
            if case % 4 == 0 or run.rng.random() < 0.3:
                weights[k] = fmpq_mat(*exact.shape(weights[k]))
        start = exact.loss(exact.end_to_end(weights), x, y)
        for radius in RADII:
            worse = escape.climb(weights, x, y, radius)
            higher = exact.loss(exact.end_to_end(worse), x, y) > start
            place = f"widths {widths}, radius {radius}"
            run.case(
                (higher, f"{place}: a local maximum"),
                (
                    escape.greatest_change(weights, worse) <= radius,
                    f"{place}: an entry changes by more",
                ),
            )
    run.note = "any weights, the origin among them: worse weights within 1, 1/100"


def _kinds(run: Run) -> Iterator[tuple[str, list[fmpq_mat], fmpq_mat, fmpq_mat]]:
    """Draw critical points with an interior product of rank >= p, of each kind of the proof."""
    for _ in range(run.cases // 4):
        p = run.rng.randint(1, 2)
        inner = [run.rng.randint(p, 3) for _ in range(run.rng.randint(0, 2))]
        wide = [run.rng.randint(p + 1, 4), *inner, p, run.rng.randint(p + 1, 4)]
        for kind, at_input in (("rank < p at the input", True), ("rank < p at the output", False)):
            rank = run.rng.randint(0, p - 1)
            yield kind, *problems.deficient_at_an_end(run.rng, wide, rank, at_input)
        weights, one = problems.critical(run.rng, best=False, singular=False)
        yield "rank p", weights, one.x, one.y


def _strict(run: Run) -> None:
    for kind, weights, x, y in _kinds(run):
        direction = strict_saddle.negative_direction(weights, x, y)
        run.case((direction is not None, f"{kind}: no direction"))
        if direction is not None:
            curvature = exact.second_derivative(weights, direction, direction, x, y)
            gradient = worded.gradient(weights, x, y)
            run.require(
                (exact.all_zero(gradient), f"{kind}: not critical"),
                (curvature < 0, f"{kind}: the second derivative is {curvature}"),
            )
    run.note = "rank < p at either end, rank p: a negative second derivative, exactly"


def _not_strict(run: Run) -> None:
    for layers in (3, 4):
        for _ in range(run.cases // 8):
            widths = [run.rng.randint(1, 2) for _ in range(layers + 1)]
            weights, x, y = exact.random_network(run.rng, widths, 2)
            zeros = [fmpq_mat(*exact.shape(layer)) for layer in weights]
            curvature = exact.second_derivative(zeros, weights, weights, x, y)
            none = strict_saddle.negative_direction(zeros, x, y) is None
            run.case((none and curvature == 0, f"widths {widths}: a curvature of {curvature}"))
    run.note = "the origin of 3 and 4 layers, interior product 0: no curvature at all"


def _blind(run: Run) -> None:
    for _ in range(run.cases // 4):
        widths = [run.rng.randint(1, 3) for _ in range(run.rng.randint(2, 4))]
        weights, x, y = exact.random_network(run.rng, widths, 2)
        others = exact.random_network(run.rng, widths, 1)[0]
        zero = fmpq_mat(*exact.shape(x))
        same = escape.loss_of(weights, zero, y) == escape.loss_of(others, zero, y)
        try:
            escape.climb(weights, zero, y, Fraction(1))
            refused = False
        except BadInput:
            refused = True
        run.case(
            (same, f"widths {widths}: the loss is not constant"),
            (refused, f"widths {widths}: worse weights were handed back"),
        )
    run.note = "X = 0: the loss is constant, all weights are local maxima, none worse is found"


def chord_gap(v: list[fmpq_mat], s: Fraction, x: fmpq_mat, y: fmpq_mat) -> Fraction:
    """Return ``(1 - s) L(0) + s L(V) - L(s V)``: never negative if the loss is convex."""
    scaled = [layer * fmpq(s.numerator, s.denominator) for layer in v]
    return (
        (1 - s) * escape.loss_of(problems.zeros(v), x, y)
        + s * escape.loss_of(v, x, y)
        - escape.loss_of(scaled, x, y)
    )


def chord_gaps(
    widths: list[int], x: fmpq_mat, y: fmpq_mat
) -> Iterator[tuple[list[fmpq_mat], list[Fraction]]]:
    """For points of smaller and of greater loss, their chord gaps at s = 1/2, 1/4, ..., 2^-20."""
    for point in escape.near_origin(widths, x, y, Fraction(1)):
        yield point, [chord_gap(point, Fraction(1, 2**n), x, y) for n in range(1, 21)]


def _not_convex(run: Run) -> None:
    for _ in range(run.cases // 2):
        widths, _, x, y = problems.random_correlated(run.rng, 2, 5)
        (_, below), (_, above) = chord_gaps(widths, x, y)
        run.case(
            (min(below) < 0, f"widths {widths}: no chord under the loss"),
            (max(above) > 0, f"widths {widths}: no chord over the loss"),
        )
    run.note = "chords from the origin, one under the loss and one over it: exact"


def _one_layer_convex(run: Run) -> None:
    for _ in range(run.cases // 2):
        widths, _, x, y = problems.random_correlated(run.rng, 1, 1)
        (_, below), (_, above) = chord_gaps(widths, x, y)
        run.case((min(*below, *above) >= 0, f"widths {widths}: a chord under the loss"))
    run.note = "one layer: the loss is convex, no chord lies under it"


K16 = Check(
    problem="K16",
    title="No local maxima; critical points are global minima or saddles",
    words=(
        "Kawaguchi 2016, Theorem 2.3 (iii): every critical point that is not a global minimum is a "
        "saddle point, for any data; no local maxima, for every strictly convex differentiable "
        "loss of R. (iv): if X X^T is positive definite, such a point is a "
        "strict saddle, with a direction of negative curvature, if the product of the interior "
        "layers has rank >= p; for two layers always. (i): if X Y^T is not zero, the loss is "
        "neither convex nor concave."
    ),
    explanation=(
        "Critical weights that are not minimal are constructed: better and worse weights are "
        "found within any radius. At any weights, with zero layers among them, worse ones are "
        "found. At critical points of each kind of the proof its direction must have a negative "
        "second derivative. One chord from the origin must lie under the loss and one over it. "
        "Controls: with one layer no chord may lie under the loss; the origin of three layers; "
        "with X = 0 the loss is "
        "constant; falsified instances."
    ),
    parts=(
        instances_part(verify),
        Part("saddles: better and worse", _both_ways),
        Part("no local maxima", _climbs, named(escape.climb)),
        Part("strict saddles", _strict, named(strict_saddle.negative_direction)),
        Part("neither convex nor concave", _not_convex, named(chord_gaps)),
        falsified_part(verify, falsified, "another loss, product, better weights, inputs"),
        Part(
            "one layer",
            _one_layer_convex,
            named(chord_gaps),
            controls="neither convex nor concave",
        ),
        Part("X = 0", _blind, named(escape.climb), controls="no local maxima"),
        Part(
            "interior product 0",
            _not_strict,
            named(strict_saddle.negative_direction),
            controls="strict saddles",
        ),
    ),
)

CHECKS = (K16,)
