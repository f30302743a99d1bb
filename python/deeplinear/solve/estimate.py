"""The analysis in floating point, for sizes at which exact arithmetic would take too long.

Of the data only ``Q = X X^T``, ``C = Y X^T`` and ``|Y|^2`` are needed: they are read once. With
``Q = D B diag(s^2) B^T D``, D the units of the inputs, the loss of R is, up to a constant, half of
``|N - R D B diag(s)|^2`` with ``N = C D^(-1) B diag(1/s)``: the gap to the optimum is a difference
of small numbers only. Nothing here is guaranteed, and what is printed says "not certified".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from deeplinear import numeric
from deeplinear.numeric import Array, pack, unpack

SEEN = 1e-12
"""Eigenvalues of Q below this, times its size and its greatest one, count as zero."""


@dataclass(frozen=True)
class Moments:
    """What the loss sees of the data: ``q`` is d_0 x d_0, ``c`` is d_H x d_0, ``norm`` |Y|^2."""

    q: Array
    c: Array
    norm: float

    @classmethod
    def of(cls, x: Array, y: Array) -> Moments:
        """Take the moments of ``x``, d_0 x m, and ``y``, d_H x m."""
        return cls(x @ x.T, y @ x.T, float(np.vdot(y, y)))

    @cached_property
    def frame(self) -> tuple[Array, Array, Array]:
        """Units of the inputs, the directions that they have in these units, and how strong."""
        units = np.sqrt(np.diag(self.q))
        units[units == 0] = 1
        values, vectors = np.linalg.eigh(self.q / np.outer(units, units))
        seen = values > max(float(values[-1]), 0.0) * len(values) * SEEN
        return units, vectors[:, seen], np.sqrt(values[seen])

    @cached_property
    def target(self) -> Array:
        """N, d_H x rank Q: what least squares would fit, in whitened inputs."""
        units, basis, scales = self.frame
        return ((self.c / units) @ basis) / scales

    @cached_property
    def svd(self) -> tuple[Array, Array, Array]:
        """The singular value decomposition of N."""
        left, strengths, right = np.linalg.svd(self.target, full_matrices=False)
        return left, strengths, right

    def least(self, p: int) -> float:
        """Return the least loss of a matrix of rank at most p."""
        strengths = self.svd[1]
        return max(0.0, self.norm - float(strengths[:p] @ strengths[:p])) / 2

    def seen(self, r: Array) -> Array:
        """Return what R does to whitened inputs, d_H x rank Q."""
        units, basis, scales = self.frame
        return ((r * units) @ basis) * scales

    def gap(self, r: Array, p: int) -> float:
        """Return by how much the loss of R is above the least one of rank at most p."""
        error = self.target - self.seen(r)
        rest = self.svd[1][p:]
        return max(0.0, float(np.vdot(error, error)) - float(rest @ rest)) / 2

    def learned(self, r: Array) -> tuple[Array, Array]:
        """Return the strengths of the modes, and how much of each R has learned."""
        left, strengths, right = self.svd
        kept = strengths > (strengths[0] * SEEN if len(strengths) else 0.0)
        found = np.einsum("ik,ij,kj->k", left, self.seen(r), right)
        return strengths[kept], found[kept] / strengths[kept]


def derivatives(weights: Sequence[Array], data: Moments) -> numeric.Derivatives:
    """Return the gradient and the Hessian of the loss at weights; the heads are the S_k."""
    s = [np.eye(weights[0].shape[1]), *numeric.heads(weights[1:], weights[0])]
    slopes = numeric.backs(weights, s[-1] @ data.q - data.c)
    return numeric.Derivatives(weights, s, slopes, lambda step: step @ data.q)


def least_curvature(
    weights: Sequence[Array], data: Moments, start: Array | None = None, steps: int = 4
) -> tuple[float, Array]:
    """Return the least curvature that Lanczos finds in so many restarts, and its unit direction."""
    if start is None:
        start = np.random.default_rng(0).standard_normal(sum(w.size for w in weights))
    return lanczos(derivatives(weights, data).along, start, steps)


def lanczos(product: Callable[[Array], Array], start: Array, steps: int = 4) -> tuple[float, Array]:
    """Return the least value that Lanczos finds of a symmetric product, and its unit direction."""
    operator = LinearOperator((start.size, start.size), matvec=product, dtype=np.float64)
    try:
        vectors = eigsh(operator, 1, which="SA", v0=start, ncv=12, maxiter=steps, tol=1e-3)[1]
    except ArpackNoConvergence as error:
        vectors = error.eigenvectors
    direction = vectors[:, 0] if vectors.size else start
    direction = direction / np.linalg.norm(direction)
    return float(direction @ product(direction)), direction


def pair_direction(weights: Sequence[Array], data: Moments) -> Array:
    """Return a direction that the proof of second order offers: two layers, each of rank one.

    Of the pairs of neighbouring layers the one of which the gradient sees most.
    """
    at = derivatives(weights, data)
    best, found = -1.0, [np.zeros_like(w) for w in weights]
    for k in range(1, len(weights)):
        seen = at.backs[k] @ at.heads[k - 1].T
        left, values, right = np.linalg.svd(seen, full_matrices=False)
        if values[0] > best:
            best, found = float(values[0]), [np.zeros_like(w) for w in weights]
            # the unit that the layers between see least
            inner = np.linalg.svd(weights[k])[2][-1]
            found[k] = -np.outer(left[:, 0], inner)
            found[k - 1] = np.outer(inner, right[0])
    return pack(found)


def step_down(
    weights: Sequence[Array], data: Moments, directions: Sequence[Array], radius: float, p: int
) -> tuple[list[Array], float] | None:
    """Return the best of some steps along directions, and by how much its loss is less.

    No entry changes by more than the radius; None where no step is better.
    """
    widths = [weights[0].shape[1], *(w.shape[0] for w in weights)]
    start = data.gap(numeric.end_to_end(weights), p)
    best: tuple[list[Array], float] | None = None
    for direction in directions:
        greatest = float(np.abs(direction).max())
        for halvings in range(24 if greatest > 0 else 0):
            step = unpack(direction * (radius / greatest / 2**halvings), widths)
            moved = [w + d for w, d in zip(weights, step, strict=True)]
            gain = start - data.gap(numeric.end_to_end(moved), p)
            if gain > (best[1] if best else 0.0):
                best = moved, gain
            elif gain > 0:
                break  # shorter steps gain less
    return best
