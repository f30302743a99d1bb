"""One type for a network, one for a network with its data, and what they are made from.

Weights are exact: fractions stay what they are, and a float is the binary fraction that it is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np
from flint import fmpq, fmpq_mat, fmpz

from deeplinear import exact
from deeplinear.errors import BadInput
from deeplinear.numeric import Array, to_array

Samples: TypeAlias = Literal["columns", "rows"]
"""Whether a sample is a column of the data (as in the assignment) or a row."""


class Matrix(fmpq_mat):
    """A matrix of fractions that NumPy reads as floats, and that pickles.

    >>> import numpy
    >>> numpy.asarray(Matrix(1, 2, [1, 2]) / 4, dtype=float).tolist()
    [[0.25, 0.5]]
    """

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """Return the entries as floats, or as what NumPy asks for."""
        return to_array(self).astype(dtype or np.float64)

    def __truediv__(self, other: Any) -> Matrix:
        """Divide by a number."""
        return Matrix(super().__truediv__(other))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the entries as fractions."""
        return _unpickled, (self.nrows(), self.ncols(), [str(entry) for entry in self.entries()])


def _unpickled(rows: int, columns: int, entries: Sequence[str]) -> Matrix:
    return Matrix(rows, columns, [fmpq(*map(fmpz, entry.split("/"))) for entry in entries])


def plain(value: Any, name: str = "a matrix") -> Any:
    """Return what people hold numbers in as an array or a list: tensors, frames, sparse matrices.

    Raises :class:`~deeplinear.BadInput` for masked entries.
    """
    if hasattr(value, "detach"):  # a torch tensor; torch is not imported for it
        value = value.detach().cpu()
        try:
            return value.numpy()
        except TypeError:  # bfloat16 and the like, which NumPy does not have
            return value.double().numpy()
    if hasattr(value, "toarray"):  # a sparse matrix of SciPy
        return value.toarray()
    if hasattr(value, "to_numpy"):  # a data frame
        return value.to_numpy()
    if isinstance(value, np.ma.MaskedArray):
        if np.ma.getmaskarray(value).any():
            raise BadInput(f"{name} has masked entries: fill them, or leave these samples out.")
        return value.data
    return np.asarray(value) if isinstance(value, np.matrix) else value


def matrix(value: Any, name: str = "a matrix") -> fmpq_mat:
    """Return a matrix from rows of numbers or what :func:`plain` takes, exactly.

    ``value`` has two dimensions; entries are integers, fractions, strings ``"p/q"`` or floats,
    which stand for the binary fraction that they are. Raises :class:`~deeplinear.BadInput`, which
    calls the matrix ``name``, for another shape, for NaN and for infinities.
    """
    if isinstance(value, fmpq_mat):
        return Matrix(value)
    value = plain(value, name)
    if isinstance(value, np.ndarray):
        if value.ndim != 2:
            raise BadInput(f"{name} has {_dimensions(value.ndim)}")
        if value.dtype.kind not in "fiub" and value.dtype != object:
            raise BadInput(f"{name} has entries of type {value.dtype}: give real numbers.")
        if value.dtype.kind == "f" and value.size and np.isfinite(value).all():
            entries = [fmpq(*entry.as_integer_ratio()) for entry in value.ravel().tolist()]
            return Matrix(len(value), len(value[0]), entries)
        value = value.tolist()
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, Mapping)):
        raise BadInput(f"{name} is no matrix: give a list of rows or an array.")
    rows = [list(row) if _is_row(row) else None for row in value]
    if any(row is None for row in rows):
        raise BadInput(f"{name} has {_dimensions(1)}")
    try:
        return Matrix(exact.matrix([[_entry(entry) for entry in row or ()] for row in rows]))
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from None


def _is_row(row: Any) -> bool:
    return isinstance(row, Iterable) and not isinstance(row, (str, bytes))


def _dimensions(count: int) -> str:
    if count == 1:
        return (
            "one dimension: give it rows and columns, as reshape(1, -1) for one output; labels of "
            "classes as a row of zeros and ones for each class."
        )
    return f"{count} dimensions: give one with rows and columns."


def _entry(entry: Any) -> Any:
    if isinstance(entry, (bool, np.bool_)):
        return int(entry)
    if isinstance(entry, (float, np.floating)):
        if not np.isfinite(entry):
            raise BadInput(f"an entry is {entry}: give finite numbers.")
        return Fraction(*entry.as_integer_ratio())
    return int(entry) if isinstance(entry, np.integer) else entry


@dataclass(frozen=True, eq=False, init=False)
class Network:
    """A deep linear network: the weights ``W_1, ..., W_H``, exact, the first layer first.

    ``W_k`` has d_k rows and d_(k-1) columns; layer 0 is the input, layer H the output. They are
    given as another Network, as a sequence of matrices (lists of rows, arrays, tensors), as a
    dictionary of named arrays such as a ``state_dict``, or as a torch module of
    ``nn.Linear(bias=False)`` layers. Raises :class:`~deeplinear.BadInput` for shapes that do not
    chain, names that are not understood, biases and other layers.

    >>> Network([[[1.0, 0.5]], [[2.0], [0.25]]])
    Network(widths=(2, 1, 2))
    """

    weights: tuple[fmpq_mat, ...]

    def __init__(self, weights: Any) -> None:
        given = weights
        if isinstance(given, Network):
            layers: Any = given.weights
        elif hasattr(given, "modules"):
            layers = _layers(given)
        elif isinstance(given, Mapping):
            layers = named_layers(given)
        else:
            stacked = getattr(given, "ndim", 0) == 3
            layers = list(given) if stacked or isinstance(given, Iterator) else given
        if not isinstance(layers, Sequence) or isinstance(layers, (str, bytes)) or not layers:
            raise BadInput("the weights are no list of matrices: give W_1, ..., W_H.")
        for k, layer in enumerate(layers, start=1):
            if getattr(layer, "ndim", 2) == 1:
                raise BadInput(f"array {k} has one dimension, as a bias: give layers without one.")
        found = tuple(matrix(w, f"W_{k}") for k, w in enumerate(layers, start=1))
        object.__setattr__(self, "weights", found)
        for k, (below, above) in enumerate(itertools.pairwise(found)):
            if above.ncols() != below.nrows():
                raise BadInput(
                    f"W_{k + 2} has {above.ncols()} columns but W_{k + 1} has {below.nrows()} "
                    "rows: make the two numbers equal."
                )
        if hasattr(given, "modules"):
            _refuse_other_function(given, self)

    def __repr__(self) -> str:
        return f"Network(widths={self.widths})"

    @classmethod
    def of(cls, given: Any) -> Network:
        """Return the network with these weights: ``given`` itself if it is one."""
        return given if isinstance(given, Network) else cls(given)

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths d_0, ..., d_H."""
        return tuple(exact.widths(self.weights))

    @property
    def bottleneck(self) -> int:
        """The least width p, those of the input and the output included."""
        return min(self.widths)

    @property
    def end_to_end(self) -> fmpq_mat:
        """The end-to-end matrix ``W_H ... W_1``, d_H x d_0."""
        return exact.end_to_end(self.weights)

    def arrays(self) -> tuple[Array, ...]:
        """Return the weights rounded to floats."""
        return tuple(map(to_array, self.weights))


# --- layers by their names, and torch modules -----------------------------------------------------

_BIAS = re.compile(r"(^|[._])(b|bias|biases)_?\d*$|bias", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<number>\d+)(?:[._](?:weight|kernel|w))?")
_STEMS = re.compile(
    r"(?:[\w.]*\.)?(?:w|weights?|layers?|fc|linear|lin|dense|arr|net|model|module|encoder|decoder|enc"
    r"|dec)?[._]?",
    re.IGNORECASE,
)
_PARTS = (("encoder", "decoder"), ("enc", "dec"))


def named_layers(arrays: Mapping[str, Any]) -> list[Any]:
    """Return the layers among named arrays, the first layer first.

    Understood are numbers under one name (W1, W2; fc1.weight; 0.weight, 1.weight, and the like),
    and those of an encoder before those of a decoder. Raises :class:`~deeplinear.BadInput`, which
    lists the arrays, for other names, for biases, and where a number is left out.
    """
    listed = ", ".join(sorted(map(str, arrays))[:20])
    biases = [name for name in arrays if _BIAS.search(str(name))]
    if biases:
        raise BadInput(
            f"the arrays are {listed}, and {', '.join(biases[:5])} look like biases: give layers "
            "without biases."
        )
    stems: dict[str, dict[int, Any]] = {}
    for name, array in arrays.items():
        found = _NUMBERED.fullmatch(str(name))
        if found is None or not _STEMS.fullmatch(found["stem"]):
            raise _not_understood(listed)
        layers = stems.setdefault(found["stem"], {})
        if int(found["number"]) in layers:
            raise _not_understood(listed)
        layers[int(found["number"])] = array
    ordered = list(stems)
    if len(stems) == 2:
        ordered = next(
            (
                [by, after]
                for first, second in _PARTS
                for by, after in itertools.permutations(stems)
                if first in by.lower() and by.lower().replace(first, second) == after.lower()
            ),
            [],
        )
    if not stems or len(stems) > 2 or not ordered:
        raise _not_understood(listed)
    for stem in ordered:
        numbers = sorted(stems[stem])
        if numbers[0] > 1 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            raise BadInput(
                f"the arrays are {listed}: a number is left out, where something else may be. If "
                "nothing is, name the weights W1, W2, ... without a gap."
            )
    return [stems[stem][number] for stem in ordered for number in sorted(stems[stem])]


def _not_understood(listed: str) -> BadInput:
    return BadInput(
        f"the arrays are {listed}: it is not clear which are the layers, in which order. Name the "
        "weights W1, W2, ... (or 0.weight, 1.weight, ...; or encoder.0, ..., decoder.0, ...), and "
        "leave out what is none."
    )


def _layers(module: Any) -> list[Any]:
    """Return the weights of a torch module whose leaves are linear layers without a bias.

    A layer that is used twice is there twice. Dropout is left out where it does nothing.
    """
    if not hasattr(module, "named_modules"):
        raise BadInput(
            "the module has no named_modules: give a torch module, or a list of weights."
        )
    found = []
    for _, leaf in module.named_modules(remove_duplicate=False):
        if any(True for _ in leaf.children()):
            continue
        kind = type(leaf).__name__
        if kind.startswith("Dropout") and not getattr(leaf, "training", True):
            continue
        if kind.startswith("Dropout"):
            raise BadInput("the module has Dropout that is active: call module.eval() first.")
        if kind not in ("Linear", "Identity"):
            raise BadInput(f"the module has a layer of type {kind}: give linear layers alone.")
        if getattr(leaf, "bias", None) is not None:
            raise BadInput("a layer has a bias: give layers of nn.Linear(..., bias=False).")
        if kind == "Linear":
            found.append(leaf.weight)
    return found


def _refuse_other_function(module: Any, network: Network) -> None:
    """Refuse a torch module that does not answer as its layers in this order do."""
    weight = next(iter(module.parameters()), None) if hasattr(module, "parameters") else None
    if weight is None or not callable(module):
        return
    probe = np.random.default_rng(0).standard_normal((3, network.widths[0]))
    try:
        given = weight.new_tensor(probe.tolist())
        answer = plain(module(given).detach().double(), "the answer")
    except Exception as error:  # whatever the module says
        raise BadInput(
            f"the module could not be run on {network.widths[0]} inputs ({type(error).__name__}): "
            "give the weights as a list, the first layer first."
        ) from None
    right = plain(given.double(), "the probe") @ to_array(network.end_to_end).T
    size = max(float(np.abs(right).max(initial=0.0)), 1e-300)
    if np.shape(answer) != right.shape or not np.abs(answer - right).max(initial=0.0) < 0.02 * size:
        raise BadInput(
            "the module does not answer as its linear layers do, one after the other: give the "
            "weights as a list, the first layer first."
        )


def positive(name: str, value: Any) -> Fraction:
    """Return a positive number as a fraction; raises :class:`~deeplinear.BadInput` by its name."""
    try:
        found = exact.rational(value) if isinstance(value, str) else Fraction(value)
    except (BadInput, TypeError, ValueError, OverflowError):
        found = Fraction()
    if found <= 0:
        raise BadInput(f"{name} is {str(value)[:40]}: give a positive number, as 0.1 or '1/10'.")
    return found


# --- a network with its data ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False, init=False)
class Problem:
    """A network with its data: ``x`` is d_0 x m, ``y`` is d_H x m, a column for each sample.

    What is given is converted as :class:`Network` and :func:`deeplinear.analyze` do; raises
    :class:`~deeplinear.BadInput`.
    """

    network: Network
    x: fmpq_mat
    y: fmpq_mat

    def __init__(self, network: Any, x: Any, y: Any) -> None:
        object.__setattr__(self, "network", Network.of(network))
        for name, value in (("x", x), ("y", y)):
            object.__setattr__(self, name, matrix(value, name))
        shapes = exact.shape(self.x), exact.shape(self.y)
        exact.refuse_shapes([exact.shape(w) for w in self.network.weights], *shapes)

    def __repr__(self) -> str:
        return f"Problem(widths={self.network.widths}, samples={self.x.ncols()})"


def problem(network: Any, x: Any, y: Any, samples: Samples | None = None) -> Problem:
    """Return a network with its data, exact, the samples as columns; see :func:`orientation`."""
    net = Network.of(network)
    data = [matrix(value, name) for value, name in ((x, "x"), (y, "y"))]
    way = orientation(net, data[0], data[1], samples)
    inputs, outputs = [a.transpose() for a in data] if way == "rows" else data
    return Problem(net, inputs, outputs)


def orientation(net: Network, x: Any, y: Any, samples: Samples | None) -> Samples:
    """Return whether the samples are the columns or the rows of data for a network.

    It is what ``samples`` says, or what the shapes say. Raises :class:`~deeplinear.BadInput` where
    the data do not fit the network, and where they fit both ways and it matters which.
    """
    if samples not in ("columns", "rows", None):
        raise BadInput(f"samples is {samples!r}: give 'columns' or 'rows'.")
    a, b = shape(x), shape(y)
    fitting: list[Samples] = [way for way in WAYS if fits(net, x, y, way)]
    if samples is None and len(fitting) > 1 and not (_is_symmetric(x) and _is_symmetric(y)):
        raise BadInput(
            f"x and y fit with the samples as columns and as rows (x is {a[0]} x {a[1]}): say "
            "which, samples='columns' or samples='rows' (--samples)."
        )
    if fitting and (samples is None or samples in fitting):
        return samples or fitting[0]
    if fitting:
        (other,) = fitting
        raise BadInput(f"x and y have a sample a {other[:-1]}: give samples={other!r} (--samples).")
    if samples == "rows" or (samples is None and net.widths[0] == a[1] != a[0]):
        a, b = a[::-1], b[::-1]
    exact.refuse_shapes([exact.shape(w) for w in net.weights], a, b)
    raise AssertionError("data that fit are not refused")


WAYS: tuple[Samples, Samples] = ("columns", "rows")


def fits(net: Network, x: Any, y: Any, samples: Samples) -> bool:
    """Tell whether data fit a network with their samples as columns, or as rows."""
    a, b = shape(x), shape(y)
    if samples == "rows":
        a, b = a[::-1], b[::-1]
    return (a[0], b[0]) == (net.widths[0], net.widths[-1]) and a[1] == b[1]


def _is_symmetric(a: Any) -> bool:
    if isinstance(a, fmpq_mat):
        return bool(a == a.transpose())
    return bool(np.array_equal(a, np.transpose(a)))


def shape(value: Any) -> exact.Shape:
    """Return the rows and columns of what :func:`matrix` takes, (0, 0) where it will refuse it."""
    if isinstance(value, fmpq_mat):
        return exact.shape(value)
    found = tuple(getattr(value, "shape", ()))
    if not found and isinstance(value, Sequence) and value and isinstance(value[0], Sequence):
        found = len(value), len(value[0])
    return found if len(found) == 2 else (0, 0)


def floats(value: Any, name: str = "a matrix") -> Array:
    """Return a matrix rounded to floats; takes and refuses what :func:`matrix` does."""
    value = plain(value, name)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.ndim == 2:
        with np.errstate(over="ignore"):
            found = value.astype(np.float64, copy=False)
        if not np.isfinite(found).all():
            raise BadInput(f"{name}: an entry is not finite: give finite numbers.")
        return found
    return to_array(matrix(value, name))


def float_data(net: Network, x: Any, y: Any, samples: Samples | None = None) -> tuple[Array, Array]:
    """Return data for a network rounded to floats, the samples as columns."""
    inputs, outputs = floats(x, "x"), floats(y, "y")
    way = orientation(net, inputs, outputs, samples)
    return (inputs.T, outputs.T) if way == "rows" else (inputs, outputs)


def samples_of(net: Network, x: Any) -> int:
    """Return how many samples x has, about: where it fits both ways the two numbers are one."""
    rows, columns = shape(x)
    return columns if rows == net.widths[0] else rows
