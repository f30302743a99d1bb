"""Writing a file whole or not at all."""

from __future__ import annotations

from pathlib import Path

from deeplinear.errors import BadInput


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whole or not at all.

    A link is followed, and what is no regular file (a device, a pipe) is written to as it is.
    Raises :class:`~deeplinear.BadInput` where that cannot be.
    """
    part = None
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
            return
        part = target.with_name(target.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except (OSError, RuntimeError) as error:
        if part is not None:
            part.unlink(missing_ok=True)
        said = getattr(error, "strerror", None) or "its links form a circle"
        raise BadInput(
            f"{path} cannot be written ({said}): name a file in a writable folder."
        ) from None
