"""Problem 1 (``DeepLinear/Loss.lean``, ``Population.lean``): the gradient of the loss.

SymPy differentiates the loss as the assignment words it, entry by entry, and never sees the
formula; FLINT evaluates the formula. For large networks, where symbols would not do, exact
differences give the derivative: the loss is quadratic in one layer. A distribution is a finite one
here (points with rational masses that sum to 1), or one that NumPy samples, with known moments.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from flint import fmpq_mat

from deeplinear import exact, numeric, worded
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.instances import NetworkInstance
from deeplinear.worded import sympy

SAMPLES = 200_000
"""Samples of a distribution that is not finite."""

SIGMAS = 6.0
"""How many standard errors a sampled derivative may be from the formula."""

SHAPES = ((1, 1, 1), (2, 1, 2), (1, 2, 1), (1, 2, 1, 1), (2, 1, 1, 1))
"""Widths of the networks in which every entry of weights and data is a symbol."""


def verify(instance: NetworkInstance) -> list[Claim]:
    """Recompute the end-to-end matrix, the loss and the gradient of an instance, in two ways."""
    name, weights, x, y = instance.name, instance.weights, instance.x, instance.y
    r, masses = exact.end_to_end(weights), instance.masses
    if masses is None:
        loss, gradient = exact.loss(r, x, y), exact.gradient(weights, x, y)
    else:
        loss = exact.population_loss(r, x, y, masses)
        gradient = exact.moment_gradient(weights, *exact.moments(x, y, masses))
    return [
        (r == instance.end_to_end, f"{name}: FLINT finds another end-to-end matrix than Lean"),
        (loss == instance.loss, f"{name}: FLINT finds another loss than Lean"),
        (loss == worded.loss(weights, x, y, masses), f"{name}: SymPy finds another loss"),
        (gradient == list(instance.gradient), f"{name}: FLINT finds another gradient than Lean"),
        (
            gradient == worded.gradient(weights, x, y, masses),
            f"{name}: SymPy: another gradient",
        ),
        (masses is None or sum(masses) == 1, f"{name}: the masses do not sum to 1"),
    ]


def falsified(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an instance, by what was done to it."""
    first, *rest = instance.gradient
    moved = first + fmpq_mat(*exact.shape(first), [1] * (first.nrows() * first.ncols()))
    false = {
        "another gradient": instance.model_copy(update={"gradient": (moved, *rest)}),
        "another loss": instance.model_copy(update={"loss": instance.loss + 1}),
        "other data": instance.model_copy(update={"y": instance.y * 3}),
    }
    if instance.masses is not None:
        doubled = tuple(2 * mass for mass in instance.masses)
        false["other masses"] = instance.model_copy(update={"masses": doubled})
    return false


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
        k = run.rng.randrange(layers)
        direction = exact.random_matrix(run.rng, widths[k + 1], widths[k])
        same = is_slope(exact.gradient(weights, x, y), weights, x, y, k, direction)
        run.case((same, f"widths {widths}, layer {k + 1}"))
    run.note = "exact: (L(W + V) - L(W - V)) / 2, up to 10 layers and width 50"


def is_slope(
    formula: list[fmpq_mat],
    weights: list[fmpq_mat],
    x: fmpq_mat,
    y: fmpq_mat,
    k: int,
    direction: fmpq_mat,
) -> bool:
    """Tell whether the formula for layer k gives the slope along a direction, exactly."""
    slope = exact.layer_derivative(weights, x, y, k, direction)
    return exact.inner(formula[k], direction) == slope


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
            wrong = formula(weights, x, y)
            passes = all(
                is_slope(wrong, weights, x, y, k, exact.random_matrix(run.rng, 2, 2))
                for k in range(layers)
            )
            run.case((not passes, f"{what}, {layers} layers: not refused"))
    run.note = f"{', '.join(WRONG)}: each refused"


def random_masses(rng: random.Random, points: int) -> list[Fraction]:
    """Draw masses that are positive and sum to 1."""
    parts = [rng.randint(1, 6) for _ in range(points)]
    return [Fraction(part, sum(parts)) for part in parts]


def _finite(layers: tuple[int, ...]) -> Callable[[Run], None]:
    def part(run: Run) -> None:
        for case in range(run.cases // 4):
            depth = layers[case % len(layers)]
            widths = [run.rng.randint(1, 3) for _ in range(depth + 1)]
            points = run.rng.randint(1, 4)
            weights, x, y = exact.random_network(run.rng, widths, points)
            masses = random_masses(run.rng, points)
            same = is_gradient(exact.moments(x, y, masses), weights, x, y, masses)
            run.case((same, f"widths {widths}, {points} points"))
        run.note = "exact: points with rational masses; SymPy differentiates the expectation"

    return part


def is_gradient(
    moments: tuple[fmpq_mat, fmpq_mat],
    weights: list[fmpq_mat],
    x: fmpq_mat,
    y: fmpq_mat,
    masses: list[Fraction],
) -> bool:
    """Tell whether the formula of these moments is what SymPy derives from the expectation."""
    formula = exact.moment_gradient(weights, *moments)
    return formula == worded.gradient(weights, x, y, masses)


def _wrong_moments(layers: tuple[int, ...]) -> Callable[[Run], None]:
    def part(run: Run) -> None:
        for depth in (*layers, *layers):
            widths = [2] * (depth + 1)
            weights, x, y = exact.random_network(run.rng, widths, 3)
            while exact.is_zero(y * x.transpose()):
                y = exact.random_matrix(run.rng, 2, 3)
            masses = random_masses(run.rng, 3)
            sxx, syx = exact.moments(x, y, masses)
            for what, wrong in (
                ("E y x^T left out", (sxx, syx * 0)),
                ("E x x^T doubled", (sxx * 2, syx)),
            ):
                passes = is_gradient(wrong, weights, x, y, masses)
                run.case((not passes, f"{what}, {depth} layers: not refused"))
        run.note = "E y x^T left out, E x x^T doubled: SymPy refuses both"

    return part


def sampled_gap(
    generator: np.random.Generator, layers: int, heavy: bool, true_moments: bool = True
) -> float:
    """Return how many standard errors a sampled derivative is from the formula.

    ``y = B x + noise``, with standard normal coordinates or Student's t with 9 degrees of freedom
    (heavy tails, finite moments up to the eighth); ``E x x^T`` and ``E y x^T`` are known exactly.
    """
    widths = [3] * (layers + 1)
    weights = numeric.random_weights(generator, widths)
    b = generator.standard_normal((3, 3))

    def draw() -> numeric.Array:
        size = (3, SAMPLES)
        return generator.standard_t(9, size) if heavy else generator.standard_normal(size)

    x = draw()
    y = b @ x + draw()
    sxx = np.eye(3) * (9 / 7 if heavy else 1.0)
    syx = b @ sxx if true_moments else np.zeros((3, 3))
    s = [np.eye(3)]
    for layer in weights:
        s.append(layer @ s[-1])
    k = layers // 2
    tail = np.eye(3)
    for layer in weights[k + 1 :]:
        tail = layer @ tail
    direction = generator.standard_normal((3, 3))
    step = tail @ direction @ s[k]
    formula = float(((s[-1] @ sxx - syx) * step).sum())
    slopes = -((y - s[-1] @ x) * (step @ x)).sum(axis=0)
    error = float(slopes.std()) / math.sqrt(SAMPLES)
    return abs(float(slopes.mean()) - formula) / error


def _sampled(layers: tuple[int, ...]) -> Callable[[Run], None]:
    def part(run: Run) -> None:
        generator, worst = run.generator(), 0.0
        for depth in layers:
            for heavy in (False, True):
                gap = sampled_gap(generator, depth, heavy)
                worst = max(worst, gap)
                kind = "heavy tails" if heavy else "Gaussian"
                run.case((gap <= SIGMAS, f"{kind}, {depth} layers: {gap:.1f} standard errors"))
        wrong = sampled_gap(generator, layers[0], heavy=True, true_moments=False)
        run.require((wrong > SIGMAS, f"E y x^T left out: only {wrong:.1f} standard errors"))
        run.note = f"Gaussian, heavy tails; {SAMPLES} samples: {worst:.1f} standard errors"

    return part


def _population_check(problem: str, layers: tuple[int, ...], title: str, words: str) -> Check:
    return Check(
        problem=problem,
        title=title,
        words=words,
        explanation=(
            "Recomputes every instance (Lean, FLINT, SymPy). Draws finite distributions with "
            "rational masses; SymPy differentiates the expectation as worded, and the formula must "
            "give the same fractions. Samples Gaussian and heavy-tailed data with known moments: "
            f"the derivative must be within {SIGMAS:.0f} standard errors of the formula. Controls: "
            "wrong moments and falsified instances must be refused."
        ),
        parts=(
            instances_part(verify),
            Part("finite distributions", _finite(layers), named(is_gradient)),
            Part("sampled distributions", _sampled(layers)),
            falsified_part(verify, falsified, "another gradient, loss, data"),
            Part(
                "wrong moments",
                _wrong_moments(layers),
                named(is_gradient),
                controls="finite distributions",
            ),
        ),
    )


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
        instances_part(verify),
        Part("symbolic networks", _symbolic),
        Part("exact differences", _differences, named(is_slope)),
        falsified_part(verify, falsified, "another gradient, loss, data"),
        Part("wrong formulas", _wrong_formulas, named(is_slope), controls="exact differences"),
    ),
)

CHECKS = (
    _population_check(
        "P1.1",
        (1,),
        "The gradient of the population loss of one matrix",
        "L(W) = 1/2 E |y - W x|^2. Prove that dL/dW = W Sxx - Syx, where Sxx = E x x^T and "
        "Syx = E y x^T.",
    ),
    _population_check(
        "P1.2",
        (2,),
        "The gradient of the population loss of two layers",
        "L(W_1, W_2) = 1/2 E |y - W_2 W_1 x|^2. Prove that dL/dW_1 = W_2^T (W_2 W_1 Sxx - Syx) "
        "and dL/dW_2 = (W_2 W_1 Sxx - Syx) W_1^T.",
    ),
    _population_check(
        "P1.3",
        (3, 4),
        "The gradient of the population loss of a deep network",
        "L(W_1, ..., W_H) = 1/2 E |y - W_H ... W_1 x|^2. Prove that dL/dW_k = W_{k+1}^T ... "
        "W_H^T (W_H ... W_1 Sxx - Syx) W_1^T ... W_{k-1}^T.",
    ),
    P1_4,
)
