"""What the theorems on training need of a network: modes, margin, step; and what they promise.

Weights and data as in :mod:`deeplinear.exact`. Sources: Saxe, McClelland and Ganguli 2014 (modes);
Arora, Cohen, Golowich and Hu 2019 (margin); ``DeepLinear/Flow/GradientDescent.lean`` (step).
"""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb, ctx, fmpq, fmpq_mat

from deeplinear import exact, numeric
from deeplinear.errors import BadInput
from deeplinear.exact import Weights
from deeplinear.numeric import Array
from deeplinear.solve import classify, dynamics
from deeplinear.solve.algebraic import Root, interval
from deeplinear.solve.low_rank import is_positive_semidefinite

ALIGNED = 1e-9
"""How far floats may be from whitened data, aligned or balanced weights, relative to their size."""


# --- decoupled modes ------------------------------------------------------------------------------


def aligned_weights(frames: Weights, modes: Sequence[Fraction]) -> list[fmpq_mat]:
    """Return ``Q_k diag(modes) Q_{k-1}^T`` for all layers; the frames are Q_0, ..., Q_H."""
    middle = exact.diagonal(modes, len(modes), len(modes))
    return [above * middle * below.transpose() for below, above in itertools.pairwise(frames)]


def aligned_gradient(
    frames: Weights, modes: Sequence[Fraction], strengths: Sequence[Fraction]
) -> list[fmpq_mat]:
    """Return the gradient at aligned weights on whitened data, of the same form as these.

    Every layer has ``a^(H-1) (a^H - sigma)`` for the mode ``a`` of the strength ``sigma``.
    """
    layers = len(frames) - 1
    slopes = [
        a ** (layers - 1) * (a**layers - sigma) for a, sigma in zip(modes, strengths, strict=True)
    ]
    return aligned_weights(frames, slopes)


def mode_strength(sigma: float, start: float, times: Array) -> Array:
    """Return the strength of a mode of two layers, Saxe's sigmoid; ``sigma`` > 0, ``start`` > 0."""
    fallen = np.exp(-2.0 * sigma * times)  # the fraction, divided by e^(2 sigma t)
    return np.asarray(sigma / (1.0 - fallen + sigma / start * fallen))


def half_time(sigma: Fraction, start: Fraction) -> arb:
    """Return ``log(sigma / start - 1) / (2 sigma)``, when half of ``sigma`` is reached, as a ball.

    For 0 < ``start`` < ``sigma``.
    """
    ratio, doubled = sigma / start - 1, 2 * sigma
    return arb(fmpq(ratio.numerator, ratio.denominator)).log() / fmpq(
        doubled.numerator, doubled.denominator
    )


@dataclass(frozen=True)
class Modes:
    """Modes of a start that is aligned, to :data:`ALIGNED`, on whitened data.

    ``left`` and ``right`` are the frames Q_H and Q_0; ``starts`` the modes of the end-to-end
    matrix, ``strengths`` those of ``Y X^T``.
    """

    layers: int
    left: Array
    right: Array
    starts: Array
    strengths: Array

    def of(self, r: Array) -> Array:
        """Return the modes of an end-to-end matrix."""
        return np.asarray(np.einsum("ia,ij,ja->a", self.left, r, self.right))

    def closed_form(self, times: Array) -> Array | None:
        """Return the modes at these times, a column a mode; None where there is no closed form.

        There is one for two layers and modes that are positive, at the start and in ``Y X^T``.
        """
        if self.layers != 2 or min(self.starts.min(), self.strengths.min()) <= ALIGNED:
            return None
        pairs = zip(self.strengths, self.starts, strict=True)
        return np.column_stack([mode_strength(sigma, s, times) for sigma, s in pairs])

    def half_times(self) -> Array:
        """Return when half of each strength is learned, with a closed form; 0 if at the start."""
        halves = np.log(np.maximum(self.strengths / self.starts - 1, 1))
        return np.asarray(halves / (2 * self.strengths))


def modes_of(weights: Sequence[Array], problem: numeric.Problem) -> Modes | None:
    """Return the modes of a start, or None where it is not aligned or the data are not whitened.

    Modes that are zero at the start stay so and are left out; there has to be another.
    """
    phi, r, layers = problem.y @ problem.x.T, numeric.end_to_end(weights), len(weights)
    if not _near(problem.x @ problem.x.T, np.eye(len(problem.x))):
        return None
    u, _, vt = np.linalg.svd(r / max(1e-300, np.abs(r).max()) * np.pi + phi / _size(phi))
    kept = min(u.shape[1], vt.shape[0])
    left, right = u[:, :kept], vt[:kept].T
    starts = np.einsum("ia,ij,ja->a", left, r, right)
    live = np.abs(starts) > ALIGNED * _size(r)
    left, right, starts = left[:, live], right[:, live], starts[live]
    strengths = np.einsum("ia,ij,ja->a", left, phi, right)
    if not live.any() or (starts < 0).any():
        return None
    if not (_near(phi @ right, left * strengths) and _near(phi.T @ left, right * strengths)):
        return None
    frame, roots = right, starts ** (1 / layers)
    for layer in weights:
        following = layer @ frame / roots
        aligned = _near(layer, (following * roots) @ frame.T)
        if not (aligned and _near(following.T @ following, np.eye(len(starts)))):
            return None
        frame = following
    return Modes(layers, left, right, starts, strengths) if _near(frame, left) else None


def _size(a: Array) -> float:
    return max(1.0, float(np.abs(a).max()))


def _near(a: Array, b: Array) -> bool:
    return bool(np.abs(a - b).max() <= ALIGNED * max(_size(a), _size(b)))


# --- the margin -----------------------------------------------------------------------------------


def is_at_least(a: fmpq_mat, c: Fraction) -> bool:
    """Tell whether ``a^T a >= c^2`` as a form, exactly."""
    square = c**2
    below = exact.identity(a.ncols()) * fmpq(square.numerator, square.denominator)
    return is_positive_semidefinite(a.transpose() * a - below)


@dataclass(frozen=True)
class Margin:
    """How far from singular the flow stays, and what follows: ``L - min L`` falls as exp(-rate t).

    ``X X^T >= lam``, and ``R^T R >= c^2`` for each R whose loss is at most that of the start; the
    rate is at most ``2 lam c^(2 - 2/H)``. Decided exactly: each number is rational, and a bound.
    """

    lam: Fraction
    c: Fraction
    rate: Fraction


class NoMargin(enum.Enum):
    """Why the theorem on convergence from the start alone says nothing of a start."""

    UNBALANCED = "the start is not balanced"
    NEARLY = "the start is not balanced exactly, as the theorem asks, but up to rounding"
    INPUTS = "X X^T is singular"
    FAR = "the start is too far from the best R, or that loses an input"


def margin(weights: Weights, x: fmpq_mat, y: fmpq_mat) -> Margin | NoMargin:
    """Return the margin of a balanced start, or why it has none, exactly.

    Every R whose loss is at most that of the start is within ``sqrt(2 (L - min L) / lam)`` of the
    best one, in the Frobenius norm. Source: ``DeepLinear.datasetLoss_sub_le_exp_of_sublevel``.
    """
    if not exact.all_zero(dynamics.imbalances(weights)):
        arrays = [numeric.to_array(w) for w in weights]
        size = max(_size(layer) ** 2 for layer in arrays)
        near = float(np.abs(dynamics.imbalance(arrays)).max()) <= ALIGNED * size
        return NoMargin.NEARLY if near else NoMargin.UNBALANCED
    lam = least_below(x * x.transpose())
    if lam is None:
        return NoMargin.INPUTS
    best = exact.least_squares(x, y)
    least = least_below(best.transpose() * best)
    away = root_above(2 * gap_of(weights, x, y) / lam)
    c = Fraction() if least is None else root_below(least) - away
    return Margin(lam, c, margin_rate(lam, c, len(weights))) if c > 0 else NoMargin.FAR


def margin_rate(lam: Fraction, c: Fraction, layers: int) -> Fraction:
    """Return a number that is at most ``2 lam c^(2 - 2/H)``, by little; for positive lam and c."""
    before, ctx.prec = ctx.prec, 80
    try:
        power = arb(fmpq(c.numerator, c.denominator)) ** fmpq(2 * layers - 2, layers)
    finally:
        ctx.prec = before
    return 2 * lam * interval(power).low


# --- starts at critical points --------------------------------------------------------------------


def resting(weights: Weights, x: fmpq_mat, y: fmpq_mat) -> str | None:
    """Say what a start is from which nothing moves, decided exactly; None where something does."""
    if not exact.all_zero(exact.gradient(weights, x, y)):
        return None
    try:
        return classify.classify(weights, x, y).words
    except BadInput:
        return "a critical point, not classified as X X^T is singular"


# --- the step of gradient descent -----------------------------------------------------------------


class Obstacle(enum.Enum):
    """Why the theorem on gradient descent says nothing of a start."""

    INPUTS = "X X^T is singular"
    OUTPUTS = "the product of the layers above the first loses an output (W_H ... W_2 has a kernel)"
    FAR = "the start is too far from a global minimum"


@dataclass(frozen=True)
class StepBound:
    """Numbers with which the theorem on gradient descent applies to a start, exactly.

    ``X X^T >= lam``, ``T T^T >= sigma^2`` for the product T of the layers above the first; within
    ``r`` of the start no layer has a Frobenius norm above ``m``; ``x`` and ``y`` are above those of
    the data.
    """

    layers: int
    lam: Fraction
    sigma: Fraction
    r: Fraction
    m: Fraction
    x: Fraction
    y: Fraction

    @property
    def step(self) -> Fraction:
        """The greatest step that the theorem allows."""
        return self.m**2 / curvature_factor(self.layers, self.m, self.x, self.y)

    @property
    def rate(self) -> Fraction:
        """``lam sigma^2 / 4``: a step eta lowers ``L - min L`` by the factor ``1 - eta rate``."""
        return self.lam * self.sigma**2 / 4


def curvature_factor(layers: int, m: Fraction, x: Fraction, y: Fraction) -> Fraction:
    """Return ``H m^H x (2 m^H x + y)``: divided by m^2 it bounds the curvature of the loss."""
    head = m**layers * x
    return layers * head * (2 * head + y)


def step_claims(
    bound: StepBound, weights: Weights, x: fmpq_mat, y: fmpq_mat
) -> list[tuple[bool, str]]:
    """Return the hypotheses of the theorem on gradient descent, each whether it holds, exactly."""
    n, gap = bound.layers - 1, gap_of(weights, x, y)
    kept = bound.m - bound.r
    positive = min(bound.lam, bound.sigma, bound.r, kept) > 0 and min(bound.x, bound.y) >= 0
    return [
        (positive and len(weights) == bound.layers, "a number is not positive"),
        (_gram_is_at_least(x, bound.lam), "X X^T is not at least lam"),
        (_gram_is_at_least(upper(weights), bound.sigma**2), "T T^T is not at least sigma^2"),
        (all(exact.squared_norm(w) <= kept**2 for w in weights), "a layer is above m - r"),
        (2 * n * bound.m**n * bound.r <= bound.sigma * bound.m, "the ball is too large"),
        (32 * gap < bound.lam * bound.sigma**2 * bound.r**2, "the start is too far"),
        (exact.squared_norm(x) <= bound.x**2, "X is above x"),
        (exact.squared_norm(y) <= bound.y**2, "Y is above y"),
    ]


def step_bound(weights: Weights, x: fmpq_mat, y: fmpq_mat) -> StepBound | Obstacle:
    """Return numbers with which gradient descent provably converges, or what is in the way.

    Floats propose, exact arithmetic decides (:func:`step_claims`); another choice of numbers may
    succeed where this one finds a start too far.
    """
    layers, gap = len(weights), gap_of(weights, x, y)
    lam, square = least_below(x * x.transpose()), least_below(_gram(upper(weights)))
    if lam is None:
        return Obstacle.INPUTS
    if square is None:
        return Obstacle.OUTPUTS
    sigma = root_below(square)
    if sigma == 0:
        return Obstacle.OUTPUTS
    r = root_above(33 * gap / (lam * sigma**2)) if gap else sigma / 64
    m = max(root_above(exact.squared_norm(w)) for w in weights) + r
    norms = [root_above(exact.squared_norm(data)) for data in (x, y)]
    bound = StepBound(layers, lam, sigma, r, m, *norms)
    holds = all(held for held, _ in step_claims(bound, weights, x, y))
    return bound if holds else Obstacle.FAR


STEPS = 3
"""Steps of gradient descent that are run exactly: the fractions grow by the depth each time."""


def descends(weights: Weights, x: fmpq_mat, y: fmpq_mat, eta: Fraction, kappa: Fraction) -> bool:
    """Tell whether each of some steps lowers ``L - min L`` by the factor 1 - eta kappa, exactly."""
    gap, scale = gap_of(weights, x, y), fmpq(eta.numerator, eta.denominator)
    for _ in range(STEPS):
        slopes = exact.gradient(weights, x, y)
        weights = [layer - g * scale for layer, g in zip(weights, slopes, strict=True)]
        before, gap = gap, gap_of(weights, x, y)
        if gap > (1 - eta * kappa) * before:
            return False
    return True


def gap_of(weights: Weights, x: fmpq_mat, y: fmpq_mat) -> Fraction:
    """Return how far the loss is above that of the best matrix of any rank."""
    return exact.loss(exact.end_to_end(weights), x, y) - exact.least_squares_minimum(x, y)


def upper(weights: Weights) -> fmpq_mat:
    """Return the product of the layers above the first."""
    return exact.end_to_end(weights[1:]) if weights[1:] else exact.identity(weights[0].nrows())


def _gram(a: fmpq_mat) -> fmpq_mat:
    return a * a.transpose()


def _gram_is_at_least(a: fmpq_mat, value: Fraction) -> bool:
    scaled = exact.identity(a.nrows()) * fmpq(value.numerator, value.denominator)
    return is_positive_semidefinite(_gram(a) - scaled)


def least_below(gram: fmpq_mat) -> Fraction | None:
    """Return a number below the least eigenvalue, by little; None where it is not positive.

    "By little" is what floats say; that it is below is decided exactly. Where floats do not see
    the least eigenvalue it is isolated as a root of the characteristic polynomial, in balls.
    """
    if not exact.is_invertible(gram):
        return None
    unit = Fraction(2) ** exact.power_of_two(gram)
    least = float(
        np.linalg.eigvalsh(numeric.to_array(gram / fmpq(unit.numerator, unit.denominator)))[0]
    )
    for parts in (2**20, 2**10, 2) if least > 0 else ():
        below = short_below(unit * Fraction(least) * (1 - Fraction(1, parts)))
        scaled = exact.identity(gram.nrows()) * fmpq(below.numerator, below.denominator)
        if below > 0 and is_positive_semidefinite(gram - scaled):
            return below
    root, bits = Root.of(gram.charpoly(), greatest=False), 64
    while (found := root.enclosure(bits).low) <= 0:
        bits *= 2
    return short_below(found)


BITS = 24
"""Binary digits that are kept of a number that only has to be a bound."""


def short_below(value: Fraction) -> Fraction:
    """Return a number of few digits that is at most ``value`` > 0, by little."""
    unit = _unit(value)
    return math.floor(value / unit) * unit


def root_below(value: Fraction) -> Fraction:
    """Return a number of few digits whose square is at most ``value`` >= 0, by little."""
    return short_below(_root(value, 0)) if value else Fraction()


def root_above(value: Fraction) -> Fraction:
    """Return a number of few digits whose square is at least ``value`` >= 0, by little."""
    if value == 0:
        return Fraction()
    root = _root(value, 1)
    return math.ceil(root / _unit(root)) * _unit(root)


def _root(value: Fraction, more: int) -> Fraction:
    """Return the square root rounded down to 60 binary digits, ``more`` units in the last added."""
    scale = Fraction(2) ** (60 - _power(value) // 2)
    return (math.isqrt(math.floor(value * scale**2)) + more) / scale


def _power(value: Fraction) -> int:
    return value.numerator.bit_length() - value.denominator.bit_length()


def _unit(value: Fraction) -> Fraction:
    return Fraction(2) ** (_power(value) - BITS)
