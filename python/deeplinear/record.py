"""What Lean recorded: kept with the hashes of the Lean files, read and compared."""

from __future__ import annotations

import hashlib
from pathlib import Path

from deeplinear.errors import BadInput
from deeplinear.instances import Record, parse

RECORD = Path(__file__).resolve().parent / "data" / "lean.json"


def find_root() -> Path | None:
    """Return the repository: the first folder with a lakefile.lean, from here or this file up."""
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / "lakefile.lean").is_file() and (folder / "DeepLinear.lean").is_file():
                return folder
    return None


FOLDERS = ("DeepLinear", "DeepLinearExamples", "Tools")
"""The folders of Lean files: the library, its instances, and the tools."""

ROOT_FILES = (
    "Challenge.lean", "DeepLinear.lean", "DeepLinearExamples.lean", "Examples.lean",
    "Solution.lean", "lake-manifest.json", "lakefile.lean", "lean-toolchain",
)  # fmt: skip
"""The project's own files beside its folders: a certificate written there is none of them."""


def hashes(root: Path) -> dict[str, str]:
    """Return the SHA-256 of every Lean file and pinned version, by path in the repository."""
    sources = [path for name in FOLDERS for path in (root / name).rglob("*.lean")]
    pinned = [root / name for name in ROOT_FILES]
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted([*sources, *filter(Path.is_file, pinned)])
    }


def load_record(path: Path = RECORD) -> Record:
    """Read the record."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror}): restore it with git, or make it anew with "
            "`deeplinear dev lean --refresh`."
        ) from None
    return parse(Record, text, path)


def differences(record: Record, files: dict[str, str]) -> list[str]:
    """Say, a sentence each, which Lean files are not those that the record was made from."""
    said = []
    for name in sorted({*record.files, *files}):
        if name not in files:
            said.append(f"{name} is in the record but not in the repository")
        elif name not in record.files:
            said.append(f"{name} is not in the record")
        elif record.files[name] != files[name]:
            said.append(f"{name} has changed since the record")
    return said


def compare(record: Record, fresh: Record) -> list[str]:
    """Say, a sentence each, where the record is not what Lean says now; the files apart."""
    said = [
        f"{name} is {old} in the record but {new} now"
        for name, old, new in (
            ("the version of Lean", record.lean, fresh.lean),
            ("the revision of Mathlib", record.mathlib, fresh.mathlib),
        )
        if old != new
    ]
    for name in sorted({*record.constants, *fresh.constants}):
        if record.constants.get(name) != fresh.constants.get(name):
            said.append(f"the definition of {name} is not what the record says")
    for what in ("theorems", "instances"):
        old_by_name = {one.name: one for one in getattr(record, what)}
        new_by_name = {one.name: one for one in getattr(fresh, what)}
        for name in sorted({*old_by_name, *new_by_name}):
            if name not in new_by_name:
                said.append(f"{name} is in the record but Lean does not export it")
            elif name not in old_by_name:
                said.append(f"{name} is not in the record")
            elif old_by_name[name].model_dump() != new_by_name[name].model_dump():
                said.append(f"{name} is not what the record says")
    return said


def save_record(record: Record, path: Path = RECORD) -> None:
    """Write the record, whole or not at all."""
    part = path.with_suffix(".part")
    part.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    part.replace(path)
