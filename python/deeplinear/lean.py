"""The only module that talks to Lean.

Where Lean is on the machine, ``lake env lean --run Tools/Export.lean`` prints what Lean knows; its
output, with the SHA-256 of the code and of the comments of every Lean file and of what fixes Lean
and Mathlib (``lean-toolchain``, ``lake-manifest.json``) added, is kept as ``data/lean.json``: the
record, never written by hand.
Everywhere else the record is read; a file that has changed since is named.

A machine without a network keeps Mathlib as a local package: ``$DEEPLINEAR_PACKAGES``, or else
``~/.config/deeplinear/packages.json``, names a file of package overrides for ``lake --packages``.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deeplinear import exact
from deeplinear.errors import BadInput, LeanFailed
from deeplinear.instances import Evaluation, EvaluationInput, Record, parse
from deeplinear.record import find_root, hashes, words

EXPORT = ("env", "lean", "--run", "Tools/Export.lean")
EVALUATE = (*EXPORT, "evaluate")
AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})
"""The axioms of Lean's own logic."""

TIMEOUT = 3600
"""Seconds after which a call of Lake is given up."""


@dataclass(frozen=True)
class Lean:
    """A Lean that can be asked: the ``lake`` program and the repository; on ``threads``, or any."""

    lake: Path
    root: Path
    threads: int | None = None

    def run(self, *arguments: str, given: str | None = None) -> str:
        """Run ``lake`` in the repository, on the input ``given``, and return its standard output.

        Raises :class:`LeanFailed`, with the first line of what Lake said, when it fails.
        """
        packages = packages_file()
        options = [f"--packages={packages}"] if packages else []
        words = f"`lake {' '.join(arguments)}`"
        limit = {} if self.threads is None else {"LEAN_NUM_THREADS": str(self.threads)}
        try:
            done = subprocess.run(
                [str(self.lake), *options, *arguments],
                cwd=self.root,
                env=os.environ | limit,
                input=given,
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=TIMEOUT,
                check=False,
            )
        except OSError as error:
            raise LeanFailed(f"{words} could not be started: {error.strerror}.") from None
        except subprocess.TimeoutExpired:
            raise LeanFailed(f"{words} took over {TIMEOUT} s and was stopped.") from None
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()
            line = next((line for line in said if "error" in line), said[-1])
            raise LeanFailed(f"{words} ended with code {done.returncode}: {line}")
        return done.stdout

    def version(self) -> str:
        """Return what ``lean --version`` says."""
        return self.run("env", "lean", "--version").strip()

    def check_certificate(self, path: Path, theorem: str) -> str:
        """Let Lean check a certificate; returns what was proved, and from which axioms.

        Raises :class:`~deeplinear.LeanFailed` where Lean refuses it, and for other axioms than
        those of its logic.
        """
        self.run("build", "DeepLinear.Certificate.Critical")
        text = path.read_text(encoding="utf-8") + f"\n#print axioms {theorem}\n"
        with tempfile.TemporaryDirectory() as folder:
            asked = Path(folder) / path.name
            asked.write_text(text, encoding="utf-8")
            said = self.run("env", "lean", str(asked)).strip()
        found = re.search(r"depends on axioms: \[([^\]]*)\]", said)
        if found is None and "does not depend on any axioms" not in said:
            raise LeanFailed(f"Lean did not say what {theorem} rests on: {said.splitlines()[-1:]}")
        named = {one.strip() for one in found[1].split(",")} if found else set()
        if named - AXIOMS:
            raise LeanFailed(f"{theorem} rests on {', '.join(sorted(named - AXIOMS))}: no proof.")
        return f"Lean has proved it: {said}"

    def export(self) -> Record:
        """Build the library and return what it exports now, with the hashes of its files."""
        before = hashes(self.root)
        self.run("build", "DeepLinear", "DeepLinearExamples", "Tools")
        said = self.run(*EXPORT)
        if hashes(self.root) != before:
            raise LeanFailed("A Lean file changed while Lean ran: run the command again.")
        record = parse(Record, said, "the output of Export.lean")
        constants = {
            name: hashlib.sha256(meaning.encode()).hexdigest()
            for name, meaning in record.constants.items()
        }
        kept = {"files": before, "words": words(self.root), "constants": constants}
        return record.model_copy(update=kept)

    def evaluate(self, asked: EvaluationInput) -> Evaluation:
        """Return what the library's own definitions give for weights and data."""
        text = asked.model_dump_json(exclude_none=True)
        said = self.run(*EVALUATE, given=text)
        return parse(Evaluation, said, "the output of Export.lean evaluate")


def packages_file() -> Path | None:
    """Return the file of package overrides for ``lake``, or None where there is none."""
    given = os.environ.get("DEEPLINEAR_PACKAGES")
    if given:
        if not Path(given).is_file():
            raise BadInput(
                f"DEEPLINEAR_PACKAGES is {given}, which is no file: correct it or unset it."
            )
        return Path(given).resolve()
    default = Path.home() / ".config" / "deeplinear" / "packages.json"
    return default if default.is_file() else None


BUILT = Path(".lake", "packages", "mathlib", ".lake", "build", "lib", "lean", "Mathlib")
"""Where the compiled Mathlib is, in the repository, once ``lake exe cache get`` has run."""


def find_lean() -> Lean:
    """Return the Lean that can be asked.

    Raises :class:`~deeplinear.BadInput` if there is none, and where Mathlib is not compiled: Lake
    would fetch and build it, for hours.
    """
    root = find_root()
    if root is None:
        raise BadInput("No lakefile.lean is above this folder: run this in a clone of DeepLinear.")
    found = shutil.which("lake") or shutil.which("lake", path=str(Path.home() / ".elan" / "bin"))
    if found is None:
        raise BadInput("Lean is not on this machine: install elan (https://lean-lang.org/install).")
    if packages_file() is None and not (root / BUILT).is_dir():
        raise BadInput("Mathlib is not compiled here: run lake exe cache get in the clone.")
    return Lean(Path(found), root)


MALFORMED = {
    '{"weights": [[["1"]]], "x": [["1"]]}': "y",
    '{"weights": [[["1"]], [["1", "2"]]], "x": [["1"]], "y": [["1"]]}': "weights[1]",
}
"""Input that `evaluate` has to refuse, and the field that its one sentence has to name."""


def disagreements(lean: Lean, seed: int = 0) -> list[str]:
    """Say, a sentence each, where Lean and FLINT evaluate a random network differently.

    Malformed input that Lean does not refuse by name is said too.
    """
    rng = random.Random(seed)
    widths = [rng.randint(2, 4) for _ in range(5)]
    weights, x, y = exact.random_network(rng, widths, 3)
    u, v = (tuple(exact.random_network(rng, widths, 1)[0]) for _ in range(2))
    asked = EvaluationInput.model_construct(weights=tuple(weights), x=x, y=y, directions=(u, v))
    found = lean.evaluate(asked)
    r = exact.end_to_end(weights)
    claims = {
        "end-to-end matrix": found.end_to_end == r,
        "loss": found.loss == exact.loss(r, x, y),
        "gradient": list(found.gradient) == exact.gradient(weights, x, y),
        "second derivative": found.second == exact.second_derivative(weights, u, v, x, y),
    }
    said = [
        f"Lean evaluates another {what} than FLINT" for what, same in claims.items() if not same
    ]
    for text, field in MALFORMED.items():
        try:
            lean.run(*EVALUATE, given=text)
        except LeanFailed as error:
            if "code 2" in str(error) and field in str(error):
                continue
        said.append(f"Lean does not refuse a malformed {field}")
    return said
