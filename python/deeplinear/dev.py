"""Commands of the maintainers: ``deeplinear dev``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deeplinear.errors import BadInput
from deeplinear.terminal import clone, files_row, open_screen, progress, refuse_unwritable

if TYPE_CHECKING:
    from deeplinear.instances import Record

dev = typer.Typer(help="Tools for the maintainers.", no_args_is_help=True)

ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]
JsonOption = Annotated[
    Path | None, typer.Option("--json", help="Also write the result as JSON to this file.")
]


@dev.command("bench")
def bench_(
    what: Annotated[
        list[str] | None,
        typer.Argument(help="Benchmarks, such as gradient; all of them if none is named."),
    ] = None,
    json_file: JsonOption = None,
    force: ForceOption = False,
) -> None:
    """Measure times beside those of others, side by side; with "lake" it takes minutes."""
    from dataclasses import asdict

    from deeplinear import bench, console

    for name in what or ():
        if name not in bench.BENCHMARKS:
            raise BadInput(f"{name} is no benchmark: give {', '.join(bench.BENCHMARKS)}.")
    refuse_unwritable(json_file, force)
    chosen = [name for name in bench.BENCHMARKS if not what or name in what]
    found = {}
    with progress(len(chosen)) as step:
        for name in chosen:
            found[name] = bench.BENCHMARKS[name]()
            step(name)
    console.benchmark(open_screen(), list(found.values()))
    if json_file is not None:
        console.write_json(json_file, {name: asdict(result) for name, result in found.items()})
    if not all(target.met for result in found.values() for target in result.targets):
        raise typer.Exit(1)


@dev.command("challenge")
def challenge_(
    refresh: Annotated[bool, typer.Option("--refresh", help="Write the files.")] = False,
) -> None:
    """Say whether Challenge.lean, comparator.json, formalization.yaml are what Lean states."""
    from deeplinear import challenge, console
    from deeplinear.record import load_record

    root = clone()
    theorems = load_record().theorems
    files = challenge.files(root, theorems)
    if refresh:
        for name, text in files.items():
            (root / name).write_text(text, encoding="utf-8")
    stale = [
        name
        for name, text in files.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text
    ]
    for name in stale:
        console.say(
            open_screen(), f"FAILED: {name} is stale: run deeplinear dev challenge --refresh."
        )
    if stale:
        raise typer.Exit(1)
    console.say(
        open_screen(), f"{', '.join(files)}: {len(theorems)} statements, as in the library."
    )


@dev.command("lean")
def lean_(
    refresh: Annotated[
        bool,
        typer.Option("--refresh", help="Build the proofs, ask Lean again, and keep the record."),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Build the proofs, ask Lean again, and compare with the record."
        ),
    ] = False,
) -> None:
    """Say whether Lean is installed, and whether the record still matches the Lean files."""
    from deeplinear import console, lean
    from deeplinear.record import RECORD, compare, load_record, save_record

    if refresh and verify:
        raise BadInput("--refresh and --verify exclude one another: give one of them.")
    screen = open_screen()
    if refresh:
        record = _ask_anew()
        save_record(record)
        console.say(screen, f"{RECORD} is what Lean {record.lean} says now.")
        return
    record = load_record()
    row = files_row(record)
    said = [] if row.held else [row.detail]
    if verify:
        stale = compare(record, _ask_anew())
        said += [f"{one}: make it anew with deeplinear dev lean --refresh" for one in stale]
        said += lean.disagreements(lean.find_lean())
    else:
        try:
            console.say(screen, f"Lean is here: {lean.find_lean().version()}")
        except BadInput as error:
            console.say(screen, f"Lean cannot be asked. {error}")
    for sentence in said:
        console.say(screen, f"FAILED: {sentence}.")
    if said:
        raise typer.Exit(1)
    anew = " It is what Lean says now." if verify else ""
    console.say(screen, f"The record: {row.detail}.{anew}")


def _ask_anew() -> Record:
    from deeplinear import lean

    with progress(1) as step:
        step("building, then asking Lean")
        return lean.find_lean().export()
