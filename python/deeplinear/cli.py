"""The command line; ``deeplinear --help`` lists what there is.

Exit codes: 0 all held, 1 something failed, 2 bad input. What a command needs is imported when it
runs, so that the help comes at once.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deeplinear import __version__
from deeplinear.claim import Claim
from deeplinear.dev import dev
from deeplinear.errors import BadInput, LeanFailed
from deeplinear.files import refuse_existing
from deeplinear.terminal import clone, files_row, open_screen, progress, refuse_unwritable

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from deeplinear import campaign, reading
    from deeplinear.checks import Check, Row
    from deeplinear.instances import Record
    from deeplinear.network import Problem

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(dev, name="dev")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"deeplinear {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Deep linear networks: your own network, and the statements of the Lean files on numbers."""


ProblemArgument = Annotated[
    list[str] | None, typer.Argument(help="Problems, such as P2; all of them if none is named.")
]
JobsOption = Annotated[int, typer.Option(help="Processes on this machine.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite files that exist.")]
JsonOption = Annotated[
    Path | None, typer.Option("--json", help="Also write the result as JSON to this file.")
]


def main() -> None:
    """Run the command line and exit with its code."""
    from deeplinear import workers

    workers.use_one_thread()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of ASCII shows "?" for other signs
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BadInput as error:
        _end(error, 2)
    except LeanFailed as error:
        _end(error, 1)
    except MemoryError:
        _end("this needs more memory than there is: give fewer samples or --no-certify.", 2)
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        _end(f"this needs {error.name}: pip install 'deeplinear[{extra}]'.", 2)
    except BrokenPipeError:
        _close_output()
        sys.exit(1)
    except OSError as error:
        _close_output()
        _end(f"the output cannot be written ({error.strerror}): send it elsewhere.", 2)


EXTRAS = {
    "distributed": "cluster",
    "filelock": "check",
    "hypothesis": "check",
    "igraph": "report",
    "jinja2": "report",
    "latex2mathml": "report",
    "markdown_it": "report",
    "matplotlib": "report",
    "pdoc": "report",
    "pygments": "report",
    "safetensors": "safetensors",
    "sympy": "check",
}
"""Packages that a command may need, and the extra of deeplinear that installs each."""


def _close_output() -> None:
    """Give up what is not written yet, so that Python does not try once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(error: Exception | str, code: int) -> None:
    from deeplinear import console

    with contextlib.suppress(OSError):
        sys.stdout.flush()
    print(f"deeplinear: {console.printable(str(error))}", file=sys.stderr)
    sys.exit(code)


@app.command("list")
def list_(
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As the table of the README.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="With --markdown: all theorems, as docs/theorems.md.")
    ] = False,
) -> None:
    """List the problems that are checked and the theorems behind them."""
    from deeplinear import console
    from deeplinear.record import load_record

    record = load_record()
    if markdown:
        print((console.theorem_table if everything else console.problem_table)(record))
    else:
        console.check_list(open_screen(), record)


@app.command()
def show(
    problem: Annotated[str, typer.Argument(help="A problem, such as P2.")],
    everything: Annotated[
        bool, typer.Option("--all", help="All its theorems, and the instances.")
    ] = False,
) -> None:
    """Show a problem in words, its statement in Lean, and what its check does."""
    from deeplinear import console
    from deeplinear.checks import select
    from deeplinear.record import load_record

    (check,) = select([problem])
    console.one_problem(open_screen(), check, load_record(), everything)


@app.command()
def instances(
    problems: ProblemArgument = None, json_file: JsonOption = None, force: ForceOption = False
) -> None:
    """List the concrete instances that Lean proves."""
    from deeplinear import console
    from deeplinear.checks import select
    from deeplinear.instances import of_problem
    from deeplinear.record import load_record

    refuse_unwritable(json_file, force)
    loaded = load_record().instances
    found = [i for check in select(problems or []) for i in of_problem(loaded, check.problem)]
    console.instance_list(open_screen(), found)
    if json_file is not None:
        console.write_json(json_file, [instance.model_dump(mode="json") for instance in found])


@app.command()
def check(
    problems: ProblemArgument = None,
    seed: Annotated[int, typer.Option(help="Seed of all random cases.")] = 0,
    cases: Annotated[int, typer.Option(help="Random cases for each part, at least 12.")] = 48,
    json_file: JsonOption = None,
    force: ForceOption = False,
    ask: Annotated[
        bool, typer.Option("--lean", help="Build the proofs and ask Lean again first.")
    ] = False,
    jobs: JobsOption = 1,
    replay: Annotated[
        Path | None, typer.Option(help="Judge one trial again: a violation of a campaign.")
    ] = None,
) -> None:
    """Check the statements on numbers; the table ends "all held" or names what failed."""
    from deeplinear import console
    from deeplinear.checks import select

    if replay is not None:
        _replay(replay)
        return
    chosen = select(problems or [])
    if cases < 12:
        raise BadInput(f"--cases is {cases}: give at least 12.")
    _refuse_no_jobs(jobs)
    refuse_unwritable(json_file, force)
    screen = open_screen()
    _, source, rows = _run_checks(chosen, ask, seed, cases, jobs)
    console.say(screen, source)
    console.results(screen, rows)
    if json_file is not None:
        console.write_json(json_file, console.rows_json(rows, seed, cases, source))
    console.say(screen, console.verdict(rows))
    if not all(row.held for row in rows):
        raise typer.Exit(1)


def _refuse_no_jobs(jobs: int) -> None:
    if not 1 <= jobs <= 256:
        raise BadInput(f"--jobs is {jobs}: give a number of processes from 1 to 256.")


def _replay(path: Path) -> None:
    """Judge a trial that was kept in a file, and say what it violates."""
    from deeplinear import console, trials
    from deeplinear.instances import parse

    violation = parse(trials.Violation, _read(path, "a violation of a campaign"), path)
    trial = violation.trial
    said = trials.failures(trial)
    place = f"{trial.problem}, trial {violation.number} of seed {violation.seed}"
    if said is None:
        raise BadInput(f"{path} is outside the hypothesis of {trial.problem}: it shows nothing.")
    for sentence in said:
        console.say(open_screen(), f"FAILED: {place}: {sentence}")
    if said:
        raise typer.Exit(1)
    console.say(open_screen(), f"{place}: held.")


@app.command("campaign")
def campaign_(
    problems: ProblemArgument = None,
    folder: Annotated[Path, typer.Option("--to", help="Folder of the results.")] = Path("campaign"),
    count: Annotated[int, typer.Option(help="Random trials for each problem.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of all trials.")] = 0,
    jobs: JobsOption = 1,
    scheduler: Annotated[
        str | None, typer.Option(help="A running dask scheduler, as tcp://127.0.0.1:8786.")
    ] = None,
    json_file: JsonOption = None,
    force: ForceOption = False,
) -> None:
    """Run many random trials of each problem; the same command continues where it was stopped."""
    from deeplinear import campaign, workers
    from deeplinear.checks import select

    chosen = [check.problem for check in select(problems or [])]
    if not 1 <= count <= campaign.MOST:
        raise BadInput(f"--count is {count}: give a number of trials from 1 to {campaign.MOST}.")
    _refuse_no_jobs(jobs)
    refuse_unwritable(json_file, force)
    executor = workers.local(jobs) if scheduler is None else campaign.cluster(scheduler)
    with campaign.Campaign(folder, seed) as kept:
        _run_campaign(kept, chosen, count, executor, json_file)


def _run_campaign(
    kept: campaign.Campaign,
    chosen: list[str],
    count: int,
    executor: AbstractContextManager[Executor],
    json_file: Path | None,
) -> None:
    from deeplinear import campaign, console

    left = sum(size for _, _, size in kept.missing(chosen, count))
    screen = open_screen()
    console.say(screen, f"{kept.path}: {len(chosen) * count - left} trials done, {left} to do.")
    try:
        with _trials_progress(left) as step:
            finished = campaign.run(kept, chosen, count, executor, step)
    except KeyboardInterrupt:
        finished = False
    if not finished:
        console.say(screen, "Stopped; what was judged is kept. The same command goes on.")
        raise typer.Exit(130)
    totals = kept.totals(chosen)
    console.campaign(screen, totals)
    if json_file is not None:
        console.write_json(json_file, campaign.summary(totals, kept.seed))
    violations = sum(one.violations for one in totals)
    if violations:
        console.say(
            screen, f"{violations} violations: deeplinear check --replay {kept.folder}/FILE"
        )
        raise typer.Exit(1)
    console.say(screen, "all held")


@contextmanager
def _trials_progress(count: int) -> Iterator[Callable[[int], None]]:
    """Show trials done, their rate and the time left; off a terminal, a line every tenth."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    screen = Console(stderr=True)
    rate = TextColumn("{task.speed:.0f} trials/s")
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    if screen.is_terminal:
        with Progress(*columns, rate, console=screen) as progress:
            bar = progress.add_task("", total=count)
            yield lambda size: progress.update(bar, advance=size)
        return
    start, done = time.monotonic(), 0

    def step(size: int) -> None:
        nonlocal done
        before, done = done, done + size
        if 10 * before // count < 10 * done // count:
            speed = done / (time.monotonic() - start)
            left = (count - done) / speed
            print(f"{done} of {count}, {speed:.0f}/s, {left:.0f} s left", file=sys.stderr)

    yield step


@app.command()
def certify(
    problems: ProblemArgument = None,
    ask: Annotated[
        bool, typer.Option("--lean", help="Build the proofs and ask Lean again first.")
    ] = False,
) -> None:
    """Print each headline theorem: statement, place in the proofs, axioms, instances, check."""
    from deeplinear import console
    from deeplinear.checks import select

    chosen = select(problems or [])
    screen = open_screen()
    record, source, rows = _run_checks(chosen, ask, cases=12)
    named = {one.problem for one in chosen}
    theorems = tuple(t for t in record.theorems if t.problem in named)
    console.certificate(screen, record.model_copy(update={"theorems": theorems}), rows, ask)
    console.say(screen, source)
    console.say(screen, f"Lean {record.lean}, Mathlib {record.mathlib}, {len(record.files)} files.")
    console.say(screen, console.verdict(rows))
    if not all(row.held for row in rows):
        raise typer.Exit(1)


def _run_checks(
    chosen: Sequence[Check], ask: bool, seed: int = 0, cases: int = 48, jobs: int = 1
) -> tuple[Record, str, list[Row]]:
    """Run checks with a progress bar; returns what Lean says, where that is from, and the rows."""
    from deeplinear.checks import run

    with progress(1 + sum(1 + len(one.parts) for one in chosen)) as step:
        step("Lean")
        record, source = _facts(ask)
        rows = [files_row(record)]
        for row in run(chosen, record, seed, cases, jobs, ask):
            rows.append(row)
            step(row.problem)
    return record, source, rows


def _facts(ask: bool) -> tuple[Record, str]:
    """Return what Lean says, asked anew or as recorded, and a line that says which."""
    from deeplinear import lean, worded
    from deeplinear.record import load_record

    if ask:
        record, source = lean.find_lean().export(), "Lean was asked anew."
    else:
        record = load_record()
        source = f"Lean {record.lean} was not asked: this is its record (--lean asks it anew)."
    return record, " ".join(filter(None, [source, worded.shared_arithmetic()]))


NetworkArgument = Annotated[
    Path, typer.Argument(help='JSON with "weights", "x", "y"; .npz or .safetensors.')
]
XOption = Annotated[Path | None, typer.Option("--x", help="Inputs: .npy, .npz or .csv.")]
YOption = Annotated[Path | None, typer.Option("--y", help="Outputs, likewise.")]
SamplesOption = Annotated[
    Literal["rows", "columns"] | None,
    typer.Option("--samples", help="What a sample is; where both fit the network it is asked."),
]
HeaderOption = Annotated[
    bool | None,
    typer.Option("--header/--no-header", help="Whether the first line of a .csv is a header."),
]
RadiusOption = Annotated[str, typer.Option("--radius", help='How much an entry may change, "p/q".')]


def _noted(given: reading.Given) -> reading.Given:
    """Say how tables were read."""
    from deeplinear import console

    for note in given.notes:
        console.say(open_screen(), note)
    return given


def _positive(option: str, text: str) -> Fraction:
    """Read a positive fraction; refused by the name of the option."""
    from deeplinear import exact

    try:
        found = exact.rational(text)
    except BadInput:
        found = Fraction()
    if found <= 0:
        raise BadInput(f"{option} is {text[:40]}: give a positive fraction, as 1/10.")
    return found


@app.command("analyze")
def analyze_(
    path: NetworkArgument,
    x: XOption = None,
    y: YOption = None,
    samples: SamplesOption = None,
    header: HeaderOption = None,
    tolerance: Annotated[
        str, typer.Option(help='What "near" means, relative to the loss of R = 0.')
    ] = "1/1000000",
    radius: RadiusOption = "1/10",
    certify: Annotated[
        bool | None,
        typer.Option(
            "--certify/--no-certify",
            help="Exactly whatever the size, or in floats; by default exactly up to width 50, "
            "20,000 weights and 100,000 numbers of data.",
        ),
    ] = None,
    json_file: JsonOption = None,
    force: ForceOption = False,
) -> None:
    """Say how far a network is from the optimum, at what point it is, and how to improve it."""
    from rich.console import Console

    from deeplinear import analysis, console, reading

    refuse_unwritable(json_file, force)
    near, limit = _positive("--tolerance", tolerance), _positive("--radius", radius)
    given = _noted(reading.read(path, x, y, samples, header))
    with Console(stderr=True).status("analyzing"):
        found = analysis.analyze(given.network, given.x, given.y, "columns", near, limit, certify)
    for line in str(found).splitlines():
        console.say(open_screen(), line)
    if json_file is not None:
        console.write_json(json_file, found.as_json())


@app.command("certificate")
def certificate_(
    path: NetworkArgument,
    to: Annotated[Path, typer.Option("--to", help="The Lean file.")],
    x: XOption = None,
    y: YOption = None,
    samples: SamplesOption = None,
    header: HeaderOption = None,
    claim: Annotated[Claim, typer.Option(help="What is proved.")] = Claim.NEAR,
    margin: Annotated[
        str | None, typer.Option(help="near: how far above the least loss, as 1/1000000000.")
    ] = None,
    radius: Annotated[
        str, typer.Option(help='not-minimum: how much an entry may change, "p/q".')
    ] = "1/10",
    check: Annotated[
        bool, typer.Option("--check", help="Let Lean check it; Lean must be installed.")
    ] = False,
    force: ForceOption = False,
) -> None:
    """Write a Lean file that proves how near a network is to the optimum, or at what point."""
    from rich.console import Console

    from deeplinear import analysis, certificate, console, lean, reading

    if to.suffix != ".lean" or not to.absolute().parent.is_dir():
        raise BadInput(f"--to is {to}: name a file that ends in .lean, in a folder that exists.")
    refuse_existing(to, force)
    wanted = None if margin is None else _positive("--margin", margin)
    limit = _positive("--radius", radius)
    given = _noted(reading.read(path, x, y, samples, header)).problem()
    with Console(stderr=True).status("proving"):
        if claim is Claim.NOT_MINIMUM:
            certificate.refuse_large(given)
            found = analysis.analyzed(given, radius=limit).certificate(claim)
        else:
            found = certificate.certify(given, claim, wanted)
        found.save(to, force)
    console.say(open_screen(), f"wrote {to}: {found.claimed.words} (checked in Python)")
    if check:
        with Console(stderr=True).status("Lean checks it (seconds to a minute)"):
            said = lean.find_lean().check_certificate(to, found.claimed.theorem)
        console.say(open_screen(), said)
    else:
        console.say(open_screen(), f"Not checked by Lean: lake env lean {to}")


@app.command("escape")
def escape_(
    path: NetworkArgument,
    x: XOption = None,
    y: YOption = None,
    samples: SamplesOption = None,
    header: HeaderOption = None,
    radius: RadiusOption = "1/10",
    json_file: JsonOption = None,
    force: ForceOption = False,
) -> None:
    """Say whether weights are critical and can be escaped, and return better ones near by."""
    from deeplinear import console, reading
    from deeplinear.solve import escape

    refuse_unwritable(json_file, force)
    limit = _positive("--radius", radius)
    given = _noted(reading.read(path, x, y, samples, header)).problem()
    with _working(given):
        verdict = escape.escape(given.network.weights, given.x, given.y, limit)
    console.escape(open_screen(), verdict)
    if json_file is not None:
        console.write_json(json_file, console.escape_json(verdict))


LONG_WORK = 3 * 10**8
"""What :func:`deeplinear.exact.work` says where deciding takes more than a minute (measured)."""


@contextmanager
def _working(given: Problem) -> Iterator[None]:
    """Say before exact work that it is long if it is, and show on a terminal that it goes on."""
    from rich.console import Console

    from deeplinear import console, exact

    screen = Console(stderr=True)
    weights = given.network.weights
    if exact.work(weights, given.x, given.y) > LONG_WORK:
        sizes = "-".join(str(d) for d in given.network.widths)
        said = f"Widths {sizes} with fractions this long: exact work that may take minutes."
        console.say(screen, said)
    with screen.status("deciding exactly"):
        yield


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror}): name a JSON file with {what}."
        ) from None


@app.command("classify")
def classify_(
    path: NetworkArgument,
    x: XOption = None,
    y: YOption = None,
    samples: SamplesOption = None,
    header: HeaderOption = None,
    json_file: JsonOption = None,
    force: ForceOption = False,
) -> None:
    """Classify a critical point exactly: global minimum, strict or non-strict saddle."""
    from deeplinear import console, reading
    from deeplinear.solve import classify

    refuse_unwritable(json_file, force)
    given = _noted(reading.read(path, x, y, samples, header)).problem()
    with _working(given):
        found = classify.classify(given.network.weights, given.x, given.y)
    console.classification(open_screen(), found)
    if json_file is not None:
        console.write_json(json_file, console.classification_json(found))


@app.command("flow")
def flow_(
    path: Annotated[
        Path | None,
        typer.Argument(help="A network file, as for analyze; or give --widths or --saxe."),
    ] = None,
    x: XOption = None,
    y: YOption = None,
    samples: SamplesOption = None,
    header: HeaderOption = None,
    widths: Annotated[
        str | None,
        typer.Option(
            help="Start from balanced random weights of these widths, such as 2,3,2 (input first)."
        ),
    ] = None,
    saxe: Annotated[
        bool,
        typer.Option("--saxe", help="Use Saxe's items and properties, from a small aligned start."),
    ] = False,
    until: Annotated[float, typer.Option(help="How long to integrate.")] = 5.0,
    steps: Annotated[
        str | None,
        typer.Option(help="Run gradient descent with this step instead, such as 0.01 or 1/41."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the random start.")] = 0,
    picture: Annotated[
        Path | None, typer.Option("--plot", help="Also draw it to this .png or .svg.")
    ] = None,
    force: ForceOption = False,
) -> None:
    """Integrate the gradient flow, or run gradient descent, and say what is proved of it.

    Shown are loss, rank and singular values of the end-to-end matrix; for a start that is aligned
    with whitened data its modes, beside the closed form.
    """
    import random

    from deeplinear import api, console, network, numeric, problems, reading
    from deeplinear.solve import dynamics

    if (path is not None) + (widths is not None) + saxe != 1:
        raise BadInput("give either a file or --widths or --saxe, and one of them only.")
    dynamics.refuse_time(until)
    if picture is not None:
        from deeplinear import plots  # matplotlib takes a second to load

        plots.refuse_unknown(picture)
        refuse_existing(picture, force)
    step = None if steps is None else _step(steps, until)
    if path is not None:
        given = _noted(reading.read(path, x, y, samples, header))
        start = given.network.arrays()
        problem = numeric.Problem(*network.float_data(given.network, given.x, given.y, "columns"))
    elif saxe:
        start, problem = problems.hierarchy()
        given = reading.Given(network.Network.of(start), problem.x, problem.y)
    else:
        drawn = problems.random_flow(random.Random(seed), _widths(widths or ""))
        start, problem = problems.floats(*drawn)
        given = reading.Given(network.Network.of(drawn[0]), *drawn[1:])
    with progress(100) as tick:
        told = _percents(tick, until)
        if step is None:
            found = dynamics.integrate(start, problem, until, progress=told)
        else:
            found = dynamics.descend(start, problem, until, float(step), progress=told)
    screen = open_screen()
    console.flow(screen, found)
    for line in api.promises(given.network, given.x, given.y, found, step):
        console.say(screen, line)
    if picture is not None:
        plots.trajectory(picture, found, problem)
        console.say(screen, f"wrote {picture}")


def _step(text: str, until: float) -> Fraction:
    """Read the step of gradient descent, exactly: a fraction or a decimal number."""
    import re

    from deeplinear.solve import dynamics

    decimal = re.fullmatch(r"[0-9]{1,400}\.[0-9]{1,400}", text, re.ASCII)
    step = Fraction(text) if decimal else _positive("--steps", text)
    dynamics.refuse_step(float(step), until)
    return step


def _percents(step: Callable[[str], None], until: float) -> Callable[[float], None]:
    """Return what moves a progress bar of 100 steps to the time that was reached."""
    done = 0

    def reached(time: float) -> None:
        nonlocal done
        while done < int(100 * time / until):
            done += 1
            step(f"time {time:.3g}")

    return reached


def _widths(text: str) -> tuple[int, ...]:
    """Read widths, input first, from a text as 2,3,2."""
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) < 2 or not all(0 < width <= 50 for width in found):
        raise BadInput(f"--widths is {text}: give two or more widths from 1 to 50, as 2,3,2.")
    return found


@app.command()
def plot(
    what: Annotated[
        str, typer.Argument(help="The name of a picture, such as origin; plot x lists them.")
    ],
    path: Annotated[Path, typer.Argument(help="The picture, .png or .svg.")],
    force: ForceOption = False,
) -> None:
    """Draw a picture of the report, such as the loss near the origin or gradient flows."""
    from deeplinear import (
        console,
        plots,  # matplotlib takes a second to load
    )

    if what not in plots.PICTURES:
        raise BadInput(f"{what} is no picture: give {', '.join(plots.PICTURES)}.")
    refuse_existing(path, force)
    plots.PICTURES[what](path)
    console.say(open_screen(), f"wrote {path}")


@app.command()
def schema() -> None:
    """Print the JSON schema of a network with its data, as analyze, escape and flow read it."""
    import json

    from deeplinear.instances import NetworkFile

    print(json.dumps(NetworkFile.model_json_schema(), indent=2))


@app.command("report")
def report_(
    folder: Annotated[Path, typer.Option("--html", help="Folder of the report.")],
    seed: Annotated[int, typer.Option(help="Seed of all random cases.")] = 0,
    jobs: JobsOption = 2,
    ask: Annotated[
        bool, typer.Option("--lean", help="Build the proofs and ask Lean again first.")
    ] = False,
) -> None:
    """Run all checks and write a report, a static site: open index.html in it."""
    from deeplinear import (
        console,
        report,  # matplotlib takes a second to load
    )
    from deeplinear.checks import select

    _refuse_no_jobs(jobs)
    report.refuse_occupied(folder)
    clone()
    record, source, rows = _run_checks(select([]), ask, seed, jobs=jobs)
    report.build(folder, record, rows, source, ask)
    screen = open_screen()
    console.say(screen, f"wrote {folder / 'index.html'}")
    console.say(screen, console.verdict(rows))
    if not all(row.held for row in rows):
        raise typer.Exit(1)
