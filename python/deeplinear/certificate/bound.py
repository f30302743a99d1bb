"""A lower bound of the loss over all matrices of rank at most p, which rational arithmetic checks.

It needs ``K`` (d_H x d_0) with ``K X X^T = Y X^T``, a number ``c >= 0`` and a matrix ``B``, so
that ``B`` and ``c + B - S`` with ``S = K X X^T K^T`` are positive semidefinite: then no such matrix
has a loss below ``(|Y|^2 - c p - tr B) / 2``. Floats propose ``c`` and ``B``, rational arithmetic
makes them exact, and ``L D L^T`` shows that they are what they are. The theorem is
``DeepLinear.Certificate.Bound.value_le``.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact, numeric
from deeplinear.solve import algebraic, low_rank

BITS = 48
"""Binary digits of what floats propose."""


@dataclass(frozen=True)
class Factor:
    """``L D L^T`` with a diagonal D that is not negative: a positive semidefinite matrix."""

    matrix: fmpq_mat
    diagonal: tuple[Fraction, ...]

    @property
    def product(self) -> fmpq_mat:
        """The matrix ``L D L^T``."""
        return self.matrix * exact.diagonal(self.diagonal) * self.matrix.transpose()

    def holds(self, size: int) -> bool:
        """Check it as ``DeepLinear.Certificate.isFactor`` does."""
        shape = (size, len(self.diagonal))
        return exact.shape(self.matrix) == shape and all(d >= 0 for d in self.diagonal)


@dataclass(frozen=True)
class Bound:
    """What proves a lower bound of the loss: K, c, B and the rest ``c + B - S``."""

    regression: fmpq_mat
    level: Fraction
    above: Factor
    rest: Factor

    def value(self, y: fmpq_mat, p: int) -> Fraction:
        """Return the bound ``(|Y|^2 - c p - tr B) / 2`` for rank p."""
        trace = exact.fraction(_trace(self.above.product))
        return (exact.squared_norm(y) - self.level * p - trace) / 2

    def holds(self, x: fmpq_mat, y: fmpq_mat) -> bool:
        """Check it as ``DeepLinear.Certificate.Bound.check`` does, in Python."""
        m = y.nrows()
        if exact.shape(self.regression) != (m, x.nrows()) or self.level < 0:
            return False
        if not (self.above.holds(m) and self.rest.holds(m)):
            return False
        cross = y * x.transpose()
        if self.regression * (x * x.transpose()) != cross:
            return False
        form = cross * self.regression.transpose()
        return _scalar(self.level, m) + self.above.product == form + self.rest.product


def propose(x: fmpq_mat, y: fmpq_mat, p: int, r: fmpq_mat) -> Bound:
    """Return a lower bound for rank p: sharp where it can be exact, else as floats propose it.

    It is the least loss exactly where p is at least the rank of ``S``, and where the matrix ``R``,
    of rank p on the data, attains it.
    """
    regression = exact.least_squares(x, y)
    form = y * x.transpose() * regression.transpose()
    if form.rank() <= p:  # S = (K X) (K X)^T, and c = 0
        above = Factor(regression * x, (Fraction(1),) * x.ncols())
        return Bound(regression, Fraction(), above, Factor(fmpq_mat(form.nrows(), 0), ()))
    return Bound(regression, *(_at(r * x, form, p) or _by_floats(form, p)))


def _at(outputs: fmpq_mat, form: fmpq_mat, p: int) -> tuple[Fraction, Factor, Factor] | None:
    """Return c between the forms on and beside the column space of the outputs ``R X``.

    None where that space is not one of the p greatest eigenvalues of ``S``.
    """
    m = form.nrows()
    if outputs.rank() != p:
        return None
    if p == 0:
        level = exact.fraction(_trace(form))
        rest = factor(_scalar(level, m) - form)
        return None if rest is None else (level, Factor(fmpq_mat(m, 0), ()), rest)
    inside, _ = exact.full_rank_factors(outputs)
    projector = inside * (inside.transpose() * inside).inv() * inside.transpose()
    if projector * form != form * projector:
        return None
    outside = exact.beside(*exact.left_kernel(inside))
    least, most = _extreme(inside, form, greatest=False), _extreme(outside, form, greatest=True)
    bound = low_rank.Comparison(least, most, algebraic.compare(least, most)).bound()
    if bound is None:
        return None
    above = projector * (form - _scalar(bound, m)) * projector
    found = factor(above), factor(_scalar(bound, m) + above - form)
    return None if found[0] is None or found[1] is None else (bound, found[0], found[1])


def _extreme(basis: fmpq_mat, form: fmpq_mat, greatest: bool) -> algebraic.Root:
    """Return the least or greatest eigenvalue of the form on the space with this basis."""
    turned = basis.transpose()
    return algebraic.Root.of(
        ((turned * basis).inv() * (turned * form * basis)).charpoly(), greatest
    )


def _by_floats(form: fmpq_mat, p: int) -> tuple[Fraction, Factor, Factor]:
    """Return c, B and the rest, all but exact: B is what floats say and a little more.

    The rest is short by its make, and ``B = S + rest - c`` differs from ``U D U^T``, with the
    eigenvectors U of floats, by so little that a multiple of the identity outweighs it.
    """
    m = form.nrows()
    unit = max(abs(exact.fraction(form[i, i])) for i in range(m))
    values, vectors = np.linalg.eigh(numeric.to_array(form / _fmpq(unit)))
    basis = fmpq_mat(m, m, [_fmpq(_rounded(float(v))) for v in vectors[:, ::-1].ravel()])
    sizes = [_rounded(float(v)) * unit for v in values[::-1]]
    level = max(Fraction(), sizes[p])
    top = _columns(basis, 0, p), tuple(max(Fraction(), v - level) for v in sizes[:p])
    margin = unit / 2 ** (BITS - 6)
    while True:
        low = tuple(max(Fraction(), level - v) for v in sizes[p:])
        rest = Factor(
            exact.beside(_columns(basis, p, m), exact.identity(m)), (*low, *((margin,) * m))
        )
        above = form + rest.product - _scalar(level, m)
        found = dominant(above - Factor(*top).product)
        if found is not None:
            whole = Factor(exact.beside(top[0], found.matrix), (*top[1], *found.diagonal))
            return level, whole, rest
        margin *= 16


def dominant(a: fmpq_mat) -> Factor | None:
    """Return factors of a symmetric matrix that is diagonally dominant, None if it is not.

    ``|a_ij| (e_i + s e_j) (e_i + s e_j)^T`` with the sign s of ``a_ij``, and what is left of the
    diagonal: L has the entries 0, 1 and -1.
    """
    m = a.nrows()
    columns, diagonal = [], []
    left = [exact.fraction(a[i, i]) for i in range(m)]
    for i, j in itertools.combinations(range(m), 2):
        size = exact.fraction(a[i, j])
        if size == 0:
            continue
        column = [0] * m
        column[i], column[j] = 1, 1 if size > 0 else -1
        columns.append(column)
        diagonal.append(abs(size))
        left[i] -= abs(size)
        left[j] -= abs(size)
    if any(value < 0 for value in left):
        return None
    pairs = fmpq_mat(m, len(columns), [c[i] for i in range(m) for c in columns])
    return Factor(exact.beside(pairs, exact.identity(m)), (*diagonal, *left))


def _columns(a: fmpq_mat, first: int, last: int) -> fmpq_mat:
    rows = [[a[i, j] for j in range(first, last)] for i in range(a.nrows())]
    return fmpq_mat(a.nrows(), last - first, [entry for row in rows for entry in row])


def factor(a: fmpq_mat) -> Factor | None:
    """Return ``L D L^T`` of a symmetric matrix, None if it is not positive semidefinite."""
    m = a.nrows()
    rest, lower = fmpq_mat(a), exact.identity(m)
    diagonal: list[Fraction] = []
    for k in range(m):
        pivot = exact.fraction(rest[k, k])
        diagonal.append(pivot)
        column = [rest[i, k] for i in range(m)]
        if pivot < 0 or (pivot == 0 and any(column[i] != 0 for i in range(k, m))):
            return None
        if pivot == 0:
            continue
        for i in range(k + 1, m):
            lower[i, k] = column[i] / column[k]
        for i in range(k, m):
            for j in range(k, m):
                rest[i, j] -= column[i] * column[j] / column[k]
    return Factor(lower, tuple(diagonal))


def _rounded(value: float) -> Fraction:
    return Fraction(round(value * 2**BITS), 2**BITS)


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _scalar(value: Fraction, size: int) -> fmpq_mat:
    return exact.diagonal([value] * size)


def _trace(a: fmpq_mat) -> fmpq:
    return sum((a[i, i] for i in range(a.nrows())), fmpq(0))
