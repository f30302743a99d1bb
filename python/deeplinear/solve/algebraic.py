"""Real algebraic numbers: roots of rational polynomials with real roots only, compared exactly.

Arb's balls isolate the roots; where two balls overlap at every precision, the numbers are equal,
and then they are one root of the squarefree product of the two polynomials.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq_poly, fmpz_poly


@dataclass(frozen=True)
class Interval:
    """A closed interval with rational ends that is guaranteed to contain a number."""

    low: Fraction
    high: Fraction


def interval(ball: arb) -> Interval:
    """Return the interval of a ball, its ends exact."""
    return Interval(_fraction(ball.lower()), _fraction(ball.upper()))


def _fraction(ball: arb) -> Fraction:
    mantissa, exponent = (int(part) for part in ball.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


@dataclass(frozen=True)
class Root:
    """The least or the greatest root of a polynomial all of whose roots are real."""

    polynomial: fmpz_poly
    greatest: bool

    @classmethod
    def of(cls, polynomial: fmpq_poly, greatest: bool) -> Root:
        """Take the squarefree part, with integer coefficients; the degree has to be positive."""
        whole = polynomial.numer()
        return cls(whole // whole.gcd(whole.derivative()), greatest)

    def enclosure(self, bits: int) -> Interval:
        """Return an interval that contains the root, from balls of so many bits."""
        return (max if self.greatest else min)(
            _isolated(self.polynomial, bits), key=lambda one: one.low
        )

    def rational(self) -> Fraction | None:
        """Return the root if it is rational."""
        factors = [f for f, _ in self.polynomial.factor()[1] if f.degree() == 1]
        values = [Fraction(-int(f[0]), int(f[1])) for f in factors]
        return next((v for v in values if compare_with(self, v) == 0), None)


def real_roots(polynomial: fmpq_poly, bits: int) -> list[Interval]:
    """Return an interval for each root of a polynomial with real roots only, in increasing order.

    A root of multiplicity k is there k times; a rational root is exact. Of different factors two
    intervals may overlap, and which root is the smaller one is then not known; so the lower ends
    and the upper ends are sorted apart: the k-th root is between the k-th of both.
    """
    found: list[Interval] = []
    for factor, multiplicity in polynomial.numer().factor()[1]:
        roots = _isolated(factor, bits) if factor.degree() > 1 else [_rational(factor)]
        found += [one for one in roots for _ in range(int(multiplicity))]
    lows, highs = sorted(one.low for one in found), sorted(one.high for one in found)
    return [Interval(low, high) for low, high in zip(lows, highs, strict=True)]


def _rational(linear: fmpz_poly) -> Interval:
    root = Fraction(-int(linear[0]), int(linear[1]))
    return Interval(root, root)


def _isolated(polynomial: fmpz_poly, bits: int) -> list[Interval]:
    """Return disjoint intervals, one for each root of a squarefree polynomial with real roots."""
    while True:
        before, ctx.prec = ctx.prec, bits
        try:
            roots: Any = polynomial.complex_roots()
            found = [interval(root.real) for root, _ in roots]
        finally:
            ctx.prec = before
        found.sort(key=lambda one: one.low)
        if all(a.high < b.low for a, b in itertools.pairwise(found)):
            return found
        bits *= 2


def _precisions() -> Iterator[int]:
    return (2**k for k in itertools.count(6))


def compare(a: Root, b: Root) -> int:
    """Return the sign of ``a - b``, exactly."""
    common = a.polynomial.gcd(b.polynomial)
    both = a.polynomial * (b.polynomial // common)
    for bits in _precisions():
        one, other = a.enclosure(bits), b.enclosure(bits)
        if one.high < other.low or other.high < one.low:
            return -1 if one.high < other.low else 1
        if common.degree() > 0:
            roots = _isolated(both, bits)
            near = [[r for r in roots if _overlap(r, i)] for i in (one, other)]
            if len(near[0]) == len(near[1]) == 1 and near[0] == near[1]:
                return 0
    raise AssertionError("the precisions never end")


def _overlap(a: Interval, b: Interval) -> bool:
    return a.low <= b.high and b.low <= a.high


def compare_with(a: Root, value: Fraction) -> int:
    """Return the sign of ``a - value``, exactly."""
    linear = fmpz_poly([-value.numerator, value.denominator])
    return compare(a, Root(linear, a.greatest))


def between(low: Root, high: Root) -> Fraction:
    """Return a simple rational number strictly between two roots, the first the smaller one."""
    for bits in _precisions():
        left, right = low.enclosure(bits).high, high.enclosure(bits).low
        if left < right:
            return simple_between(left, right)
    raise AssertionError("the precisions never end")


def simple_between(low: Fraction, high: Fraction) -> Fraction:
    """Return a rational number with a small denominator strictly between two others."""
    middle, denominator = (low + high) / 2, 1
    largest = math.ceil(4 / (high - low))
    while denominator < largest:
        found = middle.limit_denominator(denominator)
        if low < found < high:
            return found
        denominator *= 4
    return middle.limit_denominator(largest)
