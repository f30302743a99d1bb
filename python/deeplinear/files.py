"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from deeplinear.errors import BadInput


def refuse_existing(path: Path, force: bool) -> None:
    """Refuse a file that exists, unless it may be overwritten; and a link in any case.

    A device or a pipe is no file that could be lost.
    """
    if _is_device(path):
        return
    if path.is_symlink():
        raise BadInput(f"{path} is a link: name the file itself.")
    if path.is_file() and not force:
        raise BadInput(f"{path} exists: name another file, or overwrite it with --force.")


def write_whole(path: Path, content: str | bytes, force: bool = False) -> None:
    """Write to ``path``, whole or not at all; an existing file only with ``force``.

    What is no regular file (a device, a pipe) is written to as it is. Raises
    :class:`~deeplinear.BadInput` where that cannot be.
    """
    refuse_existing(path, force)
    raw = content.encode() if isinstance(content, str) else content
    part = None
    try:
        if _is_device(path):
            path.write_bytes(raw)
            return
        handle, name = tempfile.mkstemp(prefix=".deeplinear-", dir=path.absolute().parent)
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        part.chmod(stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask())
        part.replace(path)
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise BadInput(
            f"{path} cannot be written ({error.strerror}): name a file in a writable folder."
        ) from None


def _is_device(path: Path) -> bool:
    """Tell whether it is a device or a pipe, or where the system shows them (/dev/stdout)."""
    shown = path.absolute().parts[1:2] in (("dev",), ("proc",))
    return path.exists() and (shown or not (path.is_file() or path.is_dir()))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
