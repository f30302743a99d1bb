"""Problem 2 (``DeepLinear/RankBounded.lean``): the matrices of bounded rank are not a convex set.

Everything here is exact. Matrices are n x k, and ``d`` bounds the rank.
"""

from __future__ import annotations

import random
from fractions import Fraction

from flint import fmpq, fmpq_mat

from deeplinear import exact, problems, worded
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.errors import BadInput
from deeplinear.instances import RankInstance

SEARCHES = 20
"""Random pairs tried for each shape and bound when a violation of convexity is looked for."""


def is_convex(n: int, k: int, d: int) -> bool:
    """Tell what P2+ states: the set is convex if and only if d = 0 or min(n, k) <= d."""
    if d < 0:
        raise BadInput(f"the rank bound is {d}: give an integer that is at least 0.")
    return d == 0 or min(n, k) <= d


def verify(instance: RankInstance) -> list[Claim]:
    """Recompute the claims of an instance; FLINT and SymPy have to agree on every rank."""
    name, bound = instance.name, instance.bound
    middle = (instance.left + instance.right) / 2
    named = {"left": instance.left, "right": instance.right, "the midpoint": middle}
    ranks = {what: a.rank() for what, a in named.items()}
    claims = [
        (worded.rank(a) == ranks[what], f"{name}: SymPy disagrees on the rank of {what}")
        for what, a in named.items()
    ]
    claims += [
        (ranks[what] <= bound, f"{name}: {what} has rank {ranks[what]} > {bound}")
        for what in ("left", "right")
    ]
    if instance.kind == "example":
        said = f"{name}: the midpoint has rank {ranks['the midpoint']}, not {bound + 1}"
        claims.append((ranks["the midpoint"] == bound + 1, said))
    else:
        n, k = exact.shape(instance.left)
        claims.append((is_convex(n, k, bound), f"{name}: the set is not convex for d = {bound}"))
        claims.append((ranks["the midpoint"] <= bound, f"{name}: the midpoint leaves the set"))
    return claims


def witness(rng: random.Random, n: int, k: int, d: int) -> tuple[fmpq_mat, fmpq_mat]:
    """Draw two n x k matrices of rank at most d whose midpoint has rank d + 1.

    They are 2 diag(1, ..., 1, 0, ...) with d ones and 2 e_{d+1} e_{d+1}^T, between random
    invertible matrices. Raises :class:`~deeplinear.BadInput` unless 1 <= d < min(n, k).
    """
    if not 1 <= d < min(n, k):
        raise BadInput(f"the rank bound is {d}: give an integer with 1 <= d < {min(n, k)}.")
    return problems.between(exact.random_invertible(rng, n), exact.random_invertible(rng, k), d)


def leaves(left: fmpq_mat, right: fmpq_mat, d: int, t: fmpq) -> bool:
    """Tell whether both ends have rank <= d and the point t of the way has a greater one."""
    ranks = [a.rank() for a in (left, right, left * (1 - t) + right * t)]
    return max(ranks[:2]) <= d < ranks[2]


def finds_violation(rng: random.Random, n: int, k: int, d: int) -> bool:
    """Look for two matrices of rank <= d with a convex combination of greater rank."""
    for _ in range(SEARCHES):
        left, right = (exact.random_of_rank_at_most(rng, n, k, d) for _ in range(2))
        t = Fraction(rng.randint(1, 11), 12)
        s = fmpq(t.numerator, t.denominator)
        if leaves(left, right, d, s):
            return True
    return False


def _witnesses(run: Run) -> None:
    for _ in range(run.cases):
        n, k = run.rng.randint(2, 7), run.rng.randint(2, 8)
        d = run.rng.randint(1, min(n, k) - 1)
        left, right = witness(run.rng, n, k, d)
        ranks = [a.rank() for a in (left, right, (left + right) / 2)]
        place = f"n={n}, k={k}, d={d}"
        run.case(
            (max(ranks[:2]) <= d, f"{place}: an end has rank {max(ranks[:2])} > d"),
            (ranks[2] == d + 1, f"{place}: the midpoint has rank {ranks[2]}, not d + 1"),
            (leaves(left, right, d, fmpq(1, 2)), f"{place}: the midpoint stays in the set"),
        )
    run.note = "n <= 7, k <= 8: two matrices of rank <= d, midpoint of rank d + 1"


def falsified(instance: RankInstance) -> dict[str, RankInstance]:
    """Return false variants of an instance, by what was done to it."""

    def changed(**update: object) -> RankInstance:
        return instance.model_copy(update=update)

    n, k = exact.shape(instance.left)
    full = exact.diagonal([1] * min(n, k), n, k)
    if instance.kind == "control":
        return {
            "bound 0": changed(bound=0, left=full),
            "one less": changed(bound=min(n, k) - 1, left=full),
        }
    return {
        "equal ends": changed(right=instance.left),
        "bound one more": changed(bound=instance.bound + 1),
        "bound one less": changed(bound=instance.bound - 1),
        "an end of full rank": changed(left=full),
    }


def _convex_cases(run: Run) -> None:
    """Search on both sides: a violation has to turn up exactly where P2+ says that there is one."""
    convex = 0
    for n in range(1, 5):
        for k in range(1, 5):
            for d in range(min(n, k) + 2):
                found = finds_violation(run.rng, n, k, d)
                said = "a violation was found" if found else "no violation was found"
                run.case((found != is_convex(n, k, d), f"n={n}, k={k}, d={d}: {said}"))
                convex += is_convex(n, k, d)
    run.note = f"d = 0 or d >= min(n, k): {convex} searches find none, the others all find one"


P2 = Check(
    problem="P2",
    title="Matrices of bounded rank are not a convex set",
    words=(
        "Let W_{n,k,d} be the set of all n x k matrices of rank <= d, and let 1 <= n < k. Prove "
        "that for any d such that 1 <= d < n the set W_{n,k,d} is non-convex. "
        "(P2+: for all n, k, d it is convex if and only if d = 0 or min(n, k) <= d.)"
    ),
    explanation=(
        "Recomputes the ranks of every instance over the rationals, by FLINT and by SymPy. Draws "
        "random n, k, 1 <= d < min(n, k) and two matrices of rank <= d whose midpoint must have "
        "rank d + 1. Controls: falsified instances must be refused; a random search must find no "
        "violation of convexity for d = 0 and d >= min(n, k), and must find one everywhere else."
    ),
    parts=(
        instances_part(verify, control=True),
        Part("random witnesses", _witnesses, named(leaves)),
        falsified_part(verify, falsified, "equal ends, other bounds, an end of full rank"),
        Part("d = 0 and d >= min(n, k)", _convex_cases, named(leaves), controls="random witnesses"),
    ),
)

CHECKS = (P2,)
