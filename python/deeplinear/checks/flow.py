"""Gradient flow (``DeepLinear/Flow/``): balancedness, the end-to-end matrix, convergence."""

from __future__ import annotations

import numpy as np
from flint import fmpq_mat

from deeplinear import exact, flow, numeric, strict, worded
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part
from deeplinear.instances import FlowInstance

DRIFT = 1e-7
"""How far an imbalance may drift: the tolerance of the integrator is 1e-10."""

WIDTHS = ((2, 2), (2, 3, 2), (2, 2, 3, 2), (3, 3, 3), (2, 3, 4, 2, 3))


def verify(instance: FlowInstance) -> list[Claim]:
    """Recompute the two velocities of an instance, by SymPy's gradient and FLINT's powers."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    moving = [-g for g in worded.gradient(weights, x, y)]
    velocity = flow.end_to_end_velocity(weights, moving)
    slope = (exact.end_to_end(weights) * x - y) * x.transpose()
    preconditioned = flow.preconditioned_velocity(weights, slope)
    balanced = exact.all_zero(flow.imbalances(weights))
    example = instance.kind == "example"
    return [
        (velocity == instance.velocity, f"{name}: SymPy finds another velocity than Lean"),
        (preconditioned == instance.preconditioned, f"{name}: FLINT: another right-hand side"),
        (balanced == example, f"{name}: balanced or not, against its claim"),
        ((velocity == preconditioned) == example, f"{name}: the equation, against its claim"),
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
        rates = flow.imbalance_rates(weights, velocity)
        run.case((exact.all_zero(rates), f"widths {widths}: an imbalance changes"))
    run.note = "any weights: W_{k+1}^T W_{k+1} - W_k W_k^T does not change, exactly"


def _dissipation(run: Run) -> None:
    for case in range(run.cases // 2):
        widths = [run.rng.randint(1, 3) for _ in range(2 + case % 3)]
        weights, x, y = exact.random_network(run.rng, widths, 2)
        gradient = worded.gradient(weights, x, y)
        moving = flow.end_to_end_velocity(weights, [-g for g in gradient])
        slope = (exact.end_to_end(weights) * x - y) * x.transpose()
        rate = exact.inner(slope, moving)
        squares = sum(map(exact.squared_norm, gradient))
        run.case((rate == -squares, f"widths {widths}: {rate}, not {-squares}"))
    run.note = "any weights: the loss falls at the rate of the squared gradient, exactly"


def _preconditioned(run: Run) -> None:
    for case in range(run.cases // 2):
        widths = [run.rng.randint(1, 3) for _ in range(2 + case % 3)]
        weights = strict.random_balanced(run.rng, widths)
        x = exact.random_matrix(run.rng, widths[0], 2)
        y = exact.random_matrix(run.rng, widths[-1], 2)
        velocity = [-g for g in worded.gradient(weights, x, y)]
        slope = (exact.end_to_end(weights) * x - y) * x.transpose()
        same = flow.end_to_end_velocity(weights, velocity) == flow.preconditioned_velocity(
            weights, slope
        )
        run.case(
            (exact.all_zero(flow.imbalances(weights)), f"widths {widths}: not balanced"),
            (same, f"widths {widths}: not the preconditioned equation"),
        )
    run.note = "balanced weights: R' = - sum A^{H-k} G B^{k-1}, exactly"


def _unbalanced(run: Run) -> None:
    for _ in range(run.cases // 2):
        widths = [2, 2, 2, 2]  # with two layers the equation holds at all weights
        weights, x, y = exact.random_network(run.rng, widths, 2)
        if exact.all_zero(flow.imbalances(weights)):
            continue
        slope = (exact.end_to_end(weights) * x - y) * x.transpose()
        if exact.is_zero(slope):
            continue
        velocity = [-g for g in exact.gradient(weights, x, y)]
        same = flow.end_to_end_velocity(weights, velocity) == flow.preconditioned_velocity(
            weights, slope
        )
        run.case((not same, "the preconditioned equation at weights that are not balanced"))
    run.note = "weights that are not balanced: the equation fails"


def _flows(run: Run) -> None:
    generator, drift, slowest = run.generator(), 0.0, np.inf
    for case in range(max(6, run.cases // 6)):
        widths = WIDTHS[case % len(WIDTHS)]
        start, problem = flow.random_problem(generator, widths)
        found = flow.integrate(start, problem, 2.0)
        drift = max(drift, found.drift)
        rate = flow.proved_rate(found, problem)
        least = float(problem.entry.value(_best(problem) @ problem.x - problem.y).sum())
        gaps = found.losses - least
        bound = np.exp(-rate * found.times) * gaps[0]
        margin = float((bound - gaps).min() / gaps[0])
        slowest = min(slowest, margin)
        run.case(
            (found.drift <= DRIFT, f"widths {widths}: an imbalance drifts by {found.drift:.1e}"),
            (margin >= -1e-8, f"widths {widths}: slower than the proved rate"),
            (bool(np.all(np.diff(found.losses) <= 1e-9)), f"widths {widths}: the loss rises"),
        )
    run.note = f"greatest drift {drift:.0e}; never slower than the proved rate"


def _best(problem: numeric.Problem) -> numeric.Array:
    return np.asarray(problem.y @ np.linalg.pinv(problem.x), dtype=float)


def _discrete(run: Run) -> None:
    generator, ratios = run.generator(), []
    for _ in range(6):
        start, problem = flow.random_problem(generator, (2, 3, 2))
        drifts = [flow.descend(start, problem, 1.0, step).drift for step in (0.02, 0.01)]
        ratios.append(drifts[0] / drifts[1])
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
        "they are zero, R' = - sum_k A^{H-k} G B^{k-1} with A = W_H W_H^T, B = W_1^T W_1; if "
        "W_1^T W_1 >= sigma throughout and X X^T >= lambda, L - min L falls like "
        "exp(-2 lambda sigma^{H-1} t)."
    ),
    explanation=(
        "Recomputes every instance. The identities hold exactly at random rational weights, the "
        "preconditioned equation at balanced ones. SciPy integrates flows: the imbalances drift "
        "by no more than its tolerance allows, and the loss is never above the proved bound. "
        "Controls: at weights that are not balanced the equation fails; gradient descent drifts "
        "with its step; falsified instances."
    ),
    parts=(
        instances_part(verify),
        Part("balancedness, exactly", _conserved),
        Part("dissipation, exactly", _dissipation),
        Part("preconditioned, exactly", _preconditioned),
        Part("flows", _flows),
        falsified_part(verify, falsified, "another velocity, right-hand side, weights, kind"),
        Part("not balanced", _unbalanced, control=True),
        Part("gradient descent", _discrete, control=True),
    ),
)

CHECKS = (FLOW,)
