"""One type for a network, and the files that networks and data come in.

Weights are exact: fractions stay what they are, and a float is the binary fraction that it is. Data
is read as data: arrays without pickles, text as numbers.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact
from deeplinear.errors import BadInput
from deeplinear.files import write_whole
from deeplinear.instances import Unread, parse
from deeplinear.numeric import Array, to_array

Samples: TypeAlias = Literal["columns", "rows"]
"""Whether a sample is a column of the data (as in the assignment) or a row."""

PICKLES = frozenset({".pt", ".pth", ".pkl", ".pickle", ".joblib"})
"""Files that would run code when they are read."""


def matrix(value: Any, name: str = "a matrix") -> fmpq_mat:
    """Return a matrix from rows of numbers, a NumPy array or a torch tensor, exactly.

    ``value`` has two dimensions; entries are integers, fractions, strings ``"p/q"`` or floats,
    which stand for the binary fraction that they are. Raises :class:`~deeplinear.BadInput`, which
    calls the matrix ``name``, for another shape, for NaN and for infinities.
    """
    if isinstance(value, fmpq_mat):
        return fmpq_mat(value)
    if hasattr(value, "detach"):  # a torch tensor; torch is not imported for it
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        if value.ndim != 2:
            raise BadInput(f"{name} has {value.ndim} dimensions: give one with rows and columns.")
        if value.dtype.kind not in "fiub" and value.dtype != object:
            raise BadInput(f"{name} has entries of type {value.dtype}: give real numbers.")
        if value.dtype.kind == "f" and value.size and np.isfinite(value).all():
            entries = [fmpq(*entry.as_integer_ratio()) for entry in value.ravel().tolist()]
            return fmpq_mat(len(value), len(value[0]), entries)
        value = value.tolist()
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes, Mapping)):
        raise BadInput(f"{name} is no matrix: give a list of rows or an array.")
    rows = [list(row) if isinstance(row, Iterable) else None for row in value]
    if any(row is None for row in rows):
        raise BadInput(f"{name} has one dimension: give it rows and columns.")
    try:
        return exact.matrix([[_entry(entry) for entry in row or ()] for row in rows])
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from None


def _entry(entry: Any) -> Any:
    if isinstance(entry, (bool, np.bool_)):
        return int(entry)
    if isinstance(entry, (float, np.floating)):
        if not np.isfinite(entry):
            raise BadInput(f"an entry is {entry}: give finite numbers.")
        return Fraction(float(entry))
    return int(entry) if isinstance(entry, np.integer) else entry


@dataclass(frozen=True, eq=False)
class Network:
    """A deep linear network: the weights ``W_1, ..., W_H``, exact.

    ``W_k`` has d_k rows and d_(k-1) columns; layer 0 is the input, layer H the output. Make one
    with :meth:`of`.

    >>> Network.of([[[1.0, 0.5]], [[2.0], [0.25]]]).widths
    (2, 1, 2)
    """

    weights: tuple[fmpq_mat, ...]

    @classmethod
    def of(cls, given: Any) -> Network:
        """Return the network with these weights, the first layer first.

        ``given`` is a Network, a sequence of matrices (lists of rows, NumPy arrays, torch tensors),
        or a torch module of ``nn.Linear(bias=False)`` layers. Raises
        :class:`~deeplinear.BadInput` for shapes that do not chain, biases and other layers.
        """
        if isinstance(given, Network):
            return given
        layers = _layers(given) if hasattr(given, "modules") else given
        if not isinstance(layers, Sequence) or isinstance(layers, (str, bytes)) or not layers:
            raise BadInput("the weights are no list of matrices: give W_1, ..., W_H.")
        network = cls(tuple(matrix(w, f"W_{k}") for k, w in enumerate(layers, start=1)))
        for k, (below, above) in enumerate(itertools.pairwise(network.weights)):
            if above.ncols() != below.nrows():
                raise BadInput(
                    f"W_{k + 2} has {above.ncols()} columns but W_{k + 1} has {below.nrows()} "
                    "rows: make the two numbers equal."
                )
        return network

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


def _layers(module: Any) -> list[Any]:
    """Return the weights of a torch module whose leaves are linear layers without a bias."""
    found = []
    for leaf in module.modules():
        if any(True for _ in leaf.children()):
            continue
        kind = type(leaf).__name__
        if kind not in ("Linear", "Identity"):
            raise BadInput(f"the module has a layer of type {kind}: give linear layers alone.")
        if getattr(leaf, "bias", None) is not None:
            raise BadInput("a layer has a bias: give layers of nn.Linear(..., bias=False).")
        if kind == "Linear":
            found.append(leaf.weight)
    return found


@dataclass(frozen=True, eq=False)
class Problem:
    """A network with its data: ``x`` is d_0 x m, ``y`` is d_H x m, a column for each sample."""

    network: Network
    x: fmpq_mat
    y: fmpq_mat


def problem(network: Any, x: Any, y: Any, samples: Samples = "columns") -> Problem:
    """Return a network with its data, exact, the samples as columns.

    Raises :class:`~deeplinear.BadInput` for shapes that do not chain; where they would with the
    samples the other way round, the sentence says so.
    """
    net = Network.of(network)
    data = [matrix(value, name) for value, name in ((x, "x"), (y, "y"))]
    refuse_data(net, exact.shape(data[0]), exact.shape(data[1]), samples)
    inputs, outputs = [a.transpose() for a in data] if samples == "rows" else data
    return Problem(net, inputs, outputs)


def refuse_data(net: Network, x: exact.Shape, y: exact.Shape, samples: Samples) -> None:
    """Refuse data of these shapes (rows, columns) where they do not fit the network."""
    if samples not in ("columns", "rows"):
        raise BadInput(f"samples is {samples!r}: give 'columns' or 'rows'.")
    if samples == "rows":
        x, y = x[::-1], y[::-1]
    ends = net.widths[0], net.widths[-1]
    if (x[1], y[1]) == ends and x[0] == y[0] and (x[0], y[0]) != ends:
        other = "columns" if samples == "rows" else "rows"
        raise BadInput(f"x and y have a sample a {other[:-1]}: give samples={other!r}.")
    exact.refuse_shapes([exact.shape(w) for w in net.weights], x, y)


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
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.ndim == 2:
        found = value.astype(np.float64, copy=False)
        if not np.isfinite(found).all():
            raise BadInput(f"{name}: an entry is not finite: give finite numbers.")
        return found
    return to_array(matrix(value, name))


def float_data(net: Network, x: Any, y: Any, samples: Samples) -> tuple[Array, Array]:
    """Return data for a network rounded to floats, the samples as columns."""
    inputs, outputs = floats(x, "x"), floats(y, "y")
    refuse_data(net, shape(inputs), shape(outputs), samples)
    return (inputs.T, outputs.T) if samples == "rows" else (inputs, outputs)


# --- files ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Given:
    """What a file holds: a network, and data with a column for each sample, not yet converted."""

    network: Network
    x: Any
    y: Any

    def problem(self) -> Problem:
        """Return it exact."""
        return problem(self.network, self.x, self.y)


def load(path: str | Path, x: str | Path | None = None, y: str | Path | None = None) -> Problem:
    """Read a network with its data.

    ``path`` is JSON (``{"weights": [...], "x": ..., "y": ...}``, numbers or strings ``"p/q"``),
    ``.npz`` or ``.safetensors`` (arrays named ``W1``, ``W2``, ... or ``0.weight``, ``1.weight``,
    ..., and ``x``, ``y``). Data may be in files of their own: ``.npy``, ``.npz`` with one array, or
    ``.csv`` with a header or without. Samples are columns in JSON and in arrays of ``path``; files
    of their own have a sample a row. Raises :class:`~deeplinear.BadInput`.
    """
    given = read(path, x, y)
    with _malformed(Path(path)):
        return given.problem()


def read(path: str | Path, x: str | Path | None = None, y: str | Path | None = None) -> Given:
    """Read what :func:`load` does, but leave the data as they are: they may be large."""
    file = Path(path)
    arrays = _read_json(file) if file.suffix == ".json" else _read_arrays(file)
    weights = arrays.pop("weights", None)
    data: dict[str, Any] = {name: arrays.pop(name, None) for name in ("x", "y")}
    if weights is None:
        weights = [arrays[name] for name in sorted(arrays, key=_place)]
    for name, own in (("x", x), ("y", y)):
        if own is not None:
            table = _read_table(Path(own))
            large = isinstance(table, np.ndarray) and table.ndim == 2
            data[name] = table.T if large else matrix(table, str(own)).transpose()
        if data[name] is None:
            raise BadInput(f"{file} has no {name}: name a file with it, as --{name} {name}.npy.")
    with _malformed(file):
        net = Network.of(weights)
        refuse_data(net, shape(data["x"]), shape(data["y"]), "columns")
        return Given(net, data["x"], data["y"])


@contextmanager
def _malformed(file: Path) -> Iterator[None]:
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{file} is malformed: {error}") from None


def _place(name: str) -> tuple[int, ...]:
    numbers = re.findall(r"\d+", name)
    if not numbers:
        raise BadInput(f"the array {name!r} has no number: name the weights W1, W2, ...")
    return tuple(map(int, numbers))


def _bytes(path: Path) -> bytes:
    if path.suffix in PICKLES:
        raise BadInput(
            f"{path} is a pickle, which runs code when it is read: save with numpy.savez or "
            "safetensors.torch.save_file instead."
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror}): name a file with weights, x and y."
        ) from None


def _read_json(path: Path) -> dict[str, Any]:
    given = parse(Unread, _bytes(path), path)
    return {"weights": given.weights, "x": given.x, "y": given.y}


def _read_arrays(path: Path) -> dict[str, Any]:
    content = _bytes(path)
    try:
        if path.suffix == ".safetensors":
            try:
                from safetensors.numpy import load as read
            except ImportError:
                raise BadInput(
                    f"{path} needs the package safetensors: pip install safetensors."
                ) from None
            return dict(read(content))
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
    except BadInput:
        raise
    except Exception as error:  # whatever the reader of the format says
        raise BadInput(f"{path} is malformed: {str(error).splitlines()[0]}.") from None
    raise BadInput(f"{path} is of an unknown kind: give .json, .npz or .safetensors.")


def _read_table(path: Path) -> Any:
    """Return the rows of a file of data."""
    content = _bytes(path)
    try:
        if path.suffix == ".npy":
            return np.load(path, allow_pickle=False)
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as archive:
                if len(archive.files) != 1:
                    raise BadInput(f"{path} has {len(archive.files)} arrays: give one with one.")
                return archive[archive.files[0]]
        if path.suffix == ".csv":
            return _numbers(content.decode("utf-8-sig"), path)
    except BadInput:
        raise
    except Exception as error:
        raise BadInput(f"{path} is malformed: {str(error).splitlines()[0]}.") from None
    raise BadInput(f"{path} is of an unknown kind: give .npy, .npz or .csv.")


def _numbers(text: str, path: Path) -> list[list[float]]:
    lines = [row for row in csv.reader(text.splitlines()) if row]
    if lines and not all(map(_is_number, lines[0])):
        lines = lines[1:]  # a header
    for place, row in enumerate(lines, start=1):
        if not all(map(_is_number, row)):
            raise BadInput(f"{path}, row {place} of the data has an entry that is no number.")
    return [[float(entry) for entry in row] for row in lines]


def _is_number(text: str) -> bool:
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def save(path: str | Path, given: Problem) -> None:
    """Write a network with its data as JSON, exact, whole or not at all."""
    text = json.dumps(
        {
            "weights": [exact.texts(layer) for layer in given.network.weights],
            "x": exact.texts(given.x),
            "y": exact.texts(given.y),
        },
        indent=1,
    )
    write_whole(Path(path), text + "\n")
