"""Guaranteed intervals against exact answers: on many random networks none may miss.

``python tests/measure/intervals.py`` draws 10,000 networks with known least losses, at a critical
point, near it, and at random points, and analyzes each; a fifth has random data, whose least loss
is irrational. It prints how many intervals missed, and
how wide they are relative to the loss of R = 0.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction

from deeplinear import analysis, exact, problems

STEPS = (Fraction(0), Fraction(1, 10**12), Fraction(1, 10**5), Fraction(1))
"""How far from a critical point the network is."""


def judge(seed: int) -> tuple[bool, float, str]:
    """Analyze one network; returns whether an interval missed, its relative width, the verdict."""
    rng = random.Random(seed)
    if seed % 5 == 4:
        return _irrational(rng)
    weights, one = problems.critical(rng, best=rng.random() < 0.5)
    least = exact.loss(one.r, one.x, one.y) if one.best else one.least
    step = exact.matrix([[STEPS[seed % 4]]])[0, 0]
    moved = [w + exact.random_matrix(rng, *exact.shape(w)) * step for w in weights]
    found = analysis.analyze(moved, one.x, one.y, certify=True)
    assert found.least is not None
    assert found.gap is not None
    assert isinstance(found.loss, Fraction)
    holds = found.least.low <= least <= found.least.high
    holds = holds and found.gap.low <= found.loss - least <= found.gap.high
    width = (found.least.high - found.least.low) / max(Fraction(1), Fraction(found.scale))
    return not holds, float(width), found.verdict.name


def _irrational(rng: random.Random) -> tuple[bool, float, str]:
    """Random data, whose least loss is irrational: the interval holds one of more bits."""
    widths = [rng.randint(2, 4), rng.randint(1, 2), rng.randint(2, 4)]
    _, x, y = exact.random_network(rng, widths, 5)
    found = analysis.least_loss(x, y, min(widths))
    finer = analysis.least_loss(x, y, min(widths), 4 * analysis.BITS)
    holds = found.low <= finer.low <= finer.high <= found.high
    width = (found.high - found.low) / max(Fraction(1), exact.squared_norm(y) / 2)
    return not holds, float(width), "random data"


def main() -> int:
    """Judge them on two processes, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    with ProcessPoolExecutor(given.jobs) as pool:
        found = list(pool.map(judge, range(given.count), chunksize=50))
    missed = sum(miss for miss, _, _ in found)
    widths = sorted(width for _, width, _ in found)
    print(f"{len(found)} networks, {missed} intervals missed")
    print(f"relative width: exact in {sum(w == 0 for w in widths)}, greatest {widths[-1]:.1e}")
    for name, count in Counter(name for _, _, name in found).most_common():
        print(f"{name}: {count}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
