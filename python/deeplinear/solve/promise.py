"""What is proved of a training run, in words, and how the run compares with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq_mat

from deeplinear import exact, numeric
from deeplinear.exact import Weights
from deeplinear.numeric import Array
from deeplinear.solve import dynamics, learning


def rest(kind: str) -> str:
    """Say that a start is critical, of this kind, so that nothing moves."""
    return f"The start is critical, decided exactly, so that it stays where it is: {kind}."


def flow(
    found: dynamics.Trajectory,
    problem: numeric.Problem,
    start: Sequence[Array],
    given: tuple[Weights, fmpq_mat, fmpq_mat] | None,
) -> Iterator[str]:
    """Say what is proved of the gradient flow from a start: its modes, its rate, where it goes.

    ``given`` are the weights and the data as fractions, None where they are too large for exact
    arithmetic: then nothing that has hypotheses is called proved.
    """
    modes = learning.modes_of(start, problem)
    if modes is not None:
        yield from _modes(found, modes)
    exists = "Proved (DeepLinear.exists_isDatasetFlow): the flow exists for all times. "
    if given is None:
        yield f"{exists}Not decided: a rate, as the network is too large for exact arithmetic."
        return
    margin = learning.margin(*given)
    if isinstance(margin, learning.NoMargin):
        yield (
            f"{exists}Not proved: a rate at which it reaches a global minimum, as {margin.value}."
        )
        return
    c, rate = exact.below(margin.c, 4), exact.below(margin.rate, 4)
    yield (
        "Proved (DeepLinear.exists_tendsto_isMinOn_of_sublevel), the conditions decided exactly: "
        f"the start is balanced, with a margin of at least c = {c}, so that the weights tend to a "
        f"global minimum, and L - min L is at most exp(-{rate} t) times what it is at the start."
    )
    least = exact.least_squares_minimum(*given[1:])
    yield f"This run is {_beside(found, float(least), float(margin.rate))}."


def _modes(found: dynamics.Trajectory, modes: learning.Modes) -> Iterator[str]:
    yield (
        f"The start is aligned with whitened data, in floating point and up to "
        f"{learning.ALIGNED:.0e}. Of starts that are so exactly it is proved "
        "(DeepLinear.isDatasetFlow_alignedWeights) that the modes are learned apart; here there "
        f"are {len(modes.strengths)}, and those of Y X^T are {_listed(modes.strengths)}."
    )
    closed = modes.closed_form(found.times)
    if closed is not None:
        ran = np.array([modes.of(numeric.end_to_end(point)) for point in found.weights])
        yield (
            "Each then follows a closed form (DeepLinear.hasDerivAt_sqrt_saxeMode, "
            "DeepLinear.tendsto_saxeMode), which tends to that of Y X^T. The integrator is within "
            f"{np.abs(ran - closed).max():.1e} of it; half is learned at the times "
            f"{_listed(modes.half_times())}."
        )


def _listed(numbers: Array) -> str:
    return ", ".join(f"{number:.4g}" for number in numbers)


def _beside(found: dynamics.Trajectory, least: float, rate: float) -> str:
    gaps = found.losses - least
    over = float((gaps - np.exp(-rate * found.times) * gaps[0]).max())
    if over <= 1e-8 * max(1.0, float(gaps[0])):
        return "nowhere above that bound"
    return (
        f"above that bound, by up to {over:.1e}: A CONTRADICTION between what is proved and what "
        "was computed. Please report it, with this network"
    )


def descent(bound: learning.StepBound | learning.Obstacle, step: Fraction) -> str:
    """Say whether gradient descent with a step provably converges, and how fast."""
    if isinstance(bound, learning.Obstacle):
        return f"Not proved to converge, with any step: {bound.value}."
    allowed = exact.below(bound.step, 4, plain=True)
    if step > bound.step:
        least = exact.below(dynamics.MOST_DESCENTS * Fraction(allowed), 4, plain=True)
        until = f" (and --until {least} or less)" if Fraction(least) < 5 else ""
        return (
            f"Not proved to converge with the step {exact.short(step)}: "
            f"give --steps {allowed} or less{until}, with which it is proved to."
        )
    most = allowed if step <= Fraction(allowed) else exact.text(bound.step)
    factor = f"1 - {exact.below(step * bound.rate, 4)}"
    return (
        f"Proved (DeepLinear.exists_tendsto_of_gradientDescent_deep), the conditions decided "
        f"exactly: the step {exact.short(step)} is at most {most}, so that L - min L falls by the "
        f"factor {factor} a step or faster, and the weights tend to a global minimum. (Of exact "
        "arithmetic: this run rounds.)"
    )
