"""The shallow problem: ``1/2 |Y - R X|^2`` over the matrices ``R`` of rank at most p, exact.

Lu and Kawaguchi's Theorem 2.2 as an algorithm. At a critical ``R`` of rank p the loss is the least
one exactly if the form ``|Y X^T v|^2`` is, relative to ``|X^T v|^2``, no greater on the complement
of the row space of ``R`` than on the row space; otherwise a rotation that takes a vector ``e`` of
the row space towards a vector ``b`` of the complement lowers the loss. The least value of the ratio
on the row space and the greatest one on the complement are roots of two characteristic polynomials,
which are compared as algebraic numbers: no float takes part, and every critical ``R`` is decided.

Throughout ``X X^T`` is invertible; :mod:`deeplinear.solve.escape` reduces other data to that case.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

from deeplinear import exact
from deeplinear.solve import algebraic


@dataclass(frozen=True)
class Rotation:
    """A plane of rotation: ``e`` in the row space of ``R``, ``b`` in its complement (columns)."""

    e: fmpq_mat
    b: fmpq_mat

    def apply(self, r: fmpq_mat, x: fmpq_mat, y: fmpq_mat, t: Fraction) -> fmpq_mat:
        """Return ``R`` with ``e`` rotated to ``f = e + t b``; its rank is that of ``R``."""
        f = self.e + self.b * fmpq(t.numerator, t.denominator)
        c = y * x.transpose()
        return r - _term(c, self.e, x) + _term(c, f, x)


def _term(c: fmpq_mat, v: fmpq_mat, x: fmpq_mat) -> fmpq_mat:
    return c * v * v.transpose() / _entry(x, v)


def _entry(a: fmpq_mat, v: fmpq_mat) -> fmpq:
    """Return ``|A^T v|^2``."""
    image = a.transpose() * v
    return (image.transpose() * image)[0, 0]


def spaces(r: fmpq_mat, x: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat | None]:
    """Return bases, as columns, of the row space of ``R`` and of its complement.

    The complement is with respect to ``X X^T``; it is None where the row space is everything.
    """
    _, rows = exact.full_rank_factors(r)
    complement = exact.kernel(r * x * x.transpose())
    return rows.transpose(), exact.beside(*complement) if complement else None


def _form(basis: fmpq_mat, x: fmpq_mat, y: fmpq_mat, greatest: bool) -> algebraic.Root:
    """Return the least or greatest ``|Y X^T v|^2 / |X^T v|^2`` on the space with this basis."""
    image = x.transpose() * basis
    small = y * image
    ratio = (image.transpose() * image).inv() * (small.transpose() * small)
    return algebraic.Root.of(ratio.charpoly(), greatest)


@dataclass(frozen=True)
class Comparison:
    """The least ratio on the row space of a critical ``R``, and the greatest on its complement.

    ``outside`` is None where the row space is everything. ``order`` is the sign of their
    difference: ``R`` is minimal among the matrices of no larger rank unless it is negative.
    """

    inside: algebraic.Root
    outside: algebraic.Root | None
    order: int

    @property
    def minimal(self) -> bool:
        """Whether ``R`` is minimal among the matrices of no larger rank."""
        return self.order >= 0

    def bound(self) -> Fraction | None:
        """Return a rational c >= 0 with outside <= c <= inside; None if ``R`` is not minimal.

        Where the two are equal they are rational: such a number is the least and the greatest of
        its conjugates, and so the only one.
        """
        if self.outside is None:
            return Fraction()
        if self.order > 0:
            return algebraic.between(self.outside, self.inside)
        return self.inside.rational() if self.order == 0 else None


def compare(r: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> Comparison:
    """Compare the two forms at a critical ``R`` (m x n) that is not zero, exactly."""
    inside, outside = spaces(r, x)
    least = _form(inside, x, y, greatest=False)
    if outside is None:
        return Comparison(least, None, 1)
    most = _form(outside, x, y, greatest=True)
    return Comparison(least, most, algebraic.compare(least, most))


def find_rotation(r: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> Rotation | None:
    """Return a rotation that lowers the loss at a critical ``R``, or None: then ``R`` is minimal.

    With c strictly between the two extreme ratios, both difference forms take negative values, and
    the elimination that shows it gives the vectors.
    """
    found = compare(r, x, y)
    if found.minimal or found.outside is None:
        return None
    c = algebraic.between(found.inside, found.outside)
    inside, outside = spaces(r, x)
    difference = _difference(c, x, y)
    below = _shortened(inside.transpose() * difference * inside)
    above = _shortened(outside.transpose() * -difference * outside) if outside else None
    if below is None or above is None or outside is None:
        raise AssertionError("a form between two of its values takes no negative one")
    return Rotation(inside * below, outside * above)


def _difference(c: Fraction, x: fmpq_mat, y: fmpq_mat) -> fmpq_mat:
    """Return the matrix of ``|Y X^T v|^2 - c |X^T v|^2``."""
    q, n = x * x.transpose(), y * x.transpose()
    return n.transpose() * n - q * fmpq(c.numerator, c.denominator)


def _shortened(a: fmpq_mat) -> fmpq_mat | None:
    """Return a short v with ``v^T a v < 0``, or None where the symmetric ``a`` is semidefinite."""
    v = negative_vector(a)
    if v is None:
        return None
    largest = max(abs(entry) for (entry,) in exact.rows(v))
    for digits in (0, 1, 2, 4, 8, 15):
        rounded = [[round(entry / largest * 10**digits)] for (entry,) in exact.rows(v)]
        short = fmpq_mat(rounded) / 10**digits
        if (short.transpose() * a * short)[0, 0] < 0:
            return short
    return v


def find_bound(r: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> Fraction | None:
    """Return a number c that proves a critical ``R`` minimal on the matrices of no larger rank.

    ``|Y X^T v|^2 >= c |X^T v|^2`` on the row space of ``R`` and ``<=`` on its complement, which
    :func:`bounds` checks by another algorithm. None where ``R`` is not minimal.
    """
    c = compare(r, x, y).bound()
    return c if c is not None and bounds(c, r, x, y) else None


def bounds(c: Fraction, r: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> bool:
    """Tell whether c >= 0 lies between the two forms, exactly."""
    inside, outside = spaces(r, x)
    difference = _difference(c, x, y)
    return (
        c >= 0
        and is_positive_semidefinite(inside.transpose() * difference * inside)
        and (
            outside is None
            or is_positive_semidefinite(-(outside.transpose() * difference * outside))
        )
    )


def is_positive_semidefinite(a: fmpq_mat) -> bool:
    """Tell whether a symmetric matrix is positive semidefinite, by symmetric elimination."""
    return negative_vector(a) is None


def negative_vector(a: fmpq_mat) -> fmpq_mat | None:
    """Return v with ``v^T a v < 0``, or None where the symmetric ``a`` is positive semidefinite.

    Symmetric elimination: while the pivots are positive, a vector of what is left is one of ``a``
    with the same value of the form.
    """
    left, n, v = fmpq_mat(a), a.nrows(), None
    eliminated: list[tuple[int, fmpq_mat]] = []
    for k in range(n):
        pivot = left[k, k]
        if pivot > 0:
            column = fmpq_mat([[left[i, k] if i >= k else 0] for i in range(n)])
            left = left - column * column.transpose() / pivot
            eliminated.append((k, column / pivot))
            continue
        coupled = next((j for j in range(k + 1, n) if left[k, j] != 0), None)
        if pivot == 0 and coupled is None:
            continue
        v = fmpq_mat(n, 1)
        v[k, 0] = fmpq(1)
        if pivot == 0 and coupled is not None:
            v[k, 0] = -(left[coupled, coupled] + 1) / (2 * left[k, coupled])
            v[coupled, 0] = fmpq(1)
        break
    if v is not None:
        for k, column in reversed(eliminated):
            v[k, 0] -= (column.transpose() * v)[0, 0]
    return v


# --- critical points with known singular values ---------------------------------------------------
