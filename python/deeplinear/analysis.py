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
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact, numeric
from deeplinear.certificate import Certificate, certify
from deeplinear.claim import Claim
from deeplinear.errors import BadInput
from deeplinear.network import (
    Matrix,
    Network,
    Problem,
    Samples,
    float_data,
    matrix,
    plain,
    positive,
    problem,
    samples_of,
)
from deeplinear.numeric import Array
from deeplinear.solve import algebraic, classify, escape, estimate
from deeplinear.solve.algebraic import Interval

TOLERANCE = Fraction(1, 10**6)
"""How near "near" is, unless another tolerance is given: relative to the loss of R = 0."""

BITS = 128
"""Precision of the balls round eigenvalues, at first."""

MOST_BITS = 2**13
"""Precision at which an interval of the gap is left as wide as it is."""


class Verdict(enum.Enum):
    """Where a network is.

    "Near" a minimum: the gap is at most the tolerance times the loss of R = 0, which is guaranteed
    where the analysis is certified. "Near" a saddle: moving a layer by its own size, or by the size
    that the data ask for if that is greater, changes the loss by no more than that, to first order;
    near a strict one the least second derivative of such moves is below ``-sqrt(tolerance)`` times
    the loss of R = 0. No unit of weights, layers or data matters; it is decided in floating point.
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


Real: TypeAlias = float | Fraction
"""A float, or a fraction where no float holds the number."""


@dataclass(frozen=True)
class Mode:
    """A singular mode of the data: its strength, and how much of it the network has learned.

    In floating point. ``learned`` is 1 where the network reproduces the mode, 0 where it ignores
    it.
    """

    strength: Real
    learned: Real


@dataclass(frozen=True)
class Curvature:
    """The least curvature that was found: the second derivative along a direction of norm 1.

    ``direction`` is a matrix a layer. In a certified analysis the sign of ``value`` is guaranteed,
    as it was computed exactly. That no direction has a smaller one is not; ``converged`` says that
    the direction is an eigenvector of the Hessian, with a residual below a hundredth of the value.
    """

    value: Real
    direction: tuple[fmpq_mat, ...] | tuple[Array, ...]
    converged: bool = True


@dataclass(frozen=True, eq=False)
class Analysis:
    """What :func:`analyze` says of a network.

    Where it is ``certified``, ``loss``, ``least`` and ``gap`` are guaranteed: the loss is exact;
    ``least`` contains the minimum over all weights of these widths, ``gap`` the distance of the
    loss to it; ``better`` is a network within ``radius`` (greatest change of an entry) whose loss
    is smaller by ``gain``, exactly; None at and near global minima. Where it is not, ``least`` and
    ``gap`` are None, and all numbers are in floating point, those two as ``least_estimate`` and
    ``gap_estimate``; ``loss_error``, ``least_error`` and ``gap_error`` bound what rounding may have
    done to them (to first order; 0 where the analysis is certified). ``scale`` is the loss of
    R = 0, which tolerances are relative to, ``spread`` that of the best constant outputs, with
    which :attr:`r_squared` compares; ``data`` are X and Y where they were kept, exactly.
    """

    network: Network
    certified: bool
    loss: Fraction | float
    scale: Fraction | float
    least: Interval | None
    gap: Interval | None
    least_estimate: Real
    gap_estimate: Real
    gradient_norms: tuple[Real, ...]
    imbalance: Real
    rank: int
    rank_tolerance: Real
    modes: tuple[Mode, ...]
    curvature: Curvature | None
    verdict: Verdict
    tolerance: Fraction
    radius: Fraction
    better: Network | None
    gain: Fraction | float
    loss_error: Real = 0.0
    least_error: Real = 0.0
    gap_error: Real = 0.0
    samples: int = 0
    spread: Real = 0.0
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
    def mean_squared_error(self) -> Real:
        """The loss as torch's ``MSELoss`` gives it: ``2 / (m d_H)`` times ours."""
        factor = Fraction(2, self.samples * self.network.widths[-1])
        return self.loss * factor if isinstance(self.loss, Fraction) else self.loss * float(factor)

    @property
    def r_squared(self) -> float | None:
        """R^2, all outputs together: 1 - loss / spread; None where the outputs are constant."""
        if not self.spread:
            return None
        return _float(1 - Fraction(self.loss) / Fraction(self.spread))

    @property
    def theorem(self) -> str:
        """The Lean theorem behind the verdict."""
        return THEOREMS[self.verdict]

    @property
    def words(self) -> str:
        """The verdict in a sentence."""
        shares = [Fraction(mode.learned) for mode in self.modes]
        learned = [k for k, share in enumerate(shares, start=1) if abs(share - 1) < 0.01]
        missing = [
            k for k, share in enumerate(shares[: self.network.bottleneck], start=1) if share < 0.5
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
            "mean_squared_error": _number(self.mean_squared_error),
            "r_squared": self.r_squared,
            "samples": self.samples,
            "loss_of_zero": _number(self.scale),
            "least": _interval(self.least),
            "gap": _interval(self.gap),
            "least_estimate": _plain(self.least_estimate),
            "gap_estimate": _plain(self.gap_estimate),
            "loss_error": _plain(self.loss_error),
            "least_error": _plain(self.least_error),
            "gap_error": _plain(self.gap_error),
            "gradient_norms": [_plain(norm) for norm in self.gradient_norms],
            "imbalance": _plain(self.imbalance),
            "rank": self.rank,
            "rank_tolerance": _plain(self.rank_tolerance),
            "modes": [
                {"strength": _plain(m.strength), "learned": _plain(m.learned)} for m in self.modes
            ],
            "curvature": None if self.curvature is None else _plain(self.curvature.value),
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
            ("tolerance", f"{exact.above(self.tolerance)}, relative to the loss of R = 0"),
            ("loss", f"{_with_error(self.loss, self.loss_error)} (half a sum of squares)"),
            ("", self._other_losses()),
            ("least", f"{_shown(self.least, self.least_estimate, self.least_error)} ({sure})"),
            ("gap", f"{_shown(self.gap, self.gap_estimate, self.gap_error)} ({sure})"),
            ("gradient", " ".join(_figures(g, 3) for g in self.gradient_norms) + " by layer"),
            ("imbalance", _figures(self.imbalance, 3)),
            ("rank", f"{self.rank} (singular values above {_figures(self.rank_tolerance, 2)})"),
            ("modes", "strength " + " ".join(_figures(mode.strength, 4) for mode in most)),
            ("", "learned  " + " ".join(_share(mode.learned) for mode in most)),
        ]
        if len(self.modes) > len(most):
            rows.append(("", f"and {len(self.modes) - len(most)} weaker ones"))
        if self.curvature is not None:
            sign = "its sign is guaranteed" if self.certified else "not certified"
            found = "the least found" if self.curvature.converged else "the least is at most that"
            rows.append(("curvature", f"{_figures(self.curvature.value, 4)} ({found}; {sign})"))
        if self.better is not None:
            said = f"within {exact.short_above(self.radius)} the loss is less by {_less(self.gain)}"
            rows.append(("better", f"{said} ({sure})"))
        return "\n".join(f"{name:<10} {value}" for name, value in rows)

    def _other_losses(self) -> str:
        r_squared = "" if self.r_squared is None else f", R^2 {self.r_squared:.6g}"
        return f"as a mean (torch's MSELoss) {_about(self.mean_squared_error)}{r_squared}"


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


def _number(value: Real) -> str | float:
    return exact.text(value) if isinstance(value, Fraction) else value


def _plain(value: Real) -> str | float:
    """Return a float, or the text of a number that no float holds."""
    return value if isinstance(value, float) else exact.about(Fraction(value), 17)


def _figures(value: Real, digits: int) -> str:
    """Return about how much a number is, in so many digits, also where no float holds it."""
    if isinstance(value, Fraction):
        return exact.about(value, digits)
    return f"{value:.{digits}g}"


def _share(value: Real) -> str:
    return f"{value:.3f}" if isinstance(value, float) else exact.about(value, 3)


def _about(value: Real) -> str:
    return exact.about(value, 12) if isinstance(value, Fraction) else f"{value:.6g}"


def _less(value: Real) -> str:
    """Return a gain, rounded down where it is exact."""
    return exact.below(value, 12) if isinstance(value, Fraction) else f"{value:.6g}"


def _with_error(value: Real, error: Real) -> str:
    """Return a number, with a bound of its error where that may show in the first six digits."""
    if Fraction(error) <= abs(Fraction(value)) / 10**6:
        return _about(value)
    return f"{_about(value)} +- {exact.above(Fraction(error), 2)}"


def _shown(one: Interval | None, estimate: Real, error: Real) -> str:
    if one is None:
        return f"about {_with_error(estimate, error)}"
    return f"[{exact.below(one.low, 12)}, {exact.above(one.high, 12)}]"


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
    samples: Samples | None = None,
    tolerance: Fraction | float = TOLERANCE,
    radius: Fraction | float = Fraction(1, 10),
    certify: bool | None = None,
) -> Analysis:
    """Say where a network is in the landscape of ``1/2 |Y - W_H ... W_1 X|^2``.

    ``network`` is what :class:`Network` takes, ``x`` is d_0 x m and ``y`` is d_H x m (with
    ``samples="rows"`` m x d_0 and m x d_H; without ``samples`` the shapes decide, and where both
    ways fit :class:`~deeplinear.BadInput` asks). With ``certify`` it is exact whatever the size is,
    without it in floating point; None decides by :func:`is_moderate`. Raises
    :class:`~deeplinear.BadInput`. Sources: Lu and Kawaguchi 2017, Theorem 2.3; Kawaguchi 2016,
    Theorem 2.3.

    >>> analyze([[[1.0]], [[0.5]]], [[1.0, 2.0]], [[1.0, 2.0]]).verdict
    <Verdict.DESCENDING: 'descending'>
    """
    net, x, y = Network.of(network), plain(x, "x"), plain(y, "y")
    near, limit = positive("tolerance", tolerance), positive("radius", radius)
    if is_moderate(net, samples_of(net, x)) if certify is None else certify:
        return analyzed(problem(net, x, y, samples), near, limit)
    return estimated(net, *float_data(net, x, y, samples), near, limit)


def estimated(
    net: Network,
    x: Array,
    y: Array,
    tolerance: Fraction = TOLERANCE,
    radius: Fraction = Fraction(1, 10),
) -> Analysis:
    """Analyze a network in floating point; nothing is certified. See :func:`analyze`.

    Raises :class:`~deeplinear.BadInput` too where floating point cannot decide.
    """
    at, p = estimate.Scaled.of(net.weights, x, y), net.bottleneck
    near = float(tolerance)
    (least, least_error), (gap, gap_error) = at.least(p), at.gap(p)
    most = near * at.scale
    verdict, curvature, better = Verdict.DESCENDING, None, None
    if gap + gap_error <= most or gap == at.scale == 0:
        verdict = Verdict.NEAR_GLOBAL_MINIMUM
    elif gap - gap_error <= most:
        raise BadInput(
            "whether the network is near the global minimum cannot be decided in floating point: "
            f"its distance to the least loss is {_figures(at.true_loss(gap), 3)}, known up to "
            f"{exact.above(Fraction(at.true_loss(gap_error)), 2)}: give --certify (certify=True)."
        )
    else:
        value, direction, converged = at.curvature()
        moved = tuple(numeric.unpack(direction, net.widths))
        curvature = Curvature(at.true_curvature(value), moved, converged)
        if at.is_near_critical(near):
            strict = at.is_near_strict(near)
            verdict = Verdict.NEAR_STRICT_SADDLE if strict else Verdict.NEAR_FLAT_SADDLE
        ways = [-numeric.pack(at.true_gradient), direction, -direction]
        better = estimate.step_down(at, ways, radius, p)
    return Analysis(
        network=net,
        certified=False,
        loss=at.true_loss(at.loss),
        scale=at.true_least(at.frame.size**2 / 2),
        least=None,
        gap=None,
        least_estimate=at.true_least(least),
        gap_estimate=at.true_loss(gap),
        loss_error=at.true_loss(at.error),
        least_error=at.true_least(least_error),
        gap_error=at.true_loss(gap_error),
        spread=at.true_least(at.spread),
        curvature=curvature,
        verdict=verdict,
        tolerance=tolerance,
        radius=radius,
        better=None if better is None else _stepped(net, better[0]),
        gain=0.0 if better is None else at.true_loss(better[1]),
        **_seen(at),
    )


def _stepped(net: Network, step: Sequence[tuple[Array, int]]) -> Network:
    """Return the network with its weights moved, exactly."""
    return Network(
        tuple(
            w + matrix(d) * exact.fmpq_power_of_two(power)
            for w, (d, power) in zip(net.weights, step, strict=True)
        )
    )


def _seen(at: estimate.Scaled) -> dict[str, Any]:
    """Return what both kinds of analysis say in floating point."""
    singular = np.linalg.svd(at.r, compute_uv=False)
    cut = float(singular[0]) * max(at.r.shape) * 1e-12
    power = sum(at.powers)
    return {
        "gradient_norms": tuple(
            estimate.scaled(float(np.linalg.norm(g)), 2 * at.unit - c)
            for g, c in zip(at.derivatives.gradient, at.powers, strict=True)
        ),
        "imbalance": at.imbalance,
        "rank": int((singular > cut).sum()),
        "rank_tolerance": estimate.scaled(cut, power),
        "samples": at.samples,
        "modes": tuple(Mode(strength, learned) for strength, learned in at.learned()),
    }


def analyzed(
    given: Problem, tolerance: Fraction = TOLERANCE, radius: Fraction = Fraction(1, 10)
) -> Analysis:
    """Analyze a network with its data, certified; see :func:`analyze`."""
    net, x, y = given.network, given.x, given.y
    weights = net.weights
    r = net.end_to_end
    loss, scale = exact.loss(r, x, y), exact.squared_norm(y) / 2
    least = least_loss(x, y, net.bottleneck)
    gradient = exact.gradient(weights, x, y)
    critical = exact.all_zero(gradient)
    least_found = None
    verdict = Verdict.DESCENDING
    at = estimate.Scaled.of(weights, x, y, lossy=True)
    exactly = escape.escape(weights, x, y, radius) if critical else None
    if exactly is not None and exactly.is_global_minimum:
        verdict, gap = Verdict.GLOBAL_MINIMUM, Interval(Fraction(), Fraction())
        least = Interval(loss, loss)
    else:
        least, gap = _refined(given, loss, least)
        if gap.high <= tolerance * scale:
            verdict = Verdict.NEAR_GLOBAL_MINIMUM
    if verdict is Verdict.DESCENDING:
        least_found = least_curvature(given, at)
        value = Fraction() if least_found is None else least_found[0]
        if critical:
            verdict = _kind_of_saddle(given, value < 0)
        elif at.is_near_critical(float(tolerance)):
            strict = at.is_near_strict(float(tolerance))
            verdict = Verdict.NEAR_STRICT_SADDLE if strict else Verdict.NEAR_FLAT_SADDLE
    better = _better(given, verdict, exactly, least_found, radius)
    gain = Fraction() if better is None else loss - escape.loss_of(better, x, y)
    return Analysis(
        network=net,
        certified=True,
        loss=loss,
        scale=scale,
        least=least,
        gap=gap,
        least_estimate=_real((least.low + least.high) / 2),
        gap_estimate=_real((gap.low + gap.high) / 2),
        curvature=None
        if least_found is None
        else Curvature(_real(least_found[0]), tuple(map(Matrix, least_found[1]))),
        verdict=verdict,
        tolerance=tolerance,
        radius=radius,
        better=None if better is None else Network(tuple(better)),
        gain=gain,
        spread=_spread(y),
        data=(x, y),
        **_seen(at),
    )


def _spread(y: fmpq_mat) -> Fraction:
    """Return the least loss of outputs that are constant: half the sum of squares about means."""
    ones = fmpq_mat(y.ncols(), 1, [1] * y.ncols())
    means = y * ones / y.ncols()
    return exact.squared_norm(y - means * ones.transpose()) / 2


def _refined(given: Problem, loss: Fraction, least: Interval) -> tuple[Interval, Interval]:
    """Return intervals of the least loss and of the gap, narrow beside the gap, which is not 0."""
    bits = BITS
    while True:
        gap = Interval(max(Fraction(), loss - least.high), max(Fraction(), loss - least.low))
        if (gap.high - gap.low) * 2**30 <= gap.high or bits >= MOST_BITS:
            return least, gap
        bits *= 2
        least = least_loss(given.x, given.y, given.network.bottleneck, bits)


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
    over = norm - exact.trace(form)  # what no matrix explains
    while True:
        rest = algebraic.real_roots(form.charpoly(), bits)[: max(0, form.nrows() - p)]
        low = over + sum((max(value.low, Fraction()) for value in rest), Fraction())
        high = over + sum((max(value.high, Fraction()) for value in rest), Fraction())
        if (high - low) * 2**100 <= high or bits >= MOST_BITS:
            return Interval(low / 2, high / 2)
        bits *= 2


def least_curvature(
    given: Problem, at: estimate.Scaled, most: int = 400
) -> tuple[Fraction, list[fmpq_mat]] | None:
    """Return the least curvature that floats find and its direction; None if there are too many.

    The direction is the eigenvector of the least eigenvalue of the Hessian, rounded; the second
    derivative along it is a fraction.
    """
    weights = given.network.weights
    if sum(w.nrows() * w.ncols() for w in weights) > most:
        return None
    direction = [
        matrix(np.round(part * 2.0**30)) for part in numeric.unpack(at.curvature()[1], at.widths)
    ]
    norm = sum((exact.squared_norm(d) for d in direction), Fraction())
    return exact.curvature(weights, direction, given.x, given.y) / norm, direction


def _better(
    given: Problem,
    verdict: Verdict,
    exactly: escape.Decision | None,
    curved: tuple[Fraction, list[fmpq_mat]] | None,
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


def _real(value: Fraction) -> Real:
    """Return a float, or the fraction itself where no float holds it."""
    try:
        found = float(value)
    except OverflowError:
        return value
    return value if found == 0 != value else found


def _float(value: Fraction) -> float:
    """Return a fraction rounded to a float, an infinity where none can hold it."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
