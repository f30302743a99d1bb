"""``python -m deeplinear`` is the command ``deeplinear``; where it is not installed, it says so."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or name the extra that it needs."""
    try:
        from deeplinear.cli import main as run
    except ModuleNotFoundError as error:
        if error.name not in ("rich", "threadpoolctl", "typer"):
            raise
        print(
            f"deeplinear: the command needs {error.name}: pip install 'deeplinear[cli]'.",
            file=sys.stderr,
        )
        sys.exit(2)
    run()


if __name__ == "__main__":
    main()
