"""Which tests share a process: those that ask Lean, and those of a file."""

from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests for pytest-xdist.

    Those that ask Lean make one group: two ``lake`` at once would build the same files. The others
    of a file make one, so that what they share is made once.
    """
    for item in items:
        group = "lean" if item.get_closest_marker("lean") else Path(item.path).stem
        item.add_marker(pytest.mark.xdist_group(group))
