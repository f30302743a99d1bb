"""The files that networks and data come in: JSON, NumPy's, safetensors, CSV; and :func:`save`.

Data is read as data: arrays without pickles, text as numbers, nothing unpacked beyond a limit.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from deeplinear import exact
from deeplinear.errors import BadInput
from deeplinear.files import write_whole
from deeplinear.instances import Unread, parse
from deeplinear.network import (
    Network,
    Problem,
    Samples,
    fits,
    matrix,
    named_layers,
    orientation,
    problem,
)

PICKLES = frozenset({".pt", ".pth", ".pkl", ".pickle", ".joblib"})
"""Files that would run code when they are read."""

MOST_BYTES = 2**31
"""How large a file, or what is packed in it, may be."""


@dataclass(frozen=True, eq=False)
class Given:
    """What files hold: a network, and data with a column for each sample, not yet converted.

    ``notes`` say how the tables were read, a sentence each.
    """

    network: Network
    x: Any
    y: Any
    notes: tuple[str, ...] = ()

    def problem(self) -> Problem:
        """Return it exact."""
        return problem(self.network, self.x, self.y, "columns")


def load(
    path: str | Path,
    x: str | Path | None = None,
    y: str | Path | None = None,
    samples: Samples | None = None,
    header: bool | None = None,
) -> Problem:
    """Read a network with its data.

    ``path`` is JSON (``{"weights": [...], "x": ..., "y": ...}``, numbers or strings ``"p/q"``),
    ``.npz`` or ``.safetensors`` (arrays named ``W1``, ``W2``, ..., ``0.weight``, ``1.weight``, ...,
    or ``encoder.0``, ..., ``decoder.0``, ...; and ``x``, ``y``). Data may be in files of their own:
    ``.npy``, ``.npz`` with one array, or ``.csv`` with a ``header`` or without. Samples are columns
    or rows as ``samples`` says, or as the shapes say; where both fit, JSON has them as columns, and
    for other files :class:`~deeplinear.BadInput` asks. It is raised for malformed files too.
    """
    given = read(path, x, y, samples, header)
    with _malformed(Path(path)):
        return given.problem()


def read(
    path: str | Path,
    x: str | Path | None = None,
    y: str | Path | None = None,
    samples: Samples | None = None,
    header: bool | None = None,
) -> Given:
    """Read what :func:`load` does, but leave the data as they are: they may be large."""
    file = Path(path)
    arrays = _read_json(file) if file.suffix == ".json" else _read_arrays(file)
    weights, said = arrays.pop("weights", None), arrays.pop("samples", None)
    data: dict[str, Any] = {name: arrays.pop(name, None) for name in ("x", "y")}
    notes = []
    own = [(name, place) for name, place in (("x", x), ("y", y)) if place is not None]
    for name, place in own:
        data[name], how = _read_table(Path(place), header)
        if how is not None:
            notes.append(f"{place}: {how}")
    for name in ("x", "y"):
        if data[name] is None:
            raise BadInput(f"{file} has no {name}: name a file with it, as --{name} {name}.npy.")
    with _malformed(file):
        net = Network.of(named_layers(arrays) if weights is None else weights)
        inputs, outputs = (
            a
            if isinstance(a, np.ndarray) and a.ndim == 2 and a.dtype.kind in "fiub"
            else matrix(a, name)
            for name, a in data.items()
        )
        if file.suffix == ".json" and not own:
            samples = samples or said or _columns_where_both_fit(net, inputs, outputs)
        if orientation(net, inputs, outputs, samples) == "rows":
            inputs, outputs = inputs.transpose(), outputs.transpose()
        return Given(net, inputs, outputs, tuple(notes))


def _columns_where_both_fit(net: Network, x: Any, y: Any) -> Samples:
    """JSON has its samples as columns; only data that fit as rows alone are read so."""
    return "columns" if fits(net, x, y, "columns") or not fits(net, x, y, "rows") else "rows"


@contextmanager
def _malformed(file: Path) -> Iterator[None]:
    try:
        yield
    except BadInput as error:
        raise BadInput(f"{file} is malformed: {error}") from None


def _bytes(path: Path) -> bytes:
    if path.suffix in PICKLES:
        raise BadInput(
            f"{path} is a pickle, which runs code when it is read: save with numpy.savez or "
            "safetensors.torch.save_file instead."
        )
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path} is larger than {MOST_BYTES} bytes: give fewer samples.")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror}): name a file with weights, x and y."
        ) from None


def _read_json(path: Path) -> dict[str, Any]:
    given = parse(Unread, _bytes(path), path)
    return {"weights": given.weights, "x": given.x, "y": given.y, "samples": given.samples}


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Say in a sentence that a file is malformed, whatever the reader of its format says."""
    try:
        yield
    except BadInput:
        raise
    except Exception as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInput(f"{path} is malformed: {said.rstrip('.')}.") from None


def _read_arrays(path: Path) -> dict[str, Any]:
    content = _bytes(path)
    with _reading(path):
        if path.suffix == ".safetensors":
            return _read_safetensors(content, path)
        if path.suffix == ".npz":
            return _read_npz(content, path)
    raise BadInput(f"{path} is of an unknown kind: give .json, .npz or .safetensors.")


def _read_npz(content: bytes, path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
            raise BadInput(f"{path} unpacks to more than {MOST_BYTES} bytes: give fewer samples.")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?", "BF16": "<u2",
}  # fmt: skip


def _read_safetensors(content: bytes, path: Path) -> dict[str, Any]:
    try:
        from safetensors import deserialize
    except ImportError:
        raise BadInput(
            f"{path} needs the package safetensors: pip install 'deeplinear[safetensors]'."
        ) from None
    found = {}
    for name, tensor in deserialize(content):  # type: ignore[no-untyped-call]
        if tensor["dtype"] not in _TYPES:
            raise BadInput(
                f"{path} has {name} in {tensor['dtype']}, which is not read: save it as float32."
            )
        array = np.frombuffer(tensor["data"], _TYPES[tensor["dtype"]]).reshape(tensor["shape"])
        if tensor["dtype"] == "BF16":  # the upper half of a float32
            array = (array.astype(np.uint32) << 16).view(np.float32)
        found[name] = array
    return found


# --- tables ---------------------------------------------------------------------------------------


def _read_table(path: Path, header: bool | None) -> tuple[Any, str | None]:
    """Return a file of data as it is, and how it was read where that is a question."""
    content = _bytes(path)
    with _reading(path):
        if path.suffix == ".npy":
            return np.load(io.BytesIO(content), allow_pickle=False), None
        if path.suffix == ".npz":
            arrays = _read_npz(content, path)
            if len(arrays) != 1:
                raise BadInput(f"{path} has {len(arrays)} arrays: give one with one.")
            return next(iter(arrays.values())), None
        if path.suffix == ".csv":
            return _read_csv(content.decode("utf-8-sig"), path, header)
    raise BadInput(f"{path} is of an unknown kind: give .npy, .npz or .csv.")


def _read_csv(text: str, path: Path, header: bool | None) -> tuple[Any, str]:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise BadInput(f"{path} is empty: give a line for each sample.")
    first = next(csv.reader(lines[:1]))
    if header is None:
        header = _is_header(first, lines[1:], path)
    body = lines[1:] if header else lines
    try:
        found = np.loadtxt(body, delimiter=",", ndmin=2, comments=None, quotechar='"')
    except ValueError as error:
        raise BadInput(f"{path}, below: {_placed(str(error), header)}.") from None
    if not np.isfinite(found).all():
        row, column = np.argwhere(~np.isfinite(found))[0] + 1
        raise BadInput(
            f"{path}, row {row}, column {column} of the data is not finite: leave it out."
        )
    if found.size == 0:
        raise BadInput(f"{path} has no data below its header: give a line for each sample.")
    return found, f"{len(found)} lines of data, {'a header' if header else 'no header'}"


def _placed(said: str, header: bool) -> str:
    """Return what NumPy says of an entry, with the line of the file that it is in."""
    return said.replace("usecols", "as many columns in each line").split(";")[0] + (
        " (rows counted from 0 below the header)" if header else " (rows counted from 0)"
    )


def _is_header(first: list[str], rest: list[str], path: Path) -> bool:
    """Decide whether the first line is a header, by all of the table; a doubt is a question."""
    ways = "give --header or --no-header (header=True or False)"
    numbers = [_number(cell) for cell in first]
    if all(number is None and cell.strip() for number, cell in zip(numbers, first, strict=True)):
        if any(cell.strip().lower() in ("nan", "na", "null", "none") for cell in first):
            raise BadInput(f"the first line of {path} has gaps: fill them, or {ways}.")
        if any(character.isdigit() for character in first[0][:1]) or len(first) != _columns(rest):
            raise BadInput(f"the first line of {path} may be a header, or malformed: {ways}.")
        return True
    if any(number is None for number in numbers):
        raise BadInput(
            f"the first line of {path} has numbers and others: mend it if it is data, or {ways}."
        )
    whole = all(cell.strip().isdigit() for cell in first)
    steps = {int(b) - int(a) for a, b in itertools.pairwise(first)} if whole else set()
    counted = whole and steps <= {1} and (len(first) > 2 or int(first[0]) in (0, 1))
    if counted and not all(
        cell.strip().lstrip("-").isdigit() for row in rest for cell in row.split(",")
    ):
        raise BadInput(f"the first line of {path} counts, as a header may: {ways}.")
    if counted and len(first) > 2:
        raise BadInput(f"the first line of {path} counts, as a header may: {ways}.")
    return False


def _columns(lines: list[str]) -> int:
    return len(next(csv.reader(lines[:1]), []))


def _number(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def save(path: str | Path, given: Problem | Network, force: bool = False) -> None:
    """Write a network as JSON, exact, whole or not at all; with its data, if it is a Problem.

    Raises :class:`~deeplinear.BadInput` for a file that exists, unless ``force`` is set.
    """
    net = given.network if isinstance(given, Problem) else Network.of(given)
    kept: dict[str, Any] = {"weights": [exact.texts(layer) for layer in net.weights]}
    if isinstance(given, Problem):
        kept |= {"x": exact.texts(given.x), "y": exact.texts(given.y), "samples": "columns"}
    write_whole(Path(path), json.dumps(kept, indent=1) + "\n", force)
