"""What the commands share: a screen, progress, and what is refused before any work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from deeplinear.errors import BadInput
from deeplinear.files import refuse_existing

if TYPE_CHECKING:
    from rich.console import Console

    from deeplinear.checks import Row
    from deeplinear.instances import Record


def open_screen() -> Console:
    """Return a screen; where the output is no terminal its lines are 140 columns wide."""
    from rich.console import Console

    screen = Console(highlight=False)
    return screen if screen.is_terminal else Console(highlight=False, width=140)


def refuse_unwritable(path: Path | None, force: bool = False) -> None:
    """Refuse a file that cannot be written, or exists, before any work is done."""
    if path is None:
        return
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise BadInput(f"--json is {path}: name a file in a folder that exists.")
    refuse_existing(path, force)


def files_row(record: Record) -> Row:
    """Compare the Lean files with those that the record was made from."""
    from deeplinear.checks import Row
    from deeplinear.record import differences, find_root, hashes, older_words, words

    root = find_root()
    if root is None:
        return Row("Lean", "files of the record", False, 0, True, "no Lean files here", 0.0)
    files = hashes(root)
    said = differences(record, files)
    detail = "; ".join(said) or f"the files that the record was made from (Lean {record.lean})"
    older = older_words(record, words(root))
    if older:
        detail += f" (warning: docstrings are older than those of {', '.join(older)})"
    return Row("Lean", "files of the record", False, len(files), not said, detail, 0.0)


@contextmanager
def progress(steps: int) -> Iterator[Callable[[str], None]]:
    """Show a progress bar on a terminal; yields what is to be called after each step."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    screen = Console(stderr=True)
    if not screen.is_terminal:
        yield lambda what: None
        return
    with Progress(*columns, console=screen, transient=True) as progress:
        bar = progress.add_task("", total=steps)
        yield lambda what: progress.update(bar, description=what, advance=1)


def clone() -> Path:
    """Return the repository; refused outside of a clone."""
    from deeplinear.record import find_root

    root = find_root()
    if root is None:
        raise BadInput("No lakefile.lean is above this folder: run this in a clone of DeepLinear.")
    return root
