"""Floating-point exploration: minima and critical points of the loss of a deep linear network.

Floats only explore; what decides is exact (:mod:`deeplinear.exact`). Shapes as there. The loss is
the sum, over the entries of the residual ``W_H ... W_1 X - Y``, of a convex function of one entry;
for ``1/2 e^2`` it is the loss of the assignment.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
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
    """A convex function of one entry of the residual, and its first two derivatives."""

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    curvature: Callable[[Array], Array]


SQUARE = EntryLoss("1/2 e^2", lambda e: e * e / 2, lambda e: e, np.ones_like)
LOG_COSH = EntryLoss(
    "log cosh e",
    lambda e: np.logaddexp(e, -e) - np.log(2.0),
    np.tanh,
    lambda e: 1 - np.tanh(e) ** 2,
)


def masked(mask: Array) -> EntryLoss:
    """Return the square loss at the entries that ``mask``, of zeros and ones, observes."""
    return EntryLoss("masked", lambda e: mask * e * e / 2, lambda e: mask * e, lambda e: mask)


@dataclass(frozen=True)
class Problem:
    """Data, and the function whose sum over the entries of the residual is the loss."""

    x: Array
    y: Array
    entry: EntryLoss = SQUARE

    def value(self, outputs: Array) -> float:
        """Return the loss of weights whose outputs ``W_H ... W_1 X`` these are."""
        return float(self.entry.value(outputs - self.y).sum())

    @property
    def scale(self) -> float:
        """The greater of 1 and the loss of the zero matrix: what tolerances are relative to."""
        return max(1.0, self.value(np.zeros_like(self.y)))


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


def heads(weights: Sequence[Array], inputs: Array) -> list[Array]:
    """Return ``S_0 B, ..., S_H B``: what the layers make of the columns of ``inputs`` B."""
    found = [inputs]
    for layer in weights:
        found.append(layer @ found[-1])
    return found


def end_to_end(weights: Sequence[Array]) -> Array:
    """Return the end-to-end matrix ``W_H ... W_1``."""
    return heads(weights[1:], weights[0])[-1]


def backs(weights: Sequence[Array], slope: Array) -> list[Array]:
    """Return ``T_1^T G, ..., T_H^T G``: what the layers see of the slope G of the outputs."""
    found = [slope]
    for layer in reversed(weights[1:]):
        found.append(layer.T @ found[-1])
    return found[::-1]


@dataclass(frozen=True)
class Derivatives:
    """The gradient and the Hessian of a loss at weights, which share the products from both ends.

    ``heads`` and ``backs`` are those at the weights; ``turned`` tells how the slope of the outputs
    changes as they move.
    """

    weights: Sequence[Array]
    heads: list[Array]
    backs: list[Array]
    turned: Callable[[Array], Array]

    @cached_property
    def widths(self) -> list[int]:
        """The widths d_0, ..., d_H."""
        return _widths(self.weights)

    @property
    def gradient(self) -> list[Array]:
        """The gradient dL/dW_1, ..., dL/dW_H."""
        return [back @ head.T for back, head in zip(self.backs, self.heads, strict=False)]

    def along(self, vector: Array) -> Array:
        """Return the derivative of the gradient along a direction, all entries in one vector.

        It is the product of the Hessian with the vector.
        """
        moved = unpack(vector, self.widths)
        slopes = [moved[0] @ self.heads[0]]
        for layer, step, head in zip(self.weights[1:], moved[1:], self.heads[1:], strict=False):
            slopes.append(step @ head + layer @ slopes[-1])
        turn, found = self.turned(slopes[-1]), []
        for k in reversed(range(1, len(moved))):
            found.append(turn @ self.heads[k].T + self.backs[k] @ slopes[k - 1].T)
            turn = moved[k].T @ self.backs[k] + self.weights[k].T @ turn
        return pack([turn @ self.heads[0].T, *reversed(found)])

    @property
    def hessian(self) -> Array:
        """The Hessian in all entries, layer after layer."""
        return np.array([self.along(unit) for unit in np.eye(sum(w.size for w in self.weights))])


def derivatives(weights: Sequence[Array], problem: Problem) -> Derivatives:
    """Return the gradient and the Hessian of the loss at weights."""
    outputs = heads(weights, problem.x)
    residual, entry = outputs[-1] - problem.y, problem.entry
    bend = entry.curvature(residual)
    return Derivatives(
        weights, outputs, backs(weights, entry.slope(residual)), lambda step: bend * step
    )


def loss(weights: Sequence[Array], problem: Problem) -> float:
    """Return the loss at weights."""
    return problem.value(heads(weights, problem.x)[-1])


def gradient(weights: Sequence[Array], problem: Problem) -> list[Array]:
    """Return the gradient dL/dW_1, ..., dL/dW_H at weights."""
    return derivatives(weights, problem).gradient


def pack(weights: Sequence[Array]) -> Array:
    """Return all entries in one vector, layer after layer, row by row."""
    return np.concatenate([layer.ravel() for layer in weights])


def unpack(vector: Array, widths: Sequence[int]) -> tuple[Array, ...]:
    """Return the weights of layers of ``widths`` d_0, ..., d_H from their vector."""
    found, start = [], 0
    for below, above in itertools.pairwise(widths):
        end = start + above * below
        found.append(vector[start:end].reshape(above, below))
        start = end
    return tuple(found)


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

    def slopes(vector: Array) -> Array:
        return pack(gradient(unpack(vector, widths), problem))

    columns = [
        (slopes(point + step * unit) - slopes(point - step * unit)) / (2 * step)
        for unit in np.eye(len(point))
    ]
    found = np.array(columns)
    return (found + found.T) / 2


def minimized(start: Sequence[Array], problem: Problem) -> OptimizeResult:
    """Return what Newton's method in a trust region says, with its counts of evaluations.

    Its steps are made by conjugate gradients, from products with the Hessian.
    """
    widths, place = _widths(start), pack(start)
    here = derivatives(start, problem)

    def at(vector: Array) -> Derivatives:
        nonlocal place, here
        if not (vector == place).all():
            place = vector.copy()
            here = derivatives(unpack(place, widths), problem)
        return here

    return minimize(
        lambda vector: problem.value(at(vector).heads[-1]),
        pack(start),
        jac=lambda vector: pack(at(vector).gradient),
        hessp=lambda vector, direction: at(vector).along(direction),
        method="trust-ncg",
        options={"maxiter": 1000, "gtol": 1e-9},
    )


def descend(start: Sequence[Array], problem: Problem) -> Point:
    """Minimize from ``start`` by :func:`minimized`: ends near a local minimum."""
    return _point(unpack(minimized(start, problem).x, _widths(start)), problem)


def trust_region(start: Sequence[Array], problem: Problem) -> Point:
    """Minimize from ``start`` in a trust region with the whole Hessian: it leaves saddles."""
    widths = _widths(start)
    ended = minimize(
        lambda vector: loss(unpack(vector, widths), problem),
        pack(start),
        jac=lambda vector: pack(gradient(unpack(vector, widths), problem)),
        hess=lambda vector: hessian(unpack(vector, widths), problem),
        method="trust-exact",
        options={"maxiter": 300, "gtol": 1e-9},
    )
    return _point(unpack(ended.x, widths), problem)


def find_critical(start: Sequence[Array], problem: Problem) -> Point:
    """Solve "gradient = 0" from ``start`` by least squares: ends near a saddle or a minimum."""
    widths = _widths(start)
    ended = least_squares(
        lambda vector: pack(gradient(unpack(vector, widths), problem)),
        pack(start),
        jac=lambda vector: hessian(unpack(vector, widths), problem),
        xtol=1e-15,
        ftol=1e-15,
        gtol=1e-15,
        max_nfev=60,
    )
    return _point(unpack(ended.x, widths), problem)


def _point(weights: tuple[Array, ...], problem: Problem) -> Point:
    singular = np.linalg.svd(end_to_end(weights), compute_uv=False)
    return Point(
        weights,
        loss(weights, problem),
        slope=float(np.abs(pack(gradient(weights, problem))).max()),
        curvature=float(np.linalg.eigvalsh(hessian(weights, problem))[0]),
        least=float(singular[-1]),
        greatest=float(singular[0]),
    )
