"""What is proved of a training run, in words, and how the run compares with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from deeplinear import exact, numeric
from deeplinear.numeric import Array
from deeplinear.solve import dynamics, learning


def rest(kind: str) -> str:
    """Say that a start is critical, of this kind, so that nothing moves."""
    return f"The start is critical, decided exactly, so that it stays where it is: {kind}."


def flow(
    found: dynamics.Trajectory, problem: numeric.Problem, start: Sequence[Array]
) -> Iterator[str]:
    """Say what is proved of the gradient flow from a start: its modes, its rate, where it goes."""
    modes, margin = learning.modes_of(start, problem), learning.margin(start, problem)
    if modes is not None:
        yield from _modes(found, modes)
    if isinstance(margin, learning.Margin):
        yield (
            f"Proved (DeepLinear.exists_tendsto_isMinOn_of_sublevel): the start is balanced, with "
            f"the margin c = {margin.c:.4g}, so that the weights tend to a global minimum, and "
            f"L - min L is at most exp(-{margin.rate:.4g} t) times what it is at the start. "
            "(That start and data meet the conditions was decided in floating point.)"
        )
        yield f"This run is {_beside(found, problem, margin.rate)}."
    else:
        yield (
            "Proved (DeepLinear.exists_isDatasetFlow): the flow exists for all times. Not proved: "
            f"a rate at which it reaches a global minimum, as {margin.value}."
        )


def _modes(found: dynamics.Trajectory, modes: learning.Modes) -> Iterator[str]:
    yield (
        "Proved (DeepLinear.isDatasetFlow_alignedWeights): the start is aligned with whitened "
        f"data, so that its {len(modes.strengths)} modes are learned apart; those of Y X^T are "
        f"{_listed(modes.strengths)}. "
        f"(Aligned and whitened up to {learning.ALIGNED:.0e}, in floating point.)"
    )
    closed = modes.closed_form(found.times)
    if closed is not None:
        ran = np.array([modes.of(numeric.end_to_end(point)) for point in found.weights])
        yield (
            "Proved (DeepLinear.hasDerivAt_sqrt_saxeMode, DeepLinear.tendsto_saxeMode): each "
            "follows a closed form, which tends to that of Y X^T. The integrator is within "
            f"{np.abs(ran - closed).max():.1e} of it; half is learned at the times "
            f"{_listed(modes.half_times())}."
        )


def _listed(numbers: Array) -> str:
    return ", ".join(f"{number:.4g}" for number in numbers)


def _beside(found: dynamics.Trajectory, problem: numeric.Problem, rate: float) -> str:
    best = problem.y @ np.linalg.pinv(problem.x)
    gaps = found.losses - float(problem.entry.value(best @ problem.x - problem.y).sum())
    over = float((gaps - np.exp(-rate * found.times) * gaps[0]).max())
    if over <= 1e-8 * max(1.0, float(gaps[0])):
        return "nowhere above that bound"
    return f"above that bound, by up to {over:.1e}: the integrator's error is that large"


def descent(bound: learning.StepBound | learning.Obstacle, step: Fraction) -> str:
    """Say whether gradient descent with a step provably converges, and how fast."""
    if isinstance(bound, learning.Obstacle):
        return f"Not proved to converge, with any step: {bound.value}."
    allowed = f"{float(bound.step):.4g}"
    if step > bound.step:
        return (
            f"Not proved to converge with the step {exact.short(step)}: "
            f"give --steps {allowed} or less, with which it is proved to."
        )
    return (
        f"Proved (DeepLinear.exists_tendsto_of_gradientDescent_deep), the conditions decided "
        f"exactly: the step {exact.short(step)} is at most {allowed}, so that L - min L falls by "
        f"the factor {1 - float(step * bound.rate):.6g} a step or faster, and the weights tend to "
        "a global minimum. (Of exact arithmetic: this run rounds.)"
    )
