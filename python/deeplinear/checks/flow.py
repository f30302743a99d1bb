"""Gradient flow (``DeepLinear/Flow/``): balancedness, the end-to-end matrix, convergence."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact, numeric, problems, worded
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.instances import FlowInstance
from deeplinear.solve import dynamics, escape

DRIFT = 1e-7
"""How far an imbalance may drift: the tolerance of the integrator is 1e-10."""

WIDTHS = ((2, 2), (2, 3, 2), (2, 2, 3, 2), (3, 3, 3), (2, 3, 4, 2, 3))


def verify_velocities(instance: FlowInstance) -> list[Claim]:
    """Recompute the two velocities of an instance, by SymPy's gradient and FLINT's powers."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    moving = [-g for g in worded.gradient(weights, x, y)]
    velocity = dynamics.end_to_end_velocity(weights, moving)
    slope = (exact.end_to_end(weights) * x - y) * x.transpose()
    preconditioned = dynamics.preconditioned_velocity(weights, slope)
    return [
        (velocity == instance.velocity, f"{name}: SymPy finds another velocity than Lean"),
        (preconditioned == instance.preconditioned, f"{name}: FLINT: another right-hand side"),
    ]


def verify(instance: FlowInstance) -> list[Claim]:
    """Recompute the velocities of an instance, and what it claims of them."""
    name, example = instance.name, instance.kind == "example"
    balanced = exact.all_zero(dynamics.imbalances(instance.weights))
    same = instance.velocity == instance.preconditioned
    return [
        *verify_velocities(instance),
        (balanced == example, f"{name}: balanced or not, against its claim"),
        (same == example, f"{name}: the equation, against its claim"),
    ]


def falsified(instance: FlowInstance) -> dict[str, FlowInstance]:
    """Return false variants of an instance, by what was done to it."""
    ones = fmpq_mat(*exact.shape(instance.velocity), [1] * len(instance.velocity.entries()))
    doubled = (*instance.weights[:-1], instance.weights[-1] * 2)
    updates: dict[str, dict[str, object]] = {
        "another velocity": {"velocity": instance.velocity + ones},
        "another right-hand side": {"preconditioned": instance.preconditioned + ones},
        "other weights": {"weights": doubled},
        "the other kind": {"kind": "control" if instance.kind == "example" else "example"},
    }
    return {done: instance.model_copy(update=update) for done, update in updates.items()}


def _conserved(run: Run) -> None:
    for case in range(run.cases // 2):
        widths = [run.rng.randint(1, 3) for _ in range(3 + case % 3)]
        weights, x, y = exact.random_network(run.rng, widths, 2)
        velocity = [-g for g in worded.gradient(weights, x, y)]
        rates = dynamics.imbalance_rates(weights, velocity)
        run.case((exact.all_zero(rates), f"widths {widths}: an imbalance changes"))
    run.note = "any weights: W_{k+1}^T W_{k+1} - W_k W_k^T does not change, exactly"


def _dissipation(run: Run) -> None:
    for case in range(run.cases // 2):
        widths = [run.rng.randint(1, 3) for _ in range(2 + case % 3)]
        weights, x, y = exact.random_network(run.rng, widths, 2)
        gradient = worded.gradient(weights, x, y)
        moving = dynamics.end_to_end_velocity(weights, [-g for g in gradient])
        slope = (exact.end_to_end(weights) * x - y) * x.transpose()
        rate = exact.inner(slope, moving)
        squares = sum(map(exact.squared_norm, gradient))
        run.case((rate == -squares, f"widths {widths}: {rate}, not {-squares}"))
    run.note = "any weights: the loss falls at the rate of the squared gradient, exactly"


def is_preconditioned(weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> bool:
    """Tell whether the end-to-end matrix moves as the preconditioned equation says, exactly."""
    velocity = [-g for g in worded.gradient(weights, x, y)]
    slope = (exact.end_to_end(weights) * x - y) * x.transpose()
    moving = dynamics.end_to_end_velocity(weights, velocity)
    return moving == dynamics.preconditioned_velocity(weights, slope)


def _preconditioned(run: Run) -> None:
    for case in range(run.cases // 2):
        widths = [run.rng.randint(1, 3) for _ in range(2 + case % 3)]
        weights = problems.random_balanced(run.rng, widths)
        x = exact.random_matrix(run.rng, widths[0], 2)
        y = exact.random_matrix(run.rng, widths[-1], 2)
        run.case(
            (exact.all_zero(dynamics.imbalances(weights)), f"widths {widths}: not balanced"),
            (is_preconditioned(weights, x, y), f"widths {widths}: not the preconditioned equation"),
        )
    run.note = "balanced weights: R' = - sum A^{H-k} G B^{k-1}, exactly"


def _unbalanced(run: Run) -> None:
    for _ in range(run.cases // 2):
        widths = [2, 2, 2, 2]  # with two layers the equation holds at all weights
        weights, x, y = exact.random_network(run.rng, widths, 2)
        if exact.all_zero(dynamics.imbalances(weights)):
            continue
        slope = (exact.end_to_end(weights) * x - y) * x.transpose()
        if exact.is_zero(slope):
            continue
        same = is_preconditioned(weights, x, y)
        run.case((not same, "the preconditioned equation at weights that are not balanced"))
    run.note = "weights that are not balanced: the equation fails"


def falls_as_fast(
    weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat, sigma: Fraction, power: int
) -> bool:
    """Tell whether ``|dL/dW|^2 >= 2 lambda sigma^power (L - min L)``, exactly.

    ``X X^T`` has to be a multiple lambda of 1. With power = H - 1 and ``W_1^T W_1 >= sigma`` at
    balanced weights it is the differential inequality behind the rate of convergence.
    """
    scale = exact.fraction((x * x.transpose())[0, 0])
    gap = escape.loss_of(weights, x, y) - exact.least_squares_minimum(x, y)
    slope = sum((exact.squared_norm(g) for g in worded.gradient(weights, x, y)), Fraction())
    return slope >= 2 * scale * sigma**power * gap


def _balanced(
    rng: random.Random, widths: Sequence[int], factor: Fraction
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat, Fraction]:
    """Draw balanced weights, data with X X^T a multiple of 1, and the least sigma of W_1^T W_1."""
    unit = fmpq(factor.numerator, factor.denominator)
    weights = [layer * unit for layer in problems.random_balanced(rng, widths)]
    x = problems.random_orthogonal(rng, widths[0]) * fmpq(rng.randint(1, 5), rng.randint(1, 5))
    y = exact.random_matrix(rng, widths[-1], widths[0])
    form = weights[0].transpose() * weights[0]
    values = (value for value, _ in form.charpoly().numer().factor()[1])
    roots = [Fraction(-int(f[0]), int(f[1])) for f in values]
    return weights, x, y, min(roots)


def _rates(run: Run) -> None:
    for case in range(run.cases // 2):
        first = run.rng.randint(1, 2)
        widths = [first, *(run.rng.randint(first, 3) for _ in range(1 + case % 3))]
        factor = (Fraction(1, 16), Fraction(1), Fraction(4))[case // 3 % 3]
        weights, x, y, sigma = _balanced(run.rng, widths, factor)
        fast = falls_as_fast(weights, x, y, sigma, len(weights) - 1)
        run.case((fast, f"widths {widths}, sigma {sigma}: slower than sigma^(H-1)"))
    run.note = "balanced, sigma from 1/256 to 256: |dL/dW|^2 >= 2 lambda sigma^(H-1) (L - min)"


def _other_rates(run: Run) -> None:
    for case in range(run.cases // 2):
        layers = 2 + case % 3
        for factor, power in ((Fraction(1, 16), layers - 2), (Fraction(4), layers)):
            weights, x, y, sigma = _balanced(run.rng, [1] * (layers + 1), factor)
            if exact.all_zero(exact.gradient(weights, x, y)):
                continue
            fast = falls_as_fast(weights, x, y, sigma, power)
            run.case((not fast, f"{layers} layers, sigma {sigma}: as fast as sigma^{power}"))
    run.note = "sigma^(H-2) for small sigma, sigma^H for great sigma: refused"


def drift(trajectory: dynamics.Trajectory) -> float:
    """Return how far the imbalances drift along a trajectory."""
    return trajectory.drift


def _flows(run: Run) -> None:
    greatest, slowest = 0.0, np.inf
    for case in range(max(6, run.cases // 6)):
        widths = WIDTHS[case % len(WIDTHS)]
        start, problem = problems.floats(*problems.random_flow(run.rng, widths))
        found = dynamics.integrate(start, problem, 2.0)
        drifted = drift(found)
        greatest = max(greatest, drifted)
        rate = dynamics.proved_rate(found, problem)
        least = float(problem.entry.value(_best(problem) @ problem.x - problem.y).sum())
        gaps = found.losses - least
        bound = np.exp(-rate * found.times) * gaps[0]
        margin = float((bound - gaps).min() / gaps[0])
        slowest = min(slowest, margin)
        run.case(
            (drifted <= DRIFT, f"widths {widths}: an imbalance drifts by {drifted:.1e}"),
            (margin >= -1e-8, f"widths {widths}: slower than the proved rate"),
            (bool(np.all(np.diff(found.losses) <= 1e-9)), f"widths {widths}: the loss rises"),
        )
    run.note = f"greatest drift {greatest:.0e}; never slower than the proved rate"


def _best(problem: numeric.Problem) -> numeric.Array:
    return np.asarray(problem.y @ np.linalg.pinv(problem.x), dtype=float)


def _discrete(run: Run) -> None:
    ratios: list[float] = []
    for _ in range(6):
        start, problem = problems.floats(*problems.random_flow(run.rng, (2, 3, 2)))
        drifts = [drift(dynamics.descend(start, problem, 1.0, step)) for step in (0.02, 0.01)]
        ratios.append(drifts[0] / drifts[1] if drifts[1] else np.inf)
        run.case(
            (drifts[0] > 100 * DRIFT, f"gradient descent drifts by {drifts[0]:.1e} only"),
            (1.5 < ratios[-1] < 2.5, f"half the step: {ratios[-1]:.2f} times the drift"),
        )
    run.note = f"gradient descent drifts, {min(ratios):.1f} times as far with twice the step"


FLOW = Check(
    problem="FLOW",
    title="What gradient flow does",
    words=(
        "Arora, Cohen and Hazan 2018. Along W_k' = - dL/dW_k the differences W_{k+1}^T W_{k+1} - "
        "W_k W_k^T are constant and the loss falls at the rate of the squared gradient; where "
        "they are zero (balanced weights), R' = - sum_k A^{H-k} G B^{k-1} with A = W_H W_H^T, "
        "B = W_1^T W_1; if "
        "moreover W_1^T W_1 >= sigma throughout and X X^T >= lambda, L - min L is at most "
        "exp(-2 lambda sigma^{H-1} t) times what it was at the start. (That says something only "
        "if no layer is narrower than the input.)"
    ),
    explanation=(
        "Recomputes every instance. The identities hold exactly at random rational weights, the "
        "preconditioned equation and the inequality behind the rate at balanced ones. SciPy "
        "integrates flows: the imbalances drift by no more than its tolerance allows, and the "
        "loss is never above the proved bound. Controls: at weights that are not balanced the "
        "equation fails; with sigma^(H-2) or sigma^H the inequality fails; gradient descent "
        "drifts with its step; falsified instances."
    ),
    parts=(
        instances_part(verify),
        Part("balancedness, exactly", _conserved),
        Part("dissipation, exactly", _dissipation),
        Part("preconditioned, exactly", _preconditioned, named(is_preconditioned)),
        Part("the rate, exactly", _rates, named(falls_as_fast)),
        Part("flows", _flows, named(drift)),
        falsified_part(verify, falsified, "another velocity, right-hand side, weights, kind"),
        Part(
            "not balanced",
            _unbalanced,
            named(is_preconditioned),
            controls="preconditioned, exactly",
        ),
        Part("other exponents", _other_rates, named(falls_as_fast), controls="the rate, exactly"),
        Part("gradient descent", _discrete, named(drift), controls="flows"),
    ),
)

CHECKS = (FLOW,)
