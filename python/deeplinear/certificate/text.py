"""The Lean text of a certificate: written from templates, and read again for the Python checker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from flint import fmpq, fmpq_mat, fmpz

from deeplinear import exact
from deeplinear.certificate import claims
from deeplinear.certificate.bound import Bound, Factor
from deeplinear.certificate.claims import Claimed, Net
from deeplinear.errors import BadInput

FOLDER = Path(__file__).resolve().parents[1] / "data" / "certificate"
"""The parts of a Lean file, with places for the data."""


def write(net: Net, claimed: Claimed) -> str:
    """Return the Lean file of a claim about a network."""
    text = _part(
        "network",
        shown="-".join(map(str, net.widths)),
        widths=", ".join(map(str, net.widths)),
        samples=str(net.samples),
        weights=_layers(net.weights),
        x=_rows(net.x),
        y=_rows(net.y),
    )
    bound: Bound | None = getattr(claimed, "bound", None)
    if bound is not None:
        text += _part(
            "proposed",
            regression=_rows(bound.regression),
            level=_number(bound.level),
            above=_rows(bound.above.matrix),
            aboveDiagonal=_numbers(bound.above.diagonal),
            rest=_rows(bound.rest.matrix),
            restDiagonal=_numbers(bound.rest.diagonal),
        )
    places: dict[str, str] = {}
    for name, value in vars(claimed).items():
        if isinstance(value, Fraction):
            places[name] = _fraction(value)
        elif isinstance(value, fmpq_mat):
            places[name] = _rows(value)
        elif isinstance(value, tuple):
            places[name] = _layers(value)
    return text + _part(claimed.claim.value.replace("-", "_"), **places)


def read(text: str) -> tuple[Net, Claimed]:
    """Read the network and the claim in a Lean file that :func:`write` returned.

    Raises :class:`~deeplinear.BadInput` for other files.
    """
    try:
        net = Net(
            tuple(map(int, _field(text, "network", "widths")[1:-1].split(", "))),
            int(_field(text, "network", "samples")),
            _read_layers(_field(text, "network", "weights")),
            _read_rows(_field(text, "network", "x")),
            _read_rows(_field(text, "network", "y")),
        )
        return net, _read_claim(text)
    except (IndexError, ValueError, ZeroDivisionError):
        raise BadInput(
            "the file is no certificate: write one with deeplinear certificate."
        ) from None


def _read_claim(text: str) -> Claimed:
    theorem = re.findall(r"^theorem (\w+)", text, re.M)[0]
    if theorem == claims.Critical.theorem:
        return claims.Critical()
    if theorem == claims.NotMinimum.theorem:
        return claims.NotMinimum(_read_moved(text, "better"), _read_number(text))
    if theorem == claims.StrictSaddle.theorem:
        return claims.StrictSaddle(_read_moved(text, "direction"))
    above, rest = (
        Factor(
            _read_rows(_field(text, "proposed", name)),
            _read_numbers(_field(text, "proposed", f"{name}Diagonal")),
        )
        for name in ("above", "rest")
    )
    bound = Bound(
        _read_rows(_field(text, "proposed", "regression")),
        _read_numbers(_field(text, "proposed", "level"))[0],
        above,
        rest,
    )
    if theorem == claims.Near.theorem:
        return claims.Near(bound, _read_number(text))
    if theorem == claims.LowerBound.theorem:
        return claims.LowerBound(bound, _read_number(text))
    if theorem == claims.Minimum.theorem:
        return claims.Minimum(bound)
    if theorem == claims.Flat.theorem:
        parts = [_read_rows(_field(text, "flat", name)) for name in ("inverse", "left", "right")]
        return claims.Flat(bound, _read_moved(text, "better"), *parts)
    raise ValueError(theorem)


def _part(name: str, **places: str) -> str:
    return (FOLDER / f"{name}.template").read_text(encoding="utf-8").format(**places)


def _layers(weights: Sequence[fmpq_mat]) -> str:
    return ",\n    ".join(map(_rows, weights))


def _rows(a: fmpq_mat) -> str:
    numerators, denominator = a.numer_denom()  # fmpz write numbers of any length
    rows = [
        "[" + ", ".join(str(numerators[i, j]) for j in range(a.ncols())) + "]"
        for i in range(a.nrows())
    ]
    return f"rows {denominator} [{', '.join(rows)}]"


def _number(value: Fraction) -> str:
    top, bottom = fmpz(value.numerator), fmpz(value.denominator)
    return f"mkRat {top if value >= 0 else f'({top})'} {bottom}"


def _numbers(values: Sequence[Fraction]) -> str:
    return "[" + ", ".join(map(_number, values)) + "]"


def _fraction(value: Fraction) -> str:
    return exact.text(value).replace("/", " / ")


def _block(text: str, definition: str) -> str:
    """Return a definition without its name, up to the next comment."""
    found = re.findall(rf"^def {definition} : (.*?)(?=^/--|\Z)", text, re.M | re.S)
    return str(found[0])


def _field(text: str, definition: str, name: str) -> str:
    """Return what stands for a field of a definition."""
    found = re.findall(
        rf"^  {name} := (.*?)(?=^  \w+ := |^$|\Z)", _block(text, definition), re.M | re.S
    )
    return str(found[0]).strip()


def _read_moved(text: str, definition: str) -> tuple[fmpq_mat, ...]:
    return _read_layers(_block(text, definition).removeprefix("List Rows := ").strip())


def _read_layers(text: str) -> tuple[fmpq_mat, ...]:
    if text[0] != "[" or text[-1] != "]":
        raise ValueError(text)
    return tuple(_read_rows(line.strip()) for line in text[1:-1].strip().split(",\n"))


def _read_rows(text: str) -> fmpq_mat:
    denominator, rows = re.findall(r"^rows (\d+) \[(.*)\]$", text)[0]
    if not re.fullmatch(r"(\[(-?\d+(, -?\d+)*)?\](, (?=\[)|$))*", rows):
        raise ValueError(text)
    entries = [re.findall(r"-?\d+", row) for row in re.findall(r"\[(.*?)\]", rows)]
    width = len(entries[0]) if entries else 0
    if any(len(row) != width for row in entries):
        raise ValueError(text)
    scale = fmpq(1, fmpz(denominator))
    return fmpq_mat(
        len(entries), width, [fmpq(fmpz(entry)) * scale for row in entries for entry in row]
    )


def _read_number(text: str) -> Fraction:
    top, _, bottom = re.findall(r"\((-?[\d /]+) : .\)", text)[-1].replace(" ", "").partition("/")
    return Fraction(exact.read_integer(top), exact.read_integer(bottom or "1"))


def _read_numbers(text: str) -> tuple[Fraction, ...]:
    found = re.findall(r"mkRat \(?(-?\d+)\)? (\d+)", text)
    return tuple(Fraction(exact.read_integer(a), exact.read_integer(b)) for a, b in found)
