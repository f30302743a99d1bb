"""The checks: one module a problem, named as the Lean file that it checks.

A new problem is a module with ``CHECKS``, entered here. Its theorems carry its name in
``Export.lean``; a theorem without a check and a check without a theorem are failures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from deeplinear import workers
from deeplinear.checks import (
    completion,
    flow,
    gradient,
    landscape,
    local_minima,
    origin,
    population,
    rank_bounded,
    saddles,
    second_order,
    shallow,
    square_full_rank,
    training,
)
from deeplinear.checks.base import Check, Row, run_check, run_part
from deeplinear.checks.statements import STATEMENTS
from deeplinear.errors import BadInput
from deeplinear.instances import Record, of_problem

__all__ = ["AXIOMS", "CHECKS", "Check", "Row", "run", "run_check", "select"]

AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})
"""The axioms of Lean's own logic: no others may be used, ``sorryAx`` least of all."""

_MODULES = (
    gradient,
    rank_bounded,
    origin,
    square_full_rank,
    population,
    landscape,
    shallow,
    local_minima,
    saddles,
    second_order,
    completion,
    flow,
    training,
)

CHECKS: dict[str, Check] = {check.problem: check for module in _MODULES for check in module.CHECKS}
"""The check of each problem, in the order of the report."""

SOURCES = {
    check.problem: f"python/{module.__name__.replace('.', '/')}.py"
    for module in _MODULES
    for check in module.CHECKS
}
"""The file of each check, relative to the repository."""

LEGEND = {
    "P1 to P5": "the problems of the assignment",
    "LK1 to LK3": "Lu and Kawaguchi 2017, Theorems 2.1 to 2.3",
    "LB": "Laurent and von Brecht 2018",
    "K16": "Kawaguchi 2016, Theorem 2.3",
    "SO": "second order: every critical point classified; Baldi and Hornik 1989",
    "AE": "the linear autoencoder: Baldi and Hornik 1989",
    "MC": "deep matrix completion",
    "FLOW": "gradient flow: Arora, Cohen and Hazan 2018",
    "SAXE": "decoupled modes: Saxe, McClelland and Ganguli 2014",
    "ACGH": "convergence from the start: Arora, Cohen, Golowich and Hu 2019",
    "GD": "gradient descent with an explicit step",
}
"""What the codes of problems stand for."""

NAMES = {
    "gradient": "P1.4",
    "population-gradient": "P1.3",
    "bounded-rank": "P2",
    "origin": "P3.2",
    "hessian-at-the-origin": "P3.3",
    "square-layers": "P4",
    "population": "P5",
    "lu-kawaguchi": "LK3",
    "eckart-young": "LK2",
    "openness": "LK1",
    "laurent-von-brecht": "LB",
    "kawaguchi": "K16",
    "strict-saddles": "K16",
    "second-order": "SO",
    "autoencoder": "AE",
    "matrix-completion": "MC",
    "gradient-flow": "FLOW",
    "modes": "SAXE",
    "convergence": "ACGH",
    "gradient-descent": "GD",
}
"""Names for problems, beside their codes."""


def select(problems: Iterable[str]) -> list[Check]:
    """Return the checks of these problems (of all, if none is named), in the order of the report.

    A problem is a code as P2 or a name of :data:`NAMES`; capital letters do not matter. Raises
    :class:`~deeplinear.BadInput` for an unknown problem.
    """
    wanted = {NAMES.get(problem.lower(), problem.upper()) for problem in problems}
    for problem in sorted(wanted - CHECKS.keys()):
        raise BadInput(f"{problem} is no problem that is checked: give {', '.join(CHECKS)}.")
    return [check for problem, check in CHECKS.items() if problem in wanted or not wanted]


def run(
    chosen: Sequence[Check],
    record: Record,
    seed: int,
    cases: int,
    jobs: int = 1,
    asked: bool = False,
) -> Iterator[Row]:
    """Run checks: for each a row about its theorems, then the rows of its parts.

    ``asked`` says whether Lean was asked for the record now; else its row says "as recorded".
    With ``jobs`` > 1 the parts run on so many processes; the rows are the same, in the same order.
    When all checks are chosen, a theorem whose problem has no check gets a row too, which fails.
    """
    with _parts_of(chosen, record, seed, cases, jobs) as rows_of:
        for check in chosen:
            yield audit(check.problem, record, asked)
            yield from rows_of(check)
    if len(chosen) == len(CHECKS):
        for problem in sorted({theorem.problem for theorem in record.theorems} - CHECKS.keys()):
            yield audit(problem, record, asked)
        yield missing(record)


@contextmanager
def _parts_of(
    chosen: Sequence[Check], record: Record, seed: int, cases: int, jobs: int
) -> Iterator[Callable[[Check], Iterator[Row]]]:
    """Yield what gives the rows of a check, its parts run here or on ``jobs`` processes."""
    if jobs == 1:
        yield lambda check: run_check(check, record.instances, seed, cases)
        return
    with workers.local(jobs, _remember, record.model_dump_json()) as pool:
        waiting = {
            check.problem: [
                pool.submit(_part, check.problem, place, seed, cases)
                for place in range(len(check.parts))
            ]
            for check in reversed(chosen)  # the last ones take longest
        }
        try:
            yield lambda check: (part.result() for part in waiting[check.problem])
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_remembered: list[Record] = []
"""In a process of the pool: the record."""


def _remember(record: str) -> None:
    _remembered.append(Record.model_validate_json(record))


def _part(problem: str, place: int, seed: int, cases: int) -> Row:
    check = CHECKS[problem]
    return run_part(check, check.parts[place], _remembered[0].instances, seed, cases)


def audit(problem: str, record: Record, asked: bool = False) -> Row:
    """Say whether a problem has both theorems and a check, and which axioms the theorems use.

    A theorem whose statement, or a definition that it reaches, is not the one that the check was
    written for is a failure.
    """
    theorems = of_problem(record.theorems, problem)
    failures = [] if theorems else ["Lean exports no theorem for it"]
    if problem not in CHECKS:
        failures.append(f"{theorems[0].name} has no check")
    for theorem in theorems:
        known, digest = STATEMENTS.get(theorem.name), theorem.digest(record.constants)
        if known is None:
            failures.append(f"{theorem.name} is not entered in checks/statements.py")
        elif known != f"{theorem.problem} {digest}":
            failures.append(
                f"the check was not written for {theorem.problem} {digest}: {theorem.name}"
            )
        for axiom in sorted(set(theorem.axioms) - AXIOMS):
            failures.append(f"{theorem.name} uses {axiom}")
    said = f"proved, no axioms but those of Lean's logic{'' if asked else ', as recorded'}"
    detail = "; ".join(failures) or said
    return Row(problem, "theorems in Lean", False, len(theorems), not failures, detail, 0.0)


def missing(record: Record) -> Row:
    """Say which theorems the checks were written for and Lean does not export."""
    gone = sorted(STATEMENTS.keys() - {theorem.name for theorem in record.theorems})
    failures = [f"Lean does not export {name}, which a check was written for" for name in gone]
    detail = "; ".join(failures) or "every theorem that a check was written for is there"
    return Row("Lean", "theorems", False, len(STATEMENTS), not gone, detail, 0.0)
