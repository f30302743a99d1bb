"""The command line: ``deeplinear list | show | check | instances``.

Exit codes: 0 all held, 1 something failed, 2 bad input.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from deeplinear import lean, report
from deeplinear.checks import Row, run_check, select
from deeplinear.errors import BadInput, LeanFailed
from deeplinear.instances import of_problem

app = typer.Typer(
    help="Deep linear networks: the statements of the Lean files, run on numbers.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

ProblemArgument = Annotated[list[str] | None, typer.Argument(help="As P2; all if none is named.")]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Also write JSON to this file.")]


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        app()
    except BadInput as error:
        _end(error, 2)
    except LeanFailed as error:
        _end(error, 1)


def _end(error: Exception, code: int) -> None:
    sys.stdout.flush()
    print(f"deeplinear: {error}", file=sys.stderr)
    sys.exit(code)


def _console() -> Console:
    """Return a console; where the output is no terminal its lines are 140 columns wide."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=140)


def _refuse_unwritable(path: Path | None) -> None:
    """Refuse a file that cannot be written before any work is done."""
    if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
        raise BadInput(f"--json is {path}: name a file in a folder that exists.")


@app.command("list")
def list_() -> None:
    """List the problems that are checked."""
    report.check_list(_console(), lean.load_instances().instances)


@app.command()
def show(problem: Annotated[str, typer.Argument(help="As P2.")]) -> None:
    """Show a problem in words, what its check does, and its instances."""
    (check,) = select([problem])
    report.one_problem(_console(), check, lean.load_instances().instances)


@app.command()
def instances(problems: ProblemArgument = None, json_file: JsonOption = None) -> None:
    """List the concrete instances."""
    _refuse_unwritable(json_file)
    loaded = lean.load_instances().instances
    found = [i for check in select(problems or []) for i in of_problem(loaded, check.problem)]
    report.instance_list(_console(), found)
    if json_file is not None:
        report.write_json(json_file, [instance.model_dump(mode="json") for instance in found])


@app.command()
def check(
    problems: ProblemArgument = None,
    seed: Annotated[int, typer.Option(help="Seed of all random cases.")] = 0,
    cases: Annotated[int, typer.Option(help="Random cases a part, at least 12.")] = 48,
    json_file: JsonOption = None,
) -> None:
    """Check the statements on numbers; the table ends "all held" or names what failed."""
    chosen = select(problems or [])
    if cases < 12:
        raise BadInput(f"--cases is {cases}: give at least 12.")
    _refuse_unwritable(json_file)
    console = _console()
    source = "The instances are data, not yet exported from Lean."
    report.say(console, source)
    loaded = lean.load_instances().instances
    rows: list[Row] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    terminal = Console(stderr=True)
    with Progress(
        *columns, console=terminal, transient=True, disable=not terminal.is_terminal
    ) as progress:
        bar = progress.add_task("checking", total=sum(len(one.parts) for one in chosen))
        for one in chosen:
            for row in run_check(one, loaded, seed, cases):
                rows.append(row)
                progress.update(bar, description=one.problem, advance=1)
    report.results(console, rows)
    if json_file is not None:
        report.write_json(json_file, report.rows_json(rows, seed, cases, source))
    report.say(console, report.verdict(rows))
    if not all(row.held for row in rows):
        raise typer.Exit(1)
