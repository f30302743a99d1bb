"""The checks: one module a problem, named as the Lean file that it checks.

A new problem is a module with a ``CHECK``, entered in :data:`CHECKS`.
"""

from __future__ import annotations

from collections.abc import Iterable

from deeplinear.checks import rank_bounded, square_full_rank
from deeplinear.checks.base import Check, Row, run_check
from deeplinear.errors import BadInput

__all__ = ["CHECKS", "Check", "Row", "run_check", "select"]

CHECKS: dict[str, Check] = {
    module.CHECK.problem: module.CHECK for module in (rank_bounded, square_full_rank)
}
"""The check of each problem, in the order of the report."""


def select(problems: Iterable[str]) -> list[Check]:
    """Return the checks of these problems (of all, if none is named), in the order of the report.

    Capital letters do not matter. Raises :class:`~deeplinear.BadInput` for an unknown problem.
    """
    wanted = {problem.upper() for problem in problems}
    for problem in sorted(wanted - CHECKS.keys()):
        raise BadInput(f"{problem} is no problem that is checked: give {', '.join(CHECKS)}.")
    return [check for problem, check in CHECKS.items() if problem in wanted or not wanted]
