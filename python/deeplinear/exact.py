"""Exact linear algebra over the rationals, by FLINT.

Matrices are ``flint.fmpq_mat``, with their own products, ranks, inverses; the gradient is the
formula of Problem 1.4. The second, independent way is :mod:`deeplinear.worded`.

Shapes: the weights are ``W_1, ..., W_H`` with ``W_k`` of shape d_k x d_{k-1}; ``x`` is d_0 x m and
``y`` is d_H x m, a column for each sample. The end-to-end matrix ``W_H ... W_1`` is d_H x d_0 and
the loss is ``1/2 |Y - W_H ... W_1 X|^2`` in the Frobenius norm. Nothing here has a unit.
"""

from __future__ import annotations

import itertools
import math
import random
import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TypeAlias

from flint import arb, fmpq, fmpq_mat, fmpz

from deeplinear.errors import BadInput

Weights: TypeAlias = Sequence[fmpq_mat]

Shape: TypeAlias = tuple[int, int]
"""Rows and columns of a matrix."""


# --- matrices -------------------------------------------------------------------------------------


def matrix(rows: Sequence[Sequence[int | str | Fraction | fmpq]]) -> fmpq_mat:
    """Return the matrix with these rows; entries are integers, fractions or strings ``"p/q"``.

    Raises :class:`~deeplinear.BadInput` for an empty matrix, rows of different lengths, floats, and
    strings that are no fraction.
    """
    if not rows or not rows[0]:
        raise BadInput("a matrix is empty: give at least one row and one column.")
    if len({len(row) for row in rows}) > 1:
        raise BadInput("a matrix has rows of different lengths: give each row as many entries.")
    return fmpq_mat([[_entry(entry) for entry in row] for row in rows])


def _entry(entry: int | str | Fraction | fmpq) -> fmpq:
    if type(entry) is Fraction:
        return fmpq(entry.numerator, entry.denominator)
    if isinstance(entry, fmpq):
        return entry
    if isinstance(entry, (float, bool)):
        raise BadInput(f'a matrix has the entry {entry!r}: give an integer or a string "p/q".')
    if isinstance(entry, str):
        entry = rational(entry)
    try:
        return fmpq(entry.numerator, entry.denominator)
    except (AttributeError, TypeError):
        raise BadInput(f'a matrix has the entry {entry!r}: give a fraction "p/q", q > 0.') from None


MAX_DIGITS = 4000
"""Longer numerators and denominators are refused: Python itself does not read them."""

_NUMBER = re.compile(rf"-?[0-9]{{1,{MAX_DIGITS}}}(/[0-9]{{1,{MAX_DIGITS}}})?", re.ASCII)


def rational(text: str) -> Fraction:
    """Read ``p/q`` or ``p``: digits, a minus sign before them, q > 0; the one grammar for numbers.

    Raises :class:`~deeplinear.BadInput` for anything else.
    """
    p, _, q = text.partition("/")
    if not _NUMBER.fullmatch(text) or (q and int(q) == 0):
        shown = repr(text) if len(text) <= 40 else f"{text[:20]!r}... ({len(text)} signs)"
        raise BadInput(
            f'{shown} is no number: give a fraction "p/q" or "p", of at most {MAX_DIGITS} digits.'
        )
    return Fraction(int(p), int(q or "1"))


def fraction(value: fmpq) -> Fraction:
    """Return a FLINT rational as a Python fraction."""
    return Fraction(int(value.p), int(value.q))


def text(value: Fraction) -> str:
    """Return ``p/q`` or ``p``, however long (Python's own conversion ends at 4,300 digits)."""
    return str(fmpq(value.numerator, value.denominator))


def about(value: Fraction, digits: int = 6) -> str:
    """Return a decimal of so many digits, also for numbers that no float can hold."""
    return arb(fmpq(value.numerator, value.denominator)).str(digits, radius=False)


def below(value: Fraction, digits: int = 6, plain: bool = False) -> str:
    """Return a decimal of so many digits that is at most the value, by less than its last digit.

    ``plain``: without an exponent.
    """
    return _directed(value, digits, math.floor, plain)


def above(value: Fraction, digits: int = 6) -> str:
    """Return a decimal of so many digits that is at least the value, by less than its last."""
    return _directed(value, digits, math.ceil)


def _directed(
    value: Fraction, digits: int, rounded: Callable[[Fraction], int], plain: bool = False
) -> str:
    if value == 0:
        return "0"
    size = abs(value)
    place = math.floor(
        (size.numerator.bit_length() - size.denominator.bit_length()) * math.log10(2)
    )
    while Fraction(10) ** place > size:
        place -= 1
    while Fraction(10) ** (place + 1) <= size:
        place += 1
    last = place - digits + 1
    return decimal(rounded(value / Fraction(10) ** last), last, plain)


def decimal(mantissa: int, power: int, plain: bool = False) -> str:
    """Return ``mantissa 10^power`` as a decimal: 0.00125, 1250 or 1.25e-20."""
    sign, figures = ("-" if mantissa < 0 else ""), str(abs(mantissa))
    whole = len(figures) - 1 + power
    figures = figures.rstrip("0") or "0"
    if figures == "0":
        return "0"
    if not (plain or -5 <= whole < 16):
        rest = f".{figures[1:]}" if figures[1:] else ""
        return f"{sign}{figures[0]}{rest}e{whole:+d}"
    if whole < 0:
        return f"{sign}0.{'0' * (-whole - 1)}{figures}"
    figures = figures.ljust(whole + 1, "0")
    rest = f".{figures[whole + 1 :]}" if figures[whole + 1 :] else ""
    return f"{sign}{figures[: whole + 1]}{rest}"


def short(value: Fraction, longest: int = 40) -> str:
    """Return ``p/q``, or about how much it is where that is longer than ``longest`` signs."""
    whole = text(value)
    if len(whole) <= longest:
        return whole
    return f"about {about(value)} (a fraction of {len(whole)} signs)"


def short_above(value: Fraction, longest: int = 40) -> str:
    """Return ``p/q``, or a decimal that is at least as much where that is longer."""
    whole = text(value)
    return whole if len(whole) <= longest else above(value)


def read_integer(digits: str) -> int:
    """Read an integer of any length (Python's own conversion ends at 4,300 digits)."""
    return int(fmpz(digits))


def rows(a: fmpq_mat) -> list[list[Fraction]]:
    """Return the entries as Python fractions, row by row."""
    return [[fraction(a[i, j]) for j in range(a.ncols())] for i in range(a.nrows())]


def texts(a: fmpq_mat) -> list[list[str]]:
    """Return the entries as strings ``p/q``, row by row."""
    return [[str(a[i, j]) for j in range(a.ncols())] for i in range(a.nrows())]


def shape(a: fmpq_mat) -> Shape:
    """Return the numbers of rows and columns."""
    return a.nrows(), a.ncols()


def identity(n: int) -> fmpq_mat:
    """Return the n x n identity matrix."""
    return diagonal([1] * n, n, n)


def diagonal(
    entries: Sequence[int | Fraction], n: int | None = None, k: int | None = None
) -> fmpq_mat:
    """Return the n x k matrix with ``entries``, then zeros, on its diagonal; square by default."""
    a = fmpq_mat(len(entries) if n is None else n, len(entries) if k is None else k)
    for i, entry in enumerate(entries):
        a[i, i] = fmpq(entry.numerator, entry.denominator)
    return a


def ones_like(a: fmpq_mat) -> fmpq_mat:
    """Return the matrix of ones of the shape of ``a``."""
    return fmpq_mat(*shape(a), [1] * (a.nrows() * a.ncols()))


def beside(*parts: fmpq_mat) -> fmpq_mat:
    """Return matrices of one height in one, side by side."""
    height = parts[0].nrows()
    entries = [a[i, j] for i in range(height) for a in parts for j in range(a.ncols())]
    return fmpq_mat(height, sum(a.ncols() for a in parts), entries)


def is_zero(a: fmpq_mat) -> bool:
    """Tell whether every entry is zero."""
    return a == fmpq_mat(*shape(a))


def is_invertible(a: fmpq_mat) -> bool:
    """Tell whether ``a`` is square with a determinant that is not zero."""
    return a.nrows() == a.ncols() and a.det() != 0


def squared_norm(a: fmpq_mat) -> Fraction:
    """Return the squared Frobenius norm: the sum of the squared entries."""
    return inner(a, a)


def trace(a: fmpq_mat) -> Fraction:
    """Return the trace of a square matrix."""
    return fraction(sum((a[i, i] for i in range(a.nrows())), fmpq()))


def power_of_two(*matrices: fmpq_mat) -> int:
    """Return k with the greatest entry of the matrices between 2^(k-1) and 2^(k+1); 0 for zeros."""
    greatest = max((abs(entry) for a in matrices for entry in a.entries()), default=fmpq())
    if greatest == 0:
        return 0
    return int(greatest.p.bit_length()) - int(greatest.q.bit_length())


def fmpq_power_of_two(power: int) -> fmpq:
    """Return ``2^power`` as a FLINT rational."""
    return fmpq(2) ** power if power >= 0 else 1 / fmpq(2) ** -power


def inner(a: fmpq_mat, b: fmpq_mat) -> Fraction:
    """Return the inner product ``tr(A^T B)`` of two matrices of one shape."""
    (p, d), (q, e) = a.numer_denom(), b.numer_denom()
    total = sum((u * v for u, v in zip(p.entries(), q.entries(), strict=True)), fmpz())
    return Fraction(int(total), int(d * e))


# --- networks -------------------------------------------------------------------------------------


def refuse_unchained(weights: Weights, x: fmpq_mat, y: fmpq_mat) -> None:
    """Raise :class:`~deeplinear.BadInput` unless the shapes of weights and data chain."""
    refuse_shapes([shape(layer) for layer in weights], shape(x), shape(y))


def refuse_shapes(weights: Sequence[Shape], x: Shape, y: Shape) -> None:
    """Raise :class:`~deeplinear.BadInput` unless shapes (rows, columns) chain."""
    if not weights:
        raise BadInput("weights is empty: give at least one layer.")
    below, name = x[0], "x"
    for k, (rows, columns) in enumerate(weights):
        if columns != below:
            raise BadInput(
                f"weights[{k}] has {columns} columns but {name} has {below} rows: "
                "make the two numbers equal."
            )
        below, name = rows, f"weights[{k}]"
    if y[0] != below:
        raise BadInput(
            f"y has {y[0]} rows but {name} has {below} rows: make the two numbers equal."
        )
    if x[1] != y[1]:
        raise BadInput(
            f"y has {y[1]} columns but x has {x[1]}: give both a column for each sample."
        )


def widths(weights: Weights) -> list[int]:
    """Return the widths d_0, ..., d_H."""
    return [weights[0].ncols(), *(layer.nrows() for layer in weights)]


def work(weights: Weights, x: fmpq_mat, y: fmpq_mat) -> int:
    """Return how much exact work a network is: its entries times the bits of their products.

    Each matrix counts with the bits of its common denominator and of its greatest numerator.
    """
    matrices = [*weights, x, y]
    bits = 0
    for a in matrices:
        numerators, denominator = a.numer_denom()
        greatest = max(abs(entry) for entry in numerators.entries())
        bits += int(greatest).bit_length() + int(denominator).bit_length()
    return bits * sum(a.nrows() * a.ncols() for a in matrices)


def heads(weights: Weights) -> list[fmpq_mat]:
    """Return ``S_0, ..., S_H`` with ``S_k = W_k ... W_1``: from the input to layer k."""
    found = [identity(weights[0].ncols())]
    for layer in weights:
        found.append(layer * found[-1])
    return found


def end_to_end(weights: Weights) -> fmpq_mat:
    """Return the end-to-end matrix ``W_H ... W_1``."""
    return heads(weights)[-1]


def loss(r: fmpq_mat, x: fmpq_mat, y: fmpq_mat) -> Fraction:
    """Return ``1/2 |Y - R X|^2``, the loss of the predictor ``r``."""
    return squared_norm(y - r * x) / 2


def gradient(weights: Weights, x: fmpq_mat, y: fmpq_mat) -> list[fmpq_mat]:
    """Return dL/dW_1, ..., dL/dW_H by the formula of Problem 1.4.

    ``dL/dW_k = W_{k+1}^T ... W_H^T (R X - Y) X^T W_1^T ... W_{k-1}^T``, of the shape of ``W_k``.
    """
    s = heads(weights)
    return _back(weights, s, (s[-1] * x - y) * x.transpose())


def masked_error(r: fmpq_mat, m: fmpq_mat, mask: fmpq_mat) -> fmpq_mat:
    """Return ``R - M`` at the entries that ``mask``, of zeros and ones, observes, else zero."""
    error = r - m
    observed = [e * seen for e, seen in zip(error.entries(), mask.entries(), strict=True)]
    return fmpq_mat(*shape(error), observed)


def masked_loss(weights: Weights, m: fmpq_mat, mask: fmpq_mat) -> Fraction:
    """Return half the squared error of the end-to-end matrix at the observed entries of ``m``."""
    return squared_norm(masked_error(end_to_end(weights), m, mask)) / 2


def masked_gradient(weights: Weights, m: fmpq_mat, mask: fmpq_mat) -> list[fmpq_mat]:
    """Return the gradient of the masked loss by the formula of Problem 1."""
    s = heads(weights)
    return _back(weights, s, masked_error(s[-1], m, mask))


def moment_gradient(weights: Weights, sxx: fmpq_mat, syx: fmpq_mat) -> list[fmpq_mat]:
    """Return the gradient of the population loss by the formula of Problem 1.3.

    It is that of Problem 1.4 with ``R Sxx - Syx`` (``Sxx = E x x^T``, ``Syx = E y x^T``) in the
    middle.
    """
    s = heads(weights)
    return _back(weights, s, s[-1] * sxx - syx)


def _back(weights: Weights, s: Sequence[fmpq_mat], back: fmpq_mat) -> list[fmpq_mat]:
    found = []
    for layer, head in zip(reversed(weights), reversed(s[:-1]), strict=True):
        found.append(back * head.transpose())
        back = layer.transpose() * back
    return found[::-1]


def moments(x: fmpq_mat, y: fmpq_mat, masses: Sequence[Fraction]) -> tuple[fmpq_mat, fmpq_mat]:
    """Return ``E x x^T`` and ``E y x^T`` of the distribution with these masses on the columns."""
    p = fmpq_mat(len(masses), len(masses))
    for i, mass in enumerate(masses):
        p[i, i] = fmpq(mass.numerator, mass.denominator)
    return x * p * x.transpose(), y * p * x.transpose()


def population_loss(r: fmpq_mat, x: fmpq_mat, y: fmpq_mat, masses: Sequence[Fraction]) -> Fraction:
    """Return ``1/2 E |y - R x|^2`` for the distribution with these masses on the columns."""
    squares = [sum((row[a] ** 2 for row in rows(y - r * x)), Fraction()) for a in range(x.ncols())]
    return sum((m * q for m, q in zip(masses, squares, strict=True)), Fraction()) / 2


def layer_derivative(
    weights: Weights, x: fmpq_mat, y: fmpq_mat, k: int, direction: fmpq_mat
) -> Fraction:
    """Return the derivative of the loss in one layer along ``direction``, by exact differences.

    The loss is a quadratic in ``weights[k]``, so ``(L(W + V) - L(W - V)) / 2`` is its derivative.
    """

    def value(layer: fmpq_mat) -> Fraction:
        return loss(end_to_end([*weights[:k], layer, *weights[k + 1 :]]), x, y)

    return (value(weights[k] + direction) - value(weights[k] - direction)) / 2


def second_derivative(
    weights: Weights, u: Weights, v: Weights, x: fmpq_mat, y: fmpq_mat
) -> Fraction:
    """Return the second derivative of the loss in the directions ``u`` and ``v``, exactly.

    It is the coefficient of a b in ``L(W + a U + b V)``, a polynomial of degree 2H. What is left of
    its values at (a, b) = (+-t, +-t) after signs is a polynomial of degree below H in t^2, which H
    values determine; Lagrange's formula gives its value at 0.
    """

    def mixed(t: int) -> Fraction:
        def at(a: int, b: int) -> Fraction:
            moved = [w + p * a + q * b for w, p, q in zip(weights, u, v, strict=True)]
            return loss(end_to_end(moved), x, y)

        return (at(t, t) - at(t, -t) - at(-t, t) + at(-t, -t)) / (4 * t * t)

    nodes = range(1, len(weights) + 1)
    total = Fraction()
    for t in nodes:
        others = [Fraction(s * s, s * s - t * t) for s in nodes if s != t]
        total += mixed(t) * math.prod(others)
    return total


def curvature(weights: Weights, direction: Weights, x: fmpq_mat, y: fmpq_mat) -> Fraction:
    """Return the second derivative of the loss along one direction that may move all layers.

    ``|R_1 X|^2 + 2 <(R X - Y) X^T, R_2>`` with R_1, R_2 the coefficients of t and t^2 in the
    end-to-end matrix of ``W + t V``.
    """
    zero, one, two = identity(weights[0].ncols()), None, None
    for w, v in zip(weights, direction, strict=True):
        new_two = None if one is None else v * one if two is None else w * two + v * one
        one = v * zero if one is None else w * one + v * zero
        zero, two = w * zero, new_two
    found = squared_norm(one * x) if one is not None else Fraction()
    return found if two is None else found + 2 * inner((zero * x - y) * x.transpose(), two)


def explained(x: fmpq_mat, y: fmpq_mat) -> fmpq_mat | None:
    """Return a matrix with the eigenvalues, but for zeros, of ``C Q^- C^T``; None for X = 0.

    ``Q = X X^T``, ``C = Y X^T``. It is square of the order d_H, or of the rank of X if that is
    less.
    """
    pivots = independent_rows(x)
    if not pivots:
        return None
    basis = fmpq_mat([[x[i, j] for j in range(x.ncols())] for i in pivots])
    cross = y * basis.transpose()
    inverse = (basis * basis.transpose()).inv()
    if cross.nrows() <= len(pivots):
        return cross * inverse * cross.transpose()
    return inverse * (cross.transpose() * cross)


def kernel(a: fmpq_mat) -> list[fmpq_mat]:
    """Return a basis of the kernel, as columns."""
    reduced, found = a.rref()
    pivots = [next(j for j in range(a.ncols()) if reduced[i, j] != 0) for i in range(found)]
    basis = []
    for free in (j for j in range(a.ncols()) if j not in pivots):
        column = fmpq_mat(a.ncols(), 1)
        column[free, 0] = fmpq(1)
        for i, pivot in enumerate(pivots):
            column[pivot, 0] = -reduced[i, free]
        basis.append(column)
    return basis


def left_kernel(a: fmpq_mat) -> list[fmpq_mat]:
    """Return a basis of the left kernel: columns u with ``u^T a = 0``."""
    return kernel(a.transpose())


def full_rank_factors(a: fmpq_mat) -> tuple[fmpq_mat, fmpq_mat]:
    """Return F, G with ``a = F G`` and inner dimension the rank of ``a``, which must not be 0."""
    reduced, found = a.rref()
    pivots = [next(j for j in range(a.ncols()) if reduced[i, j] != 0) for i in range(found)]
    f = fmpq_mat([[a[i, j] for j in pivots] for i in range(a.nrows())])
    return f, fmpq_mat([[reduced[i, j] for j in range(a.ncols())] for i in range(found)])


def independent_rows(x: fmpq_mat) -> list[int]:
    """Return the numbers of a maximal set of linearly independent rows, the first ones first."""
    reduced, found = x.transpose().rref()
    pivots, column = [], 0
    for i in range(found):
        while reduced[i, column] == 0:
            column += 1
        pivots.append(column)
    return pivots


def least_squares(x: fmpq_mat, y: fmpq_mat) -> fmpq_mat:
    """Return a minimizer ``R`` (d_H x d_0) of ``1/2 |Y - R X|^2`` over all matrices.

    It solves the normal equations on independent rows of ``X``; the columns of ``R`` that belong to
    the other rows are zero.
    """
    r = fmpq_mat(y.nrows(), x.nrows())
    pivots = independent_rows(x)
    if pivots:
        basis = fmpq_mat([[x[i, j] for j in range(x.ncols())] for i in pivots])
        short = y * basis.transpose() * (basis * basis.transpose()).inv()
        for j, pivot in enumerate(pivots):
            for i in range(y.nrows()):
                r[i, pivot] = short[i, j]
    return r


def least_squares_minimum(x: fmpq_mat, y: fmpq_mat) -> Fraction:
    """Return the minimum of ``1/2 |Y - R X|^2`` over all matrices ``R``."""
    return loss(least_squares(x, y), x, y)


# --- random matrices ------------------------------------------------------------------------------


def random_matrix(rng: random.Random, n: int, k: int) -> fmpq_mat:
    """Draw an n x k matrix of small fractions (numerators to 4, denominators to 3)."""
    return fmpq_mat(
        [[fmpq(rng.randint(-4, 4), rng.randint(1, 3)) for _ in range(k)] for _ in range(n)]
    )


def random_network(
    rng: random.Random, widths: Sequence[int], samples: int
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw weights of layers of ``widths`` d_0, ..., d_H, and data with so many samples."""
    weights = [random_matrix(rng, above, below) for below, above in itertools.pairwise(widths)]
    return weights, random_matrix(rng, widths[0], samples), random_matrix(rng, widths[-1], samples)


def random_of_rank_at_most(rng: random.Random, n: int, k: int, d: int) -> fmpq_mat:
    """Draw an n x k matrix of rank at most ``d``: a product through dimension ``d``."""
    if d < 0:
        raise BadInput(f"the rank bound is {d}: give an integer that is at least 0.")
    return random_matrix(rng, n, d) * random_matrix(rng, d, k) if d else fmpq_mat(n, k)


def random_invertible(rng: random.Random, n: int) -> fmpq_mat:
    """Draw an invertible n x n matrix of small fractions."""
    while True:
        a = random_matrix(rng, n, n)
        if is_invertible(a):
            return a


def random_factors(rng: random.Random, r: fmpq_mat, layers: int) -> list[fmpq_mat]:
    """Return square ``W_1, ..., W_H`` with product ``r``, all but the last drawn at random."""
    first = [random_invertible(rng, r.ncols()) for _ in range(layers - 1)]
    return [*first, r * end_to_end(first).inv()] if first else [r]


def all_zero(matrices: Iterable[fmpq_mat]) -> bool:
    """Tell whether every entry of every matrix is zero."""
    return all(map(is_zero, matrices))
