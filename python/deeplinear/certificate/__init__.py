"""Certificates: a Lean file in which the kernel proves what is said of a network.

:func:`certify` takes a network with its data and a claim, and returns the network, the claim and
what proves it, as data. Lean's checkers are in ``DeepLinear/Certificate/``; the same checkers run
here, on the text that is written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from flint import fmpq_mat

from deeplinear import exact
from deeplinear.certificate import claims, text
from deeplinear.certificate.bound import Bound, propose
from deeplinear.certificate.claims import Claimed, Net
from deeplinear.claim import Claim
from deeplinear.errors import BadInput
from deeplinear.files import write_whole
from deeplinear.network import Problem
from deeplinear.solve import classify, escape

__all__ = ["Certificate", "Claim", "certify", "read"]


@dataclass(frozen=True)
class Certificate:
    """A network with its data, and a claim about it with what proves it."""

    net: Net
    claimed: Claimed

    def holds(self) -> bool:
        """Check it in Python, as Lean's kernel does."""
        return self.net.is_well_formed() and self.claimed.holds(self.net)

    def lean(self) -> str:
        """Return the Lean file."""
        return text.write(self.net, self.claimed)

    def save(self, path: str | Path, force: bool = False) -> None:
        """Write the Lean file, whole or not at all, after the Python checker has accepted it.

        Raises :class:`~deeplinear.BadInput` where it cannot be written, and for a file that exists
        unless ``force`` is set.
        """
        written = self.lean()
        if not read(written).holds():
            raise AssertionError("the certificate does not hold")
        write_whole(Path(path), written, force)


def read(written: str) -> Certificate:
    """Read the certificate in a Lean file; raises :class:`~deeplinear.BadInput` for others."""
    return Certificate(*text.read(written))


def certify(
    given: Problem,
    claim: Claim = Claim.NEAR,
    margin: Fraction | None = None,
    better: Sequence[fmpq_mat] | None = None,
    radius: Fraction = Fraction(1, 10),
) -> Certificate:
    """Return a certificate for a network with its data.

    ``margin`` is for :attr:`Claim.NEAR`: how far above the least loss; without it the least one
    with two digits is taken that can be proved. ``better`` (weights within ``radius``) is for
    :attr:`Claim.NOT_MINIMUM` and :attr:`Claim.FLAT`; without it the way down of the proofs is
    taken. Raises :class:`~deeplinear.BadInput` for networks that are too large, and where the claim
    is not true, or cannot be proved.
    """
    refuse_large(given)
    if claim is Claim.NEAR:
        found: Claimed = _near(given, margin)
    elif claim is Claim.MINIMUM:
        found = _minimum(given)
    elif claim is Claim.BOUND:
        bound, least = _least(given)
        if least < 0:  # rounding: what no matrix of any rank explains is a bound, and not negative
            bound, least = _least(given, any_rank=True)
        found = claims.LowerBound(bound, _decimal_below(least))
    elif claim is Claim.CRITICAL:
        if not Net.of(given).is_critical():
            raise BadInput("the weights are not critical: give weights with zero gradient.")
        found = claims.Critical()
    elif claim is Claim.NOT_MINIMUM:
        found = claims.NotMinimum(_better(given, better, radius), radius)
    elif claim is Claim.STRICT_SADDLE:
        found = _strict_saddle(given)
    else:
        found = _flat(given, better, radius)
    made = Certificate(Net.of(given), found)
    if not made.holds():
        raise AssertionError("the certificate does not hold")
    return made


def _least(given: Problem, any_rank: bool = False) -> tuple[Bound, Fraction]:
    """Return what proves a lower bound for all weights of the widths, and the bound.

    With ``any_rank`` it is a bound for all matrices.
    """
    p = given.network.bottleneck
    rank = max(given.network.widths) if any_rank else p
    bound = propose(given.x, given.y, rank, given.network.end_to_end)
    return bound, bound.value(given.y, p)


def _near(given: Problem, margin: Fraction | None) -> claims.Near:
    bound, value = _least(given)
    gap = exact.loss(given.network.end_to_end, given.x, given.y) - value
    least = _decimal_above(max(Fraction(0), gap))
    if margin is not None and least > margin:
        raise BadInput(
            f"the loss is {exact.above(gap)} above what can be proved to be the least, more than "
            f"{exact.below(margin)}: train on, or give a greater --margin."
        )
    return claims.Near(bound, least if margin is None else margin)


def _minimum(given: Problem) -> claims.Minimum:
    found = _near(given, None)
    if found.number > 0:
        raise BadInput(
            f"the loss is {exact.above(found.number, 2)} above what can be proved to be the least: "
            "use --claim near."
        )
    return claims.Minimum(found.bound)


def _better(
    given: Problem, better: Sequence[fmpq_mat] | None, radius: Fraction
) -> tuple[fmpq_mat, ...]:
    """Return weights of smaller loss: those that are given, or the way down of the proofs."""
    if better is None:
        better = escape.escape(given.network.weights, given.x, given.y, radius).better
    if better is None:
        raise BadInput("the network is a global minimum: there is nothing better to show.")
    return tuple(better)


def _strict_saddle(given: Problem) -> claims.StrictSaddle:
    found = classify.classify(given.network.weights, given.x, given.y)
    if found.direction is None:
        raise BadInput(f"the network is {found.words}: it is no strict saddle.")
    return claims.StrictSaddle(found.direction)


def _flat(given: Problem, better: Sequence[fmpq_mat] | None, radius: Fraction) -> claims.Flat:
    x, y, r = given.x, given.y, given.network.end_to_end
    found = classify.classify(given.network.weights, x, y)
    if found.kind is not classify.Kind.FLAT_SADDLE:
        raise BadInput(f"the network is {found.words}: use another --claim.")
    moved = _better(given, better, radius)
    left, right = fmpq_mat(0, r.nrows()), fmpq_mat(r.ncols(), 0)
    if found.rank:
        f, g = exact.full_rank_factors(r)
        left = (f.transpose() * f).inv() * f.transpose()
        right = g.transpose() * (g * g.transpose()).inv()
    bound = propose(x, y, found.rank, r)
    return claims.Flat(bound, moved, (x * x.transpose()).inv(), left, right)


def _decimal_above(value: Fraction) -> Fraction:
    """Return a decimal number with two digits that is not below the value."""
    return _decimal(value, math.ceil, 2)


def _decimal_below(value: Fraction) -> Fraction:
    """Return a number that is not above the value: itself if it is short, else nine digits."""
    return value if len(exact.text(value)) < 12 else _decimal(value, math.floor, 9)


def _decimal(value: Fraction, rounded: Callable[[Fraction], int], digits: int) -> Fraction:
    if value == 0:
        return value
    places = len(exact.text(Fraction(value.numerator))) - len(
        exact.text(Fraction(value.denominator))
    )
    unit = Fraction(10) ** (places - digits)
    return rounded(value / unit) * unit


MOST = 32
"""The greatest width, and a tenth of the most samples: beyond, the kernel takes minutes."""


def refuse_large(given: Problem) -> None:
    """Refuse a network that would take the kernel too long, by its size."""
    widest, samples = max(given.network.widths), given.x.ncols()
    if widest > MOST or samples > 10 * MOST:
        raise BadInput(
            f"the network has width {widest} and {samples} samples: certificates go up to width "
            f"{MOST} and {10 * MOST} samples."
        )
