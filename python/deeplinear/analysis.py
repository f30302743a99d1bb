"""Where a network is in the landscape: how far from the optimum, at which saddle, and a way down.

The loss is ``1/2 |Y - W_H ... W_1 X|^2``. Its least value over all weights of the widths is known
in closed form (Eckart and Young; Lu and Kawaguchi's Theorem 2.3): half of ``|Y|^2`` less the p
greatest eigenvalues of ``S = C Q^- C^T``, with ``Q = X X^T``, ``C = Y X^T`` and p the least width.
What is called guaranteed is: exact rational arithmetic, or balls of Arb round the roots of exact
polynomials. Everything else is in floating point and says so; at sizes where exact arithmetic would
take too long all is, and the analysis is not certified.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact, numeric
from deeplinear.certificate import Certificate, certify
from deeplinear.claim import Claim
from deeplinear.errors import BadInput
from deeplinear.network import Network, Problem, Samples, float_data, problem, shape
from deeplinear.numeric import Array
from deeplinear.solve import algebraic, classify, escape, estimate
from deeplinear.solve.algebraic import Interval

TOLERANCE = Fraction(1, 10**6)
"""How near "near" is, unless another tolerance is given: relative to the loss of R = 0."""

BITS = 128
"""Precision of the balls round eigenvalues."""


class Verdict(enum.Enum):
    """Where a network is.

    "Near" a minimum: the gap is at most the tolerance times the loss of R = 0, which is guaranteed.
    "Near" a saddle: moving a layer by its own size changes the loss, to first order, by no
    more than that; near a strict one the least curvature found is below
    ``-sqrt(tolerance) |Y X^T|``, near one that is not strict it is above.
    """

    GLOBAL_MINIMUM = "a global minimum"
    NEAR_GLOBAL_MINIMUM = "near the global minimum"
    STRICT_SADDLE = "a strict saddle"
    NEAR_STRICT_SADDLE = "near a strict saddle"
    FLAT_SADDLE = "a saddle that is not strict"
    NEAR_FLAT_SADDLE = "near a saddle without negative curvature to speak of"
    SADDLE = "a saddle, whether strict or not is undecided"
    DESCENDING = "descending"


THEOREMS = {
    Verdict.GLOBAL_MINIMUM: "DeepLinear.isMinOn_univ_iff_isMinOn_rank_le",
    Verdict.NEAR_GLOBAL_MINIMUM: "DeepLinear.isMinOn_univ_iff_isMinOn_rank_le",
    Verdict.STRICT_SADDLE: "DeepLinear.isSaddle_of_isCritical",
    Verdict.NEAR_STRICT_SADDLE: "DeepLinear.isSaddle_of_isCritical",
    Verdict.FLAT_SADDLE: "DeepLinear.not_isStrictSaddle_iff",
    Verdict.NEAR_FLAT_SADDLE: "DeepLinear.not_isStrictSaddle_iff",
    Verdict.SADDLE: "DeepLinear.isSaddle_of_isCritical",
    Verdict.DESCENDING: "DeepLinear.hasDerivAt_datasetLoss_entry",
}
"""The Lean theorem behind each verdict."""

CLAIMS = {
    Verdict.GLOBAL_MINIMUM: Claim.MINIMUM,
    Verdict.NEAR_GLOBAL_MINIMUM: Claim.NEAR,
    Verdict.STRICT_SADDLE: Claim.STRICT_SADDLE,
    Verdict.FLAT_SADDLE: Claim.FLAT,
}
"""What a certificate proves for each verdict; for the others, that there is no local minimum."""


@dataclass(frozen=True)
class Mode:
    """A singular mode of the data: its strength, and how much of it the network has learned.

    In floating point. ``learned`` is 1 where the network reproduces the mode, 0 where it ignores
    it.
    """

    strength: float
    learned: float


@dataclass(frozen=True)
class Curvature:
    """The least curvature that was found: the second derivative along a direction of norm 1.

    ``direction`` is a matrix a layer. In a certified analysis the sign of ``value`` is guaranteed,
    as it was computed exactly. That no direction has a smaller one is not.
    """

    value: float
    direction: tuple[fmpq_mat, ...] | tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class Analysis:
    """What :func:`analyze` says of a network.

    Where it is ``certified``, ``loss``, ``least`` and ``gap`` are guaranteed: the loss is exact;
    ``least`` contains the minimum over all weights of these widths, ``gap`` the distance of the
    loss to it; ``better`` is a network within ``radius`` (greatest change of an entry) whose loss
    is smaller by ``gain``, exactly; None at and near global minima. Where it is not, ``least`` and
    ``gap`` are None, and all numbers are in floating point, those two as ``least_estimate`` and
    ``gap_estimate``. ``scale`` is the loss of R = 0, which tolerances are relative to; ``data`` are
    X and Y where they were kept, exactly.
    """

    network: Network
    certified: bool
    loss: Fraction | float
    scale: Fraction | float
    least: Interval | None
    gap: Interval | None
    least_estimate: float
    gap_estimate: float
    gradient_norms: tuple[float, ...]
    imbalance: float
    rank: int
    rank_tolerance: float
    modes: tuple[Mode, ...]
    curvature: Curvature | None
    verdict: Verdict
    tolerance: Fraction
    radius: Fraction
    better: Network | None
    gain: Fraction | float
    data: tuple[fmpq_mat, fmpq_mat] | None = field(default=None, repr=False)

    def certificate(self, claim: Claim | None = None) -> Certificate:
        """Return a certificate of the verdict, or of another claim: a theorem for Lean's kernel.

        ``.lean()`` is its text, ``.save("Network.lean")`` writes it. Raises
        :class:`~deeplinear.BadInput` where the analysis is not certified, the network is too large
        for Lean's kernel, or the claim is not true.

        >>> analyze([[[1.0]], [[1.0]]], [[1.0, 2.0]], [[1.0, 2.0]]).certificate().claimed.words
        'a global minimum'
        """
        if self.data is None:
            raise BadInput("the analysis is not certified: give analyze certify=True.")
        claim = claim or CLAIMS.get(self.verdict, Claim.NOT_MINIMUM)
        better = None if self.better is None else self.better.weights
        if claim is Claim.NOT_MINIMUM and better is None:
            raise BadInput(f"the network is {self.verdict.value}: there is nothing better to show.")
        given = Problem(self.network, *self.data)
        return certify(given, claim, better=better, radius=self.radius)

    @property
    def theorem(self) -> str:
        """The Lean theorem behind the verdict."""
        return THEOREMS[self.verdict]

    @property
    def words(self) -> str:
        """The verdict in a sentence."""
        learned = [k for k, mode in enumerate(self.modes, start=1) if abs(mode.learned - 1) < 0.01]
        missing = [
            k
            for k, mode in enumerate(self.modes[: self.network.bottleneck], start=1)
            if mode.learned < 0.5
        ]
        said = f"{self.verdict.value}; modes learned: {_listed(learned)}"
        return f"{said}; missing: {_listed(missing)}" if missing else said

    def as_json(self) -> dict[str, Any]:
        """Return the analysis as plain JSON values; what is guaranteed as fractions."""
        return {
            "widths": list(self.network.widths),
            "bottleneck": self.network.bottleneck,
            "certified": self.certified,
            "verdict": self.verdict.name,
            "words": self.words,
            "theorem": self.theorem,
            "tolerance": exact.text(self.tolerance),
            "loss": _number(self.loss),
            "loss_of_zero": _number(self.scale),
            "least": _interval(self.least),
            "gap": _interval(self.gap),
            "least_estimate": self.least_estimate,
            "gap_estimate": self.gap_estimate,
            "gradient_norms": list(self.gradient_norms),
            "imbalance": self.imbalance,
            "rank": self.rank,
            "rank_tolerance": self.rank_tolerance,
            "modes": [{"strength": m.strength, "learned": m.learned} for m in self.modes],
            "curvature": None if self.curvature is None else self.curvature.value,
            "radius": exact.text(self.radius),
            "better": None
            if self.better is None
            else [exact.texts(layer) for layer in self.better.weights],
            "gain": _number(self.gain),
        }

    def __str__(self) -> str:
        sure = "guaranteed" if self.certified else "not certified"
        most = self.modes[:SHOWN]
        rows = [
            (
                "widths",
                f"{' '.join(map(str, self.network.widths))} (p = {self.network.bottleneck})",
            ),
            ("verdict", self.words + ("" if self.certified else " (not certified)")),
            ("theorem", self.theorem),
            ("tolerance", f"{exact.about(self.tolerance)}, relative to the loss of R = 0"),
            ("loss", _about(self.loss)),
            ("least", f"{_shown(self.least, self.least_estimate)} ({sure})"),
            ("gap", f"{_shown(self.gap, self.gap_estimate)} ({sure})"),
            ("gradient", " ".join(f"{norm:.2e}" for norm in self.gradient_norms) + " by layer"),
            ("imbalance", f"{self.imbalance:.2e}"),
            ("rank", f"{self.rank} (singular values above {self.rank_tolerance:.1e})"),
            ("modes", "strength " + " ".join(f"{mode.strength:.4g}" for mode in most)),
            ("", "learned  " + " ".join(f"{mode.learned:.3f}" for mode in most)),
        ]
        if len(self.modes) > len(most):
            rows.append(("", f"and {len(self.modes) - len(most)} weaker ones"))
        if self.curvature is not None:
            sign = "its sign is guaranteed" if self.certified else "not certified"
            rows.append(("curvature", f"{self.curvature.value:.3e} (the least found; {sign})"))
        if self.better is not None:
            said = f"within {exact.short(self.radius)} the loss is less by {_about(self.gain)}"
            rows.append(("better", f"{said} ({sure})"))
        return "\n".join(f"{name:<10} {value}" for name, value in rows)


SHOWN = 12
"""How many modes are printed."""


def _listed(numbers: Sequence[int]) -> str:
    """Return numbers in words: runs of them as "3 to 7", not more than :data:`SHOWN`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    said = [str(a) if a == b else f"{a} to {b}" if b > a + 1 else f"{a}, {b}" for a, b in runs]
    more = [f"and {len(numbers)} in all"] if len(said) > SHOWN else []
    return ", ".join(said[:SHOWN] + more) or "none"


def _interval(one: Interval | None) -> dict[str, str] | None:
    return None if one is None else {"low": exact.text(one.low), "high": exact.text(one.high)}


def _number(value: Fraction | float) -> str | float:
    return exact.text(value) if isinstance(value, Fraction) else value


def _about(value: Fraction | float) -> str:
    return exact.about(value, 12) if isinstance(value, Fraction) else f"{value:.6g}"


def _shown(one: Interval | None, estimate: float) -> str:
    if one is None:
        return f"about {estimate:.6g}"
    return f"[{exact.about(one.low, 12)}, {exact.about(one.high, 12)}]"


MOST = {"width": 50, "weights": 20_000, "data": 100_000}
"""Up to how much is certified unless it is asked for: some ten seconds (measured)."""


def is_moderate(net: Network, samples: int) -> bool:
    """Tell whether exact arithmetic takes no more than some ten seconds at this size."""
    weights = sum(w.nrows() * w.ncols() for w in net.weights)
    data = (net.widths[0] + net.widths[-1]) * samples
    return max(net.widths) <= MOST["width"] and weights <= MOST["weights"] and data <= MOST["data"]


def analyze(
    network: Any,
    x: Any,
    y: Any,
    samples: Samples = "columns",
    tolerance: Fraction = TOLERANCE,
    radius: Fraction = Fraction(1, 10),
    certify: bool | None = None,
) -> Analysis:
    """Say where a network is in the landscape of ``1/2 |Y - W_H ... W_1 X|^2``.

    ``network`` is what :meth:`Network.of` takes, ``x`` is d_0 x m and ``y`` is d_H x m (with
    ``samples="rows"`` m x d_0 and m x d_H). With ``certify`` it is exact whatever the size is,
    without it in floating point; None decides by :func:`is_moderate`. Raises
    :class:`~deeplinear.BadInput`. Sources: Lu and Kawaguchi 2017, Theorem 2.3; Kawaguchi 2016,
    Theorem 2.3.

    >>> analyze([[[1.0]], [[0.5]]], [[1.0, 2.0]], [[1.0, 2.0]]).verdict
    <Verdict.DESCENDING: 'descending'>
    """
    net = Network.of(network)
    size = shape(x)[1 if samples == "columns" else 0]
    if is_moderate(net, size) if certify is None else certify:
        return analyzed(problem(net, x, y, samples), tolerance, radius)
    inputs, outputs = float_data(net, x, y, samples)
    return estimated(net, estimate.Moments.of(inputs, outputs), tolerance, radius)


def _refuse_not_positive(tolerance: Fraction, radius: Fraction) -> None:
    if tolerance <= 0 or radius <= 0:
        raise BadInput("the tolerance and the radius have to be positive.")


def estimated(
    net: Network,
    data: estimate.Moments,
    tolerance: Fraction = TOLERANCE,
    radius: Fraction = Fraction(1, 10),
) -> Analysis:
    """Analyze a network in floating point; nothing is certified. See :func:`analyze`."""
    _refuse_not_positive(tolerance, radius)
    weights = net.arrays()
    r, p = numeric.end_to_end(weights), net.bottleneck
    near, scale = float(tolerance), data.norm / 2
    least, gap = data.least(p), data.gap(r, p)
    slopes = estimate.derivatives(weights, data).gradient
    norms = [float(np.linalg.norm(g)) for g in slopes]
    small = all(
        norm * float(np.linalg.norm(w)) <= near * scale
        for norm, w in zip(norms, weights, strict=True)
    )
    curvature, better = None, None
    verdict = Verdict.DESCENDING
    if gap <= near * scale:
        verdict = Verdict.NEAR_GLOBAL_MINIMUM
    else:
        start = estimate.pair_direction(weights, data) if len(weights) > 1 else None
        value, direction = estimate.least_curvature(weights, data, start)
        curvature = Curvature(value, numeric.unpack(direction, net.widths))
        if small:
            curved = value < -(near**0.5) * float(np.linalg.norm(data.c))
            verdict = Verdict.NEAR_STRICT_SADDLE if curved else Verdict.NEAR_FLAT_SADDLE
        ways = [-numeric.pack(slopes), direction, -direction]
        better = estimate.step_down(weights, data, ways, float(radius), p)
    singular = np.linalg.svd(r, compute_uv=False)
    rank_tolerance = float(singular[0]) * max(r.shape) * 1e-12
    pairs = itertools.pairwise(weights)
    return Analysis(
        network=net,
        certified=False,
        loss=least + gap,
        scale=scale,
        least=None,
        gap=None,
        least_estimate=least,
        gap_estimate=gap,
        gradient_norms=tuple(norms),
        imbalance=max((float(np.linalg.norm(b.T @ b - a @ a.T)) for a, b in pairs), default=0.0),
        rank=int((singular > rank_tolerance).sum()),
        rank_tolerance=rank_tolerance,
        modes=tuple(Mode(float(s), float(k)) for s, k in zip(*data.learned(r), strict=True)),
        curvature=curvature,
        verdict=verdict,
        tolerance=tolerance,
        radius=radius,
        better=None if better is None else Network.of(better[0]),
        gain=0.0 if better is None else better[1],
    )


def analyzed(
    given: Problem, tolerance: Fraction = TOLERANCE, radius: Fraction = Fraction(1, 10)
) -> Analysis:
    """Analyze a network with its data, certified; see :func:`analyze`."""
    _refuse_not_positive(tolerance, radius)
    net, x, y = given.network, given.x, given.y
    weights = net.weights
    r = net.end_to_end
    loss, scale = exact.loss(r, x, y), exact.squared_norm(y) / 2
    least = least_loss(x, y, net.bottleneck)
    gap = Interval(max(Fraction(), loss - least.high), max(Fraction(), loss - least.low))
    gradient = exact.gradient(weights, x, y)
    critical = exact.all_zero(gradient)
    small = critical or _is_small(gradient, weights, scale, tolerance)
    least_found = None
    verdict = Verdict.DESCENDING
    exactly = escape.escape(weights, x, y, radius) if critical else None
    if exactly is not None and exactly.is_global_minimum:
        verdict = Verdict.GLOBAL_MINIMUM
    elif gap.high <= tolerance * scale:
        verdict = Verdict.NEAR_GLOBAL_MINIMUM
    else:
        least_found = least_curvature(weights, x, y)
        value = 0.0 if least_found is None else least_found[0]
        if critical:
            verdict = _kind_of_saddle(given, value < 0)
        elif small:
            # near a saddle that is not strict there is a little negative curvature, too
            little = float(tolerance) ** 0.5 * _norm(y * x.transpose())
            verdict = Verdict.NEAR_STRICT_SADDLE if value < -little else Verdict.NEAR_FLAT_SADDLE
    better = _better(given, verdict, exactly, least_found, radius)
    gain = Fraction() if better is None else loss - escape.loss_of(better, x, y)
    singular = np.linalg.svd(numeric.to_array(r), compute_uv=False)
    rank_tolerance = float(max(singular[0], 0.0) * max(exact.shape(r)) * 1e-12)
    return Analysis(
        network=net,
        certified=True,
        loss=loss,
        scale=scale,
        least=least,
        gap=gap,
        least_estimate=_float((least.low + least.high) / 2),
        gap_estimate=_float((gap.low + gap.high) / 2),
        gradient_norms=tuple(_norm(g) for g in gradient),
        imbalance=max(
            (_norm(b.transpose() * b - a * a.transpose()) for a, b in itertools.pairwise(weights)),
            default=0.0,
        ),
        rank=int((singular > rank_tolerance).sum()),
        rank_tolerance=rank_tolerance,
        modes=modes(r, x, y),
        curvature=None if least_found is None else Curvature(least_found[0], tuple(least_found[1])),
        verdict=verdict,
        tolerance=tolerance,
        radius=radius,
        better=None if better is None else Network(tuple(better)),
        gain=gain,
        data=(x, y),
    )


def _kind_of_saddle(given: Problem, curved: bool) -> Verdict:
    """Decide a critical point that is no global minimum, exactly where X X^T is invertible."""
    if curved:
        return Verdict.STRICT_SADDLE
    if given.x.rank() < given.x.nrows():
        return Verdict.SADDLE
    found = classify.classify(given.network.weights, given.x, given.y)
    strict = found.kind is classify.Kind.STRICT_SADDLE
    return Verdict.STRICT_SADDLE if strict else Verdict.FLAT_SADDLE


def least_loss(x: fmpq_mat, y: fmpq_mat, p: int, bits: int = BITS) -> Interval:
    """Return an interval that contains the least loss over all weights with least width p.

    Guaranteed: the eigenvalues are roots of an exact characteristic polynomial, in balls of Arb.
    """
    form = exact.explained(x, y)
    norm = exact.squared_norm(y)
    if form is None:
        return Interval(norm / 2, norm / 2)
    values = algebraic.real_roots(form.charpoly(), bits)[::-1][:p]
    low = norm - sum((value.high for value in values), Fraction())
    high = norm - sum((value.low for value in values), Fraction())
    return Interval(max(low, Fraction()) / 2, max(high, Fraction()) / 2)


def modes(r: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> tuple[Mode, ...]:
    """Return the singular modes of ``Y X^T (X X^T)^(-1/2)``, the strongest first, in floats."""
    unit = _unit(x, y)
    xs, ys, rs = numeric.to_array(x / unit), numeric.to_array(y / unit), numeric.to_array(r)
    u, s, _ = np.linalg.svd(xs, full_matrices=False)
    seen = s > s[0] * max(xs.shape) * 1e-12 if s[0] > 0 else s > 0
    basis, scales = u[:, seen], s[seen]
    target = (ys @ xs.T) @ basis / scales
    left, strengths, right = np.linalg.svd(target, full_matrices=False)
    learned = left.T @ (rs @ basis * scales) @ right.T
    return tuple(
        Mode(float(strength) * _float(exact.fraction(unit)), float(learned[k, k] / strength))
        for k, strength in enumerate(strengths)
        if strength > strengths[0] * 1e-12
    )


def least_curvature(
    weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat, most: int = 400
) -> tuple[float, list[fmpq_mat]] | None:
    """Return the least curvature that floats find and its direction; None if there are too many.

    The direction is the eigenvector of the least eigenvalue of the Hessian, rounded; the second
    derivative along it is a fraction.
    """
    size = sum(w.nrows() * w.ncols() for w in weights)
    if size > most:
        return None
    arrays = [numeric.to_array(w) for w in weights]
    unit = _unit(x, y)
    vector = np.linalg.eigh(
        hessian(arrays, numeric.to_array(x / unit), numeric.to_array(y / unit))
    )[1][:, 0]
    rounded = [Fraction(round(float(entry) * 2**30), 2**30) for entry in vector]
    direction, place = [], 0
    for w in weights:
        cells = rounded[place : place + w.nrows() * w.ncols()]
        place += len(cells)
        direction.append(
            fmpq_mat(w.nrows(), w.ncols(), [fmpq(c.numerator, c.denominator) for c in cells])
        )
    norm = sum((exact.squared_norm(d) for d in direction), Fraction())
    value = exact.curvature(weights, direction, x, y) / norm
    return _float(value), direction


def hessian(weights: Sequence[Array], x: Array, y: Array) -> Array:
    """Return the Hessian of the loss in all entries, layer after layer, in floats."""
    product = estimate.derivatives(weights, estimate.Moments.of(x, y)).along
    return np.array([product(unit) for unit in np.eye(sum(w.size for w in weights))])


def _better(
    given: Problem,
    verdict: Verdict,
    exactly: escape.Decision | None,
    curved: tuple[float, list[fmpq_mat]] | None,
    radius: Fraction,
) -> list[fmpq_mat] | None:
    """Return the best of the ways down that the proofs offer, None at and near global minima."""
    if verdict in (Verdict.GLOBAL_MINIMUM, Verdict.NEAR_GLOBAL_MINIMUM):
        return None
    weights, x, y = given.network.weights, given.x, given.y
    if exactly is not None:
        found = [] if exactly.better is None else [exactly.better]
    else:
        found = [escape.descend(weights, x, y, radius)]
    if curved is not None and curved[0] < 0:
        found += _along(weights, curved[1], x, y, radius)
    return min(found, key=lambda other: escape.loss_of(other, x, y), default=None)


def _along(
    weights: Sequence[fmpq_mat],
    direction: Sequence[fmpq_mat],
    x: fmpq_mat,
    y: fmpq_mat,
    radius: Fraction,
) -> list[list[fmpq_mat]]:
    """Return the weights of least loss among some steps along a direction, if they are better."""
    greatest = max(abs(entry) for d in direction for row in exact.rows(d) for entry in row)
    start, found = escape.loss_of(weights, x, y), []
    for halvings in range(12):
        for sign in (1, -1):
            t = sign * radius / greatest / 2**halvings
            step = fmpq(t.numerator, t.denominator)
            moved = [w + d * step for w, d in zip(weights, direction, strict=True)]
            if escape.loss_of(moved, x, y) < start:
                found.append(moved)
    return sorted(found, key=lambda other: escape.loss_of(other, x, y))[:1]


def _is_small(
    gradient: Sequence[fmpq_mat], weights: Sequence[fmpq_mat], scale: Fraction, tolerance: Fraction
) -> bool:
    """Tell whether moving each layer by its own size changes the loss by less than tolerated."""
    return all(
        exact.squared_norm(g) * max(exact.squared_norm(w), Fraction(1, 10**12))
        <= (tolerance * scale) ** 2
        for g, w in zip(gradient, weights, strict=True)
    )


def _unit(*matrices: fmpq_mat) -> fmpq:
    """Return a power of two near the greatest entry: in units of it floats hold the data."""
    greatest = max(abs(entry) for a in matrices for row in exact.rows(a) for entry in row)
    if greatest == 0:
        return fmpq(1)
    power = greatest.numerator.bit_length() - greatest.denominator.bit_length()
    return fmpq(2) ** power


def _float(value: Fraction) -> float:
    """Return a fraction rounded to a float, an infinity where none can hold it."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _norm(a: fmpq_mat) -> float:
    """Return the Frobenius norm in floating point, an infinity where no float can hold it."""
    unit = _unit(a)
    return float(np.linalg.norm(numeric.to_array(a / unit))) * _float(exact.fraction(unit))
