"""What the commands print (with Rich) and write (as JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from flint import fmpq_mat
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deeplinear import exact
from deeplinear.bench import Result
from deeplinear.campaign import Total
from deeplinear.checks import CHECKS, LEGEND, NAMES, SOURCES, Check, Row
from deeplinear.files import write_whole
from deeplinear.instances import (
    FlowInstance,
    Instance,
    RankInstance,
    Record,
    Theorem,
    of_problem,
)
from deeplinear.solve.classify import Classification
from deeplinear.solve.dynamics import Trajectory
from deeplinear.solve.escape import Decision


def say(console: Console, line: str) -> None:
    """Print one line as it is, however wide the terminal; control characters are escaped."""
    console.print(printable(line), markup=False, highlight=False, soft_wrap=True)


def printable(line: str) -> str:
    """Return a line with its control characters escaped: a file's name may have some."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def results(console: Console, rows: Sequence[Row]) -> None:
    """Print the table of a check."""
    table = Table(box=None, pad_edge=False)
    for heading in ("Problem", "Part", "Cases", "Result", "Seconds", "Detail"):
        table.add_column(heading, justify="right" if heading in ("Cases", "Seconds") else "left")
    for row in rows:
        result = Text("held", "green") if row.held else Text("FAILED", "bold red")
        what = f"control: {row.what}" if row.control else row.what
        cells = (row.problem, what, str(row.tried), result, f"{row.seconds:.1f}", Text(row.detail))
        table.add_row(*cells)
    console.print(table)


def escape(console: Console, verdict: Decision) -> None:
    """Print what can be said of weights, and the better ones."""
    say(console, f"{verdict.words}.")
    say(console, f"The theorem: {verdict.theorem}")
    if not verdict.critical:
        say(console, "How near a critical point it is, and how far from the optimum: analyze.")
    say(console, f"loss: {exact.short(verdict.loss)}")
    for k, layer in enumerate(verdict.better or (), start=1):
        say(console, f"better W_{k} = {_shown(layer)}")
    if verdict.better_loss is not None:
        lower = verdict.loss - verdict.better_loss
        say(console, f"its loss: {exact.short(verdict.better_loss)}, less by {exact.below(lower)}")


def escape_json(verdict: Decision) -> dict[str, object]:
    """Return a verdict as plain JSON values."""
    better, loss = verdict.better, verdict.better_loss
    return {
        "reason": verdict.reason.value,
        "words": verdict.words,
        "theorem": verdict.theorem,
        "critical": verdict.critical,
        "global_minimum": verdict.is_global_minimum,
        "rank": verdict.rank,
        "bottleneck": verdict.bottleneck,
        "loss": exact.text(verdict.loss),
        "better": None if better is None else [exact.texts(layer) for layer in better],
        "better_loss": None if loss is None else exact.text(loss),
    }


def classification(console: Console, found: Classification) -> None:
    """Print what a critical point is, why, and the direction of negative curvature if any."""
    say(console, f"{found.words}.")
    say(console, f"The theorem: {found.theorem}")
    say(console, f"rank of the end-to-end matrix: {found.rank}")
    if found.direction is not None:
        say(console, f"second derivative: {exact.short(found.curvature)}, in the direction")
        for k, layer in enumerate(found.direction, start=1):
            say(console, f"V_{k} = {_shown(layer)}")


def classification_json(found: Classification) -> dict[str, object]:
    """Return a classification as plain JSON values."""
    return {
        "kind": found.kind.name,
        "words": found.words,
        "theorem": found.theorem,
        "rank": found.rank,
        "pair": found.pair,
        "curvature": exact.text(found.curvature),
        "direction": None
        if found.direction is None
        else [exact.texts(layer) for layer in found.direction],
    }


def flow(console: Console, trajectory: Trajectory, rows: int = 11) -> None:
    """Print a flow at some times: loss, numerical rank and singular values."""
    table = Table(box=None, pad_edge=False)
    for heading in ("Time", "Loss", "Rank", "Singular values of the end-to-end matrix"):
        table.add_column(heading, justify="left" if heading.startswith("Sing") else "right")
    chosen = np.unique(np.linspace(0, len(trajectory.times) - 1, rows).astype(int))
    for i in chosen:
        values = trajectory.singular[i]
        rank = int((values > 1e-6 * max(1.0, float(values[0]))).sum())
        shown = "  ".join(f"{value:.6f}" for value in values)
        time, loss = f"{trajectory.times[i]:.3f}", f"{trajectory.losses[i]:.8f}"
        table.add_row(time, loss, str(rank), shown)
    console.print(table)
    say(console, f"W_(k+1)^T W_(k+1) - W_k W_k^T drifts by at most {trajectory.drift:.1e}.")


def benchmark(console: Console, results: Sequence[Result]) -> None:
    """Print measured times, ours and the other's with the ratio, exponents, and the targets."""
    table = Table(box=None, pad_edge=False)
    for heading in ("What", "Case", "Compared with", "Ours, ms", "Theirs, ms", "Ratio"):
        table.add_column(heading, justify="right" if "ms" in heading else "left")
    for row in (row for result in results for row in result.rows):
        theirs = "" if row.theirs is None else f"{1000 * row.theirs:.2f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2g}"
        table.add_row(row.what, row.case, row.other, f"{1000 * row.ours:.2f}", theirs, ratio)
    if table.row_count:
        console.print(table)
    for fit in (fit for result in results for fit in result.fits):
        grid = f"{fit.values[0]} to {fit.values[-1]}"
        line = f"{fit.what}: grows like {fit.variable}^{fit.exponent:.2f} ({grid})"
        say(console, line)
    for target in (target for result in results for target in result.targets):
        met = "met" if target.met else "MISSED"
        say(console, f"{target.what}: {target.value}, wanted {target.bound}: {met}")
    for result in results:
        if result.note:
            say(console, result.note)


def campaign(console: Console, totals: Sequence[Total]) -> None:
    """Print what a campaign found, a line a problem."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Problem")
    for heading in ("Trials", "Violations", "Seconds", "Trials/s"):
        table.add_column(heading, justify="right")
    for one in totals:
        rate = f"{one.trials / one.seconds:.0f}" if one.seconds else ""
        cells = (str(one.trials), str(one.violations), f"{one.seconds:.1f}", rate)
        table.add_row(one.problem, *cells)
    console.print(table)


def verdict(rows: Sequence[Row]) -> str:
    """Return the last line: "all held", or how many parts failed."""
    failed = sum(not row.held for row in rows)
    return f"{failed} of {len(rows)} parts FAILED" if failed else "all held"


def rows_json(rows: Iterable[Row], seed: int, cases: int, source: str) -> dict[str, object]:
    """Return the result of a check as plain JSON values."""
    listed = [asdict(row) for row in rows]
    held = all(bool(row["held"]) for row in listed)
    return {"source": source, "seed": seed, "cases": cases, "all_held": held, "rows": listed}


def write_json(path: Path, value: object) -> None:
    """Write ``value`` to ``path`` as JSON, whole or not at all; what exists was refused before."""
    write_whole(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n", force=True)


def certificate(console: Console, record: Record, rows: Sequence[Row], asked: bool) -> None:
    """Print each headline theorem: statement, place, axioms, instances, and what its check said.

    Unless Lean was ``asked`` for them now, the axioms are said to be as recorded.
    """
    recorded = "" if asked else " (as recorded)"
    for theorem in record.theorems:
        own = [row for row in rows if row.problem == theorem.problem]
        failed = [row.what for row in own if not row.held]
        said = f"FAILED: {', '.join(failed)}" if failed else f"{len(own)} parts held"
        say(console, f"{theorem.problem}  {theorem.name}")
        say(console, f"  where      {theorem.file}:{theorem.line}")
        say(console, f"  axioms     {', '.join(theorem.axioms) or 'none'}{recorded}")
        say(console, f"  instances  {len(of_problem(record.instances, theorem.problem))}")
        say(console, f"  check      {said}")
        for line in theorem.statement.splitlines():
            say(console, f"    {line}")
        say(console, "")


def check_list(console: Console, record: Record) -> None:
    """Print the problems that are checked, with their theorems."""
    table = Table(box=None, pad_edge=False)
    for heading in ("Problem", "Title", "Instances", "Theorems"):
        table.add_column(heading)
    for problem, check in CHECKS.items():
        names = [theorem.name for theorem in of_problem(record.theorems, problem)]
        count = len(of_problem(record.instances, problem))
        table.add_row(problem, check.title, str(count), "\n".join(names))
    console.print(table)
    for codes, source in LEGEND.items():
        say(console, f"{codes}: {source}")
    say(console, f"Names: {', '.join(f'{name} ({code})' for name, code in NAMES.items())}")


def problem_table(record: Record) -> str:
    """Return the problems as the Markdown table of the README, a row for each."""
    lines = ["| Problem | Statement | In Lean | Check |", "|---|---|---|---|"]
    for problem in CHECKS:
        own = [theorem for theorem in of_problem(record.theorems, problem) if theorem.main]
        said = " ".join(theorem.docstring for theorem in own)
        links = ", ".join(_link(theorem) for theorem in own)
        lines.append(f"| {problem} | {said} | {links} | [check]({SOURCES[problem]}) |")
    return "\n".join(lines)


def theorem_table(record: Record) -> str:
    """Return the headline theorems as the Markdown table of docs/theorems.md."""
    lines = ["| Problem | Statement | In Lean |", "|---|---|---|"]
    for theorem in record.theorems:
        link = _link(theorem, above="../")
        lines.append(f"| {theorem.problem} | {theorem.docstring} | {link} |")
    return "\n".join(lines)


def _link(theorem: Theorem, above: str = "") -> str:
    short = theorem.short
    return f"[`{short}`]({above}{theorem.file}#L{theorem.line})"


def one_problem(console: Console, check: Check, record: Record, whole: bool = False) -> None:
    """Print a problem in words, its statement in Lean, and what its check does.

    With ``whole`` all its theorems, and the instances.
    """
    theorems = of_problem(record.theorems, check.problem)
    instances = of_problem(record.instances, check.problem)
    console.print(Text(f"{check.problem}: {check.title}", "bold"))
    console.print(Text(f"\n{check.words}"))
    console.print(Text("\nIn Lean", "bold"))
    for theorem in theorems if whole else [one for one in theorems if one.main]:
        say(console, f"{theorem.file}:{theorem.line}")
        if whole:
            say(console, f"  {theorem.docstring}")
        for line in theorem.statement.splitlines():
            say(console, f"    {line}")
    console.print(Text("\nThe check", "bold"))
    console.print(Text(check.explanation))
    if whole:
        console.print(Text("\nInstances", "bold"))
        instance_list(console, instances)
    else:
        console.print()
        say(console, f"With --all: {len(theorems)} theorems, {len(instances)} instances.")


def instance_list(console: Console, instances: Iterable[Instance]) -> None:
    """Print instances, each with its kind, its claim and its matrices."""
    for instance in instances:
        console.print(Text(f"{instance.problem} {instance.name} ({instance.kind})", "bold"))
        console.print(Text(f"  {instance.claim}"))
        for name, value in values(instance):
            console.print(Text(f"  {name} = {_shown(value)}"))


def _shown(a: fmpq_mat | str) -> str:
    if isinstance(a, str):
        return a
    return "[" + "; ".join(" ".join(map(exact.short, row)) for row in exact.rows(a)) + "]"


def values(instance: Instance) -> list[tuple[str, fmpq_mat | str]]:
    """Return the matrices and numbers of an instance, by name."""
    if isinstance(instance, RankInstance):
        return [("d", str(instance.bound)), ("left", instance.left), ("right", instance.right)]
    found: list[tuple[str, fmpq_mat | str]] = [
        *_layers("W", instance.weights),
        ("X", instance.x),
        ("Y", instance.y),
    ]
    if isinstance(instance, FlowInstance):
        moved = [("velocity", instance.velocity), ("preconditioned", instance.preconditioned)]
        numbers = [(name, str(value)) for name, value in (instance.numbers or {}).items()]
        return [*found, *moved, *numbers]
    if instance.masses is not None:
        found.append(("masses", " ".join(map(str, instance.masses))))
    found += [("W_H ... W_1", instance.end_to_end), ("loss", str(instance.loss))]
    for name, layers in (
        ("dL/dW", instance.gradient),
        ("better W", instance.better),
        ("worse W", instance.worse),
    ):
        found += _layers(name, layers or ())
    for name, direction in zip("UV", instance.directions or (), strict=False):
        found += _layers(name, direction)
    if instance.second is not None:
        found.append(("second derivative", str(instance.second)))
    found += [(f"Q_{k}", frame) for k, frame in enumerate(instance.frames or ())]
    for name, listed in (("modes", instance.modes), ("strengths", instance.strengths)):
        if listed is not None:
            found.append((name, " ".join(map(str, listed))))
    return found


def _layers(name: str, layers: Iterable[fmpq_mat]) -> list[tuple[str, fmpq_mat]]:
    return [(f"{name}_{k}", layer) for k, layer in enumerate(layers, start=1)]
