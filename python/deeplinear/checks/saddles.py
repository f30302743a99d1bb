"""Kawaguchi 2016, Theorem 2.3 (iii) (``DeepLinear/Landscape/Saddles.lean``, ``Boundary.lean``)."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq_mat

from deeplinear import escape, exact
from deeplinear.checks import main, shallow
from deeplinear.checks.base import Check, Claim, Part, Run
from deeplinear.instances import NetworkInstance

RADII = (Fraction(1), Fraction(1, 100))
"""How much an entry of the weights may change."""


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute a saddle with X X^T invertible; in a control X is zero and the loss is constant."""
    name, x = instance.name, instance.x
    if instance.kind == "control":
        gradient = exact.worded_gradient(instance.weights, x, instance.y)
        loss = exact.worded_loss(instance.weights, x, instance.y)
        return [
            (exact.is_zero(x), f"{name}: X is not zero"),
            (loss == instance.loss, f"{name}: SymPy finds another loss than Lean"),
            (exact.all_zero(gradient), f"{name}: not critical"),
            (gradient == list(instance.gradient), f"{name}: SymPy: another gradient"),
        ]
    full = x.rank() == x.nrows()
    return [*shallow.verify(instance), (full, f"{name}: X X^T is not invertible")]


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    if instance.kind == "control":
        ones = fmpq_mat(*exact.shape(instance.x), [1] * instance.x.nrows() * instance.x.ncols())
        updates: dict[str, dict[str, object]] = {
            "inputs that are not zero": {"x": ones},
            "another loss": {"loss": Fraction(-1)},
        }
        return {done: instance.model_copy(update=update) for done, update in updates.items()}
    return shallow.falsified(instance)


def _instances(run: Run) -> None:
    for instance in run.instances:
        assert isinstance(instance, NetworkInstance)
        run.case(*verify(instance))
    examples = sum(instance.kind == "example" for instance in run.instances)
    run.require((examples >= 3, f"only {examples} examples: 3 are wanted"))
    run.note = f"{examples} saddles, {run.tried - examples} controls; Lean, FLINT, SymPy agree"


def _falsified(run: Run) -> None:
    run.refuse_falsified(verify, falsified)
    run.note = "another loss, product, better weights, inputs: each refused"


def _both_ways(run: Run) -> None:
    for _ in range(run.cases // 2):
        weights, one = main.critical(run.rng, best=False, singular=False)
        for radius in RADII:
            start = exact.worded_loss(weights, one.x, one.y)
            better = escape.escape(weights, one.x, one.y, radius).better or weights
            worse = escape.climb(weights, one.x, one.y, radius)
            run.case(
                (exact.worded_loss(better, one.x, one.y) < start, "no better weights"),
                (exact.worded_loss(worse, one.x, one.y) > start, "no worse weights"),
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


def _blind(run: Run) -> None:
    for _ in range(run.cases):
        widths = [run.rng.randint(1, 3) for _ in range(run.rng.randint(2, 4))]
        weights, x, y = exact.random_network(run.rng, widths, 2)
        others = exact.random_network(run.rng, widths, 1)[0]
        zero = fmpq_mat(*exact.shape(x))
        same = escape.loss_of(weights, zero, y) == escape.loss_of(others, zero, y)
        run.case((same, f"widths {widths}: the loss is not constant"))
    run.note = "X = 0: the loss is constant, all weights are local maxima"


K16 = Check(
    problem="K16",
    title="No local maxima; critical points are global minima or saddles",
    words=(
        "Kawaguchi 2016, Theorem 2.3 (iii): if X X^T is positive definite, the loss has no local "
        "maxima, and every critical point that is not a global minimum is a saddle point. No "
        "local maxima, for every strictly convex differentiable loss of R. (Part (i) is in P3.2.)"
    ),
    explanation=(
        "Critical weights that are not minimal are constructed: better and worse weights are "
        "found within any radius. At any weights, with zero layers among them, worse ones are "
        "found. Controls: with X = 0 the loss is constant; falsified instances; a strictly convex "
        "loss that is not quadratic, with a critical point that is neither a global minimum nor a "
        "saddle."
    ),
    parts=(
        Part("instances", _instances),
        Part("saddles: better and worse", _both_ways),
        Part("no local maxima", _climbs),
        Part("falsified instances", _falsified, control=True),
        Part("X = 0", _blind, control=True),
        Part("another strictly convex loss", main.another_loss, control=True),
    ),
)

CHECKS = (K16,)
