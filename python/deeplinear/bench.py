"""Benchmarks: ratios of times measured side by side in one run, medians over repeats.

What is compared gives equal results, which is checked before it is timed. The targets are those of
the project: a whole check within 90 s and 500 MB, two processes 1.85 times as fast as one, exact
ranks and searches not far from what they are made of.
"""

from __future__ import annotations

import importlib
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from scipy.sparse.linalg import LinearOperator, eigsh

from deeplinear import certificate, exact, lean, network, numeric, problems, worded
from deeplinear.errors import BadInput
from deeplinear.network import Network
from deeplinear.record import hashes
from deeplinear.solve import estimate

REPEATS = 5
"""How often a short piece of work is timed."""

CHECKS = 3
"""How often the whole check is timed, on one process and on two."""


@dataclass(frozen=True)
class Measured:
    """Median seconds of ours and, where it is compared, of another; ``ratio`` is ours to theirs."""

    what: str
    case: str
    ours: float
    other: str = ""
    theirs: float | None = None

    @property
    def ratio(self) -> float | None:
        """Our time divided by the other's."""
        return None if self.theirs is None else self.ours / self.theirs


@dataclass(frozen=True)
class Fit:
    """Measured times grow like the given power of ``variable``, from the least to the greatest."""

    what: str
    variable: str
    values: tuple[int, ...]
    seconds: tuple[float, ...]
    exponent: float


@dataclass(frozen=True)
class Target:
    """Something that was aimed at: what, the bound in words, the value, and whether it is met."""

    what: str
    bound: str
    value: str
    met: bool


@dataclass(frozen=True)
class Result:
    """What one benchmark found."""

    rows: tuple[Measured, ...] = ()
    fits: tuple[Fit, ...] = ()
    targets: tuple[Target, ...] = ()
    note: str = ""


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(work: Callable[[], object], repeats: int) -> float:
    return statistics.median(_timed(work) for _ in range(repeats))


def _beside(
    ours: Callable[[], object], theirs: Callable[[], object], repeats: int
) -> tuple[float, float]:
    """Return the medians of both, timed in turn."""
    pairs = [(_timed(ours), _timed(theirs)) for _ in range(repeats)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def _at_most(most: float, rows: Sequence[Measured], other: str) -> tuple[Target, ...]:
    """Return the target that no row that is compared with ``other`` has a greater ratio."""
    ratios = [row.ratio for row in rows if other in row.other and row.ratio is not None]
    said = f"{max(ratios):.2f}"
    return (
        Target(
            f"the greatest ratio, {rows[0].what}", f"at most {most:g}", said, max(ratios) <= most
        ),
    )


def _same(a: object, b: object) -> None:
    if a != b:
        raise AssertionError("what is compared gives different results")


# --- the parts ------------------------------------------------------------------------------------


def literal_gradient(weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat) -> list[fmpq_mat]:
    """Return the gradient by the formula's literal products: heads, tails, two products a layer."""
    s = exact.heads(weights)
    t = [exact.identity(weights[-1].nrows())]
    for layer in reversed(weights):
        t.append(t[-1] * layer)
    t.reverse()
    middle = (s[-1] * x - y) * x.transpose()
    return [t[k + 1].transpose() * middle * s[k].transpose() for k in range(len(weights))]


def gradient() -> Result:
    """Measure the exact gradient of all layers beside literal products, and beside SymPy."""
    rng = random.Random(0)
    rows = []
    for layers in (2, 4, 6, 8, 10):
        for width in (5, 20, 50):
            network = exact.random_network(rng, [width] * (layers + 1), width)
            _same(exact.gradient(*network), literal_gradient(*network))
            work = partial(exact.gradient, *network), partial(literal_gradient, *network)
            ours, theirs = _beside(*work, REPEATS)
            case, other = f"H = {layers}, width {width}", "literal products in python-flint"
            rows.append(Measured("gradient", case, ours, other, theirs))
    for layers, width in ((2, 2), (2, 3), (3, 3)):
        network = exact.random_network(rng, [width] * (layers + 1), width)
        _same(exact.gradient(*network), worded.gradient(*network))
        work = partial(exact.gradient, *network), partial(worded.gradient, *network)
        ours, theirs = _beside(*work, 1)
        rows.append(Measured("gradient", f"H = {layers}, width {width}", ours, "SymPy", theirs))
    return Result(tuple(rows))


def our_rank(entries: Sequence[Sequence[Fraction]]) -> int:
    """Return the rank of a matrix of fractions, as the checks compute it."""
    return exact.matrix(entries).rank()


def bare_rank(entries: Sequence[Sequence[Fraction]]) -> int:
    """Return the rank of a matrix of fractions by python-flint alone."""
    return fmpq_mat([[fmpq(e.numerator, e.denominator) for e in row] for row in entries]).rank()


def rank() -> Result:
    """Measure the exact rank, from fractions on, beside bare python-flint and beside SymPy."""
    rng = random.Random(0)
    rows = []
    for n in (4, 8, 16, 32):
        matrix = exact.random_of_rank_at_most(rng, n, n, n // 2)
        entries = exact.rows(matrix)
        _same(our_rank(entries), bare_rank(entries))
        ours, theirs = _beside(partial(our_rank, entries), partial(bare_rank, entries), REPEATS)
        rows.append(Measured("rank", f"{n} x {n}", ours, "python-flint alone", theirs))
        if n <= 8:
            _same(our_rank(entries), worded.rank(matrix))
            work = partial(our_rank, entries), partial(worded.rank, matrix)
            ours, theirs = _beside(*work, REPEATS)
            rows.append(Measured("rank", f"{n} x {n}", ours, "SymPy", theirs))
    return Result(tuple(rows), targets=_at_most(1.3, rows, "python-flint alone"))


def bare_gradient(weights: Sequence[numeric.Array], problem: numeric.Problem) -> float:
    """Compute loss and gradient of the square loss by NumPy products alone; returns the loss."""
    heads = [problem.x]
    for layer in weights:
        heads.append(layer @ heads[-1])
    back = heads[-1] - problem.y
    loss = float((back * back).sum()) / 2
    for layer, head in zip(reversed(weights), reversed(heads[:-1]), strict=True):
        back @ head.T
        back = layer.T @ back
    return loss


def bare_product(
    at: numeric.Derivatives, direction: Sequence[numeric.Array]
) -> list[numeric.Array]:
    """Compute a product with the Hessian of the square loss by NumPy products alone."""
    slopes = [direction[0] @ at.heads[0]]
    for layer, step, head in zip(at.weights[1:], direction[1:], at.heads[1:], strict=False):
        slopes.append(step @ head + layer @ slopes[-1])
    turn, found = slopes[-1], []
    for k in reversed(range(1, len(direction))):
        found.append(turn @ at.heads[k].T + at.backs[k] @ slopes[k - 1].T)
        turn = direction[k].T @ at.backs[k] + at.weights[k].T @ turn
    return [turn @ at.heads[0].T, *reversed(found)]


def _many(work: Callable[[], object], times: int) -> None:
    for _ in range(times):
        work()


def landscape() -> Result:
    """Measure a whole search for a minimum beside the gradients and products it needs, in NumPy."""
    generator = np.random.default_rng(0)
    rows = []
    for layers, width in ((2, 3), (3, 10), (3, 30)):
        problem = numeric.Problem(*generator.standard_normal((2, width, width + 2)))
        start = numeric.random_weights(generator, [width] * (layers + 1))
        at = numeric.derivatives(start, problem)
        theirs = numeric.loss(start, problem)
        _same(bool(np.isclose(bare_gradient(start, problem), theirs)), True)
        product = numeric.pack(bare_product(at, start))
        _same(np.allclose(product, at.along(numeric.pack(start))), True)
        ended = numeric.minimized(start, problem)

        def bare(start: Any = start, problem: Any = problem, at: Any = at, n: Any = ended) -> None:
            _many(partial(bare_gradient, start, problem), n.njev)
            _many(partial(bare_product, at, start), n.nhev)

        ours, theirs = _beside(partial(numeric.minimized, start, problem), bare, REPEATS)
        other = f"{ended.njev} gradients and {ended.nhev} Hessian products in NumPy"
        rows.append(Measured("search", f"H = {layers}, width {width}", ours, other, theirs))
    return Result(tuple(rows), targets=_at_most(4, rows, "NumPy"))


def growth() -> Result:
    """Fit how the time of the exact gradient grows with depth, width and number of samples."""
    fits = []
    for variable, values in (
        ("H", (4, 8, 16, 32)),
        ("width", (8, 16, 32, 64)),
        ("samples", (64, 128, 256, 512)),
    ):
        seconds = []
        for value in values:
            layers = value if variable == "H" else 3
            width = value if variable == "width" else 8
            samples = value if variable == "samples" else width
            network = _integer_network(layers, width, samples)
            seconds.append(_median(partial(exact.gradient, *network), REPEATS))
        slope = float(np.polyfit(np.log(values), np.log(seconds), 1)[0])
        fits.append(Fit("exact gradient", variable, values, tuple(seconds), slope))
    return Result(fits=tuple(fits))


def _integer_network(
    layers: int, width: int, samples: int
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw a network with entries -1, 0, 1, whose products do not grow long by their fractions."""
    rng = random.Random(0)

    def drawn(n: int, k: int) -> fmpq_mat:
        return fmpq_mat(n, k, [rng.randint(-1, 1) for _ in range(n * k)])

    weights = [drawn(width, width) for _ in range(layers)]
    return weights, drawn(width, samples), drawn(width, samples)


# --- the whole ------------------------------------------------------------------------------------


def check() -> Result:
    """Measure the whole check on one process and on two: time and memory of the first."""
    times: dict[int, list[float]] = {1: [], 2: []}
    memory = 0.0
    for _ in range(CHECKS):
        for jobs, found in times.items():
            seconds, peak = _command(["check", "--jobs", str(jobs)])
            found.append(seconds)
            memory = max(memory, peak) if jobs == 1 else memory
    one, two = (statistics.median(times[jobs]) for jobs in (1, 2))
    row = Measured("whole check", "--jobs 2", two, "--jobs 1", one)
    targets = (
        Target("whole check, --jobs 1", "at most 90 s", f"{one:.1f} s", one <= 90),
        Target("its memory", "at most 500 MB", f"{memory:.0f} MB", memory <= 500),
        Target(
            "--jobs 2 beside --jobs 1", "1.85 times as fast", f"{one / two:.2f}", one / two >= 1.85
        ),
    )
    return Result((row,), targets=targets)


def _command(words: Sequence[str]) -> tuple[float, float]:
    """Run ``deeplinear`` in a process of its own; returns its seconds and its peak memory in MB."""
    return _process(["-m", "deeplinear", *words], f"deeplinear {' '.join(words)}")


METER = """
import resource, subprocess, sys
code = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
"""Runs Python and prints its peak memory in kB: a child's peak starts at that of its parent, so
that a small parent has to start it, and not the process of the benchmarks."""


def _process(words: Sequence[str], what: str) -> tuple[float, float]:
    """Run Python in a process of its own; returns its seconds and its peak memory in MB."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", METER, *words], stdout=subprocess.PIPE, text=True, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise BadInput(f"{what} failed: run it to see why.")
    return seconds, int(done.stdout) / 1024


SIZES = (((784, 128, 64, 10), 60_000, 20.0), ((256,) * 11, 1_000, 15.0))
"""Widths and samples at which ``analyze`` is timed, and the seconds that are wanted."""

SCRIPT = """
import sys, numpy as np, deeplinear, resource
from deeplinear import numeric
widths, samples = [int(w) for w in sys.argv[2:]], int(sys.argv[1])
rng = np.random.default_rng(0)
weights = list(numeric.random_weights(rng, widths))
x, y = rng.standard_normal((samples, widths[0])), rng.standard_normal((samples, widths[-1]))
deeplinear.analyze(weights, x, y, samples="rows")
"""


def analyze() -> Result:
    """Time ``analyze`` at large sizes, and its least curvature beside plain ARPACK of SciPy.

    Both go on until the least eigenvalue is known to a hundredth, and have to agree; ours starts at
    directions that the theory offers. Where torch and curvlinops are installed, ours is also
    measured beside ARPACK on the product of curvlinops, which runs over all samples.
    """
    rows, targets, note = [], [], ""
    for widths, samples, wanted in SIZES:
        shown = (
            "-".join(map(str, widths)) if len(widths) < 6 else f"{len(widths) - 1} x {widths[0]}"
        )
        rng = np.random.default_rng(1)
        weights = list(numeric.random_weights(rng, widths))
        x = rng.standard_normal((widths[0], 2_000))
        y = rng.standard_normal((widths[-1], 2_000))
        at = estimate.Scaled.of(Network.of(weights).weights, x, y)
        found: dict[str, float] = {}

        def ours(at: estimate.Scaled = at, found: dict[str, float] = found) -> None:
            found["ours"] = at.curvature()[0]

        def plain(at: estimate.Scaled = at, found: dict[str, float] = found) -> None:
            found["plain"] = _arpack(at.derivatives.along, numeric.pack(at.weights).size)

        mine, theirs = _timed(ours), _timed(plain)
        _same(abs(found["ours"] - found["plain"]) <= 0.01 * abs(found["plain"]), True)
        rows.append(Measured("least curvature", shown, mine, "SciPy's ARPACK", theirs))
        try:
            product = _curvlinops(weights, x, y)
        except ImportError:
            note = "torch and curvlinops are not installed: curvlinops was not measured."
        else:
            theirs = _timed(partial(_arpack, product, numeric.pack(weights).size))
            rows.append(Measured("least curvature", shown, mine, "curvlinops", theirs))
        words = ["-c", SCRIPT, str(samples), *map(str, widths)]
        seconds, memory = _process(words, "analyze at a large size")
        targets += [
            Target(
                f"analyze {shown}", f"at most {wanted:g} s", f"{seconds:.1f} s", seconds <= wanted
            ),
            Target("its memory", "at most 2000 MB", f"{memory:.0f} MB", memory <= 2000),
        ]
    return Result(tuple(rows), targets=tuple(targets), note=note)


def _arpack(product: Callable[[Any], Any], n: int) -> float:
    """Return the least eigenvalue to a hundredth, as ARPACK finds it from a random vector."""
    operator = LinearOperator((n, n), matvec=product, dtype=np.float64)
    start = np.random.default_rng(0).standard_normal(n)
    return float(eigsh(operator, 1, which="SA", v0=start, tol=1e-2, return_eigenvectors=False)[0])


def _curvlinops(weights: Sequence[Any], x: Any, y: Any) -> Callable[[Any], Any]:
    """Return curvlinops' product with the Hessian of the same loss; ImportError without it."""
    curvlinops, torch = map(importlib.import_module, ("curvlinops", "torch"))
    layers = [torch.nn.Linear(*w.shape[::-1], bias=False, dtype=torch.float64) for w in weights]
    for layer, w in zip(layers, weights, strict=True):
        layer.weight.data = torch.tensor(w)
    model = torch.nn.Sequential(*layers)
    samples = [(torch.tensor(x.T), torch.tensor(y.T))]
    squares = torch.nn.MSELoss(reduction="sum")
    operator = curvlinops.HessianLinearOperator(
        model, squares, list(model.parameters()), samples, check_deterministic=False
    ).to_scipy()
    return lambda v: operator @ v / 2


CPU_SECONDS = {"DeepLinear": 120, "DeepLinearExamples": 60}
"""The most processor time that building a library may take, Mathlib being there."""

MODULE_SECONDS = 10
"""The most that one of their modules may take."""


def lake() -> Result:
    """Measure ``lake build`` from nothing, by module, in a copy of the Lean files.

    One thread does everything, so that the times are those of the processor.
    """
    try:
        found = lean.find_lean()
    except BadInput as error:
        return Result(note=f"lake build was not measured. {error}")
    totals: dict[str, float] = {}
    modules: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in hashes(found.root):
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(found.root / name, path)
        copied = found.root / ".lake" / "packages"
        if copied.is_dir() and not lean.packages_file():
            Path(folder, ".lake").mkdir()
            Path(folder, ".lake", "packages").symlink_to(copied)
        here = lean.Lean(found.lake, Path(folder), threads=1)
        for library in CPU_SECONDS:
            said, totals[library] = _processor(partial(here.run, "build", library))
            modules |= built(said)
    slowest = sorted(modules.items(), key=lambda one: -one[1])[:5]
    name, most = slowest[0]
    return Result(
        (
            *(
                Measured("lake build", f"{library}, from nothing", spent)
                for library, spent in totals.items()
            ),
            *(Measured("module", module, seconds) for module, seconds in slowest),
        ),
        targets=(
            *(
                Target(
                    f"lake build {library}",
                    f"at most {CPU_SECONDS[library]} s",
                    f"{spent:.0f} s",
                    spent <= CPU_SECONDS[library],
                )
                for library, spent in totals.items()
            ),
            Target(
                "a module",
                f"at most {MODULE_SECONDS} s",
                f"{most:.1f} s ({name})",
                most <= MODULE_SECONDS,
            ),
        ),
    )


def built(said: str) -> dict[str, float]:
    """Return the seconds of each module that ``lake build`` says it built."""
    found = re.findall(r"Built (\S+) \(([\d.]+)(m?s)\)", said)
    return {name: float(time) / (1000 if unit == "ms" else 1) for name, time, unit in found}


def _processor(work: Callable[[], str]) -> tuple[str, float]:
    """Return what ``work`` returns, and the processor time of the programs that it ran."""
    before = os.times()
    said = work()
    after = os.times()
    user = after.children_user - before.children_user
    return said, user + after.children_system - before.children_system


KERNEL = (
    *(((width,) * 4, 53) for width in (4, 8, 12, 16)),
    *(((6,) * (layers + 1), 53) for layers in (1, 2, 4, 8)),
    *(((8,) * 4, bits) for bits in (8, 24)),
    ((4, 3, 4), 53),
)
"""Widths and binary digits of the numbers for which Lean is timed on a certificate."""

WANTED = {((4, 3, 4), 53): 5.0, ((8,) * 4, 53): 60.0}
"""The seconds that are wanted for some of them."""


def certificates(cases: Sequence[tuple[tuple[int, ...], int]] = KERNEL) -> Result:
    """Measure Lean on certificates of trained networks with 20 samples, its start included."""
    try:
        asked = lean.find_lean()
    except BadInput as error:
        return Result(note=f"Lean was not measured on certificates. {error}")
    rows, targets = [], []
    for widths, bits in cases:
        made = certificate.certify(_trained(widths, bits))
        shown = f"{'-'.join(map(str, widths))}, numbers of {bits} bits"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "Network.lean")
            made.save(path)
            asked.run("build", "DeepLinear.Certificate.Critical")
            seconds = _timed(partial(asked.check_certificate, path, made.claimed.theorem))
        rows.append(Measured("certificate", shown, seconds))
        wanted = WANTED.get((widths, bits))
        if wanted is not None:
            said = f"{seconds:.1f} s"
            targets.append(Target(shown, f"at most {wanted:.0f} s", said, seconds <= wanted))
    return Result(tuple(rows), targets=tuple(targets))


def _trained(widths: Sequence[int], bits: int) -> network.Problem:
    """Train a network on 20 random samples, and round all numbers to so many binary digits."""
    weights, problem = problems.trained(widths)
    arrays = [*weights, problem.x, problem.y]
    if bits < 53:
        arrays = [np.round(a * 2.0**bits) / 2.0**bits for a in arrays]
    *layers, x, y = arrays
    return network.problem(layers, x, y, "columns")


BENCHMARKS: dict[str, Callable[[], Result]] = {
    "gradient": gradient,
    "rank": rank,
    "landscape": landscape,
    "growth": growth,
    "analyze": analyze,
    "check": check,
    "certificates": certificates,
    "lake": lake,
}
"""The benchmarks, by the name that the command line knows."""
