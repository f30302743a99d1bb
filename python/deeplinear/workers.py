"""Processes on this machine, for the parts of a check and for the blocks of a campaign."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from threadpoolctl import threadpool_limits


def use_one_thread() -> None:
    """Let BLAS run on one thread in this process: the matrices are small, more only cost time."""
    threadpool_limits(1, "blas")


def local(
    jobs: int, remember: Callable[[str], None] | None = None, what: str = ""
) -> ProcessPoolExecutor:
    """Return so many processes; in each ``remember(what)`` is called first, if it is given.

    An interrupt is for the parent alone; when the parent is killed, so are they.
    """
    # a fork has imported everything; elsewhere than on Linux it is not safe
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(jobs, context, _start, (remember, what))


def _start(remember: Callable[[str], None] | None, what: str) -> None:
    use_one_thread()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if remember is not None:
        remember(what)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
