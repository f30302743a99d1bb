"""Malformed input to every place that reads JSON or a command line.

``python tests/mutation/fuzz.py`` tries 5,000 and prints the figures. Each has to end in one of two
ways: it is read, or it is refused with one sentence and exit code 2. A traceback, another exit code
and a file that is left behind are failures.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from deeplinear import cli
from deeplinear.campaign import Block
from deeplinear.errors import BadInput
from deeplinear.instances import Evaluation, EvaluationInput, NetworkInput, Record, parse
from deeplinear.record import RECORD

NETWORK = {
    "weights": [[["1", "1/2"], ["0", "-3"]], [["2", "1"]]],
    "x": [["1", "0"], ["0", "1"]],
    "y": [["1", "-1/3"]],
}
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e308, "", "1/0", "x", "1e5", "0x1", "1/2/3", "\x00", "9" * 5000,
    [], {}, [[]], [[["1"]]], {"a": 1}, "NaN", "inf", "\u0661", "--json", "weights",
    1e200, -1e300, 1e-308, 5e-324, "1" + 250 * "0", "1/1" + 250 * "0", 2**70,
]  # fmt: skip
WORDS = [
    "check", "show", "list", "escape", "flow", "plot", "dev", "certify", "instances", "schema",
    "P2", "p4", "LK1", "P99", "--seed", "--cases", "--json", "--radius", "--widths", "--until",
    "-1", "0", "nan", "1/10", "2,3", "2,,3", "x", "", "--", "--help-me", "origin", "missing.json",
    "/", "\x00", "é", "--refresh=1",
]  # fmt: skip
"""No word here starts a long run: checks get --cases below 12, and plots no file that exists."""


def mutate(rng: random.Random, value: Any) -> Any:
    """Return JSON with one place changed at random."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        changed = dict(value)
        kind = rng.random()
        if kind < 0.15:
            del changed[key]
        elif kind < 0.3:
            changed[rng.choice(["", "extra", "X", key + "s"])] = rng.choice(ODD)
        else:
            changed[key] = mutate(rng, value[key])
        return changed
    if isinstance(value, list) and value and rng.random() < 0.85:
        changed_list = list(value)
        place = rng.randrange(len(value))
        if rng.random() < 0.2:
            del changed_list[place]
        else:
            changed_list[place] = mutate(rng, value[place])
        return changed_list
    return rng.choice(ODD)


def garble(rng: random.Random, text: str) -> bytes:
    """Return the bytes of a text with some cut, doubled or replaced."""
    data = bytearray(text.encode())
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(data) + 1)
        kind = rng.random()
        if kind < 0.3:
            del data[place:]
        elif kind < 0.6:
            data[place:place] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 4)))
        else:
            data[place:place] = data[: rng.randint(0, 20)]
        if not data:
            break
    return bytes(data)


def _malformed(rng: random.Random, value: Any) -> bytes:
    if rng.random() < 0.3:
        return garble(rng, json.dumps(value))
    changed = value
    for _ in range(rng.randint(1, 2)):
        changed = mutate(rng, changed)
    return json.dumps(changed).encode()


REFUSED = "refused"
"""What a place answers when it refused the input as it should; None when it read it."""


def _library(model: Any, data: bytes) -> str | None:
    try:
        parse(model, data, "fuzz")
    except BadInput as error:
        sentence = str(error)
        return f"not a sentence: {sentence}" if "\n" in sentence.strip() else REFUSED
    except Exception as error:  # any other exception is what is looked for
        return f"{type(error).__name__}: {error}"
    return None


def _command(arguments: list[str], folder: Path) -> str | None:
    before = sorted(folder.iterdir())
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    here = Path.cwd()
    try:
        os.chdir(folder)
        with (
            mock.patch.object(sys, "argv", ["deeplinear", *arguments]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            cli.main()
    except SystemExit as ended:
        code = ended.code or 0
    except Exception as error:
        return f"{arguments}: {type(error).__name__}: {error}"
    finally:
        os.chdir(here)
    if "Traceback" in err.getvalue():
        return f"{arguments}: a traceback"
    if code not in (0, 1, 2):
        return f"{arguments}: exit code {code}"
    if code == 2 and sorted(folder.iterdir()) != before:
        return f"{arguments}: a file was left behind"
    return REFUSED if code == 2 else None


def failures(folder: Path, count: int, seed: int = 0) -> tuple[list[str], int]:
    """Try so many malformed inputs, in turn to each place.

    Returns what went wrong, and how many were refused as they should be; the others could be read.
    """
    rng = random.Random(seed)
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    record["theorems"], record["instances"] = record["theorems"][:2], record["instances"][9:40:10]
    evaluation = {"end_to_end": [["1"]], "loss": "1/2", "gradient": [[["0"]]], "second": "3"}
    block = {"problem": "P2", "first": 0, "count": 50, "seconds": 0.5, "violations": [7]}
    trial = {**NETWORK, "type": "network", "problem": "P1.4"}
    violation = {"seed": 0, "number": 7, "failures": ["said"], "trial": trial}
    asked = {**NETWORK, "directions": [NETWORK["weights"], NETWORK["weights"]]}

    def file_of(value: Any) -> str:
        (folder / "input.json").write_bytes(_malformed(rng, value))
        return "input.json"

    places: list[Callable[[], str | None]] = [
        lambda: _library(Record, _malformed(rng, record)),
        lambda: _library(NetworkInput, _malformed(rng, NETWORK)),
        lambda: _library(EvaluationInput, _malformed(rng, asked)),
        lambda: _library(Evaluation, _malformed(rng, evaluation)),
        lambda: _library(Block, _malformed(rng, block)),
        lambda: _command(["check", "--replay", file_of(violation)], folder),
        lambda: _command(["escape", file_of(NETWORK)], folder),
        lambda: _command(["flow", file_of(NETWORK), "--until", "0.01"], folder),
        lambda: _command(["flow", file_of(NETWORK), "--until", "0.01", "--steps", "0.005"], folder),
        lambda: _command(["analyze", file_of(NETWORK)], folder),
        lambda: _command(["analyze", file_of(NETWORK), "--no-certify"], folder),
        lambda: _command(["classify", file_of(NETWORK)], folder),
        lambda: _command(["certificate", file_of(NETWORK), "--to", "a.lean", "--force"], folder),
        lambda: _command(_words(rng), folder),
    ]
    said = [places[case % len(places)]() for case in range(count)]
    wrong = [sentence for sentence in said if sentence not in (None, REFUSED)]
    return [sentence for sentence in wrong if sentence], said.count(REFUSED)


def _words(rng: random.Random) -> list[str]:
    words = [rng.choice(WORDS) for _ in range(rng.randint(1, 5))]
    if any(word in words for word in ("check", "certify", "dev", "plot", "flow")):
        words += rng.choice([["--cases", "3"], ["--no-such"], ["\x00"], ["--json", "no/such"]])
        words = [word for word in words if word not in ("certify", "--refresh", "gradient")]
    return words


def main() -> int:
    """Try 5,000 malformed inputs and print the figures."""
    count = 5000
    with tempfile.TemporaryDirectory() as folder:
        said, refused = failures(Path(folder), count)
    for sentence in said[:20]:
        print(sentence[:300])
    print(f"{count} inputs, {refused} refused in one sentence, {len(said)} not handled")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
