"""The second way to each number: SymPy on Python's own rationals, from the assignment's wording.

The loss is written out as half a sum of squared entries and differentiated symbolically; no formula
that a theorem claims is used. From 1.13 on SymPy computes with python-flint where that is there,
and the two ways would share one arithmetic: ``SYMPY_GROUND_TYPES=python`` keeps them apart, if it
is set before SymPy is first imported. :func:`shared_arithmetic` says whether it was.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq_mat

from deeplinear import exact
from deeplinear.exact import Weights

os.environ["SYMPY_GROUND_TYPES"] = "python"
import sympy as sympy  # for those who must not import it earlier
from sympy.external.gmpy import GROUND_TYPES


def shared_arithmetic() -> str:
    """Return "" where SymPy computes on Python's own integers, else a sentence that it does not."""
    if GROUND_TYPES == "python":
        return ""
    return (
        f"SymPy was imported before and computes with {GROUND_TYPES}: the two ways are not "
        "independent."
    )


def matrix(a: fmpq_mat) -> sympy.Matrix:
    """Return ``a`` as a SymPy matrix."""
    return sympy.Matrix(
        [[sympy.Rational(*e.as_integer_ratio()) for e in row] for row in exact.rows(a)]
    )


def rank(a: fmpq_mat) -> int:
    """Return the rank as SymPy computes it."""
    return int(matrix(a).rank())


def _from_sympy(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _written_loss(
    weights: Sequence[sympy.Matrix],
    x: fmpq_mat,
    y: fmpq_mat,
    masses: Sequence[Fraction] | None = None,
    mask: fmpq_mat | None = None,
) -> Any:
    r = weights[-1]
    for layer in reversed(weights[:-1]):
        r = r * layer
    residual = matrix(y) - r * matrix(x)
    if mask is not None:
        residual = residual.multiply_elementwise(matrix(mask))
    if masses is None:
        return sum((entry**2 for entry in residual), sympy.S.Zero) / 2
    expectation = sympy.S.Zero
    for column, mass in enumerate(masses):
        norm = sum((entry**2 for entry in residual[:, column]), sympy.S.Zero)
        expectation += sympy.Rational(mass.numerator, mass.denominator) * norm
    return expectation / 2


def loss(
    weights: Weights,
    x: fmpq_mat,
    y: fmpq_mat,
    masses: Sequence[Fraction] | None = None,
    mask: fmpq_mat | None = None,
) -> Fraction:
    """Return the loss as the assignment writes it; with ``masses`` the population loss.

    With ``mask``, of zeros and ones, only the entries of the residual that it observes count.
    """
    return _from_sympy(_written_loss([matrix(layer) for layer in weights], x, y, masses, mask))


def gradient(
    weights: Weights,
    x: fmpq_mat,
    y: fmpq_mat,
    masses: Sequence[Fraction] | None = None,
    mask: fmpq_mat | None = None,
) -> list[fmpq_mat]:
    """Return the partial derivatives of the loss in every entry of every layer.

    One entry at a time is made a symbol; the loss is then a polynomial in it, and SymPy
    differentiates that. No formula for the gradient is used. With ``masses`` it is the population
    loss, of the distribution with these masses on the columns; with ``mask`` the masked one.
    """
    values = [matrix(layer) for layer in weights]
    symbol = sympy.Symbol("w")

    def derivative(k: int, i: int, j: int) -> Fraction:
        layer = values[k].copy()
        layer[i, j] = symbol
        written = _written_loss([*values[:k], layer, *values[k + 1 :]], x, y, masses, mask)
        return _from_sympy(sympy.Poly(written, symbol).diff(symbol).eval(values[k][i, j]))

    return [
        exact.matrix([[derivative(k, i, j) for j in range(a.ncols())] for i in range(a.nrows())])
        for k, a in enumerate(weights)
    ]


def minimum(x: fmpq_mat, y: fmpq_mat) -> Fraction:
    """Return the minimum of ``1/2 |Y - R X|^2`` over all ``R``, solving "gradient = 0" by SymPy.

    The loss is a sum of squares of affine functions, hence least where its gradient vanishes.
    """
    n, k = y.nrows(), x.nrows()
    r = sympy.Matrix(n, k, lambda i, j: sympy.Symbol(f"r_{i}_{j}"))
    written = _written_loss([r], x, y)
    (solution,) = sympy.linsolve([sympy.diff(written, symbol) for symbol in r], list(r))
    free = dict.fromkeys(r, 0)
    best = [sympy.sympify(entry).subs(free) for entry in solution]
    return _from_sympy(written.subs(dict(zip(r, best, strict=True))))
