"""Floating-point exploration: minima and critical points of the loss of a deep linear network.

Floats only explore; what decides is exact (:mod:`deeplinear.exact`). Shapes as there. The loss is
the sum, over the entries of the residual ``W_H ... W_1 X - Y``, of a convex function of one entry;
for ``1/2 e^2`` it is the loss of the assignment.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from flint import fmpq_mat
from scipy.optimize import OptimizeResult, least_squares, minimize

from deeplinear import exact
from deeplinear.errors import BadInput

Array: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class EntryLoss:
    """A convex differentiable function of one entry of the residual, and its derivative."""

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


SQUARE = EntryLoss("1/2 e^2", lambda e: e * e / 2, lambda e: e)
LOG_COSH = EntryLoss("log cosh e", lambda e: np.logaddexp(e, -e) - np.log(2.0), np.tanh)


def masked(mask: Array) -> EntryLoss:
    """Return the square loss at the entries that ``mask``, of zeros and ones, observes."""
    return EntryLoss("masked", lambda e: mask * e * e / 2, lambda e: mask * e)


@dataclass(frozen=True)
class Problem:
    """Data, and the function whose sum over the entries of the residual is the loss."""

    x: Array
    y: Array
    entry: EntryLoss = SQUARE

    @property
    def scale(self) -> float:
        """The greater of 1 and the loss of the zero matrix: what tolerances are relative to."""
        return max(1.0, float(self.entry.value(-self.y).sum()))


@dataclass(frozen=True)
class Point:
    """Where a search ended.

    ``slope`` is the greatest entry of the gradient in absolute value, ``curvature`` the least
    eigenvalue of the Hessian; ``least`` and ``greatest`` are the extreme singular values of the
    end-to-end matrix.
    """

    weights: tuple[Array, ...]
    loss: float
    slope: float
    curvature: float
    least: float
    greatest: float


def to_array(a: fmpq_mat) -> Array:
    """Return ``a`` in floating point; :class:`~deeplinear.BadInput` where an entry is too great."""
    try:
        found = [int(entry.p) / int(entry.q) for entry in a.entries()]
    except OverflowError:
        raise BadInput(
            "an entry is beyond what floating point can hold (1e308): give data in other units."
        ) from None
    return np.array(found).reshape(exact.shape(a))


def value_and_gradient(weights: Sequence[Array], problem: Problem) -> tuple[float, list[Array]]:
    """Return the loss and its gradient dL/dW_1, ..., dL/dW_H."""
    heads = [np.eye(weights[0].shape[1])]
    for layer in weights:
        heads.append(layer @ heads[-1])
    residual = heads[-1] @ problem.x - problem.y
    back = problem.entry.slope(residual) @ problem.x.T
    gradient = []
    for layer, head in zip(reversed(weights), reversed(heads[:-1]), strict=True):
        gradient.append(back @ head.T)
        back = layer.T @ back
    return float(problem.entry.value(residual).sum()), gradient[::-1]


def pack(weights: Sequence[Array]) -> Array:
    """Return all entries in one vector, layer after layer, row by row."""
    return np.concatenate([layer.ravel() for layer in weights])


def unpack(vector: Array, widths: Sequence[int]) -> tuple[Array, ...]:
    """Return the weights of layers of ``widths`` d_0, ..., d_H from their vector."""
    shapes = [(above, below) for below, above in itertools.pairwise(widths)]
    cuts = np.cumsum([above * below for above, below in shapes])[:-1]
    pieces = np.split(vector, cuts)
    return tuple(piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True))


def random_weights(rng: np.random.Generator, widths: Sequence[int]) -> tuple[Array, ...]:
    """Draw independent standard normal entries, each layer divided by the root of its width."""
    return tuple(
        rng.standard_normal((above, below)) / np.sqrt(below)
        for below, above in itertools.pairwise(widths)
    )


def _widths(weights: Sequence[Array]) -> list[int]:
    return [weights[0].shape[1], *(layer.shape[0] for layer in weights)]


def hessian(weights: Sequence[Array], problem: Problem, step: float = 1e-5) -> Array:
    """Return the Hessian in all entries, by central differences of the gradient (error ~ 1e-9)."""
    widths, point = _widths(weights), pack(weights)

    def gradient(vector: Array) -> Array:
        return pack(value_and_gradient(unpack(vector, widths), problem)[1])

    columns = [
        (gradient(point + step * unit) - gradient(point - step * unit)) / (2 * step)
        for unit in np.eye(len(point))
    ]
    found = np.array(columns)
    return (found + found.T) / 2


def minimized(start: Sequence[Array], problem: Problem) -> OptimizeResult:
    """Return what L-BFGS with the analytic gradient says, with its count of evaluations."""
    widths = _widths(start)

    def objective(vector: Array) -> tuple[float, Array]:
        value, gradient = value_and_gradient(unpack(vector, widths), problem)
        return value, pack(gradient)

    options = {"maxiter": 3000, "maxfun": 6000, "ftol": 0.0, "gtol": 1e-9, "maxcor": 20}
    return minimize(objective, pack(start), jac=True, method="L-BFGS-B", options=options)


def descend(start: Sequence[Array], problem: Problem) -> Point:
    """Minimize from ``start`` with L-BFGS and the analytic gradient: ends near a local minimum."""
    return _point(unpack(minimized(start, problem).x, _widths(start)), problem)


def trust_region(start: Sequence[Array], problem: Problem) -> Point:
    """Minimize from ``start`` by a trust-region method with the Hessian: it leaves saddles."""
    widths = _widths(start)

    def objective(vector: Array) -> tuple[float, Array]:
        value, gradient = value_and_gradient(unpack(vector, widths), problem)
        return value, pack(gradient)

    ended = minimize(
        objective,
        pack(start),
        jac=True,
        hess=lambda vector: hessian(unpack(vector, widths), problem),
        method="trust-exact",
        options={"maxiter": 300, "gtol": 1e-9},
    )
    return _point(unpack(ended.x, widths), problem)


def find_critical(start: Sequence[Array], problem: Problem) -> Point:
    """Solve "gradient = 0" from ``start`` by least squares: ends near a saddle or a minimum."""
    widths = _widths(start)

    def equations(vector: Array) -> Array:
        return pack(value_and_gradient(unpack(vector, widths), problem)[1])

    def jacobian(vector: Array) -> Array:
        return hessian(unpack(vector, widths), problem)

    ended = least_squares(
        equations, pack(start), jac=jacobian, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=60
    )
    return _point(unpack(ended.x, widths), problem)


def _point(weights: tuple[Array, ...], problem: Problem) -> Point:
    value, gradient = value_and_gradient(weights, problem)
    r = weights[0]
    for layer in weights[1:]:
        r = layer @ r
    singular = np.linalg.svd(r, compute_uv=False)
    return Point(
        weights,
        value,
        slope=float(np.abs(pack(gradient)).max()),
        curvature=float(np.linalg.eigvalsh(hessian(weights, problem))[0]),
        least=float(singular[-1]),
        greatest=float(singular[0]),
    )
