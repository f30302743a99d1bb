"""Strict saddles: a direction of negative curvature, exact (Kawaguchi 2016, Theorem 2.3 (iv)).

At critical weights that are not a global minimum, with an interior product ``M = W_{H-1} ... W_2``
(1 for H = 2) of rank at least the bottleneck width p, some direction has a negative second
derivative. It moves the first and the last layer only. In the direction (V_1, V_H) half the second
derivative is ``<G, V_H M V_1> + 1/2 |(V_H M W_1 + W_H M V_1) X|^2``, with ``G = (R X - Y) X^T``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq, fmpq_mat

from deeplinear import exact
from deeplinear.errors import BadInput
from deeplinear.exact import Weights
from deeplinear.solve import escape, low_rank


def interior_product(weights: Weights) -> fmpq_mat:
    """Return ``W_{H-1} ... W_2``, the identity for two layers; at least two are wanted."""
    found = exact.identity(weights[0].nrows())
    for layer in weights[1:-1]:
        found = layer * found
    return found


def negative_direction(
    weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat
) -> list[fmpq_mat] | None:
    """Return a direction of negative second derivative at critical weights, or None.

    ``X X^T`` has to be invertible. None is returned at a global minimum, and where the interior
    product has a smaller rank than the bottleneck width. Raises :class:`~deeplinear.BadInput` for
    one layer and for weights that are not critical.
    """
    exact.refuse_unchained(weights, x, y)
    if len(weights) < 2:
        raise BadInput("there is one layer, and its loss is convex: give at least two layers.")
    if not exact.all_zero(exact.gradient(weights, x, y)):
        raise BadInput("the weights are not critical: give weights with zero gradient.")
    first, last = weights[0], weights[-1]
    middle = interior_product(weights)
    p = escape.bottleneck(weights)
    r = last * middle * first
    slope = (r * x - y) * x.transpose()
    if exact.is_zero(slope) or middle.rank() < p:
        return None
    if r.rank() == p:
        rotation = low_rank.find_rotation(r, x, y)
        if rotation is None:
            return None
        return rotation_direction(weights, rotation, x, y)
    v, w = escape.not_orthogonal(slope)
    if (middle * first).rank() < middle.rank():
        u = next(
            u
            for u in exact.left_kernel(middle * first)
            if not exact.is_zero(middle.transpose() * u)
        )
        q = middle.transpose() * u
        moved = {0: q * w.transpose(), len(weights) - 1: v * u.transpose()}
        return least_scaled(weights, moved, 0, x, y)
    inputs = middle * first
    a = next(a for a in exact.kernel(last * inputs) if not exact.is_zero(inputs * a))
    u = first * a
    moved = {0: u * w.transpose(), len(weights) - 1: v * (middle * u).transpose()}
    return least_scaled(weights, moved, len(weights) - 1, x, y)


def rotation_direction(
    weights: Sequence[fmpq_mat], rotation: low_rank.Rotation, x: fmpq_mat, y: fmpq_mat
) -> list[fmpq_mat]:
    """Return the direction of the first and the last layer in which the row space rotates."""
    first = weights[0]
    if len(weights) == 1:
        raise BadInput("there is one layer, and its loss is convex: give at least two layers.")
    z = solve_left(interior_product(weights) * first, rotation.e.transpose())
    v_first = first * x * x.transpose() * rotation.e * rotation.b.transpose()
    v_last = y * x.transpose() * rotation.b * z
    zeros = [fmpq_mat(*exact.shape(layer)) for layer in weights[1:-1]]
    return [v_first, *zeros, v_last]


def solve_left(a: fmpq_mat, row: fmpq_mat) -> fmpq_mat:
    """Return a row z with ``z a = row``, which has to be in the row space of ``a``."""
    f, g = exact.full_rank_factors(a)
    inner = row * g.transpose() * (g * g.transpose()).inv()
    return inner * (f.transpose() * f).inv() * f.transpose()


def least_scaled(
    weights: Sequence[fmpq_mat],
    moved: dict[int, fmpq_mat],
    scaled: int,
    x: fmpq_mat,
    y: fmpq_mat,
) -> list[fmpq_mat]:
    """Return the direction that moves some layers, one of them scaled for the least curvature.

    With that layer scaled by s the second derivative is ``s^2 a + s b``, a >= 0 and b not 0.
    """

    def at(s: Fraction) -> list[fmpq_mat]:
        factor = fmpq(s.numerator, s.denominator)
        return [
            moved[k] * (factor if k == scaled else fmpq(1))
            if k in moved
            else fmpq_mat(*exact.shape(layer))
            for k, layer in enumerate(weights)
        ]

    plus, minus = (exact.curvature(weights, at(Fraction(s)), x, y) for s in (1, -1))
    a, b = (plus + minus) / 2, (plus - minus) / 2
    return at(-b / (2 * a) if a else Fraction(-1 if b > 0 else 1))


# --- critical points of each kind -----------------------------------------------------------------
