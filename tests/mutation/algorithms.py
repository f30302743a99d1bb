"""Mutants of the algorithms themselves, made by cosmic-ray: each is a change of one operator.

``python tests/mutation/algorithms.py`` draws 120 of them, evenly over the modules, runs the checks
that use the module on a copy of the package, then the module's tests, and prints how each ended:
found by a check (a part FAILED), raised, found by a test, timed out, or survived. A survivor is an
equivalent change, one of what is drawn at random, or one that nothing here can see; the list is
printed, and no figure counts it as found. Numbers are changed in the algorithms only.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

PACKAGE = Path(__file__).resolve().parents[2] / "python" / "deeplinear"

USED_BY = {
    "exact": ("P1.4", "P2", "P3.3", "P4", "LK1", "LK2"),
    "solve/algebraic": ("LK2",),
    "solve/escape": ("LK1", "LK3", "K16"),
    "solve/low_rank": ("LK2", "LK3"),
    "solve/strict_saddle": ("K16", "FLOW"),
    "solve/dynamics": ("FLOW",),
    "checks/base": ("P1.4", "P2"),
    "checks/gradient": ("P1.1", "P1.2", "P1.4"),
    "checks/rank_bounded": ("P2",),
    "checks/origin": ("P3.1", "P3.2", "P3.3"),
    "checks/square_full_rank": ("P4",),
    "checks/landscape": ("LK1", "LB"),
    "checks/shallow": ("LK2",),
    "checks/local_minima": ("LK3",),
    "checks/saddles": ("K16",),
    "solve/classify": ("SO",),
    "checks/second_order": ("SO", "AE"),
    "checks/completion": ("MC",),
    "checks/population": ("P5",),
    "checks/flow": ("FLOW",),
    "solve/learning": ("SAXE", "ACGH", "GD"),
    "checks/training": ("SAXE", "ACGH", "GD"),
}
"""The modules that are mutated, and the checks that run each."""

TESTS = {
    "exact": ("test_exact.py", "test_gradient.py", "test_numeric.py"),
    "solve/algebraic": ("test_shallow.py", "test_escape.py"),
    "solve/escape": ("test_escape.py",),
    "solve/low_rank": ("test_shallow.py", "test_escape.py"),
    "solve/strict_saddle": ("test_escape.py", "test_classify.py"),
    "solve/dynamics": ("test_flow.py",),
    "solve/classify": ("test_classify.py",),
    "solve/learning": ("test_learning.py",),
}
"""The tests of each algorithm; those of all checks are test_checks.py and test_controls.py."""

OPERATORS = (
    "AddNot", "NumberReplacer", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue", "ReplaceUnaryOperator_Delete_USub", "ReplaceUnaryOperator_Delete_Not",
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_Add", "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_Pow_Mul", "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_LtE_Lt", "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_GtE_Gt", "ReplaceComparisonOperator_Gt_Lt",
    "ReplaceComparisonOperator_Lt_Gt", "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_NotEq_Eq", "ReplaceBreakWithContinue", "ZeroIterationForLoop",
)  # fmt: skip

LIMIT = 300
"""Seconds after which the checks of a mutant are stopped."""


@dataclass(frozen=True)
class Mutant:
    """A module with one operator changed, and the first line that differs."""

    module: str
    operator: str
    line: str
    text: str


def mutants(module: str) -> list[Mutant]:
    """Return all mutants of a module."""
    before = (PACKAGE / f"{module}.py").read_text(encoding="utf-8")
    found = []
    for name in OPERATORS:
        if name == "NumberReplacer" and module.startswith("checks/"):
            continue  # the numbers of a check say what is drawn, and how often
        operator = get_operator(f"core/{name}")()
        occurrence = 0
        while True:
            with contextlib.redirect_stdout(io.StringIO()):
                after = mutate_code(before, operator, occurrence)
            if after is None or after == before:
                break
            pairs = zip(before.splitlines(), after.splitlines(), strict=False)
            line = next((new for old, new in pairs if old != new), "").strip()
            found.append(Mutant(module, name, line, after))
            occurrence += 1
    return found


def outcome(mutant: Mutant) -> str:
    """Run checks and tests on a copy of the package with the mutant in it; say how that ended."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "deeplinear"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        (copy / f"{mutant.module}.py").write_text(mutant.text, encoding="utf-8")
        names = TESTS.get(mutant.module, ("test_checks.py", "test_controls.py"))
        tests = [str(PACKAGE.parents[1] / "tests" / name) for name in names]
        check = ["deeplinear", "check", *USED_BY[mutant.module], "--cases", "12"]
        try:
            checked = run(folder, check)
            if checked.returncode:
                return "found by a check" if "parts FAILED" in checked.stdout else "raised"
            tested = run(folder, ["pytest", "-q", "-x", "-p", "no:cacheprovider", *tests])
            return "found by a test" if tested.returncode else "survived"
        except subprocess.TimeoutExpired:
            return "timed out"


def run(folder: str, module: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a Python module where the package in the folder comes first."""
    return subprocess.run(
        [sys.executable, "-m", *module],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": folder},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def drawn(count: int, seed: int = 0) -> list[Mutant]:
    """Draw so many mutants, in turn from each module."""
    rng = random.Random(seed)
    piles = []
    for module in USED_BY:
        pile = mutants(module)
        rng.shuffle(pile)
        piles.append(pile)
    found: list[Mutant] = []
    while len(found) < count and any(piles):
        found += [pile.pop() for pile in piles if pile]
    return found[:count]


def main() -> int:
    """Try a sample and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    chosen = drawn(given.count)
    with ThreadPoolExecutor(given.jobs) as pool:
        ended = list(pool.map(outcome, chosen))
    for mutant, how in zip(chosen, ended, strict=True):
        if how == "survived":
            print(f"survived: {mutant.module}, {mutant.operator}: {mutant.line}")
    counts = Counter(ended)
    kinds = ("found by a check", "raised", "found by a test", "timed out", "survived")
    said = ", ".join(f"{counts[how]} {how}" for how in kinds)
    print(f"algorithms: {len(chosen)} mutants: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
