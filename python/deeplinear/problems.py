"""Problems with known answers, drawn at random: what checks, trials, pictures and tests begin with.

Exact but for the last ones, which are for flows and searches in floating point.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact, numeric
from deeplinear.errors import BadInput
from deeplinear.exact import Weights
from deeplinear.numeric import Array


@dataclass(frozen=True)
class Spectral:
    """Data with known singular values, and a critical ``R`` that takes some of them.

    ``least`` is the least loss over the matrices of the rank of ``r``: half the sum of the squares
    of the smallest singular values (Eckart and Young), plus what no ``R`` can fit.
    """

    r: fmpq_mat
    x: fmpq_mat
    y: fmpq_mat
    least: Fraction
    best: bool


def random_orthogonal(rng: random.Random, n: int) -> fmpq_mat:
    """Draw a rational orthogonal matrix, by Cayley's transform of an antisymmetric one."""
    skew = fmpq_mat(n, n)
    for i, j in itertools.combinations(range(n), 2):
        entry = fmpq(rng.randint(-3, 3), rng.randint(1, 2))
        skew[i, j], skew[j, i] = entry, -entry
    return (exact.identity(n) - skew) * (exact.identity(n) + skew).inv()


def random_spectral(
    rng: random.Random, m: int, n: int, rank: int, best: bool, inputs: int | None = None
) -> Spectral:
    """Draw an m x n problem and a critical ``R`` of rank ``rank``, minimal or not as ``best`` says.

    ``inputs`` is the rank of ``X``, n if it is not given. The singular values of the problem are
    different integers; ``R`` takes the greatest ones, or misses one of them.
    """
    k = n if inputs is None else inputs
    count = min(m, k)
    values = sorted(rng.sample(range(1, 3 * count + 4), count), reverse=True)
    taken = list(range(rank))
    if not best:
        taken[rng.randrange(rank)] = rng.randrange(rank, count)
    u, v = random_orthogonal(rng, m), random_orthogonal(rng, k)
    z = exact.random_invertible(rng, k)
    embedding = exact.identity(n)
    while True:
        embedding = exact.random_matrix(rng, n, k)
        if embedding.rank() == k:
            break

    def with_values(chosen: Sequence[int]) -> fmpq_mat:
        kept = [values[i] if i in chosen else 0 for i in range(count)]
        return u * exact.diagonal(kept, m, k) * v.transpose()

    left = (embedding.transpose() * embedding).inv() * embedding.transpose()
    r = with_values(taken) * z.inv() * left
    least = Fraction(sum(value**2 for value in values[rank:]), 2)
    return Spectral(r, embedding * z, with_values(range(count)), least, best)


def random_layers(rng: random.Random, r: fmpq_mat, widths: Sequence[int]) -> list[fmpq_mat]:
    """Factor ``R``, of the rank of the bottleneck width, into layers that are critical where it is.

    The factors of a full-rank factorization sit in the first and the last layer, the hidden layers
    carry them through, between random invertible matrices.
    """
    a, b = exact.full_rank_factors(r)
    p = a.ncols()
    bases = [exact.random_invertible(rng, width) for width in widths[1:-1]]
    layers = []
    for k, (below, above) in enumerate(itertools.pairwise(widths)):
        first, last = k == 0, k + 2 == len(widths)
        core = exact.diagonal([1] * p, above, below)
        if first and last:
            core = r
        elif first:
            core = exact.diagonal([1] * p, above, p) * b
        elif last:
            core = a * exact.diagonal([1] * p, p, below)
        left = exact.identity(above) if last else bases[k]
        right = exact.identity(below) if first else bases[k - 1].inv()
        layers.append(left * core * right)
    return layers


def deficient_at_an_end(
    rng: random.Random, widths: Sequence[int], rank: int, at_input: bool
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw critical weights with rank R = ``rank`` below p, interior product of rank p, and data.

    X = 1. The first layer has rank ``rank`` if ``at_input``; otherwise the last layer has, and then
    the input and the output have to be wider than p.
    """
    p = min(widths)
    if not at_input and min(widths[0], widths[-1]) <= p:
        raise BadInput(f"the widths are {list(widths)}: give wider inputs and outputs.")
    entries = rng.sample(range(1, 10), p + 1)
    wanted = entries[:p] if at_input else [*entries[:rank], *([0] * (p - rank)), entries[p]]
    bases = [exact.random_invertible(rng, width) for width in widths[1:-1]]
    weights = []
    for k in range(len(widths) - 1):
        last = k + 2 == len(widths)
        ones = [1] * (rank if at_input and k == 0 else p)
        core = exact.diagonal(wanted[:rank] if last else ones, widths[k + 1], widths[k])
        left = exact.identity(widths[-1]) if last else bases[k]
        right = exact.identity(widths[0]) if k == 0 else bases[k - 1].inv()
        weights.append(left * core * right)
    return weights, exact.identity(widths[0]), exact.diagonal(wanted, widths[-1], widths[0])


def random_balanced(
    rng: random.Random, widths: Sequence[int], entries: Sequence[int | Fraction] | None = None
) -> list[fmpq_mat]:
    """Draw balanced weights: ``W_{k+1}^T W_{k+1} = W_k W_k^T`` for all neighbouring layers.

    Each layer has the singular values ``entries``, as many as the bottleneck width.
    """
    entries = entries or [rng.randint(1, 4) for _ in range(min(widths))]
    bases = [random_orthogonal(rng, width) for width in widths]
    return [
        bases[k + 1] * exact.diagonal(entries, widths[k + 1], widths[k]) * bases[k].transpose()
        for k in range(len(widths) - 1)
    ]


def random_frames(rng: random.Random, widths: Sequence[int]) -> list[fmpq_mat]:
    """Draw frames of as many columns as the bottleneck width."""
    rho = min(widths)
    return [
        random_orthogonal(rng, width) * exact.diagonal([1] * rho, width, rho) for width in widths
    ]


def aligned_data(
    rng: random.Random, frames: Weights, strengths: Sequence[Fraction]
) -> tuple[fmpq_mat, fmpq_mat]:
    """Draw whitened inputs, and outputs whose ``Y X^T`` has these modes between the frames."""
    x = random_orthogonal(rng, frames[0].nrows())
    return x, aligned_outputs(frames, strengths, x)


def aligned_outputs(frames: Weights, strengths: Sequence[Fraction], x: fmpq_mat) -> fmpq_mat:
    """Return the outputs at whitened inputs with ``Y X^T = Q_H diag(strengths) Q_0^T``."""
    middle = exact.diagonal(strengths, len(strengths), len(strengths))
    return frames[-1] * middle * frames[0].transpose() * x


def near_minimum(
    rng: random.Random, widths: Sequence[int]
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw weights near a global minimum at which no layer loses an output."""
    middle = [
        exact.diagonal([1] * min(below, above), above, below)
        for below, above in itertools.pairwise(widths)
    ]
    weights = [layer * fmpq(rng.randint(8, 12), 10) for layer in middle]
    x = random_orthogonal(rng, widths[0])
    y = exact.end_to_end(weights) * x
    moved = weights[0] + exact.random_matrix(rng, *exact.shape(weights[0])) * fmpq(1, 1000)
    return [moved, *weights[1:]], x, y


def random_flow(
    rng: random.Random, widths: Sequence[int]
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw a balanced start, and data near what it fits, with ``X X^T`` away from singular."""
    entries, d = [Fraction(rng.randint(6, 12), 10) for _ in range(min(widths))], widths[0]
    weights = random_balanced(rng, widths, entries)
    x = exact.identity(d) + exact.random_matrix(rng, d, d) * fmpq(1, 12 * d)
    away = exact.random_matrix(rng, widths[-1], d) * fmpq(1, 12)
    return weights, x, exact.end_to_end(weights) * x + away


def random_within(
    rng: random.Random, widths: Sequence[int]
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw a balanced start and whitened data, for which it is within the deficiency margin.

    No layer is narrower than the input.
    """
    entries = [Fraction(rng.randint(6, 12), 10) for _ in range(min(widths))]
    weights, x = random_balanced(rng, widths, entries), random_orthogonal(rng, widths[0])
    r = exact.end_to_end(weights)
    away = exact.random_matrix(rng, *exact.shape(r))
    size = sum((abs(e) for row in exact.rows(away) for e in row), Fraction(1))
    part = Fraction(2, 5) * min(entries) ** len(weights) / size
    return weights, x, (r + away * fmpq(part.numerator, part.denominator)) * x


def floats(
    weights: Sequence[fmpq_mat], x: fmpq_mat, y: fmpq_mat
) -> tuple[tuple[Array, ...], numeric.Problem]:
    """Return a network with its data rounded to floats."""
    start = tuple(map(numeric.to_array, weights))
    return start, numeric.Problem(numeric.to_array(x), numeric.to_array(y))


PROPERTIES = ("grow", "move", "have roots", "fly", "swim", "have bark", "have petals")
"""What the canary, the salmon, the oak and the rose can do, in this order of :func:`hierarchy`."""


def hierarchy(start: float = 0.05) -> tuple[tuple[Array, ...], numeric.Problem]:
    """Return items and their properties, whitened, and an aligned start of two layers 4-4-7.

    Every mode is ``start`` in each layer. Source: Saxe, McClelland and Ganguli 2014, Figure 2.
    """
    halves, items = np.kron(np.eye(2), [1.0, 1.0]), np.eye(4)
    y = np.vstack([np.ones(4), halves, items])
    left, _, right = np.linalg.svd(y, full_matrices=False)
    return (start * right, left * start), numeric.Problem(items, y)


def trained(
    widths: Sequence[int], samples: int = 20, seed: int = 0
) -> tuple[tuple[Array, ...], numeric.Problem]:
    """Train a network in floating point on random data, to where a search ends."""
    rng = np.random.default_rng(seed)
    x, y = (rng.standard_normal((size, samples)) for size in (widths[0], widths[-1]))
    problem = numeric.Problem(x, y)
    return tuple(numeric.descend(numeric.random_weights(rng, widths), problem).weights), problem


def critical(
    rng: random.Random, best: bool, singular: bool = True
) -> tuple[list[fmpq_mat], Spectral]:
    """Draw critical weights of the rank of the bottleneck width, global minima or not.

    The smallest width is below those of the input and the output; X X^T is singular in every third
    network, unless ``singular`` is false.
    """
    while True:
        widths = [rng.randint(2, 4), *(rng.randint(1, 4) for _ in range(rng.randint(1, 3)))]
        widths.append(rng.randint(2, 4))
        inputs = rng.choice([widths[0], widths[0], max(2, widths[0] - singular)])
        if min(widths) < min(widths[-1], inputs):
            break
    one = random_spectral(rng, widths[-1], widths[0], min(widths), best, inputs)
    return random_layers(rng, one.r, widths), one


def reduced_rank_minimum(x: numeric.Array, y: numeric.Array, p: int) -> float:
    """Return the least ``1/2 |Y - R X|^2`` over rank R <= p: reduced-rank regression.

    Half of ``|Y|^2`` less the p greatest eigenvalues of ``Y X^+ X Y^T``.
    """
    fitted = y @ np.linalg.pinv(x) @ x
    values = np.linalg.svd(fitted, compute_uv=False)
    return float((y**2).sum() - (values[:p] ** 2).sum()) / 2


def deficient(
    rng: random.Random, widths: list[int], rank: int
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Return critical weights of rank ``rank`` below the bottleneck width, and data.

    X = 1, and Y is diagonal with p nonzero entries, p the bottleneck width; the layers are 0-1
    diagonals with ``rank`` ones, the last with entries of Y, between random invertible matrices.
    ``(R X - Y) X^T`` is not zero. At least two layers.
    """
    p = min(widths)
    entries = rng.sample(range(1, 10), p)
    bases = [exact.random_invertible(rng, width) for width in widths[1:-1]]
    before = [exact.identity(widths[0]), *(base.inv() for base in bases)]
    after = [*bases, exact.identity(widths[-1])]
    weights = []
    for k, (left, right) in enumerate(zip(after, before, strict=True)):
        ones = [1] * rank if k + 2 < len(widths) else entries[:rank]
        weights.append(left * exact.diagonal(ones, widths[k + 1], widths[k]) * right)
    return weights, exact.identity(widths[0]), exact.diagonal(entries, widths[-1], widths[0])


def zeros(weights: list[fmpq_mat]) -> list[fmpq_mat]:
    """Return zero weights of the same shapes."""
    return [fmpq_mat(*exact.shape(layer)) for layer in weights]


def random_correlated(
    rng: random.Random, least: int, most: int
) -> tuple[list[int], list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw a network with ``least`` to ``most`` layers, and data with X Y^T not zero."""
    while True:
        widths = [rng.randint(1, 4) for _ in range(rng.randint(least, most) + 1)]
        weights, x, y = exact.random_network(rng, widths, rng.randint(1, 4))
        if not exact.is_zero(y * x.transpose()):
            return widths, weights, x, y


def between(p: fmpq_mat, q: fmpq_mat, d: int) -> tuple[fmpq_mat, fmpq_mat]:
    """Return the two matrices of the proof, between ``p`` (n x n) and ``q`` (k x k)."""
    n, k = p.nrows(), q.nrows()
    left = p * exact.diagonal([2] * d, n, k) * q
    return left, p * exact.diagonal([0] * d + [2], n, k) * q


def minimal_network(
    rng: random.Random, n: int, layers: int
) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw weights and data with an invertible end-to-end matrix and the least loss there is."""
    while True:
        x, y = (exact.random_matrix(rng, n, n + 1) for _ in range(2))
        r = exact.least_squares(x, y)
        if exact.is_invertible(r):
            return exact.random_factors(rng, r, layers), x, y


NETWORKS = ((2, 3, 2), (3, 1, 2), (2, 1, 3), (3, 2, 2, 3), (2, 4, 3, 2), (4, 2, 3, 4), (3, 3, 1, 2))
"""Widths of the searches, with and without a bottleneck."""


def search(
    generator: np.random.Generator, widths: Sequence[int], singular: bool, trust: bool
) -> tuple[numeric.Point, numeric.Problem, float]:
    """Search a minimum from a random start; returns it, its problem and the least loss.

    ``singular`` repeats an input, ``trust`` takes the whole Hessian, not conjugate gradients.
    """
    x = generator.standard_normal((widths[0], widths[0] + 2))
    if singular:
        x[-1] = x[0]
    y = generator.standard_normal((widths[-1], widths[0] + 2))
    problem = numeric.Problem(x, y)
    start = numeric.random_weights(generator, widths)
    found = (numeric.trust_region if trust else numeric.descend)(start, problem)
    return found, problem, reduced_rank_minimum(x, y, min(widths))


def is_second_order(found: numeric.Point, problem: numeric.Problem, p: int) -> bool:
    """Tell whether a point passes as a local minimum, its interior product of rank >= p."""
    interior = np.eye(found.weights[0].shape[0])
    for layer in found.weights[1:-1]:
        interior = layer @ interior
    values = np.linalg.svd(interior, compute_uv=False)
    return bool(
        found.slope <= 1e-6 * problem.scale
        and found.curvature >= -1e-5 * problem.scale
        and len(values) >= p
        and values[p - 1] >= 1e-2 * max(1.0, values[0])
    )


def tight_saddle(rng: random.Random, layers: int) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw a saddle that is not strict, and not the origin: three layers or more, all of rank r.

    The end-to-end matrix takes the r greatest singular values, and all widths are greater than r.
    """
    rank = rng.randint(1, 2)
    ends = rng.randint(rank + 1, 3), rng.randint(rank + 1, 3)
    one = random_spectral(rng, ends[1], ends[0], rank, best=True)
    hidden = [rng.randint(rank + 1, 3) for _ in range(layers - 1)]
    return random_layers(rng, one.r, [ends[0], *hidden, ends[1]]), one.x, one.y


def critical_point(rng: random.Random) -> tuple[list[fmpq_mat], fmpq_mat, fmpq_mat]:
    """Draw a critical point of any class, with ``X X^T`` invertible: as likely each kind of five.

    Of the rank of the bottleneck width; of a rank below it; with a layer at an end of smaller rank;
    a tight saddle; the origin.
    """
    drawn = rng.randrange(5)
    if drawn == 0:
        weights, one = critical(rng, best=rng.random() < 0.3, singular=False)
        return weights, one.x, one.y
    if drawn == 1:
        widths = [rng.randint(1, 4) for _ in range(rng.randint(3, 6))]
        return deficient(rng, widths, rng.randint(0, min(widths) - 1))
    if drawn == 2:
        widths = [rng.randint(2, 4), *(rng.randint(1, 3) for _ in range(2)), rng.randint(2, 4)]
        return deficient_at_an_end(rng, widths, rng.randint(0, min(widths) - 1), True)
    if drawn == 3:
        return tight_saddle(rng, rng.randint(3, 4))
    widths = [rng.randint(1, 3) for _ in range(rng.randint(3, 6))]
    weights, _, y = exact.random_network(rng, widths, widths[0])
    return zeros(weights), exact.random_invertible(rng, widths[0]), y


def autoencoder(
    rng: random.Random, widths: Sequence[int], best: bool
) -> tuple[list[fmpq_mat], fmpq_mat]:
    """Draw a critical linear autoencoder of these widths, with its data.

    It keeps the strongest principal directions, as many as the bottleneck width, or with ``best``
    false misses one of them. The first and the last width are equal, and greater than the least.
    """
    n, p = widths[0], min(widths)
    frame = random_orthogonal(rng, n)
    scales = sorted(rng.sample(range(1, 3 * n), n), reverse=True)
    kept = list(range(p))
    if not best:
        kept[rng.randrange(p)] = rng.randrange(p, n)
    x = frame * exact.diagonal(scales, n, n) * random_orthogonal(rng, n)
    chosen = exact.diagonal([int(i in kept) for i in range(n)], n, n)
    return random_layers(rng, frame * chosen * frame.transpose(), widths), x
