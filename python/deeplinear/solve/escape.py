"""From weights that are no local minimum to better ones near by: the proofs as an algorithm, exact.

The loss is ``1/2 |Y - W_H ... W_1 X|^2``. Where the gradient is not zero, a step against it in one
layer lowers the loss. At a critical point whose end-to-end matrix has rank below the bottleneck
width, Case A of Lu and Kawaguchi's Theorem 2.1 applies: unless ``(R X - Y) X^T`` is zero (then
the loss is the least there is), a small change that keeps the end-to-end matrix makes the gradient
nonzero. At a critical point of that rank Theorem 2.2 applies: a rotation of the row space lowers
the loss, or the weights are a global minimum, with a certificate.
"""

from __future__ import annotations

import enum
import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from flint import fmpq, fmpq_mat

from deeplinear import exact
from deeplinear.errors import BadInput
from deeplinear.exact import Weights
from deeplinear.solve import low_rank


class Reason(enum.Enum):
    """What decides about weights."""

    NOT_CRITICAL = "not critical"
    NO_SLOPE = "no slope of R"
    RANK_DEFICIENT = "rank below the bottleneck width"
    UNSEEN_ROW = "unseen row"
    ROTATION = "rotation"
    COMPARED = "compared"


THEOREMS = {
    Reason.NOT_CRITICAL: "DeepLinear.hasDerivAt_datasetLoss_entry",
    Reason.NO_SLOPE: "DeepLinear.isMinOn_of_hasGateauxDerivAt_zero",
    Reason.RANK_DEFICIENT: "DeepLinear.deriv_eq_zero_of_isLocalMin_of_rank_lt",
    Reason.UNSEEN_ROW: "DeepLinear.isMinOn_of_isLocalMin_of_any_data",
    Reason.ROTATION: "DeepLinear.isMinOn_of_isLocalMin_of_any_data",
    Reason.COMPARED: "Matrix.isMinOn_sqNorm_of_rotation",
}
"""The Lean theorem behind each reason."""


@dataclass(frozen=True)
class Decision:
    """What can be said of weights, and better weights unless they are a global minimum.

    ``rank`` is that of the end-to-end matrix. ``bound`` lies between the two forms of Theorem 2.2
    where these were compared.
    """

    reason: Reason
    rank: int
    bottleneck: int
    loss: Fraction
    better: list[fmpq_mat] | None = None
    better_loss: Fraction | None = None
    bound: Fraction | None = None

    @property
    def critical(self) -> bool:
        """Whether the gradient is zero."""
        return self.reason is not Reason.NOT_CRITICAL

    @property
    def is_global_minimum(self) -> bool:
        """Whether no weights of these widths have a smaller loss."""
        return self.reason in (Reason.NO_SLOPE, Reason.COMPARED)

    @property
    def theorem(self) -> str:
        """The Lean theorem behind the verdict."""
        return THEOREMS[self.reason]

    def __str__(self) -> str:
        less = ""
        if self.better_loss is not None:
            less = f"; better weights near by: less by {exact.below(self.loss - self.better_loss)}"
        return f"{self.words}\nloss {exact.short(self.loss)}{less}\ntheorem {self.theorem}"

    @property
    def words(self) -> str:
        """The verdict in words."""
        full = f"the rank of the end-to-end matrix is the bottleneck width {self.rank}"
        between = exact.short(self.bound or Fraction())
        return {
            Reason.NOT_CRITICAL: (
                "not critical: a step against the gradient of one layer lowers the loss"
            ),
            Reason.NO_SLOPE: "a global minimum, even over all matrices: (R X - Y) X^T is zero",
            Reason.RANK_DEFICIENT: (
                f"critical, but the end-to-end matrix has rank {self.rank}, below the bottleneck "
                f"width {self.bottleneck}, and (R X - Y) X^T is not zero: no local minimum"
            ),
            Reason.UNSEEN_ROW: (
                f"critical, {full}, and X does not see all of its row space: no local minimum"
            ),
            Reason.ROTATION: (
                f"critical, {full}, and a rotation of its row space lowers the loss: a saddle"
            ),
            Reason.COMPARED: (
                f"a global minimum: {full}, and {between} lies between the two forms of Theorem 2.2"
            ),
        }[self.reason]


def loss_of(weights: Weights, x: fmpq_mat, y: fmpq_mat) -> Fraction:
    """Return the loss of weights."""
    return exact.loss(exact.end_to_end(weights), x, y)


def greatest_change(weights: Weights, others: Weights) -> Fraction:
    """Return the greatest change of an entry, in absolute value."""
    changes = (
        abs(entry)
        for a, b in zip(weights, others, strict=True)
        for row in exact.rows(a - b)
        for entry in row
    )
    return max(changes)


def bottleneck(weights: Weights) -> int:
    """Return the least width over all layers, input and output included."""
    return min(weights[0].ncols(), *(layer.nrows() for layer in weights))


def escape(weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat, radius: Fraction) -> Decision:
    """Return what can be said of weights, with better ones whose entries change by <= ``radius``.

    Raises :class:`~deeplinear.BadInput` for shapes that do not chain and a radius that is not
    positive.
    """
    exact.refuse_unchained(weights, x, y)
    if radius <= 0:
        raise BadInput(f"the radius is {radius}: give a positive number.")
    r = exact.end_to_end(weights)
    verdict = partial(
        Decision,
        rank=r.rank(),
        bottleneck=bottleneck(weights),
        loss=exact.loss(r, x, y),
    )

    def escaped(reason: Reason, better: list[fmpq_mat]) -> Decision:
        return verdict(reason, better=better, better_loss=loss_of(better, x, y))

    if not exact.all_zero(exact.gradient(weights, x, y)):
        return escaped(Reason.NOT_CRITICAL, descend(weights, x, y, radius))
    if exact.is_zero((r * x - y) * x.transpose()):
        return verdict(Reason.NO_SLOPE)
    if r.rank() < bottleneck(weights):
        return escaped(Reason.RANK_DEFICIENT, case_a(weights, x, y, radius))
    f, g = exact.full_rank_factors(x)
    if (r * f).rank() < r.rank():
        return escaped(Reason.UNSEEN_ROW, _unseen_row(weights, f, x, y, radius))
    rotation = low_rank.find_rotation(r * f, g, y)
    if rotation is not None:
        return escaped(Reason.ROTATION, _rotate(weights, rotation, f, g, y, radius))
    return verdict(Reason.COMPARED, bound=low_rank.find_bound(r * f, g, y))


def _unseen_row(
    weights: Sequence[fmpq_mat], f: fmpq_mat, x: fmpq_mat, y: fmpq_mat, radius: Fraction
) -> list[fmpq_mat]:
    """Return better weights where a row ``w = R^T z`` of the row space has ``w^T X = 0``.

    The matrices ``(1 + s u z^T) R`` have the loss of ``R``, and are not critical if
    ``(R X - Y) X^T`` is not orthogonal to ``u``.
    """
    r = exact.end_to_end(weights)
    unseen = f.transpose() * r.transpose()
    z = next(z for z in exact.kernel(unseen) if not exact.is_zero(r.transpose() * z))
    u, _ = not_orthogonal((r * x - y) * x.transpose())
    change = u * z.transpose() * weights[-1]
    t = _power_of_two(radius / (2 * max(_size(change), Fraction(1))))
    moved = [*weights[:-1], weights[-1] + _scaled(change, t)]
    return descend(moved, x, y, radius / 2)


def _rotate(
    weights: Sequence[fmpq_mat],
    rotation: low_rank.Rotation,
    f: fmpq_mat,
    g: fmpq_mat,
    y: fmpq_mat,
    radius: Fraction,
) -> list[fmpq_mat]:
    """Return weights whose end-to-end matrix, on ``X = F G``, is the rotated one."""
    r = exact.end_to_end(weights) * f
    f_left = (f.transpose() * f).inv() * f.transpose()
    t = Fraction(1)
    while True:
        ends = _ends(r, rotation.apply(r, g, y, t))
        if ends is not None:
            u, v = ends
            v_full = exact.identity(f.nrows()) + f * (v - exact.identity(f.ncols())) * f_left
            moved = _multiplied(weights, u, v_full)
            if greatest_change(weights, moved) <= radius:
                return moved
        t /= 2


def _scaled(a: fmpq_mat, factor: Fraction) -> fmpq_mat:
    return a * fmpq(factor.numerator, factor.denominator)


def _size(a: fmpq_mat) -> Fraction:
    return max(abs(entry) for row in exact.rows(a) for entry in row)


def _rounded(a: fmpq_mat, parts: int = 2**16) -> fmpq_mat:
    """Return ``a``, not zero, divided by its greatest entry and rounded to multiples of 1/parts.

    Its inner product with ``a`` is positive: the greatest entry stays, no other changes its sign.
    """
    size = _size(a)
    return (
        fmpq_mat([[round(entry / size * parts) for entry in row] for row in exact.rows(a)]) / parts
    )


def descend(
    weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat, radius: Fraction
) -> list[fmpq_mat]:
    """Return weights of smaller loss: the layer with the greatest slope moved against its gradient.

    The direction is the gradient of the layer, rounded to keep the fractions short. The loss is a
    quadratic along it; half the step to its minimum, or the step of size ``radius`` if that is
    shorter, lowers it. The gradient must not be zero.
    """
    gradient = exact.gradient(weights, x, y)
    k = max(range(len(gradient)), key=lambda k: exact.squared_norm(gradient[k]))
    direction = _rounded(gradient[k])
    slope = exact.inner(gradient[k], direction)

    def moved(t: Fraction) -> list[fmpq_mat]:
        return [*weights[:k], weights[k] - _scaled(direction, t), *weights[k + 1 :]]

    # L(moved(t)) = L - t slope + t^2 bend
    bend = loss_of(moved(Fraction(1)), x, y) - loss_of(weights, x, y) + slope
    step = radius  # no entry of the direction is greater than 1
    return moved(_power_of_two(min(step, slope / (2 * bend)) if bend > 0 else step))


def climb(
    weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat, radius: Fraction
) -> list[fmpq_mat]:
    """Return weights of greater loss, whose entries change by at most ``radius``.

    There are some, by Kawaguchi's Theorem 2.3 (iii), where X X^T is invertible. All layers are
    moved at random, by less and less; one of the two signs of a step raises the loss unless the
    step is orthogonal to the gradient of every order.
    """
    rng = random.Random(0)
    start = loss_of(weights, x, y)
    t = _power_of_two(radius / 4)
    for _ in range(200):
        steps = [exact.random_matrix(rng, *exact.shape(layer)) for layer in weights]
        for sign in (1, -1):
            scales = [sign * t] + [t] * (len(steps) - 1)
            moved = [w + _scaled(d, s) for w, d, s in zip(weights, steps, scales, strict=True)]
            if loss_of(moved, x, y) > start:
                return moved
        t /= 2
    raise BadInput("no weights of greater loss were found: give X of full row rank.")


def _power_of_two(t: Fraction) -> Fraction:
    """Return the greatest power of two that is at most ``t`` > 0: it keeps the fractions short."""
    power = Fraction(2) ** (t.numerator.bit_length() - t.denominator.bit_length())
    while power > t:
        power /= 2
    while 2 * power <= t:
        power *= 2
    return power


def case_a(
    weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat, radius: Fraction
) -> list[fmpq_mat]:
    """Return weights of smaller loss near critical weights of rank below the bottleneck width.

    The proof of Case A. Layer k + 1 is the one in which the rank of the head falls below the
    bottleneck width p. Each layer above it is changed by a matrix of rank one that kills its head,
    the first layer by ``1 + e b c^T`` with ``b`` in the kernel of ``W_{k+1} S_k``: the end-to-end
    matrix stays. For small changes the gradient is no longer zero, and a step against it descends.
    ``(R X - Y) X^T`` must not be zero.
    """
    heads = exact.heads(weights)
    p = bottleneck(weights)
    k = max(j for j, head in enumerate(heads) if head.rank() >= p)
    slope = (heads[-1] * x - y) * x.transpose()
    v, c = not_orthogonal(slope)
    kernels = [exact.left_kernel(head) for head in heads]
    changes = [fmpq_mat(*exact.shape(layer)) for layer in weights]
    for j in range(k + 1, len(weights)):
        above = v if j + 1 == len(weights) else kernels[j + 1][0]
        changes[j] = above * kernels[j][0].transpose()
    twist = fmpq_mat(weights[0].ncols(), weights[0].ncols())
    if k > 0:
        twist = _killed_above(heads[k], weights[k]) * c.transpose()
    size = max([_size(a) for a in changes] + [_size(weights[0] * twist), Fraction(1)])
    t = _power_of_two(radius / (2 * size))
    while True:
        moved = [layer + _scaled(change, t) for layer, change in zip(weights, changes, strict=True)]
        moved[0] = moved[0] + _scaled(weights[0] * twist, t)
        if not exact.all_zero(exact.gradient(moved, x, y)):
            return descend(moved, x, y, radius / 2)
        t /= 2


def not_orthogonal(slope: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """Return unit columns v, c with ``v^T slope c`` not zero."""
    i, j = next(
        (i, j) for i in range(slope.nrows()) for j in range(slope.ncols()) if slope[i, j] != 0
    )
    v, c = fmpq_mat(slope.nrows(), 1), fmpq_mat(slope.ncols(), 1)
    v[i, 0] = c[j, 0] = fmpq(1)
    return v, c


def _killed_above(head: fmpq_mat, layer: fmpq_mat) -> fmpq_mat:
    """Return a column b with ``layer head b`` zero and ``head b`` not."""
    return next(b for b in exact.kernel(layer * head) if not exact.is_zero(head * b))


def nearby(weights: Sequence[fmpq_mat], target: fmpq_mat) -> list[fmpq_mat] | None:
    """Return weights with end-to-end matrix ``target``, by the formulas of Case B.

    ``target`` has to be of rank at most that of the end-to-end matrix ``R`` of ``weights``, near
    it: None is returned where its skeleton ``C`` is singular. With a full-rank factorization
    ``R = A B`` and one-sided inverses ``A+``, ``B+``, the last layer is multiplied by
    ``U = 1 + (R' B+ - A) A+`` and the first by ``V = 1 + B+ (C^-1 A+ R' - B)``.
    """
    r = exact.end_to_end(weights)
    if target.rank() > r.rank():
        raise BadInput(
            "the target has a greater rank than the end-to-end matrix: give one of less."
        )
    ends = _ends(r, target)
    return None if ends is None else _multiplied(weights, *ends)


def _ends(r: fmpq_mat, target: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat] | None:
    """Return U, V near 1 with ``U R V`` the target, or None where the skeleton is singular."""
    a, b = exact.full_rank_factors(r)
    a_left = (a.transpose() * a).inv() * a.transpose()
    b_right = b.transpose() * (b * b.transpose()).inv()
    skeleton = a_left * target * b_right
    if skeleton.det() == 0:
        return None
    u = exact.identity(r.nrows()) + (target * b_right - a) * a_left
    v = exact.identity(r.ncols()) + b_right * (skeleton.inv() * a_left * target - b)
    return u, v


def _multiplied(weights: Sequence[fmpq_mat], u: fmpq_mat, v: fmpq_mat) -> list[fmpq_mat]:
    """Return the weights with the last layer multiplied by U, the first by V."""
    moved = list(weights)
    moved[0] = moved[0] * v
    moved[-1] = u * moved[-1]
    return moved


def near_origin(
    widths: list[int], x: fmpq_mat, y: fmpq_mat, radius: Fraction
) -> tuple[list[fmpq_mat], list[fmpq_mat]]:
    """Return weights of smaller and of greater loss than W = 0, with entries up to ``radius``.

    The proof of Problem 3.2: a nonzero entry b of ``Y X^T``, unit matrices along the layers that
    lead to it, scaled by t; then L = L(0) -+ |b| t^H + t^{2H} q / 2. Raises
    :class:`~deeplinear.BadInput` when ``Y X^T`` is zero.
    """
    cross = y * x.transpose()
    places = [
        (i, j) for i in range(cross.nrows()) for j in range(cross.ncols()) if cross[i, j] != 0
    ]
    if not places:
        raise BadInput("Y X^T is zero: give data with X Y^T not zero.")
    i, j = places[0]
    b = exact.fraction(cross[i, j])
    q = sum((exact.fraction(x[j, s]) ** 2 for s in range(x.ncols())), Fraction())
    layers = len(widths) - 1
    t = min(radius, Fraction(1))
    while q * t**layers >= 2 * abs(b):
        t /= 2
    path = [j, *([0] * (layers - 1)), i]

    def units(scale: Fraction) -> list[fmpq_mat]:
        found = []
        for k in range(layers):
            unit = fmpq_mat(widths[k + 1], widths[k])
            size = scale if k == 0 else t
            unit[path[k + 1], path[k]] = fmpq(size.numerator, size.denominator)
            found.append(unit)
        return found

    return units(t if b > 0 else -t), units(-t if b > 0 else t)
