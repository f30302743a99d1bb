"""What Lean exports, as typed values: headline theorems, concrete instances, the record of both.

Everything is read strictly: an unknown field, shapes that do not chain, a number that is not a
fraction string is refused with a :class:`~deeplinear.BadInput` that names the place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from flint import fmpq_mat
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    model_validator,
)

from deeplinear import exact
from deeplinear.errors import BadInput


def _fraction(value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if not isinstance(value, str):
        raise ValueError('give a fraction as a string "p/q" or "p"')
    return exact.rational(value)


def _matrix(value: Any) -> fmpq_mat:
    if isinstance(value, fmpq_mat):
        return value
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise ValueError("give a matrix as a list of rows")
    return exact.matrix([[_fraction(entry) for entry in row] for row in value])


Rational = Annotated[Fraction, BeforeValidator(_fraction), PlainSerializer(exact.text)]
"""A fraction that travels as the string ``"p/q"``."""

Matrix = Annotated[
    fmpq_mat,
    PlainValidator(_matrix),
    PlainSerializer(lambda a: exact.texts(a)),
]
"""A matrix of fractions that travels as a list of rows of strings ``"p/q"``."""

Kind: TypeAlias = Literal["example", "control"]
"""An example is on the theorem's side of its hypothesis, a control on the other."""


class StrictModel(BaseModel):
    """Values that cannot be changed, read without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Theorem(StrictModel):
    """A headline theorem: where it is, what it says as Lean prints it, what it rests on.

    ``main``: it states its problem as the sheet, or the paper, does. ``uses`` names the headline
    theorems in its proof, those used by steps that are none included; ``reaches`` the constants of
    the library that its statement is about, definitions of definitions included.
    """

    problem: str
    main: bool
    name: str
    module: str
    line: Annotated[int, Field(ge=1)]
    last_line: Annotated[int, Field(ge=1)]
    docstring: str
    statement: str
    axioms: tuple[str, ...]
    uses: tuple[str, ...]
    reaches: tuple[str, ...]

    @property
    def file(self) -> str:
        """The Lean file, relative to the repository."""
        return self.module.replace(".", "/") + ".lean"

    @property
    def short(self) -> str:
        """The name without the namespace ``DeepLinear``."""
        return self.name.removeprefix("DeepLinear.")

    def digest(self, constants: Mapping[str, str]) -> str:
        """Return the first 16 digits of the SHA-256 of the statement and of all that it reaches.

        ``constants`` is what :attr:`Record.constants` says of the types and values of those. A
        constant that is missing there has no digest.
        """
        lines = [self.statement, *(f"{name} {constants.get(name)}" for name in self.reaches)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


class RankInstance(StrictModel):
    """Two n x k matrices and a bound on the rank (Problem 2).

    An example claims that both have rank at most ``bound`` and their midpoint has rank
    ``bound + 1``; a control claims that every matrix of the shape has rank at most ``bound``.
    """

    type: Literal["rank"]
    problem: str
    name: str
    kind: Kind
    claim: str
    bound: Annotated[int, Field(ge=0)]
    left: Matrix
    right: Matrix

    @model_validator(mode="after")
    def _shapes(self) -> RankInstance:
        if exact.shape(self.left) != exact.shape(self.right):
            raise ValueError("left and right differ in shape: give both the same shape")
        return self


class NetworkInstance(StrictModel):
    """Weights and data, with product, loss and gradient as Lean evaluates them.

    What it claims depends on the problem. ``better`` and ``worse`` are weights of smaller and of
    greater loss, if any; ``second`` is the second derivative of the loss in two ``directions``.
    With ``masses``, on the columns of the data, the loss is that of a population; with ``mask``,
    of zeros and ones, only the observed entries of ``y`` count. Aligned weights come with the
    ``frames`` Q_0, ..., Q_H, the ``modes`` of each layer and the ``strengths`` of the data's.
    """

    type: Literal["network"]
    problem: str
    name: str
    kind: Kind
    claim: str
    weights: tuple[Matrix, ...]
    x: Matrix
    y: Matrix
    end_to_end: Matrix
    loss: Rational
    gradient: tuple[Matrix, ...]
    better: tuple[Matrix, ...] | None
    worse: tuple[Matrix, ...] | None
    directions: tuple[tuple[Matrix, ...], tuple[Matrix, ...]] | None = None
    second: Rational | None = None
    masses: tuple[Rational, ...] | None = None
    mask: Matrix | None = None
    frames: tuple[Matrix, ...] | None = None
    modes: tuple[Rational, ...] | None = None
    strengths: tuple[Rational, ...] | None = None

    @model_validator(mode="after")
    def _shapes(self) -> NetworkInstance:
        for weights in (self.weights, self.better, self.worse, *(self.directions or ())):
            if weights is not None:
                exact.refuse_unchained(weights, self.x, self.y)
        if (self.directions is None) != (self.second is None):
            raise ValueError("directions and second belong together: give both or neither")
        if self.masses is not None and len(self.masses) != self.x.ncols():
            raise ValueError("masses has another length than x has columns: give one a column")
        if self.mask is not None and exact.shape(self.mask) != exact.shape(self.y):
            raise ValueError("mask has another shape than y: give one entry for each")
        self._aligned()
        return self

    def _aligned(self) -> None:
        given = (self.frames, self.modes, self.strengths)
        if given == (None, None, None):
            return
        if self.frames is None or self.modes is None or self.strengths is None:
            raise ValueError("frames, modes and strengths belong together: give all or none")
        if len(self.modes) != len(self.strengths):
            raise ValueError("modes and strengths differ in number: give one of each for a mode")
        shapes = [(width, len(self.modes)) for width in exact.widths(self.weights)]
        if [exact.shape(frame) for frame in self.frames] != shapes:
            raise ValueError("frames have other shapes than d_k x the number of modes: give H + 1")


class FlowInstance(StrictModel):
    """Weights and data, with two velocities of the end-to-end matrix as Lean evaluates them.

    ``velocity`` is that of gradient flow, ``preconditioned`` that of the preconditioned equation;
    an example claims that the weights are balanced and the two are equal, a control the contrary.
    ``numbers`` are those with which a theorem on training applies: what each is, the check says.
    """

    type: Literal["flow"]
    problem: str
    name: str
    kind: Kind
    claim: str
    weights: tuple[Matrix, ...]
    x: Matrix
    y: Matrix
    velocity: Matrix
    preconditioned: Matrix
    numbers: dict[str, Rational] | None = None

    @model_validator(mode="after")
    def _shapes(self) -> FlowInstance:
        exact.refuse_unchained(self.weights, self.x, self.y)
        return self


class NetworkInput(StrictModel):
    """Weights and data that somebody asks about."""

    weights: tuple[Matrix, ...]
    x: Matrix
    y: Matrix

    @model_validator(mode="after")
    def _shapes(self) -> NetworkInput:
        exact.refuse_unchained(self.weights, self.x, self.y)
        return self


class Unread(StrictModel):
    """A network and data as JSON has them, their entries not looked at yet."""

    weights: list[Any]
    x: list[Any] | None = None
    y: list[Any] | None = None
    samples: Literal["columns", "rows"] | None = None


Entry: TypeAlias = int | float | Annotated[str, Field(pattern="^-?[0-9]+(/[0-9]+)?$")]


class NetworkFile(StrictModel):
    """A network with its data: the schema that ``deeplinear schema`` prints.

    A float is the binary fraction that it is; a string "p/q" is exact.
    """

    weights: Annotated[list[list[list[Entry]]], Field(min_length=1, description="W_1, ..., W_H.")]
    x: Annotated[list[list[Entry]] | None, Field(description="d_0 rows, a column a sample.")] = None
    y: Annotated[list[list[Entry]] | None, Field(description="d_H rows, a column a sample.")] = None
    samples: Annotated[
        Literal["columns", "rows"] | None,
        Field(description="What a sample is; by default what fits, columns where both do."),
    ] = None


class EvaluationInput(NetworkInput):
    """What Lean is asked to evaluate; with ``directions`` the second derivative in them too."""

    directions: tuple[tuple[Matrix, ...], tuple[Matrix, ...]] | None = None


class Evaluation(StrictModel):
    """End-to-end matrix, loss, gradient and second derivative, as Lean evaluates them."""

    end_to_end: Matrix
    loss: Rational
    gradient: tuple[Matrix, ...]
    second: Rational | None = None


Instance: TypeAlias = RankInstance | NetworkInstance | FlowInstance


class Record(StrictModel):
    """What ``Export.lean`` said, and the SHA-256 of each Lean file when it said so.

    ``files`` has those of the code, ``words`` those of the comments, docstrings among them.
    ``constants`` has, for each constant of the library that a headline statement reaches, the
    SHA-256 of its type and value.
    """

    lean: str
    mathlib: str
    constants: dict[str, str]
    theorems: tuple[Theorem, ...]
    instances: tuple[Annotated[Instance, Field(discriminator="type")], ...]
    files: dict[str, str] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)


_M = TypeVar("_M", bound=BaseModel)


def parse(model: type[_M], text: str | bytes, source: str | Path) -> _M:
    """Read a model from JSON; ``source`` names the text in the message of the error.

    Fields that are given twice are refused, as are NaN and the infinities.
    """
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise BadInput(f"{source} is malformed: it is nested too deeply.") from None
    except ValueError as error:
        raise BadInput(f"{source} is malformed: {str(error).rstrip('.')}.") from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ").rstrip(".")
        raise BadInput(f"{source} is malformed{f' at {place}' if place else ''}: {said}.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is given twice: give it once")
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number: give a finite one")


_P = TypeVar("_P", Theorem, RankInstance, NetworkInstance, FlowInstance, Instance)


def of_problem(listed: Iterable[_P], problem: str) -> list[_P]:
    """Return the theorems or instances of one problem, in the order of the export."""
    return [one for one in listed if one.problem == problem]
