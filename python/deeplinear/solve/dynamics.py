"""Gradient flow ``W_k' = - dL/dW_k``: exact identities at weights, and integration by SciPy.

``L = 1/2 |Y - W_H ... W_1 X|^2``; shapes as in :mod:`deeplinear.exact`. Time has no unit.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np
from flint import fmpq_mat
from scipy.integrate import LSODA, RK45

from deeplinear import exact, numeric
from deeplinear.errors import BadInput
from deeplinear.exact import Weights
from deeplinear.numeric import Array

TOLERANCE = 1e-10
"""Relative and absolute tolerance of the integrator."""

SECONDS = 60.0
"""Seconds after which the integration is given up."""

MOST_IMPLICIT = 2_000
"""Up to how many weights an implicit method may be taken: it solves for all of them at once."""

FAILED = "the flow leaves what floating point can hold: give smaller weights or data."


# --- exact ----------------------------------------------------------------------------------------


def imbalances(weights: Weights) -> list[fmpq_mat]:
    """Return ``W_{k+1}^T W_{k+1} - W_k W_k^T`` for all neighbouring layers."""
    return [
        above.transpose() * above - below * below.transpose()
        for below, above in itertools.pairwise(weights)
    ]


def imbalance_rates(weights: Weights, velocity: Weights) -> list[fmpq_mat]:
    """Return the derivatives of the imbalances when the weights move with ``velocity``."""
    rates = []
    for k in range(len(weights) - 1):
        up = weights[k + 1].transpose() * velocity[k + 1]
        down = velocity[k] * weights[k].transpose()
        rates.append(up + up.transpose() - down - down.transpose())
    return rates


def end_to_end_velocity(weights: Weights, velocity: Weights) -> fmpq_mat:
    """Return the derivative of the end-to-end matrix when the weights move with ``velocity``."""
    total = fmpq_mat(weights[-1].nrows(), weights[0].ncols())
    for k in range(len(weights)):
        total += exact.end_to_end([*weights[:k], velocity[k], *weights[k + 1 :]])
    return total


def preconditioned_velocity(weights: Weights, slope: fmpq_mat) -> fmpq_mat:
    """Return ``- sum_k A^{H-k} G B^{k-1}``, ``A = W_H W_H^T``, ``B = W_1^T W_1``; G is slope."""
    a = weights[-1] * weights[-1].transpose()
    b = weights[0].transpose() * weights[0]
    layers = len(weights)
    total = fmpq_mat(*exact.shape(slope))
    for k in range(layers):
        total -= power(a, layers - 1 - k) * slope * power(b, k)
    return total


def power(a: fmpq_mat, k: int) -> fmpq_mat:
    """Return the k-th power of a square matrix, k >= 0."""
    return a**k


# --- numeric --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trajectory:
    """A flow at some times: losses, singular values of the end-to-end matrix, and the weights."""

    times: Array
    losses: Array
    singular: Array
    weights: tuple[tuple[Array, ...], ...]

    def __str__(self) -> str:
        first, last = (np.array2string(s, precision=4) for s in self.singular[[0, -1]])
        return (
            f"time {self.times[0]:g} to {self.times[-1]:g}, {len(self.times)} points\n"
            f"loss {self.losses[0]:.6g} to {self.losses[-1]:.6g}\n"
            f"singular values of the end-to-end matrix {first} to {last}"
        )

    @property
    def drift(self) -> float:
        """The greatest change of an entry of ``W_{k+1}^T W_{k+1} - W_k W_k^T`` along the way."""
        start = imbalance(self.weights[0])
        changes = [np.abs(imbalance(point) - start).max() for point in self.weights]
        return float(max(changes))


def imbalance(weights: Sequence[Array]) -> Array:
    """Return the entries of all imbalances, in floating point; a zero for a single layer."""
    parts = [
        (above.T @ above - below @ below.T).ravel() for below, above in itertools.pairwise(weights)
    ]
    return np.concatenate([*parts, np.zeros(1)])


def integrate(
    start: Sequence[Array],
    problem: numeric.Problem,
    until: float,
    points: int = 101,
    progress: Callable[[float], None] = lambda _: None,
) -> Trajectory:
    """Integrate the gradient flow from ``start`` to time ``until``.

    SciPy's LSODA changes to an implicit method where the flow is stiff; beyond
    :data:`MOST_IMPLICIT` weights it is RK45. ``progress`` is told the time that was reached. Raises
    :class:`~deeplinear.BadInput` where floating point overflows, and after :data:`SECONDS`.
    """
    widths, last = [start[0].shape[1], *(layer.shape[0] for layer in start)], monotonic() + SECONDS

    def velocity(_: float, vector: Array) -> Array:
        return -numeric.pack(numeric.gradient(numeric.unpack(vector, widths), problem))

    times = np.linspace(0.0, until, points)
    found = [numeric.pack(start)]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _refuse_overflow(velocity(0.0, found[0]))
        method = LSODA if len(found[0]) <= MOST_IMPLICIT else RK45
        solver = method(velocity, 0.0, found[0], until, rtol=TOLERANCE, atol=TOLERANCE)
        while solver.status == "running":
            if monotonic() > last:
                raise BadInput(
                    f"the flow reached time {solver.t:.3g} in {SECONDS:.0f} seconds: give an "
                    "earlier --until, or data in smaller units."
                )
            solver.step()
            if solver.status == "failed":
                raise BadInput(FAILED)
            between = solver.dense_output()
            while len(found) < points and times[len(found)] <= solver.t:
                found.append(between(times[len(found)]))
            _refuse_overflow(solver.y)
            progress(solver.t)
        return _trajectory(times, [numeric.unpack(v, widths) for v in found], problem)


def refuse_time(until: float) -> None:
    """Refuse a time to which no flow is integrated."""
    if not 0 < until < 1e6:
        raise BadInput(f"--until is {until}: give a positive time below 1000000.")


def _refuse_overflow(vector: Array) -> None:
    if not np.isfinite(vector).all():
        raise BadInput(FAILED)


MOST_DESCENTS = 1_000_000
"""Steps of gradient descent that are run at most."""


def descend(
    start: Sequence[Array],
    problem: numeric.Problem,
    until: float,
    step: float,
    points: int = 101,
    progress: Callable[[float], None] = lambda _: None,
) -> Trajectory:
    """Run gradient descent with a fixed step for as long: Euler's method for the flow.

    At most ``points`` of its steps are kept, evenly spaced. Raises
    :class:`~deeplinear.BadInput` where it diverges, and for more than :data:`MOST_DESCENTS` steps.
    """
    last = refuse_step(step, until)
    kept = set(np.unique(np.linspace(0, last, min(points, last + 1)).astype(int)).tolist())
    point, found = tuple(start), [tuple(start)]
    with np.errstate(all="ignore"):
        for k in range(1, last + 1):
            gradient = numeric.gradient(point, problem)
            point = tuple(layer - step * g for layer, g in zip(point, gradient, strict=True))
            if not all(np.isfinite(layer).all() for layer in point):
                raise BadInput(f"gradient descent diverges at step {k}: give a smaller --steps.")
            if k in kept:
                found.append(point)
                progress(k * step)
        return _trajectory(np.array(sorted(kept)) * step, found, problem)


def refuse_step(step: float, until: float) -> int:
    """Refuse a step that no gradient descent to a time is run with; else return how many."""
    if not 0 < step <= until:
        raise BadInput(f"--steps is {step:g}: give a positive step, at most --until ({until:g}).")
    if until / step > MOST_DESCENTS:
        raise BadInput(
            f"--steps is {step:g}, which makes {until / step:.3g} steps to --until {until:g}: "
            f"give a greater step or an earlier time, so that there are at most {MOST_DESCENTS}."
        )
    return round(until / step)


def _trajectory(
    times: Array, points: Sequence[tuple[Array, ...]], problem: numeric.Problem
) -> Trajectory:
    losses = np.array([numeric.loss(point, problem) for point in points])
    _refuse_overflow(losses)
    products = np.array([numeric.end_to_end(point) for point in points])
    return Trajectory(times, losses, np.linalg.svd(products, compute_uv=False), tuple(points))


def proved_rate(trajectory: Trajectory, problem: numeric.Problem) -> float:
    """Return ``2 lambda sigma^{H-1}``: lambda of ``X X^T``, sigma of ``W_1^T W_1`` on the way."""
    least = float(np.linalg.eigvalsh(problem.x @ problem.x.T)[0])
    sigma = min(float(np.linalg.eigvalsh(p[0].T @ p[0])[0]) for p in trajectory.weights)
    return 2.0 * least * max(sigma, 0.0) ** (len(trajectory.weights[0]) - 1)
