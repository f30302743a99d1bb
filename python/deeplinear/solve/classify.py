"""Every critical point classified, exactly: global minimum, strict saddle, or a saddle that is not.

At a critical point W with ``X X^T`` invertible, ``R = W_H ... W_1`` of rank r and
``G = (R X - Y) X^T``, no direction has a negative second derivative if and only if R minimizes the
loss among the matrices of rank at most r, and every pair of layers j < k is tight: the product
``M`` of the layers strictly between them has rank r, or ``T_k^T G S_j^T = 0``, with ``T_k`` the
product of the layers above k and ``S_j`` that of the layers below j. Both are decided by rational
arithmetic, and where one fails the proof gives a direction.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_mat

from deeplinear import exact
from deeplinear.errors import BadInput
from deeplinear.solve import escape, low_rank, strict_saddle


class Kind(enum.Enum):
    """What a critical point is."""

    GLOBAL_MINIMUM = "a global minimum"
    STRICT_SADDLE = "a strict saddle"
    FLAT_SADDLE = "a saddle that is not strict: no direction has a negative second derivative"


THEOREMS = {
    Kind.GLOBAL_MINIMUM: "DeepLinear.isMinOn_univ_iff_isMinOn_rank_le",
    Kind.STRICT_SADDLE: "DeepLinear.not_isStrictSaddle_iff",
    Kind.FLAT_SADDLE: "DeepLinear.not_isStrictSaddle_iff",
}
"""The Lean theorem behind each kind."""


@dataclass(frozen=True)
class Classification:
    """What a critical point is, and why.

    ``rank`` is that of the end-to-end matrix. Of a strict saddle ``direction`` has the negative
    second derivative ``curvature``, and ``pair`` names the layers (1, ..., H) that are not tight;
    it is None where R is not minimal among the matrices of its rank.
    """

    kind: Kind
    rank: int
    direction: tuple[fmpq_mat, ...] | None = None
    curvature: Fraction = Fraction()
    pair: tuple[int, int] | None = None

    def __str__(self) -> str:
        return f"{self.words}\nrank of the end-to-end matrix {self.rank}\ntheorem {self.theorem}"

    @property
    def theorem(self) -> str:
        """The Lean theorem behind it."""
        return THEOREMS[self.kind]

    @property
    def words(self) -> str:
        """The classification in words."""
        said = str(self.kind.value)
        if self.kind is not Kind.STRICT_SADDLE:
            return said
        if self.pair is None:
            why = f"another matrix of rank {self.rank} near R has a smaller loss"
        else:
            why = f"the layers {self.pair[0]} and {self.pair[1]} are not tight"
        return f"{said}: {why}"


def classify(weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> Classification:
    """Classify critical weights, exactly.

    Raises :class:`~deeplinear.BadInput` for weights that are not critical and where ``X X^T`` is
    not invertible.
    """
    exact.refuse_unchained(weights, x, y)
    if x.rank() < x.nrows():
        raise BadInput("X X^T is not invertible: give inputs that are linearly independent.")
    if not exact.all_zero(exact.gradient(weights, x, y)):
        raise BadInput(
            "the weights are not critical: give weights with zero gradient, or see how near a "
            "critical point they are with analyze."
        )
    r = exact.end_to_end(weights)
    rank = r.rank()
    slope = (r * x - y) * x.transpose()
    if exact.is_zero(slope):
        return Classification(Kind.GLOBAL_MINIMUM, rank)
    rotation = low_rank.find_rotation(r, x, y) if rank else None
    if rotation is not None:
        direction = strict_saddle.rotation_direction(weights, rotation, x, y)
        return _strict(weights, direction, x, y, rank, None)
    if rank == escape.bottleneck(weights):
        return Classification(Kind.GLOBAL_MINIMUM, rank)
    for j, k in itertools.combinations(range(len(weights)), 2):
        found = _pair_direction(weights, slope, rank, j, k, x, y)
        if found is not None:
            return _strict(weights, found, x, y, rank, (j + 1, k + 1))
    return Classification(Kind.FLAT_SADDLE, rank)


def _strict(
    weights: Sequence[fmpq_mat],
    direction: Sequence[fmpq_mat],
    x: fmpq_mat,
    y: fmpq_mat,
    rank: int,
    pair: tuple[int, int] | None,
) -> Classification:
    curvature = exact.curvature(weights, direction, x, y)
    if curvature >= 0:
        raise AssertionError("the direction of the proof has no negative curvature")
    return Classification(Kind.STRICT_SADDLE, rank, tuple(direction), curvature, pair)


def product(layers: Sequence[fmpq_mat], size: int) -> fmpq_mat:
    """Return the product of layers, the identity of this size for none."""
    found = exact.identity(size)
    for layer in layers:
        found = layer * found
    return found


def is_tight(weights: Sequence[fmpq_mat], slope: fmpq_mat, rank: int, j: int, k: int) -> bool:
    """Tell whether the pair of layers j < k (counted from 0) is tight."""
    middle = product(weights[j + 1 : k], weights[j].nrows())
    return middle.rank() == rank or exact.is_zero(seen(weights, slope, j, k))


def seen(weights: Sequence[fmpq_mat], slope: fmpq_mat, j: int, k: int) -> fmpq_mat:
    """Return ``T_k^T G S_j^T``: what the gradient sees of the pair."""
    below = product(weights[:j], weights[0].ncols())
    above = product(weights[k + 1 :], weights[k].nrows())
    return above.transpose() * slope * below.transpose()


def _pair_direction(
    weights: Sequence[fmpq_mat],
    slope: fmpq_mat,
    rank: int,
    j: int,
    k: int,
    x: fmpq_mat,
    y: fmpq_mat,
) -> list[fmpq_mat] | None:
    """Return a direction of negative curvature that moves layers j and k, None if they are tight.

    One of the two layers alone does not move the product; the second derivative is then
    ``s^2 a + s b`` in the size s of the other one, with b not zero.
    """
    if is_tight(weights, slope, rank, j, k):
        return None
    middle = product(weights[j + 1 : k], weights[j].nrows())
    head = product(weights[: j + 1], weights[0].ncols())
    tail = product(weights[k:], weights[k].ncols())
    v, w = escape.not_orthogonal(seen(weights, slope, j, k))
    inputs = middle * head
    if inputs.rank() < middle.rank():
        u = next(u for u in exact.left_kernel(inputs) if not exact.is_zero(middle.transpose() * u))
        moved = {k: v * u.transpose(), j: middle.transpose() * u * w.transpose()}
        scaled = j
    else:
        a = next(a for a in exact.kernel(tail * inputs) if not exact.is_zero(inputs * a))
        q = inputs * a
        moved = {j: head * a * w.transpose(), k: v * q.transpose()}
        scaled = k
    return strict_saddle.least_scaled(weights, moved, scaled, x, y)
