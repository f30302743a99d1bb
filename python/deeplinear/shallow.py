"""The shallow problem: ``1/2 |Y - R X|^2`` over the matrices ``R`` of rank at most p, exact.

Lu and Kawaguchi's Theorem 2 as an algorithm. At a critical ``R`` of rank p the loss is the least
one exactly if the form ``|Y X^T v|^2`` is, relative to ``|X^T v|^2``, no greater on the complement
of the row space of ``R`` than on the row space; otherwise a rotation that takes a vector ``e`` of
the row space towards a vector ``b`` of the complement lowers the loss. No unit vectors and no
square root of ``X X^T`` are needed, so all of it is rational. Floats only propose ``e``, ``b`` and
the number between the two; what is returned has been checked exactly.

Throughout ``X X^T`` is invertible; :mod:`deeplinear.escape` reduces other data to that case.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat
from scipy.linalg import eigh

from deeplinear import exact


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
    return rows.transpose(), beside(complement) if complement else None


def beside(columns: Sequence[fmpq_mat]) -> fmpq_mat:
    """Return the matrix with these columns."""
    height = columns[0].nrows()
    return fmpq_mat([[column[i, 0] for column in columns] for i in range(height)])


def _extreme(
    basis: fmpq_mat, x: fmpq_mat, y: fmpq_mat, greatest: bool
) -> tuple[Iterator[fmpq_mat], float]:
    """Return rational vectors near the extreme eigenvector within a space, and its eigenvalue."""
    image = x.transpose() * basis
    small = y * image
    forms = [
        np.array([[float(entry) for entry in row] for row in exact.rows(a.transpose() * a)])
        for a in (small, image)
    ]
    values, vectors = eigh(*forms)
    vector = vectors[:, -1 if greatest else 0]
    scaled = vector / np.abs(vector).max()

    def near() -> Iterator[fmpq_mat]:
        for digits in (1, 2, 4, 8, 15):
            entries = [[Fraction(float(v)).limit_denominator(10**digits)] for v in scaled]
            yield basis * exact.matrix(entries)

    return near(), float(values[-1 if greatest else 0])


def find_rotation(r: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> Rotation | None:
    """Return a rotation that lowers the loss at a critical ``R``, or None where none is found."""
    inside, outside = spaces(r, x)
    if outside is None:
        return None
    c = y * x.transpose()
    for e, b in zip(
        _extreme(inside, x, y, False)[0], _extreme(outside, x, y, True)[0], strict=True
    ):
        gain = _entry(c.transpose(), b) * _entry(x, e) - _entry(c.transpose(), e) * _entry(x, b)
        if gain > 0:
            return Rotation(e, b)
    return None


def find_bound(r: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> Fraction | None:
    """Return a number c that proves a critical ``R`` minimal on the matrices of no larger rank.

    ``|Y X^T v|^2 >= c |X^T v|^2`` on the row space of ``R`` and ``<=`` on its complement, which is
    checked exactly. None where no c is found.
    """
    inside, outside = spaces(r, x)
    low = 0.0 if outside is None else _extreme(outside, x, y, True)[1]
    high = _extreme(inside, x, y, False)[1]
    middle = Fraction((max(low, 0.0) + max(high, 0.0)) / 2)
    for digits in (0, 1, 2, 4, 8, 15):
        c = middle.limit_denominator(10**digits)
        if bounds(c, r, x, y):
            return c
    return None


def bounds(c: Fraction, r: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> bool:
    """Tell whether c >= 0 lies between the two forms, exactly."""
    inside, outside = spaces(r, x)
    q, n = x * x.transpose(), y * x.transpose()
    difference = n.transpose() * n - q * fmpq(c.numerator, c.denominator)
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
    left = fmpq_mat(a)
    for k in range(left.nrows()):
        pivot = left[k, k]
        if pivot < 0 or (pivot == 0 and any(left[k, j] != 0 for j in range(k, left.nrows()))):
            return False
        if pivot > 0:
            column = fmpq_mat([[left[i, k] if i >= k else 0] for i in range(left.nrows())])
            left = left - column * column.transpose() / pivot
    return True


# --- critical points with known singular values ---------------------------------------------------


@dataclass(frozen=True)
class Spectral:
    """Data with known singular values, and a critical ``R`` that takes some of them.

    ``least`` is the least loss over the matrices of the rank of ``r``: half the sum of the squares
    of the smallest singular values (Eckart and Young), plus what no ``R`` can fit.
    """

    r: fmpq_mat
    x: fmpq_mat
    y: fmpq_mat
    least: Fraction
    best: bool


def random_orthogonal(rng: random.Random, n: int) -> fmpq_mat:
    """Draw a rational orthogonal matrix, by Cayley's transform of an antisymmetric one."""
    skew = fmpq_mat(n, n)
    for i, j in itertools.combinations(range(n), 2):
        entry = fmpq(rng.randint(-3, 3), rng.randint(1, 2))
        skew[i, j], skew[j, i] = entry, -entry
    return (exact.identity(n) - skew) * (exact.identity(n) + skew).inv()


def random_spectral(
    rng: random.Random, m: int, n: int, rank: int, best: bool, inputs: int | None = None
) -> Spectral:
    """Draw an m x n problem and a critical ``R`` of rank ``rank``, minimal or not as ``best`` says.

    ``inputs`` is the rank of ``X``, n if it is not given. The singular values of the problem are
    different integers; ``R`` takes the greatest ones, or misses one of them.
    """
    k = n if inputs is None else inputs
    count = min(m, k)
    values = sorted(rng.sample(range(1, 3 * count + 4), count), reverse=True)
    taken = list(range(rank))
    if not best:
        taken[rng.randrange(rank)] = rng.randrange(rank, count)
    u, v = random_orthogonal(rng, m), random_orthogonal(rng, k)
    z = exact.random_invertible(rng, k)
    embedding = exact.identity(n)
    while True:
        embedding = exact.random_matrix(rng, n, k)
        if embedding.rank() == k:
            break

    def with_values(chosen: Sequence[int]) -> fmpq_mat:
        kept = [values[i] if i in chosen else 0 for i in range(count)]
        return u * exact.diagonal(kept, m, k) * v.transpose()

    left = (embedding.transpose() * embedding).inv() * embedding.transpose()
    r = with_values(taken) * z.inv() * left
    least = Fraction(sum(value**2 for value in values[rank:]), 2)
    return Spectral(r, embedding * z, with_values(range(count)), least, best)


def random_layers(rng: random.Random, r: fmpq_mat, widths: Sequence[int]) -> list[fmpq_mat]:
    """Factor ``R``, of the rank of the bottleneck width, into layers that are critical where it is.

    The factors of a full-rank factorization sit in the first and the last layer, the hidden layers
    carry them through, between random invertible matrices.
    """
    a, b = exact.full_rank_factors(r)
    p = a.ncols()
    bases = [exact.random_invertible(rng, width) for width in widths[1:-1]]
    layers = []
    for k, (below, above) in enumerate(itertools.pairwise(widths)):
        first, last = k == 0, k + 2 == len(widths)
        core = exact.diagonal([1] * p, above, below)
        if first and last:
            core = r
        elif first:
            core = exact.diagonal([1] * p, above, p) * b
        elif last:
            core = a * exact.diagonal([1] * p, p, below)
        left = exact.identity(above) if last else bases[k]
        right = exact.identity(below) if first else bases[k - 1].inv()
        layers.append(left * core * right)
    return layers
