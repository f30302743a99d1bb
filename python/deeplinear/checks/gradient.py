"""Problem 1.4 (``DeepLinear/Gradient.lean``): the gradient of the loss on a dataset.

SymPy differentiates the loss as the assignment words it, entry by entry, and never sees the
formula; FLINT evaluates the formula. For large networks, where symbols would not do, exact
differences give the derivative: the loss is quadratic in one layer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import sympy
from flint import fmpq_mat

from deeplinear import exact
from deeplinear.checks.base import Check, Claim, Part, Run
from deeplinear.instances import NetworkInstance

SHAPES = ((1, 1, 1), (2, 1, 2), (1, 2, 1), (1, 2, 1, 1), (2, 1, 1, 1))
"""Widths of the networks in which every entry of weights and data is a symbol."""


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute the end-to-end matrix, the loss and the gradient of an instance, in two ways."""
    name, weights, x, y = instance.name, instance.weights, instance.x, instance.y
    r = exact.end_to_end(weights)
    loss, gradient = exact.loss(r, x, y), exact.gradient(weights, x, y)
    return [
        (r == instance.end_to_end, f"{name}: FLINT finds another end-to-end matrix than Lean"),
        (loss == instance.loss, f"{name}: FLINT finds another loss than Lean"),
        (loss == exact.worded_loss(weights, x, y), f"{name}: SymPy finds another loss"),
        (gradient == list(instance.gradient), f"{name}: FLINT finds another gradient than Lean"),
        (gradient == exact.worded_gradient(weights, x, y), f"{name}: SymPy: another gradient"),
    ]


def _instances(run: Run) -> None:
    for instance in run.instances:
        assert isinstance(instance, NetworkInstance)
        run.case(*verify(instance))
    run.require((run.tried >= 3, f"only {run.tried} instances: 3 are wanted"))
    run.note = f"{run.tried} networks; Lean, FLINT, SymPy agree"


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    first, *rest = instance.gradient
    moved = first + fmpq_mat(*exact.shape(first), [1] * (first.nrows() * first.ncols()))
    return {
        "another gradient": instance.model_copy(update={"gradient": (moved, *rest)}),
        "another loss": instance.model_copy(update={"loss": instance.loss + 1}),
        "other data": instance.model_copy(update={"y": instance.y * 2 + instance.y}),
    }


def _falsified(run: Run) -> None:
    run.refuse_falsified(verify, falsified)
    run.note = "another gradient, loss, data: each refused"


def _symbolic(run: Run) -> None:
    """Differentiate with a symbol for every entry, and compare with the formula as polynomials."""
    for widths in SHAPES:
        weights = [
            sympy.Matrix(d, b, lambda i, j, k=k: sympy.Symbol(f"w{k}_{i}_{j}"))
            for k, (b, d) in enumerate(itertools.pairwise(widths))
        ]
        x = sympy.Matrix(widths[0], 1, lambda i, _: sympy.Symbol(f"x_{i}"))
        y = sympy.Matrix(widths[-1], 1, lambda i, _: sympy.Symbol(f"y_{i}"))
        heads = [sympy.eye(widths[0])]
        for layer in weights:
            heads.append(layer * heads[-1])
        loss = sum(((y - heads[-1] * x)[i] ** 2 for i in range(widths[-1])), sympy.S.Zero) / 2
        back = (heads[-1] * x - y) * x.T
        for k in reversed(range(len(weights))):
            formula = back * heads[k].T
            derived = weights[k].applyfunc(lambda entry, loss=loss: sympy.diff(loss, entry))
            same = (formula - derived).applyfunc(sympy.expand).is_zero_matrix
            run.case((bool(same), f"widths {widths}, layer {k + 1}: not the same polynomials"))
            back = weights[k].T * back
    run.note = "every entry a symbol: the same polynomials in weights and data"


def _differences(run: Run) -> None:
    """Compare with exact differences on random networks, up to 10 layers and width 50."""
    for case in range(max(6, run.cases // 6)):
        layers = 10 if case < 2 else run.rng.randint(1, 6)
        widest = 50 if case < 2 else 8
        widths = [run.rng.randint(1, widest) for _ in range(layers + 1)]
        weights, x, y = exact.random_network(run.rng, widths, run.rng.randint(1, 4))
        gradient = exact.gradient(weights, x, y)
        k = run.rng.randrange(layers)
        direction = exact.random_matrix(run.rng, widths[k + 1], widths[k])
        slope = exact.layer_derivative(weights, x, y, k, direction)
        run.case((exact.inner(gradient[k], direction) == slope, f"widths {widths}, layer {k + 1}"))
    run.note = "exact: (L(W + V) - L(W - V)) / 2, up to 10 layers and width 50"


WRONG: dict[str, Callable[[list[fmpq_mat], fmpq_mat, fmpq_mat], list[fmpq_mat]]] = {
    "the other sign": lambda w, x, y: [-g for g in exact.gradient(w, x, y)],
    "transposes left out": lambda w, x, y: [
        g.transpose() for g in exact.gradient([a.transpose() for a in w], x, y)
    ],
    "layers in the other order": lambda w, x, y: exact.gradient(w[::-1], x, y)[::-1],
}
"""Formulas that are not the gradient, for square layers."""


def _wrong_formulas(run: Run) -> None:
    for what, formula in WRONG.items():
        for layers in (2, 3):
            weights, x, y = exact.random_network(run.rng, [2] * (layers + 1), 3)
            same = formula(weights, x, y) == exact.worded_gradient(weights, x, y)
            run.case((not same, f"{what}, {layers} layers: SymPy did not refuse it"))
    run.note = f"{', '.join(WRONG)}: SymPy refuses each"


P1_4 = Check(
    problem="P1.4",
    title="The gradient of the loss on a dataset",
    words=(
        "L(W_1, ..., W_H) = 1/2 |Y - W_H ... W_1 X|_F^2. Prove that dL/dW_k = W_{k+1}^T ... "
        "W_H^T (W_H ... W_1 X - Y) X^T W_1^T ... W_{k-1}^T."
    ),
    explanation=(
        "Recomputes every instance (Lean, FLINT, SymPy). Small networks with a symbol for every "
        "entry of weights and data: SymPy differentiates the loss as worded, and the formula "
        "must be the same polynomials. Random rational networks up to 10 layers and width 50: "
        "exact differences, as the loss is quadratic in one layer. Controls: wrong formulas and "
        "falsified instances must be refused."
    ),
    parts=(
        Part("instances", _instances),
        Part("symbolic networks", _symbolic),
        Part("exact differences", _differences),
        Part("falsified instances", _falsified, control=True),
        Part("wrong formulas", _wrong_formulas, control=True),
    ),
)

CHECKS = (P1_4,)
