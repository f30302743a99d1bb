"""What a check is: a problem in words, and parts that each try many cases and give one row.

A part is a claim, which has to hold, or a control: a hypothesis is dropped or an instance
falsified, and the same code has to find the counterexample. A control names the claim that it
controls, and both name the function that they run: a test breaks it and wants the control to fail.
A check needs both kinds.
"""

from __future__ import annotations

import importlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from deeplinear.instances import Instance, RankInstance, of_problem

Claim = tuple[bool, str]
"""Whether something holds, and what to say if it does not."""


@dataclass
class Run:
    """What one part works with: instances, random numbers, and the counts that it keeps."""

    instances: list[Instance]
    cases: int
    rng: random.Random
    tried: int = 0
    failures: list[str] = field(default_factory=list)
    note: str = ""

    def generator(self) -> np.random.Generator:
        """Return a NumPy generator that follows from the seed."""
        return np.random.default_rng(self.rng.getrandbits(128))

    def case(self, *claims: Claim) -> None:
        """Count one case, and keep what did not hold."""
        self.tried += 1
        self.require(*claims)

    def require(self, *claims: Claim) -> None:
        """Keep what did not hold, without counting a case."""
        self.failures += [said for holds, said in claims if not holds]

    def refuse(self, claims: list[Claim], what: str) -> None:
        """Count one case of a control: the claims of something false must not all hold."""
        self.case((not all(holds for holds, _ in claims), f"{what} was not refused"))

    def refuse_falsified(
        self, verify: Callable[[Any], list[Claim]], falsified: Callable[[Any], dict[str, Any]]
    ) -> None:
        """Refuse every false variant of every instance; ``falsified`` names what was done to it."""
        for instance in self.instances:
            for done, false in falsified(instance).items():
                self.refuse(verify(false), f"{instance.name} with {done}")


@dataclass(frozen=True)
class Part:
    """One part of a check: ``run`` tries its cases.

    A control names the claim that it ``controls``, a part of the same check. ``algorithm`` is the
    function, by its module and name, that a control and its claim both run.
    """

    what: str
    run: Callable[[Run], None]
    algorithm: str = ""
    controls: str = ""

    @property
    def control(self) -> bool:
        """Whether it is a control."""
        return bool(self.controls)


def named(function: Callable[..., Any]) -> str:
    """Return the module and name of a function."""
    return f"{function.__module__}.{function.__name__}"


def current(name: str) -> Callable[..., Any]:
    """Return the function that has this module and name now."""
    module, _, function = name.rpartition(".")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def instances_part(
    verify: Callable[[Any], list[Claim]], singular: bool = False, control: bool = False
) -> Part:
    """Return the part that recomputes every instance; at least three examples are wanted.

    With ``singular`` the inputs of at least one have to be linearly dependent; with ``control`` at
    least one instance has to be on the other side of the hypothesis.
    """

    def run_instances(run: Run) -> None:
        for instance in run.instances:
            run.case(*current(named(verify))(instance))
        examples = sum(instance.kind == "example" for instance in run.instances)
        run.require((examples >= 3, f"only {examples} examples: 3 are wanted"))
        controls = run.tried - examples
        other_side = controls > 0 or not control
        run.require((other_side, "no instance on the other side of the hypothesis"))
        counts = f"{examples} examples, {controls} controls"
        if singular:
            networks = [one for one in run.instances if not isinstance(one, RankInstance)]
            dependent = sum(one.x.rank() < one.x.nrows() for one in networks)
            run.require((dependent > 0, "no instance has linearly dependent inputs"))
            counts += f", inputs dependent in {dependent}"
        run.note = f"{counts}; Lean, FLINT, SymPy agree"

    return Part("instances", run_instances, named(verify))


def falsified_part(
    verify: Callable[[Any], list[Claim]], falsified: Callable[[Any], dict[str, Any]], what: str
) -> Part:
    """Return the control that refuses false variants of every instance; ``what`` was falsified."""

    def run_falsified(run: Run) -> None:
        run.refuse_falsified(current(named(verify)), falsified)
        run.note = f"{what}: each refused"

    return Part("falsified instances", run_falsified, named(verify), controls="instances")


@dataclass(frozen=True)
class Check:
    """The check of one problem: its words, what is done, and the parts that do it."""

    problem: str
    title: str
    words: str
    explanation: str
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        if {part.control for part in self.parts} != {False, True}:
            raise ValueError(f"the check of {self.problem} needs a claim and a control")
        claims = {part.what: part for part in self.parts if not part.control}
        for part in self.parts:
            claim = claims.get(part.controls)
            if part.control and (
                claim is None or part.algorithm != claim.algorithm or not claim.algorithm
            ):
                raise ValueError(
                    f"{self.problem}: the control {part.what!r} does not run a claim's algorithm"
                )


@dataclass(frozen=True)
class Row:
    """One row of the report. A control holds when it found the counterexample it looks for."""

    problem: str
    what: str
    control: bool
    tried: int
    held: bool
    detail: str
    seconds: float


def run_part(
    check: Check, part: Part, instances: tuple[Instance, ...], seed: int, cases: int
) -> Row:
    """Run a part of a check; the same seed gives the same cases.

    It holds when it tried at least one case and nothing failed.
    """
    start = time.perf_counter()
    own = of_problem(instances, check.problem)
    run = Run(own, cases, random.Random(f"{seed} {check.problem} {part.what}"))
    part.run(run)
    if not run.tried:
        run.failures.append("no case was tried")
    detail = run.note
    if run.failures:
        more = len(run.failures) - 1
        detail = run.failures[0] + (f" (and {more} more)" if more else "")
    seconds = time.perf_counter() - start
    return Row(check.problem, part.what, part.control, run.tried, not run.failures, detail, seconds)


def run_check(
    check: Check, instances: tuple[Instance, ...], seed: int, cases: int
) -> Iterator[Row]:
    """Run the parts of a check, one row each."""
    for part in check.parts:
        yield run_part(check, part, instances, seed, cases)
