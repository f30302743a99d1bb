"""Certificates: a Lean file in which the kernel proves how good a network is.

A lower bound of the loss over all weights of the widths needs ``K`` with ``K X X^T = Y X^T``, a
number ``c >= 0`` and a matrix ``B``, so that ``B`` and ``c + B - S`` with ``S = K X X^T K^T`` are
positive semidefinite: no weights have a loss below ``(|Y|^2 - c p - tr B) / 2``. Floats propose
``c`` and ``B``, rational arithmetic makes them exact, and ``L D L^T`` shows that they are what
they are. The theorems are in ``DeepLinear/Certificate/``.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import analysis, exact, numeric
from deeplinear.errors import BadInput
from deeplinear.network import Problem
from deeplinear.solve import classify, escape

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


def bound(given: Problem) -> Bound:
    """Return a lower bound for all weights of the widths, as sharp as floats propose it.

    Where the bottleneck width is at least the rank of ``S``, it is the least loss exactly.
    """
    x, y, p = given.x, given.y, given.network.bottleneck
    cross = y * x.transpose()
    regression = exact.least_squares(x, y)
    form = cross * regression.transpose()
    level, above = _proposal(form, p)
    rest = factor(_scalar(level, form.nrows()) + above.product - form)
    if rest is None:
        raise AssertionError("the proposal is no bound")
    return Bound(regression, level, above, rest)


def _proposal(form: fmpq_mat, p: int) -> tuple[Fraction, Factor]:
    """Return c and B, such that c + B - S is positive semidefinite."""
    m = form.nrows()
    whole = factor(form)
    if whole is None:
        raise AssertionError("the form of the data is not positive semidefinite")
    if sum(d > 0 for d in whole.diagonal) <= p:
        return Fraction(0), whole
    unit = max(abs(exact.fraction(form[i, i])) for i in range(m))
    values, vectors = np.linalg.eigh(numeric.to_array(form / _fmpq(unit)))
    margin = Fraction(1, 2 ** (BITS - 8))
    while True:
        top = vectors[:, ::-1][:, :p]
        level = _rounded(float(values[m - p])) + margin
        gaps = [_rounded(float(v)) - level + 2 * margin for v in values[::-1][:p]]
        matrix = fmpq_mat(m, p, [_fmpq(_rounded(float(v))) for v in top.ravel()])
        above = Factor(matrix, tuple(max(Fraction(0), g) * unit for g in gaps))
        level = max(Fraction(0), level) * unit
        if factor(_scalar(level, m) + above.product - form) is not None:
            return level, above
        margin *= 16


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


# --- Lean -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Certificate:
    """A network, its data, and what proves that its loss is at most ``margin`` above the least."""

    widths: tuple[int, ...]
    samples: int
    weights: tuple[fmpq_mat, ...]
    x: fmpq_mat
    y: fmpq_mat
    proof: Bound
    margin: Fraction

    def holds(self) -> bool:
        """Check it as ``DeepLinear.Certificate.Net.checkBound`` does, in Python."""
        ends = self.widths[0], self.widths[-1]
        shapes = [(b, a) for a, b in itertools.pairwise(self.widths)]
        if [exact.shape(w) for w in self.weights] != shapes:
            return False
        if exact.shape(self.x) != (ends[0], self.samples):
            return False
        if exact.shape(self.y) != (ends[1], self.samples):
            return False
        proof = self.proof
        if exact.shape(proof.regression) != ends[::-1] or proof.level < 0:
            return False
        for one in (proof.above, proof.rest):
            size = len(one.diagonal)
            if exact.shape(one.matrix) != (ends[1], size) or any(d < 0 for d in one.diagonal):
                return False
        cross = self.y * self.x.transpose()
        if proof.regression * (self.x * self.x.transpose()) != cross:
            return False
        form = cross * proof.regression.transpose()
        if _scalar(proof.level, ends[1]) + proof.above.product != form + proof.rest.product:
            return False
        loss = escape.loss_of(self.weights, self.x, self.y)
        return loss <= proof.value(self.y, min(self.widths)) + self.margin

    def lean(self) -> str:
        """Return the Lean file."""
        said = f"{self.margin.numerator} / {self.margin.denominator}" if self.margin else "0"
        network = _network(self.widths, self.weights, self.x, self.y)
        return network + _template("near").format(
            regression=_rows(self.proof.regression),
            level=_number(self.proof.level),
            above=_rows(self.proof.above.matrix),
            above_diagonal=_numbers(self.proof.above.diagonal),
            rest=_rows(self.proof.rest.matrix),
            rest_diagonal=_numbers(self.proof.rest.diagonal),
            margin=said,
        )


def _template(name: str) -> str:
    """Return a part of a Lean file, with places for the data."""
    path = Path(__file__).resolve().parent / "data" / f"{name}.template"
    return path.read_text(encoding="utf-8")


def _network(widths: Sequence[int], weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> str:
    return _template("certificate").format(
        shown="-".join(map(str, widths)),
        widths=", ".join(map(str, widths)),
        samples=x.ncols(),
        weights=",\n    ".join(map(_rows, weights)),
        x=_rows(x),
        y=_rows(y),
    )


def not_minimum(given: Problem, radius: Fraction = Fraction(1, 10)) -> str:
    """Return a Lean file that a network is no local minimum, with a better one within a radius.

    Raises :class:`~deeplinear.BadInput` for networks that are too large, and at and near global
    minima, where no better one is known.
    """
    refuse_large(given)
    found = analysis.analyzed(given, radius=radius)
    if found.better is None:
        raise BadInput(f"the network is {found.verdict.value}: there is nothing better to show.")
    net, better = given.network, found.better.weights
    if not (
        escape.loss_of(better, given.x, given.y) < escape.loss_of(net.weights, given.x, given.y)
        and escape.greatest_change(net.weights, better) <= radius
    ):
        raise AssertionError("the better network is not better, or not near")
    return _network(net.widths, net.weights, given.x, given.y) + _template("not_minimum").format(
        moved=",\n    ".join(map(_rows, better)),
        radius=f"{radius.numerator} / {radius.denominator}",
    )


def strict_saddle(given: Problem) -> str:
    """Return a Lean file that a network is a strict saddle, with a direction.

    Raises :class:`~deeplinear.BadInput` for networks that are too large, not critical, or no
    strict saddle.
    """
    refuse_large(given)
    net, x, y = given.network, given.x, given.y
    found = classify.classify(net.weights, x, y)
    if found.direction is None:
        raise BadInput(f"the network is {found.words}: it is no strict saddle.")
    second = exact.second_derivative(net.weights, found.direction, found.direction, x, y)
    if not (exact.all_zero(exact.gradient(net.weights, x, y)) and second < 0):
        raise AssertionError("not critical, or no negative second derivative")
    return _network(net.widths, net.weights, x, y) + _template("strict_saddle").format(
        moved=",\n    ".join(map(_rows, found.direction))
    )


def certify(given: Problem, margin: Fraction | None = None) -> Certificate:
    """Return a certificate for a network with its data.

    Without ``margin`` the least one with two digits is taken that can be proved. Raises
    :class:`~deeplinear.BadInput` for networks that are too large, and where the network is farther
    from the minimum than ``margin``, or than can be proved.
    """
    refuse_large(given)
    found = bound(given)
    net = given.network
    gap = exact.loss(net.end_to_end, given.x, given.y) - found.value(given.y, net.bottleneck)
    least = _decimal_above(max(Fraction(0), gap))
    if margin is not None and least > margin:
        raise BadInput(
            f"the loss is {exact.about(gap)} above what can be proved to be the least, more than "
            f"{exact.about(margin)}: train on, or give a greater --margin."
        )
    margin = least if margin is None else margin
    return Certificate(net.widths, given.x.ncols(), net.weights, given.x, given.y, found, margin)


def read(text: str) -> Certificate:
    """Read the certificate in a Lean file that :meth:`Certificate.lean` wrote.

    Raises :class:`~deeplinear.BadInput` for other files.
    """
    try:
        matrices = dict(re.findall(r"^  (\w+) := (rows .*)$", text, re.M))
        numbers = dict(re.findall(r"^  (\w+) := (\[?mkRat.*|\[\])$", text, re.M))
        widths = re.findall(r"^  widths := \[(.*)\]$", text, re.M)[0]
        weights = re.findall(r"^    (rows .*?)[,\]]?$", text, re.M)
        margin = re.findall(r"loss W \+ \((.*) : .\)", text)[0]
        factors = {
            name: Factor(_read_rows(matrices[name]), _read_numbers(numbers[f"{name}Diagonal"]))
            for name in ("above", "rest")
        }
        return Certificate(
            tuple(map(int, widths.split(", "))),
            int(re.findall(r"^  samples := (\d+)$", text, re.M)[0]),
            tuple(_read_rows(w if w.count("[") == w.count("]") else w + "]") for w in weights),
            _read_rows(matrices["x"]),
            _read_rows(matrices["y"]),
            Bound(
                _read_rows(matrices["regression"]), _read_numbers(numbers["level"])[0], **factors
            ),
            Fraction(margin.replace(" ", "")),
        )
    except (IndexError, KeyError, ValueError, ZeroDivisionError):
        raise BadInput(
            "the file is no certificate: write one with deeplinear certificate."
        ) from None


def _read_rows(text: str) -> fmpq_mat:
    denominator, rows = re.findall(r"^rows (\d+) (\[\[.*\]\])$", text)[0]
    scale = fmpq(1, int(denominator))
    return fmpq_mat([[fmpq(int(entry)) * scale for entry in row] for row in json.loads(rows)])


def _read_numbers(text: str) -> tuple[Fraction, ...]:
    found = re.findall(r"mkRat \(?(-?\d+)\)? (\d+)", text)
    return tuple(Fraction(int(a), int(b)) for a, b in found)


def _decimal_above(value: Fraction) -> Fraction:
    """Return a decimal number with two digits that is not below the value."""
    if value == 0:
        return value
    digits = len(str(value.numerator)) - len(str(value.denominator))
    unit = Fraction(10) ** (digits - 2)
    return math.ceil(value / unit) * unit


def _rows(a: fmpq_mat) -> str:
    numerators, denominator = a.numer_denom()
    entries = [int(entry) for entry in numerators.entries()]
    rows = [entries[i : i + a.ncols()] for i in range(0, len(entries), a.ncols())]
    return f"rows {int(denominator)} {json.dumps(rows)}"


def _number(value: Fraction) -> str:
    top = str(value.numerator) if value >= 0 else f"({value.numerator})"
    return f"mkRat {top} {value.denominator}"


def _numbers(values: Sequence[Fraction]) -> str:
    return "[" + ", ".join(map(_number, values)) + "]"


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
