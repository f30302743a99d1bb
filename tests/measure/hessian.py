"""The exact classification against the whole Hessian, on random critical points of all classes.

``python tests/measure/hessian.py`` draws 2,500 critical points with 2 to 5 layers and widths to 6,
ties among the singular values included, and compares the class that rational arithmetic finds with
the least eigenvalue of the Hessian in NumPy and with the closed form of the least loss. It prints
the disagreements, the classes, and how far apart the eigenvalues of the classes are.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_mat

from deeplinear import analysis, exact, problems
from deeplinear.checks.second_order import least_eigenvalue
from deeplinear.solve import classify
from deeplinear.solve.classify import Kind

NEGATIVE = 1e-8
"""An eigenvalue below minus this, relative to the greatest, is negative; floats reach 1e-12."""


@dataclass(frozen=True)
class Judged:
    """What is said of one critical point; ``least`` is relative to the greatest eigenvalue."""

    kind: Kind
    least: float
    tied: bool
    layers: int
    agrees: bool


def frame(rng: random.Random, n: int) -> fmpq_mat:
    """Draw an invertible rational matrix of small condition: orthogonal, and columns scaled."""
    scales = [Fraction(rng.randint(1, 4), 2) for _ in range(n)]
    return problems.random_orthogonal(rng, n) * exact.diagonal(scales, n, n)


def critical_point(rng: random.Random) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat, bool]:
    """Draw a critical point, the data, and whether singular values of the data are equal.

    Some modes are learned. Beside them run channels, from a mode that is not learned to one, with a
    gate in each layer that is open or shut; what is not critical is drawn again.
    """
    while True:
        layers = rng.randint(2, 5)
        widths = [rng.randint(1, 6) for _ in range(layers + 1)]
        n, m = widths[0], widths[-1]
        count = min(n, m)
        strengths = [rng.randint(0, 4) for _ in range(count)]
        learned = rng.sample(range(count), rng.randint(0, min(widths)))
        channels = min(widths[1:-1]) - len(learned)
        modes = [k for k in range(max(n, m)) if k not in learned]
        ins = rng.sample([k for k in modes if k < n], n - len(learned))[:channels]
        outs = rng.sample([k for k in modes if k < m], m - len(learned))[:channels]
        weights, bases = [], [frame(rng, width) for width in widths]
        odds = rng.choice([0.0, 0.3, 0.7, 0.9])
        for k in range(layers):
            first, last = k == 0, k == layers - 1
            core = fmpq_mat(widths[k + 1], widths[k])
            for place, mode in enumerate(learned):
                row, column = mode if last else place, mode if first else place
                core[row, column] = strengths[mode] if last else 1
            for place in range(min(len(ins), len(outs))):
                row = outs[place] if last else len(learned) + place
                column = ins[place] if first else len(learned) + place
                core[row, column] = int(rng.random() < odds)
            left = problems.random_orthogonal(rng, m) if last else bases[k + 1]
            weights.append(left * core * bases[k].inv())
            if last:
                y = left * exact.diagonal(strengths, m, n)
        x = bases[0]
        if exact.all_zero(exact.gradient(weights, x, y)):
            return weights, x, y, len(set(strengths)) < count


def judge(seed: int) -> Judged:
    """Classify one critical point exactly, and compare."""
    weights, x, y, tied = critical_point(random.Random(seed))
    kind = classify.classify(weights, x, y).kind
    least = least_eigenvalue(weights, x, y)
    loss = exact.loss(exact.end_to_end(weights), x, y)
    minimal = loss <= analysis.least_loss(x, y, min(exact.widths(weights))).high
    agrees = minimal is (kind is Kind.GLOBAL_MINIMUM)
    agrees = agrees and (least < -NEGATIVE) is (kind is Kind.STRICT_SADDLE)
    return Judged(kind, least, tied, len(weights), agrees)


def main() -> int:
    """Judge them on two processes, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_500)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    with ProcessPoolExecutor(given.jobs) as pool:
        found = list(pool.map(judge, range(given.count), chunksize=20))
    wrong = [seed for seed, one in enumerate(found) if not one.agrees]
    print(f"{len(found)} critical points, {len(wrong)} disagreements {wrong[:10] or ''}".rstrip())
    print(f"with equal singular values: {sum(one.tied for one in found)}")
    for layers, count in sorted(Counter(one.layers for one in found).items()):
        print(f"{layers} layers: {count}")
    for kind in Kind:
        own = [one.least for one in found if one.kind is kind]
        print(f"{kind.name}: {len(own)}, least eigenvalue from {min(own):.1e} to {max(own):.1e}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
