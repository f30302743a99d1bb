"""What Lean recorded: kept with the hashes of the Lean files, read and compared."""

from __future__ import annotations

import hashlib
import re
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
    "Challenge.lean", "DeepLinear.lean", "DeepLinearExamples.lean", "Solution.lean",
    "lake-manifest.json", "lakefile.lean", "lean-toolchain",
)  # fmt: skip
"""The project's own files beside its folders: a certificate written there is none of them.

Nor is Examples.lean, in which everybody is invited to change numbers.
"""


def sources(root: Path) -> dict[str, str]:
    """Return the text of every Lean file and pinned version, by path in the repository."""
    found = [path for name in FOLDERS for path in (root / name).rglob("*.lean")]
    pinned = [root / name for name in ROOT_FILES]
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted([*found, *filter(Path.is_file, pinned)])
    }


_TOKEN = re.compile(
    r"""(?P<open>/-)|(?P<line>--[^\n]*)|(?P<raw>\br"[^"]*")|(?P<string>"(?:\\.|[^"\\])*")"""
    r"""|(?P<sign>'(?:\\.|[^\\'\n])')|(?P<space>\s+)|(?P<rest>.)""",
    re.DOTALL,
)


def parted(text: str) -> tuple[str, str]:
    """Return the code of a Lean file, white space as single blanks, and its comments."""
    code, comments, place = [], [], 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise AssertionError("the last alternative takes every sign")
        end = found.end()
        if found.lastgroup == "open":
            end = _closed(text, place)
        if found.lastgroup in ("open", "line"):
            comments.append(text[place:end])
            code.append(" ")
        else:
            code.append(" " if found.lastgroup == "space" else found.group())
        place = end
    return re.sub(" +", " ", "".join(code)).strip(), "\n".join(comments)


def _closed(text: str, place: int) -> int:
    """Return where the comment that begins here ends; comments of Lean are nested."""
    depth = 0
    for found in re.finditer(r"/-|-/", text[place:]):
        depth += 1 if found.group() == "/-" else -1
        if depth == 0:
            return place + found.end()
    return len(text)


def hashes(root: Path) -> dict[str, str]:
    """Return the SHA-256 of the code of every Lean file and pinned version, by path.

    Comments, docstrings among them, and the breaks of lines do not count: :func:`words` has them.
    """
    return {name: _digest(parted(text)[0]) for name, text in sources(root).items()}


def words(root: Path) -> dict[str, str]:
    """Return the SHA-256 of the comments of every Lean file, docstrings among them, by path."""
    return {name: _digest(parted(text)[1]) for name, text in sources(root).items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


ANEW = "build and ask Lean again (deeplinear dev lean --refresh), or restore it with git"
"""What to do about a file that is not that of the record."""


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
            said.append(f"{name} is in the record but not in the repository: {ANEW}")
        elif name not in record.files:
            said.append(f"{name} is not in the record: {ANEW}")
        elif record.files[name] != files[name]:
            said.append(f"{name} has changed since the record: {ANEW}")
    return said


def older_words(record: Record, fresh: dict[str, str]) -> list[str]:
    """Return the files whose comments have changed since the record, which has older docstrings."""
    return [name for name in record.words if name in fresh and record.words[name] != fresh[name]]


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
