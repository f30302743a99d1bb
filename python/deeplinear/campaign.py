"""A campaign: many random trials of each problem, in blocks, on several processes or a cluster.

A trial is fixed by the seed, its problem and its number. The results are a file of JSON lines: the
seed first, with the version and a digest of what draws and judges, then a line for each block of
trials that is done. A campaign that was stopped, even by ``kill -9`` in the middle of a line, goes
on with the numbers that no whole line covers. What other code judged is not counted.
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from filelock import FileLock, Timeout
from pydantic import Field, model_validator

from deeplinear import __version__, trials
from deeplinear.errors import BadInput
from deeplinear.instances import StrictModel, parse

BLOCK = 50
"""Trials that one process judges at a time, and that one line of the results is about."""


MOST = 10_000_000
"""Trials a problem, at most."""

NOT_JUDGING = frozenset({
    "__main__", "analysis", "api", "bench", "challenge", "claim", "cli", "console",
    "dev", "files", "network", "plots", "terminal",
})  # fmt: skip
"""Modules that neither draw nor judge a trial; all the others of the package may."""


@cache
def digest() -> str:
    """Return the first 16 digits of the SHA-256 of what draws and judges trials.

    That are the modules of the package, of ``checks`` and of ``solve``, but for
    :data:`NOT_JUDGING`, and the record.
    """
    home = Path(__file__).resolve().parent
    modules = [p for p in home.glob("*.py") if p.stem not in NOT_JUDGING]
    total = hashlib.sha256()
    judging = sorted([*modules, *home.glob("checks/*.py"), *home.glob("solve/*.py")])
    for path in [*judging, home / "data" / "lean.json"]:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


class Header(StrictModel):
    """The first line of the results: the seed, and what drew and judged."""

    seed: int
    version: str = ""
    digest: str = ""


class Block(StrictModel):
    """A line of the results: trials ``first`` to ``first + count - 1`` of a problem were judged."""

    problem: str
    first: Annotated[int, Field(ge=0, lt=MOST)]
    count: Annotated[int, Field(ge=1, le=BLOCK)]
    seconds: Annotated[float, Field(ge=0, le=1e7)]
    violations: Annotated[tuple[int, ...], Field(max_length=BLOCK)] = ()

    @model_validator(mode="after")
    def _own(self) -> Block:
        if self.problem not in trials.RECIPES:
            raise ValueError(f"there is no problem {self.problem!r}: remove the line")
        if not all(self.first <= number < self.end for number in self.violations):
            raise ValueError("a violation is outside of the block: remove the line")
        return self

    @property
    def end(self) -> int:
        """The number after the last one."""
        return self.first + self.count


@dataclass(frozen=True)
class Total:
    """What is known of one problem."""

    problem: str
    trials: int
    violations: int
    seconds: float


def judge(problem: str, seed: int, first: int, count: int) -> tuple[str, list[str]]:
    """Judge a block; returns its line, and a violation for each trial that fails.

    The first one of a block is made small, which takes seconds; the others are kept as drawn.
    """
    start = time.perf_counter()
    found: list[trials.Violation] = []
    for number in range(first, first + count):
        trial = trials.draw(problem, seed, number)
        said = trials.failures(trial)
        if said is None:
            said = ["the trial does not meet the hypothesis"]
        if said:
            small = trial if found else trials.shrink(trial)
            said = trials.failures(small) or said
            found.append(
                trials.Violation(seed=seed, number=number, failures=tuple(said), trial=small)
            )
    block = Block(
        problem=problem,
        first=first,
        count=count,
        seconds=time.perf_counter() - start,
        violations=tuple(one.number for one in found),
    )
    return block.model_dump_json(), [one.model_dump_json(indent=1) for one in found]


class Campaign:
    """The results in a folder: ``results.jsonl``, and a file for each violation.

    Used in a ``with`` block, in which no other campaign can use the folder.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        """Open the folder, or make it; results of another seed or other code are refused."""
        self.folder, self.seed = folder, seed
        self.path = folder / "results.jsonl"
        self.blocks: list[Block] = []
        self.lock = FileLock(folder / "lock")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.lock.acquire(timeout=0)
        except Timeout:
            raise BadInput(
                f"another campaign is running in {folder}: wait for it, or name another folder."
            ) from None
        except OSError as error:
            raise self._unusable(error) from None
        try:
            self._open()
        except BaseException:
            self.lock.release()
            raise

    def __enter__(self) -> Campaign:
        return self

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def _unusable(self, error: OSError) -> BadInput:
        return BadInput(
            f"{self.folder} cannot be used ({error.strerror}): name a folder that can be written."
        )

    def _open(self) -> None:
        try:
            text = self.path.read_bytes() if self.path.exists() else b""
            whole = text[: text.rfind(b"\n") + 1]  # a line that was not finished is done again
            if whole:
                self._read(whole)
            else:
                header = Header(seed=self.seed, version=__version__, digest=digest())
                whole = (header.model_dump_json() + "\n").encode()
            if whole != text:
                part = self.path.with_suffix(".part")
                part.write_bytes(whole)
                part.replace(self.path)
        except OSError as error:
            raise self._unusable(error) from None

    def _read(self, whole: bytes) -> None:
        first, *lines = whole.splitlines()
        header = parse(Header, first, f"{self.path}, line 1")
        if header.seed != self.seed:
            raise BadInput(
                f"{self.path} is a campaign with --seed {header.seed}, not {self.seed}: give that "
                "seed or another folder."
            )
        if header.digest != digest():
            raise BadInput(
                f"{self.path} was judged by other code ({header.version or 'an earlier version'}, "
                f"digest {header.digest or 'none'}, here {digest()}): name another folder."
            )
        seen: dict[str, list[Block]] = {}
        for place, line in enumerate(lines, start=2):
            block = parse(Block, line, f"{self.path}, line {place}")
            own = seen.setdefault(block.problem, [])
            at = bisect(own, block.first, key=lambda one: one.first)
            if (at and own[at - 1].end > block.first) or (own[at:] and own[at].first < block.end):
                raise BadInput(
                    f"{self.path}, line {place} counts trials of {block.problem} again: remove it."
                )
            own.insert(at, block)
            self.blocks.append(block)

    def missing(self, problems: Iterable[str], count: int) -> list[tuple[str, int, int]]:
        """Return the blocks (problem, first, count) still to be judged, the problems in turn."""
        found = []
        for problem in problems:
            done = sorted((b.first, b.end) for b in self.blocks if b.problem == problem)
            number = 0
            for first, end in [*done, (count, count)]:
                for start in range(number, min(first, count), BLOCK):
                    found.append((problem, start, min(BLOCK, first - start, count - start)))
                number = max(number, end)
        return sorted(found, key=lambda block: block[1])

    def keep(self, line: str, violations: Sequence[str]) -> None:
        """Keep a judged block: its violations first, then its line."""
        block = Block.model_validate_json(line)
        for number, text in zip(block.violations, violations, strict=True):
            path = self.folder / f"violation-{block.problem}-{number}.json"
            path.write_text(text + "\n", encoding="utf-8")
        with self.path.open("ab") as file:
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.blocks.append(block)

    def totals(self, problems: Iterable[str]) -> list[Total]:
        """Return what is known of these problems."""
        own = {problem: [b for b in self.blocks if b.problem == problem] for problem in problems}
        return [
            Total(
                problem,
                sum(block.count for block in blocks),
                sum(len(block.violations) for block in blocks),
                sum(block.seconds for block in blocks),
            )
            for problem, blocks in own.items()
        ]


def run(
    campaign: Campaign,
    problems: Sequence[str],
    count: int,
    executor: AbstractContextManager[Executor],
    step: Callable[[int], None],
) -> bool:
    """Judge what is missing of ``count`` trials a problem; ``step`` is told of each block's size.

    The first interrupt (Ctrl-C) ends it after the block that is judged, a second one at once.
    Returns whether nothing is missing. What is judged has been kept in any case.
    """
    with _first_interrupt() as interrupted, executor as pool:
        waiting: dict[Future[Any], int] = {
            pool.submit(judge, problem, campaign.seed, first, size): size
            for problem, first, size in campaign.missing(problems, count)
        }
        try:
            for done in as_completed(waiting):
                campaign.keep(*done.result())
                step(waiting[done])
                if interrupted():
                    return False
        except BrokenExecutor:
            if interrupted():
                return False
            raise BadInput(
                "a process of the campaign was killed: run the same command again to go on."
            ) from None
        finally:
            for one in waiting:
                one.cancel()
    return True


@contextmanager
def _first_interrupt() -> Iterator[Callable[[], bool]]:
    """Yield what says whether there was an interrupt; the second one is raised as always."""
    asked = []

    def ask(number: int, _: object) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def cluster(address: str) -> AbstractContextManager[Executor]:
    """Return the workers of a running dask.distributed scheduler; deeplinear has to be on them."""
    try:
        from distributed import Client
    except ImportError:
        raise BadInput(
            "--scheduler needs dask.distributed: pip install 'deeplinear[cluster]'."
        ) from None
    try:
        client: Any = Client(address, timeout=5)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise BadInput(
            f"no scheduler answers at {address} ({said}): give the address of a running "
            "dask scheduler, as tcp://127.0.0.1:8786."
        ) from None
    executor: AbstractContextManager[Executor] = client.get_executor()
    return executor


def summary(totals: Sequence[Total], seed: int) -> dict[str, object]:
    """Return the totals as plain JSON values."""
    violations = sum(one.violations for one in totals)
    return {"seed": seed, "violations": violations, "problems": [asdict(one) for one in totals]}
