"""The analysis in floating point: in units in which nothing overflows, and never through X X^T.

Weights, inputs and outputs are brought to powers of two (exactly, without rounding), the data to as
many columns as they have rows by an orthogonal factorization, and the inputs to their norms before
any direction of them is called unseen. Losses are sums of squared residuals; where rounding may
show in the first six digits, a bound of the error goes with them. Nothing here is guaranteed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq_mat, nmod_mat
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh, lobpcg

from deeplinear import exact, numeric
from deeplinear.errors import BadInput
from deeplinear.numeric import Array, pack, unpack

EPS = float(np.finfo(float).eps)

TOO_SMALL = (
    "the sizes of its numbers differ by more than floating point can hold: give --certify "
    "(certify=True), or weights and data in other units."
)


def _brought(a: Any, lossy: bool) -> tuple[Array, int]:
    """Return a matrix divided by a power of two, so that its greatest entry is about 1, and it.

    Refuse entries that vanish beside it, unless it may be ``lossy``.
    """
    if isinstance(a, fmpq_mat):
        power = exact.power_of_two(a)
        scale = exact.fmpq_power_of_two(-power)
        found = numeric.to_array(a * scale)
        lost = sum(entry != 0 for entry in a.entries()) != np.count_nonzero(found)
    else:
        given = np.asarray(a, dtype=float)
        power = math.frexp(float(np.abs(given).max(initial=0.0)))[1]
        found = np.ldexp(given, -power)
        lost = np.count_nonzero(given) != np.count_nonzero(found)
    if lost and not lossy:
        raise BadInput(TOO_SMALL)
    return found, power


def _top(a: Array) -> float:
    return float(np.abs(a).max(initial=0.0))


def scaled(value: float, power: int) -> float | Fraction:
    """Return ``value * 2^power``, a fraction where no float holds it."""
    if value == 0 or not math.isfinite(value):
        return value
    if -1020 < math.frexp(value)[1] + power < 1020:
        return math.ldexp(value, power)
    return Fraction(value) * Fraction(2) ** power


@dataclass(frozen=True)
class Frame:
    """The directions of the inputs that the data show, and what the outputs are in them.

    ``basis`` has them as orthonormal columns (a row a sample), ``target`` is Y times it, ``rest``
    the part of Y outside of them, ``size`` the norm of Y, ``angles`` how far rounding may have
    turned each. ``unseen`` is how many directions are too weak for floating point, though the
    inputs have them.
    """

    basis: Array
    target: Array
    rest: Array
    size: float
    angles: Array
    unseen: int

    @cached_property
    def svd(self) -> tuple[Array, Array, Array]:
        """The singular value decomposition of the target."""
        left, strengths, right = np.linalg.svd(self.target, full_matrices=False)
        return left, strengths, right


@dataclass(frozen=True)
class Scaled:
    """A network with its data in units: ``W_k`` is ``2^powers[k]`` times ``weights[k]``.

    The outputs are ``2^unit`` times those here, which are of order 1 or less. ``inputs``, which
    become :attr:`x` by ``2^shift``, and ``own`` have at most as many columns as rows together, and
    the inner products of the data that were given; ``own`` are the targets in the unit ``2^power``
    of their own, in which they do not vanish beside large outputs, as ``spread``, the least loss of
    constant outputs. ``loss`` and ``error`` (a bound of its rounding) are from all ``samples``.
    """

    weights: tuple[Array, ...]
    inputs: Array
    shift: int
    own: Array
    powers: tuple[int, ...]
    unit: int
    power: int
    loss: float
    error: float
    rank: int | None
    samples: int
    spread: float

    @classmethod
    def of(cls, weights: Sequence[fmpq_mat], x: Any, y: Any, lossy: bool = False) -> Scaled:
        """Bring a network and data, fractions or floats, to units.

        Raises :class:`~deeplinear.BadInput` where the sizes of numbers differ by more than floats
        can hold; with ``lossy`` the smallest then vanish.
        """
        layers, powers = zip(*(_brought(w, lossy) for w in weights), strict=True)
        (inputs, a), (outputs, b) = _brought(x, lossy), _brought(y, lossy)
        r = numeric.end_to_end(layers)
        below, samples = a + sum(powers), inputs.shape[1]
        made = max((_top(r @ block) for (block,) in _blocks(inputs)), default=0.0)
        ends = [p + math.frexp(top)[1] for p, top in ((below, made), (b, _top(outputs))) if top > 0]
        unit = max(ends, default=below)
        if _top(inputs) > 0 and not -900 < below - unit < 900 and not lossy:
            raise BadInput(TOO_SMALL)
        shift, own = min(max(below - unit, -900), 900), max(b - unit, -1070)
        means = outputs.mean(axis=1, keepdims=True)
        squares, spread, reach = 0.0, 0.0, 0.0
        for block, target in _blocks(inputs, outputs):
            residual = np.ldexp(r @ block, shift) - np.ldexp(target, own)
            size = np.abs(block)
            for layer in layers:
                size = np.abs(layer) @ size
            squares += float(np.vdot(residual, residual))
            reach += float(np.vdot(size, size))
            spread += float(np.vdot(target - means, target - means))
        widest = max(inputs.shape[0], *(layer.shape[0] for layer in layers))
        away = (len(layers) + math.sqrt(widest)) * EPS * math.sqrt(reach)
        away = math.ldexp(away, shift) + math.ldexp(EPS * float(np.linalg.norm(outputs)), own)
        loss = squares / 2
        error = away * math.sqrt(2 * loss) + away * away / 2
        if not math.isfinite(loss + error):
            raise BadInput(TOO_SMALL)
        whole = inputs
        if samples > inputs.shape[0] + outputs.shape[0]:
            both = _triangle(inputs, outputs)
            inputs, outputs = both[: len(inputs)], both[len(inputs) :]
        if not lossy and np.count_nonzero(np.ldexp(inputs, shift)) < np.count_nonzero(inputs):
            raise BadInput(TOO_SMALL)
        rank = None if _is_full(inputs) else _exact_rank(whole)
        return cls(
            layers, inputs, shift, outputs, powers, unit, b, loss, error, rank, samples, spread / 2
        )

    @cached_property
    def x(self) -> Array:
        """The inputs in units, in which the weights here make the outputs here of them."""
        return np.ldexp(self.inputs, self.shift)

    @property
    def y(self) -> Array:
        """The targets in units of the outputs: zero where these are larger by far."""
        return np.ldexp(self.own, max(self.power - self.unit, -1070))

    @cached_property
    def problem(self) -> numeric.Problem:
        """The data as a problem in floats."""
        return numeric.Problem(self.x, self.y)

    @cached_property
    def derivatives(self) -> numeric.Derivatives:
        """The gradient and the Hessian at the weights, in units."""
        return numeric.derivatives(self.weights, self.problem)

    @cached_property
    def r(self) -> Array:
        """The end-to-end matrix, in units."""
        return numeric.end_to_end(self.weights)

    @property
    def widths(self) -> list[int]:
        """The widths d_0, ..., d_H."""
        return [self.weights[0].shape[1], *(layer.shape[0] for layer in self.weights)]

    @property
    def scale(self) -> float:
        """The loss of R = 0."""
        return float(np.vdot(self.y, self.y)) / 2

    @cached_property
    def frame(self) -> Frame:
        """The directions of the inputs that the data show."""
        norms = np.linalg.norm(self.inputs, axis=1, keepdims=True)
        norms[norms == 0] = 1
        _, values, rows = np.linalg.svd(self.inputs / norms, full_matrices=False)
        most = float(values[0]) if len(values) else 0.0
        seen = values > _cut(self.inputs.shape) * most if most > 0 else values > 0
        basis = rows[seen].T
        target = self.own @ basis
        hidden = 0 if self.rank is None else max(0, self.rank - int(seen.sum()))
        angles = 4 * EPS * most / values[seen]
        size = float(np.linalg.norm(self.own))
        return Frame(basis, target, self.own - target @ basis.T, size, angles, hidden)

    def least(self, p: int) -> tuple[float, float]:
        """Return the least loss of a matrix of rank at most p, and a bound of its error.

        In units of ``2^(2 power)``.
        """
        frame = self.frame
        strengths, out = frame.svd[1], float(np.vdot(frame.rest, frame.rest))
        value = (out + float(strengths[p:] @ strengths[p:])) / 2
        turned = float(frame.angles @ np.linalg.norm(frame.target, axis=0))
        turned += EPS * frame.size
        error = turned * math.sqrt(2 * value) + turned * turned
        if frame.unseen:  # what so many directions more could explain
            rest = np.linalg.svd(frame.rest, compute_uv=False)[: frame.unseen]
            error += float(rest @ rest) / 2
        return value, error

    def gap(self, p: int, r: Array | None = None) -> tuple[float, float]:
        """Return by how much the loss of R is above the least one, and a bound of its error."""
        frame = self.frame
        seen = (self.r if r is None else r) @ self.x @ frame.basis
        left, strengths, right = frame.svd
        power = max(self.power - self.unit, -1070)
        target, strengths = np.ldexp(frame.target, power), np.ldexp(strengths, power)
        best = (left[:, :p] * strengths[:p]) @ right[:p]
        over = left[:, p:].T @ seen @ right[p:].T
        away = best - seen
        value = float(np.vdot(away, away)) / 2 - float(strengths[p:] @ np.diag(over))
        size = float(np.linalg.norm(seen)) + float(np.linalg.norm(target))
        turned = 8 * EPS * size + float(frame.angles @ np.linalg.norm(target - seen, axis=0))
        error = turned * math.sqrt(2 * max(value, self.loss)) + turned * turned
        if frame.unseen:
            error += self.error + math.ldexp(self.least(p)[1], 2 * power)
        return max(0.0, value), error

    def learned(self) -> list[tuple[float | Fraction, float | Fraction]]:
        """Return the strengths of the modes, and how much of each R has learned."""
        left, strengths, right = self.frame.svd
        least = strengths[0] * 1e-12 if len(strengths) else 0.0
        found = np.einsum("ik,ij,kj->k", left, self.r @ self.x @ self.frame.basis, right)
        return [
            (scaled(float(s), self.power), scaled(float(a / s), self.unit - self.power))
            for s, a in zip(strengths, found, strict=True)
            if s > least
        ]

    # --- how near a critical point --------------------------------------------------------------

    @cached_property
    def sizes(self) -> tuple[float, ...]:
        """How far each layer would be moved: by its own size, or by what the data ask for.

        In the gauge in which all layers have one norm, that is the norm omega with
        ``omega^H |X| = |Y|`` if it is greater; so that no unit of data, weights or single layers
        matters. A layer that is zero is moved to where ``|W_H| ... |W_1| |X| = |Y|``.
        """
        norms = [float(np.linalg.norm(w)) for w in self.weights]
        x, y = float(np.linalg.norm(self.x)), float(np.linalg.norm(self.y))
        zeros = norms.count(0.0)
        logs = sum(math.log(norm) for norm in norms if norm)
        asked = math.log(y / x) if x and y else -math.inf
        if zeros:
            step = math.exp((asked - logs) / zeros)
            return tuple(norm or step for norm in norms)
        factor = max(1.0, math.exp((asked - logs) / len(norms)))
        return tuple(norm * factor for norm in norms)

    def is_near_critical(self, tolerance: float) -> bool:
        """Tell whether no layer, moved by :attr:`sizes`, changes the loss by more than tolerated.

        To first order, and relative to the greater of the loss and that of R = 0. One layer alone
        is a convex problem, and has no saddle to be near to.
        """
        most = tolerance * max(self.scale, self.loss)
        slopes = zip(self.derivatives.gradient, self.sizes, strict=True)
        return len(self.weights) > 1 and all(
            float(np.linalg.norm(g)) * size <= most for g, size in slopes
        )

    def is_near_strict(self, tolerance: float) -> bool:
        """Tell whether the least curvature, layers in :attr:`sizes`, is far enough below zero."""
        value, _, _ = self.curvature(self.sizes)
        return value < -math.sqrt(tolerance) * max(self.scale, self.loss)

    # --- curvature ------------------------------------------------------------------------------

    def curvature(self, sizes: Sequence[float] | None = None) -> tuple[float, Array, bool]:
        """Return the least curvature that is found, its unit direction, and whether it converged.

        In coordinates in which layer k is measured in ``sizes[k]``. Without sizes those of the
        weights that were given, the curvature in units of ``2^(2 unit - 2 min powers)``.
        """
        if sizes is None:
            least = min(self.powers)
            sizes = [math.ldexp(1.0, max(least - power, -1000)) for power in self.powers]
        factors = np.concatenate(
            [np.full(w.size, size) for w, size in zip(self.weights, sizes, strict=True)]
        )
        at = self.derivatives
        return least_eigenpair(
            lambda vector: factors * at.along(factors * vector),
            factors.size,
            [np.asarray(one / factors) for one in pair_directions(self)],
        )

    @property
    def true_gradient(self) -> list[Array]:
        """The gradient in the weights that were given, in units of ``2^(2 unit - min powers)``."""
        least = min(self.powers)
        return [
            np.ldexp(g, max(least - c, -1070))
            for g, c in zip(self.derivatives.gradient, self.powers, strict=True)
        ]

    @property
    def imbalance(self) -> float | Fraction:
        """The greatest norm of ``W_{k+1}^T W_{k+1} - W_k W_k^T``, in true units."""
        found: list[float | Fraction] = [0.0]
        for (a, low), (b, high) in itertools.pairwise(zip(self.weights, self.powers, strict=True)):
            top = max(low, high)
            up = np.ldexp(b.T @ b, max(2 * (high - top), -1070))
            down = np.ldexp(a @ a.T, max(2 * (low - top), -1070))
            found.append(scaled(float(np.linalg.norm(up - down)), 2 * top))
        return max(found)

    def true_least(self, value: float) -> float | Fraction:
        """Return what :meth:`least` found, in true units."""
        return scaled(value, 2 * self.power)

    def true_loss(self, value: float) -> float | Fraction:
        """Return a loss, or a difference of two, in true units."""
        return scaled(value, 2 * self.unit)

    def true_curvature(self, value: float) -> float | Fraction:
        """Return a curvature that :meth:`curvature` found without sizes, in true units."""
        return scaled(value, 2 * self.unit - 2 * min(self.powers))


BLOCK = 8192
"""How many samples are taken at once: so that memory is no more than the data and a little."""


def _blocks(*data: Array) -> Iterator[tuple[Array, ...]]:
    """Return the samples, the columns of the data, in blocks."""
    for start in range(0, data[0].shape[1], BLOCK):
        yield tuple(a[:, start : start + BLOCK] for a in data)


def _triangle(*data: Array) -> Array:
    """Return a square matrix with the inner products of all rows, by orthogonal factors."""
    found = np.zeros((0, sum(len(a) for a in data)))
    for blocks in _blocks(*data):
        upper: Any = np.linalg.qr(np.vstack([found, np.vstack(blocks).T]), mode="r")
        found = np.asarray(upper)
    return found.T


def _cut(shape: tuple[int, ...]) -> float:
    """Return below which part of the greatest a singular value is taken for rounding."""
    return 4 * EPS * max(shape)


def _is_full(inputs: Array) -> bool:
    """Tell whether floats see that the inputs are linearly independent."""
    norms = np.linalg.norm(inputs, axis=1, keepdims=True)
    norms[norms == 0] = 1
    values = np.linalg.svd(inputs / norms, compute_uv=False)
    most = float(values[0]) if len(values) else 0.0
    return len(values) == len(inputs) and bool(values[-1] > _cut(inputs.shape) * most > 0)


MOST_ENTRIES = 1_000_000
"""Of how many entries the rank is taken exactly; of more data, that of as many samples."""


def _exact_rank(x: Array) -> int:
    """Return the rank of the inputs as the fractions that they are.

    It is the rank modulo a prime of 60 binary digits: at most the rank, and with all but certainty
    equal to it.
    """
    some = x[:, :: max(1, math.ceil(x.size / MOST_ENTRIES))]
    prime = 2**60 - 93
    mantissas, powers = np.frexp(some)
    integers = np.ldexp(mantissas, 53).astype(np.int64).ravel().tolist()
    lowest = int(powers.min(initial=0))
    shifts = {e: pow(2, e - lowest, prime) for e in set(powers.ravel().tolist())}
    entries = [
        m * shifts[e] % prime for m, e in zip(integers, powers.ravel().tolist(), strict=True)
    ]
    return int(nmod_mat(len(some), some.shape[1], entries, prime).rank())


MOST_WHOLE = 600
"""Up to how many weights the whole Hessian is taken."""


def least_eigenpair(
    product: Callable[[Array], Array], n: int, starts: Sequence[Array]
) -> tuple[float, Array, bool]:
    """Return the least eigenvalue of a symmetric product, its unit vector, and if it converged.

    Converged: the residual of the vector is at most a hundredth of the eigenvalue. Otherwise the
    value is that of the form along the vector: the least eigenvalue is at most that.
    """
    if n <= MOST_WHOLE:
        whole = np.array([product(unit) for unit in np.eye(n)])
        values, vectors = np.linalg.eigh((whole + whole.T) / 2)
        return float(values[0]), vectors[:, 0], True
    rng = np.random.default_rng(0)
    block = np.column_stack([*starts, rng.standard_normal((n, 2))])
    basis = np.linalg.qr(block / np.maximum(np.linalg.norm(block, axis=0), 1e-300))[0]
    images = np.column_stack([product(one) for one in basis.T])
    start = basis @ np.linalg.eigh(basis.T @ images)[1][:, 0]
    start = start + 1e-3 * rng.standard_normal(n) / math.sqrt(n)
    operator = LinearOperator((n, n), matvec=product, dtype=np.float64)
    try:
        vector = eigsh(operator, 1, which="SA", v0=start, ncv=20, maxiter=60, tol=5e-3)[1][:, 0]
    except ArpackError:
        columns = np.column_stack([start, basis[:, : min(5, basis.shape[1])]])
        vector = lobpcg(operator, np.linalg.qr(columns)[0], largest=False, maxiter=60)[1][:, 0]
    vector = vector / np.linalg.norm(vector)
    image = product(vector)
    value = float(vector @ image)
    return value, vector, bool(np.linalg.norm(image - value * vector) <= 0.01 * abs(value))


def pair_directions(at: Scaled, most: int = 12) -> list[Array]:
    """Return directions that the theory offers: two layers, each moved by a matrix of rank one.

    For each pair of layers, the strongest mode that the gradient sees of them, through the unit
    between the layers that the weights, or the data, use least; and the last such modes.
    """
    found: list[tuple[float, Array]] = []
    for k in range(1, len(at.weights)):
        seen = at.derivatives.backs[k] @ at.derivatives.heads[k - 1].T
        left, values, right = np.linalg.svd(seen, full_matrices=False)
        weak = np.linalg.svd(at.weights[k])[2][-1]
        idle = np.linalg.svd(at.derivatives.heads[k], full_matrices=True)[0][:, -1]
        for mode, unit in itertools.product(range(min(2, len(values))), (weak, idle)):
            moved = [np.zeros_like(w) for w in at.weights]
            moved[k] = -np.outer(left[:, mode], unit)
            moved[k - 1] = np.outer(unit, right[mode])
            found.append((float(values[mode]), pack(moved)))
    found.sort(key=lambda one: -one[0])
    return [direction for _, direction in found[:most]]


# --- a way down -----------------------------------------------------------------------------------


def step_down(
    at: Scaled, directions: Sequence[Array], radius: Fraction, p: int
) -> tuple[list[tuple[Array, int]], float] | None:
    """Return the best of some steps along directions, and by how much its loss is less, in units.

    The directions are those of the weights that were given; a step is a matrix and a power of two
    for each layer. No entry changes by more than the radius; None where no step is better.
    """
    start = at.gap(p)[0]
    least = min(at.powers)
    best: tuple[list[tuple[Array, int]], float] | None = None
    log = math.log2(radius.numerator) - math.log2(radius.denominator)
    for direction in directions:
        greatest = _top(direction)
        if not greatest > 0:
            continue
        parts = unpack(direction / greatest, at.widths)
        top = min(math.floor(log), 1 + max(at.powers) + 60)
        gained = 0.0
        for halvings in range(60):
            power = top - halvings
            moved = [
                w + np.ldexp(d, np.clip(power - c, -1070, 1000))
                for w, d, c in zip(at.weights, parts, at.powers, strict=True)
            ]
            with np.errstate(all="ignore"):
                gain = start - at.gap(p, numeric.end_to_end(moved))[0]
            if gain > (best[1] if best else 0.0):
                best = [(d, power) for d in parts], gain
            if 0 < gain < gained and power < least:
                break  # shorter steps gain less
            gained = gain
    return best
