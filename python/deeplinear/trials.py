"""Random instances that can be kept in a file: one kind a problem, drawn, judged, made small.

A trial is data alone. Its claims follow from the theorem for *every* trial of the kind that meets
the hypothesis, so that one that fails may stand for another: Hypothesis looks for a small one
(:func:`shrink`). Exact arithmetic decides; where a claim compares with a closed form
in floating point, that comes from another algorithm and the tolerance is :data:`GAP`.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from flint import fmpq, fmpq_mat
from pydantic import Field, model_validator

from deeplinear import exact, numeric, problems, worded
from deeplinear.exact import Weights
from deeplinear.instances import Matrix, Rational, StrictModel
from deeplinear.solve import classify, dynamics, escape, learning, low_rank, strict_saddle

GAP = 1e-9
"""How far an exact loss may be from the closed form in floats, relative to the loss of R = 0."""

RADII = (Fraction(1), Fraction(1, 1000))
"""How much an entry of the weights may change where better ones are asked for."""


class RankTrial(StrictModel):
    """Problem 2: the two matrices of the proof between ``p`` (n x n) and ``q`` (k x k)."""

    type: Literal["rank"] = "rank"
    problem: Literal["P2"] = "P2"
    bound: int
    p: Matrix
    q: Matrix

    @model_validator(mode="after")
    def _shapes(self) -> RankTrial:
        if any(a.nrows() != a.ncols() for a in (self.p, self.q)):
            raise ValueError("p and q are not both square: give square matrices")
        return self


class NetworkTrial(StrictModel):
    """Weights and data; masses on the columns of the data and two directions where they matter."""

    type: Literal["network"] = "network"
    problem: str
    weights: tuple[Matrix, ...]
    x: Matrix
    y: Matrix
    masses: tuple[Rational, ...] | None = None
    directions: tuple[tuple[Matrix, ...], tuple[Matrix, ...]] | None = None
    mask: Matrix | None = None

    @model_validator(mode="after")
    def _shapes(self) -> NetworkTrial:
        for weights in (self.weights, *(self.directions or ())):
            exact.refuse_unchained(weights, self.x, self.y)
        shapes = [list(map(exact.shape, layers)) for layers in self.directions or ()]
        if any(one != list(map(exact.shape, self.weights)) for one in shapes):
            raise ValueError("directions have other shapes than weights: give both the same")
        if self.masses is not None and len(self.masses) != self.x.ncols():
            raise ValueError("masses has another length than x has columns: give one a column")
        if self.problem not in RECIPES or self.problem in ("P2", "SAXE"):
            raise ValueError("the problem has no trial of this type: give one as P1.4 or LK3")
        return self

    @property
    def widths(self) -> list[int]:
        """The widths d_0, ..., d_H."""
        return [self.x.nrows(), *(layer.nrows() for layer in self.weights)]


class AlignedTrial(StrictModel):
    """Decoupled modes: frames Q_0, ..., Q_H, modes, their strengths, and inputs."""

    type: Literal["aligned"] = "aligned"
    problem: Literal["SAXE"] = "SAXE"
    frames: Annotated[tuple[Matrix, ...], Field(min_length=2)]
    modes: tuple[Rational, ...]
    strengths: tuple[Rational, ...]
    x: Matrix

    @model_validator(mode="after")
    def _shapes(self) -> AlignedTrial:
        if any(q.ncols() != len(self.modes) for q in self.frames):
            raise ValueError("frames have other numbers of columns than modes: give one for each")
        if len(self.strengths) != len(self.modes) or self.x.nrows() != self.frames[0].nrows():
            raise ValueError("strengths or x do not fit the frames: give them their shapes")
        return self


AnyTrial: TypeAlias = RankTrial | NetworkTrial | AlignedTrial
Trial: TypeAlias = Annotated[AnyTrial, Field(discriminator="type")]


class Violation(StrictModel):
    """A trial that fails, where it comes from and what it violates; the file of ``--replay``."""

    seed: int
    number: Annotated[int, Field(ge=0)]
    failures: tuple[str, ...]
    trial: Trial


Claims: TypeAlias = list[tuple[bool, str]] | None
"""Claims with what to say if they fail; None where the trial does not meet the hypothesis."""


@dataclass(frozen=True)
class Recipe:
    """How the trials of a problem are drawn (by number, for variety) and what has to hold."""

    draw: Callable[[random.Random, int], AnyTrial]
    claims: Callable[..., Claims]


def draw(problem: str, seed: int, number: int) -> AnyTrial:
    """Draw the trial with this number; the same seed and number give the same trial."""
    return RECIPES[problem].draw(random.Random(f"{seed} {problem} {number}"), number)


def failures(trial: AnyTrial) -> list[str] | None:
    """Say what a trial violates; None where it does not meet the hypothesis."""
    try:
        claims = RECIPES[trial.problem].claims(trial)
    except Exception as error:  # whatever is raised, the trial is worth keeping
        return [f"raised {type(error).__name__}: {error}"]
    return None if claims is None else [said for holds, said in claims if not holds]


# --- Problems 1 to 4 ------------------------------------------------------------------------------


def _network(
    problem: str, rng: random.Random, layers: int, masses: bool = False, most: int = 3
) -> NetworkTrial:
    widths = [rng.randint(1, most) for _ in range(layers + 1)]
    samples = rng.randint(1, 3)
    weights, x, y = exact.random_network(rng, widths, samples)
    drawn = tuple(Fraction(rng.randint(1, 5), 6) for _ in range(samples)) if masses else None
    return NetworkTrial(problem=problem, weights=tuple(weights), x=x, y=y, masses=drawn)


def _loss(trial: NetworkTrial, weights: Weights) -> Fraction:
    r = exact.end_to_end(weights)
    if trial.masses is None:
        return exact.loss(r, trial.x, trial.y)
    return exact.population_loss(r, trial.x, trial.y, trial.masses)


def _differences(trial: NetworkTrial, weights: Weights) -> list[fmpq_mat]:
    """Return the gradient of the trial's loss by exact differences."""
    return _slopes(weights, lambda moved: _loss(trial, moved))


def _slopes(weights: Weights, loss: Callable[[Weights], Fraction]) -> list[fmpq_mat]:
    """Return the gradient by exact differences in every entry: the loss is a quadratic in each."""
    found = []
    for k, layer in enumerate(weights):
        slopes = fmpq_mat(*exact.shape(layer))
        for i in range(layer.nrows()):
            for j in range(layer.ncols()):
                unit = fmpq_mat(*exact.shape(layer))
                unit[i, j] = fmpq(1)
                up = loss([*weights[:k], layer + unit, *weights[k + 1 :]])
                down = loss([*weights[:k], layer - unit, *weights[k + 1 :]])
                slope = (up - down) / 2
                slopes[i, j] = fmpq(slope.numerator, slope.denominator)
        found.append(slopes)
    return found


def _gradient(trial: NetworkTrial) -> Claims:
    weights, x, y, masses = trial.weights, trial.x, trial.y, trial.masses
    if masses is None:
        formula = exact.gradient(weights, x, y)
    else:
        formula = exact.moment_gradient(weights, *exact.moments(x, y, masses))
    same = formula == _differences(trial, weights)
    return [(same, "the formula is not the gradient")]


def _draw_rank(rng: random.Random, _: int) -> RankTrial:
    n, k = rng.randint(2, 6), rng.randint(2, 6)
    p, q = exact.random_invertible(rng, n), exact.random_invertible(rng, k)
    return RankTrial(bound=rng.randint(1, min(n, k) - 1), p=p, q=q)


def _rank(trial: RankTrial) -> Claims:
    n, k, d = trial.p.nrows(), trial.q.nrows(), trial.bound
    if not 1 <= d < min(n, k) or not all(map(exact.is_invertible, (trial.p, trial.q))):
        return None
    left, right = problems.between(trial.p, trial.q, d)
    ranks = [a.rank() for a in (left, right, (left + right) / 2)]
    return [
        (max(ranks[:2]) <= d, f"an end has rank {max(ranks[:2])} > {d}"),
        (ranks[2] == d + 1, f"the midpoint has rank {ranks[2]}, not {d + 1}"),
        (worded.rank((left + right) / 2) == ranks[2], "SymPy finds another rank"),
    ]


def _zeros(trial: NetworkTrial) -> list[fmpq_mat]:
    return problems.zeros(list(trial.weights))


def _origin_critical(trial: NetworkTrial) -> Claims:
    if len(trial.weights) < 2:
        return None
    slopes = _differences(trial, _zeros(trial))
    return [(exact.all_zero(slopes), "a partial derivative at the origin is not zero")]


def _draw_saddle_at_origin(rng: random.Random, number: int) -> NetworkTrial:
    while True:
        one = _network("P3.2", rng, 2 + number % 4, most=4)
        if not exact.is_zero(one.x * one.y.transpose()):
            return one


def _origin_saddle(trial: NetworkTrial) -> Claims:
    if len(trial.weights) < 2 or exact.is_zero(trial.x * trial.y.transpose()):
        return None
    zeros, claims = _zeros(trial), []
    start = _loss(trial, zeros)
    for radius in RADII:
        better, worse = escape.near_origin(trial.widths, trial.x, trial.y, radius)
        far = max(escape.greatest_change(zeros, point) for point in (better, worse))
        claims += [
            (_loss(trial, better) < start, f"radius {radius}: no smaller loss"),
            (_loss(trial, worse) > start, f"radius {radius}: no greater loss"),
            (far <= radius, f"radius {radius}: an entry is greater"),
        ]
    return claims


def _draw_flat(rng: random.Random, number: int) -> NetworkTrial:
    one = _network("P3.3", rng, 3 + number % 2)
    u, v = (tuple(exact.random_matrix(rng, *exact.shape(w)) for w in one.weights) for _ in "uv")
    return one.model_copy(update={"directions": (u, v)})


def _origin_flat(trial: NetworkTrial) -> Claims:
    if len(trial.weights) < 3 or trial.directions is None:
        return None
    u, v = trial.directions
    second = exact.second_derivative(_zeros(trial), u, v, trial.x, trial.y)
    return [(second == 0, f"the second derivative at the origin is {second}")]


def _draw_square(rng: random.Random, number: int) -> NetworkTrial:
    weights, x, y = problems.minimal_network(rng, number % 3 + 1, number // 3 % 3 + 1)
    if number % 2:
        weights[rng.randrange(len(weights))] = exact.random_invertible(rng, number % 3 + 1)
    return NetworkTrial(problem="P4", weights=tuple(weights), x=x, y=y)


def _critical_iff_minimal(trial: NetworkTrial) -> Claims:
    lowest = exact.least_squares_minimum(trial.x, trial.y)
    critical = exact.all_zero(_differences(trial, trial.weights))
    minimal = _loss(trial, trial.weights) == lowest
    return [(critical == minimal, f"critical is {critical}, minimal {minimal}")]


def _square(trial: NetworkTrial) -> Claims:
    square = len(set(trial.widths)) == 1
    if not square or not exact.is_invertible(exact.end_to_end(trial.weights)):
        return None
    return _critical_iff_minimal(trial)


# --- the landscape --------------------------------------------------------------------------------


def _is_critical(trial: NetworkTrial) -> bool:
    return exact.all_zero(exact.gradient(trial.weights, trial.x, trial.y))


def _closed_form(trial: NetworkTrial, scales: Sequence[Fraction] | None = None) -> float:
    """Return the least loss of the problem, by reduced-rank regression in floating point."""
    x, y = numeric.to_array(trial.x), numeric.to_array(trial.y)
    if scales is not None:
        x, y = (a * [float(s) for s in scales] for a in (x, y))
    return problems.reduced_rank_minimum(x, y, min(trial.widths))


def _decided(trial: NetworkTrial, least: float, loss: Callable[[Weights], Fraction]) -> Claims:
    """Claim that escape finds better weights within every radius, or that the loss is the least."""
    start, claims = loss(trial.weights), []
    scale = max(1.0, float(loss(_zeros(trial))))
    for radius in RADII:
        verdict = escape.escape(trial.weights, trial.x, trial.y, radius)
        if verdict.better is None:
            gap = abs(float(start) - least) / scale
            claims += [
                (verdict.is_global_minimum, verdict.words),
                (gap <= GAP, f"said to be minimal, and {gap:.1e} off the closed form"),
            ]
        else:
            far = escape.greatest_change(trial.weights, verdict.better)
            claims += [
                (loss(verdict.better) < start, f"radius {radius}: better weights are not better"),
                (far <= radius, f"radius {radius}: an entry changes by {far}"),
            ]
    return claims


def _draw_deficient(rng: random.Random, _: int) -> NetworkTrial:
    widths = [rng.randint(1, 4) for _ in range(rng.randint(3, 5))]
    weights, x, y = problems.deficient(rng, widths, rng.randint(0, min(widths) - 1))
    return NetworkTrial(problem="LK1", weights=tuple(weights), x=x, y=y)


def _rank_deficient(trial: NetworkTrial) -> Claims:
    rank = exact.end_to_end(trial.weights).rank()
    if rank >= min(trial.widths) or not _is_critical(trial):
        return None
    return _decided(trial, _closed_form(trial), lambda weights: _loss(trial, weights))


def _draw_wide(rng: random.Random, number: int) -> NetworkTrial:
    while True:
        ends = rng.randint(1, 3), rng.randint(1, 3)
        x, y = (exact.random_matrix(rng, d, max(ends) + 1) for d in ends)
        r = exact.least_squares(x, y)
        if r.rank() == min(ends):
            break
    hidden = [min(ends) + rng.randint(0, 2) for _ in range(rng.randint(1, 3))]
    weights = problems.random_layers(rng, r, [ends[0], *hidden, ends[1]])
    moved = list(weights)
    while number % 2 and (moved == weights or exact.end_to_end(moved).rank() < min(ends)):
        k = rng.randrange(len(weights))
        moved[k] = weights[k] + exact.random_matrix(rng, *exact.shape(weights[k]))
    return NetworkTrial(problem="LB", weights=tuple(moved), x=x, y=y)


def _wide(trial: NetworkTrial) -> Claims:
    p = min(trial.widths[0], trial.widths[-1])
    if min(trial.widths) < p or exact.end_to_end(trial.weights).rank() < p:
        return None
    return _critical_iff_minimal(trial)


def _draw_shallow(rng: random.Random, number: int) -> NetworkTrial:
    m, n = rng.randint(2, 4), rng.randint(2, 4)
    inputs = rng.choice([n, n, max(2, n - 1)])
    rank = rng.randint(1, min(m, inputs) - 1)
    one = problems.random_spectral(rng, m, n, rank, number % 2 == 0, inputs)
    last, first = exact.full_rank_factors(one.r)
    return NetworkTrial(problem="LK2", weights=(first, last), x=one.x, y=one.y)


def _shallow(trial: NetworkTrial) -> Claims:
    if len(trial.weights) != 2 or exact.is_zero(trial.x) or not _is_critical(trial):
        return None
    r, p = exact.end_to_end(trial.weights), min(trial.widths)
    f, g = exact.full_rank_factors(trial.x)
    seen = r * f
    if seen.rank() < p:
        return None
    start = exact.loss(r, trial.x, trial.y)
    rotation = low_rank.find_rotation(seen, g, trial.y)
    if rotation is not None:
        turned = [rotation.apply(seen, g, trial.y, t) for t in RADII]
        lower = all(exact.loss(one, g, trial.y) < start for one in turned)
        return [
            (lower, "the rotation does not lower the loss"),
            (all(one.rank() <= p for one in turned), "the rotation raises the rank"),
        ]
    gap = abs(float(start) - _closed_form(trial)) / max(1.0, float(_loss(trial, _zeros(trial))))
    return [
        (low_rank.find_bound(seen, g, trial.y) is not None, "neither a rotation nor a certificate"),
        (gap <= GAP, f"said to be minimal, and {gap:.1e} off the closed form"),
    ]


def _draw_deep(rng: random.Random, number: int) -> NetworkTrial:
    weights, one = problems.critical(rng, best=number % 2 == 0)
    return NetworkTrial(problem="LK3", weights=tuple(weights), x=one.x, y=one.y)


def _deep(trial: NetworkTrial) -> Claims:
    if not _is_critical(trial):
        return None
    return _decided(trial, _closed_form(trial), lambda weights: _loss(trial, weights))


def _draw_population(rng: random.Random, number: int) -> NetworkTrial:
    weights, one = problems.critical(rng, best=number % 2 == 0)
    scales = [Fraction(rng.randint(1, 4), rng.randint(1, 3)) for _ in range(one.x.ncols())]
    inverse = [1 / s for s in scales]
    return NetworkTrial(
        problem="P5",
        weights=tuple(weights),
        x=one.x * exact.diagonal(inverse),
        y=one.y * exact.diagonal(inverse),
        masses=tuple(s * s for s in scales),
    )


def _population(trial: NetworkTrial) -> Claims:
    """Claim what Problem 5 says where the masses are squares, by the dataset of scaled columns."""
    scales = [_root(mass) for mass in trial.masses or ()]
    if not scales or None in scales:
        return None
    known = [s for s in scales if s is not None]
    scaled = exact.diagonal(known)
    moved = {"x": trial.x * scaled, "y": trial.y * scaled, "masses": None}
    dataset = trial.model_copy(update=moved)
    if not _is_critical(dataset):
        return None
    return _decided(dataset, _closed_form(trial, known), lambda weights: _loss(trial, weights))


def _root(value: Fraction) -> Fraction | None:
    """Return the positive square root of a positive fraction, or None where it is irrational."""
    if value <= 0:
        return None
    root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    return root if root * root == value else None


def _draw_saddle(rng: random.Random, number: int) -> NetworkTrial:
    if number % 3 == 0:
        widths = [rng.randint(2, 4), *(rng.randint(1, 3) for _ in range(rng.randint(1, 2)))]
        widths.append(rng.randint(2, 4))
        weights, x, y = problems.deficient_at_an_end(
            rng, widths, rng.randint(0, min(widths) - 1), True
        )
    else:
        weights, one = problems.critical(rng, best=False, singular=False)
        x, y = one.x, one.y
    return NetworkTrial(problem="K16", weights=tuple(weights), x=x, y=y)


def _saddle(trial: NetworkTrial) -> Claims:
    weights, x, y = trial.weights, trial.x, trial.y
    if len(weights) < 2 or x.rank() < x.nrows() or not _is_critical(trial):
        return None
    start = _loss(trial, weights)
    if float(start) - _closed_form(trial) <= GAP * max(1.0, float(_loss(trial, _zeros(trial)))):
        return None
    better = escape.escape(weights, x, y, Fraction(1)).better
    worse = escape.climb(weights, x, y, Fraction(1))
    claims = [
        (better is not None and _loss(trial, better) < start, "no better weights near by"),
        (_loss(trial, worse) > start, "no worse weights near by"),
    ]
    if strict_saddle.interior_product(weights).rank() >= min(trial.widths):
        found = strict_saddle.negative_direction(weights, x, y)
        curved = found and exact.second_derivative(weights, found, found, x, y) < 0
        claims.append((bool(curved), "no direction of negative curvature"))
    return claims


def _draw_class(rng: random.Random, _: int) -> NetworkTrial:
    weights, x, y = problems.critical_point(rng)
    return NetworkTrial(problem="SO", weights=tuple(weights), x=x, y=y)


def _class(trial: NetworkTrial) -> Claims:
    """Claim that closed form, tightness and curvature, decided apart, say the same."""
    weights, x, y = trial.weights, trial.x, trial.y
    if x.rank() < x.nrows() or not _is_critical(trial):
        return None
    found = classify.classify(weights, x, y)
    gap = float(_loss(trial, weights)) - _closed_form(trial)
    minimal = gap <= GAP * max(1.0, float(_loss(trial, _zeros(trial))))
    claims = [
        (
            minimal == (found.kind is classify.Kind.GLOBAL_MINIMUM),
            f"{found.kind.name}, and {gap:.1e} off the closed form",
        )
    ]
    if found.direction is not None:
        value = exact.second_derivative(weights, found.direction, found.direction, x, y)
        claims.append((value < 0, f"strict, and the second derivative is {value}"))
    if found.kind is classify.Kind.FLAT_SADDLE:
        slope = (exact.end_to_end(weights) * x - y) * x.transpose()
        pairs = itertools.combinations(range(len(weights)), 2)
        tight = all(classify.is_tight(weights, slope, found.rank, j, k) for j, k in pairs)
        claims.append((tight, "flat, and a pair is not tight"))
    return claims


def _draw_encoder(rng: random.Random, number: int) -> NetworkTrial:
    n = rng.randint(2, 4)
    widths = [n, *(rng.randint(1, n) for _ in range(rng.randint(0, 1))), rng.randint(1, n - 1), n]
    weights, x = problems.autoencoder(rng, widths, number % 2 == 0)
    return NetworkTrial(problem="AE", weights=tuple(weights), x=x, y=x)


def _encoder(trial: NetworkTrial) -> Claims:
    x, r = trial.x, exact.end_to_end(trial.weights)
    if x != trial.y or x.rank() < x.nrows() or not _is_critical(trial):
        return None
    form = x * x.transpose()
    lost = (exact.squared_norm(x) - exact.inner(form, r)) / 2
    return [
        (r == r.transpose() and r * r == r, "critical, and no orthogonal projector"),
        (r * form == form * r, "critical, and it does not commute with X X^T"),
        (_loss(trial, trial.weights) == lost, "the loss is not the variance that is not kept"),
    ]


def _draw_masked(rng: random.Random, number: int) -> NetworkTrial:
    one = _network("MC", rng, 1 + number % 4)
    shape = one.weights[-1].nrows(), one.weights[0].ncols()
    mask = fmpq_mat(*shape, [rng.randint(0, 1) for _ in range(shape[0] * shape[1])])
    x, y = exact.identity(shape[1]), exact.random_matrix(rng, *shape)
    return one.model_copy(update={"x": x, "y": y, "mask": mask})


def _masked(trial: NetworkTrial) -> Claims:
    """Claim that the gradient is what exact differences say: the loss is quadratic in an entry."""
    weights, m, mask = trial.weights, trial.y, trial.mask
    if mask is None or exact.shape(mask) != exact.shape(m):
        return None
    if trial.x != exact.identity(trial.x.nrows()):
        return None

    def loss(moved: Weights) -> Fraction:
        return exact.masked_loss(moved, m, mask)

    formula = exact.masked_gradient(weights, m, mask)
    return [(formula == _slopes(weights, loss), "the formula is not the gradient")]


def _draw_flow(rng: random.Random, number: int) -> NetworkTrial:
    one = _network("FLOW", rng, 2 + number // 2 % 3)
    balanced = problems.random_balanced(rng, one.widths)
    return one.model_copy(update={"weights": tuple(balanced)}) if number % 2 else one


def _flow(trial: NetworkTrial) -> Claims:
    weights, x, y = trial.weights, trial.x, trial.y
    gradient = _differences(trial, weights)
    velocity = [-g for g in gradient]
    slope = (exact.end_to_end(weights) * x - y) * x.transpose()
    moving = dynamics.end_to_end_velocity(weights, velocity)
    squares = sum(map(exact.squared_norm, gradient), Fraction())
    claims = [
        (exact.all_zero(dynamics.imbalance_rates(weights, velocity)), "an imbalance changes"),
        (exact.inner(slope, moving) == -squares, "the loss falls at another rate"),
    ]
    if exact.all_zero(dynamics.imbalances(weights)):
        same = moving == dynamics.preconditioned_velocity(weights, slope)
        claims.append((same, "balanced, and not the preconditioned equation"))
    return claims


# --- training -------------------------------------------------------------------------------------


def _draw_aligned(rng: random.Random, number: int) -> AlignedTrial:
    widths = [rng.randint(1, 3) for _ in range(2 + number % 3)]
    modes, strengths = (
        tuple(Fraction(rng.randint(1, 6), rng.randint(1, 3)) for _ in range(min(widths)))
        for _ in range(2)
    )
    frames, x = problems.random_frames(rng, widths), problems.random_orthogonal(rng, widths[0])
    return AlignedTrial(frames=tuple(frames), modes=modes, strengths=strengths, x=x)


def _modes(trial: AlignedTrial) -> Claims:
    """Claim that the gradient, by exact differences, is aligned as the theorem says."""
    frames, x = trial.frames, trial.x
    if any(q.transpose() * q != exact.identity(q.ncols()) for q in (*frames, x.transpose())):
        return None
    y = problems.aligned_outputs(frames, trial.strengths, x)
    weights = learning.aligned_weights(frames, trial.modes)

    def loss(moved: Weights) -> Fraction:
        return exact.loss(exact.end_to_end(moved), x, y)

    formula = learning.aligned_gradient(frames, trial.modes, trial.strengths)
    return [(formula == _slopes(weights, loss), "the gradient is not aligned")]


def _draw_margin(rng: random.Random, number: int) -> NetworkTrial:
    first = rng.randint(1, 2)
    widths = [first, *(rng.randint(first, 3) for _ in range(1 + number % 3))]
    weights = problems.random_balanced(rng, widths)
    x, r = problems.random_orthogonal(rng, first), exact.end_to_end(weights)
    away = exact.random_matrix(rng, *exact.shape(r))
    # no singular value of R is below 1, and what is added is at most 1/4: within the margin
    part = 1 / (rng.randint(2, 20) * (1 + exact.squared_norm(away)))
    away *= fmpq(part.numerator, part.denominator)
    return NetworkTrial(problem="ACGH", weights=tuple(weights), x=x, y=(r + away) * x)


def _margin(trial: NetworkTrial) -> Claims:
    """Claim ``R^T R >= c^2`` within the margin, and the inequality behind the rate, both exactly.

    ``|dL/dW|^2 >= 2 c^(2 - 2/H) (L - min L)``, to the power H.
    """
    weights, x, y = trial.weights, trial.x, trial.y
    phi, r, layers = y * x.transpose(), exact.end_to_end(weights), len(weights)
    square = learning.least_below(phi.transpose() * phi)
    whitened = x * x.transpose() == exact.identity(x.nrows())
    if square is None or not whitened or not exact.all_zero(dynamics.imbalances(weights)):
        return None
    c = learning.root_below(square) - learning.root_above(exact.squared_norm(r - phi))
    if c <= 0:
        return None
    slope = sum(map(exact.squared_norm, _differences(trial, weights)), Fraction())
    gap = learning.gap_of(weights, x, y)
    return [
        (learning.is_at_least(r, c), "R^T R is below c^2 within the margin"),
        (slope**layers >= (2 * gap) ** layers * c ** (2 * layers - 2), "slower than its rate"),
    ]


def _draw_descent(rng: random.Random, number: int) -> NetworkTrial:
    widths = ((2, 2), (1, 1, 1), (2, 2, 2), (2, 3, 2), (3, 2, 1), (2, 2, 2, 1))[number % 6]
    weights, x, y = problems.near_minimum(rng, widths)
    return NetworkTrial(problem="GD", weights=tuple(weights), x=x, y=y)


def _descent(trial: NetworkTrial) -> Claims:
    """Claim that gradient descent with the greatest step allowed falls as fast as proved."""
    bound = learning.step_bound(trial.weights, trial.x, trial.y)
    if isinstance(bound, learning.Obstacle):
        return None
    falls = learning.descends(trial.weights, trial.x, trial.y, bound.step, bound.rate)
    return [(falls, "gradient descent is slower than its rate")]


RECIPES: dict[str, Recipe] = {
    "P1.1": Recipe(lambda rng, _: _network("P1.1", rng, 1, masses=True), _gradient),
    "P1.2": Recipe(lambda rng, _: _network("P1.2", rng, 2, masses=True), _gradient),
    "P1.3": Recipe(lambda rng, i: _network("P1.3", rng, 3 + i % 3, masses=True), _gradient),
    "P1.4": Recipe(lambda rng, i: _network("P1.4", rng, 1 + i % 6), _gradient),
    "P2": Recipe(_draw_rank, _rank),
    "P3.1": Recipe(lambda rng, i: _network("P3.1", rng, 2 + i % 4), _origin_critical),
    "P3.2": Recipe(_draw_saddle_at_origin, _origin_saddle),
    "P3.3": Recipe(_draw_flat, _origin_flat),
    "P4": Recipe(_draw_square, _square),
    "P5": Recipe(_draw_population, _population),
    "LK1": Recipe(_draw_deficient, _rank_deficient),
    "LB": Recipe(_draw_wide, _wide),
    "LK2": Recipe(_draw_shallow, _shallow),
    "LK3": Recipe(_draw_deep, _deep),
    "K16": Recipe(_draw_saddle, _saddle),
    "SO": Recipe(_draw_class, _class),
    "AE": Recipe(_draw_encoder, _encoder),
    "MC": Recipe(_draw_masked, _masked),
    "FLOW": Recipe(_draw_flow, _flow),
    "SAXE": Recipe(_draw_aligned, _modes),
    "ACGH": Recipe(_draw_margin, _margin),
    "GD": Recipe(_draw_descent, _descent),
}
"""How the trials of each problem are drawn and judged."""


# --- making a failing trial small -----------------------------------------------------------------

EXAMPLES = 300
"""How many trials Hypothesis draws in search of a smaller one that fails."""


def shrink(trial: AnyTrial) -> AnyTrial:
    """Return a small trial of the same problem that fails: the given one, or what Hypothesis finds.

    Hypothesis draws trials by the recipe of the problem, its own random numbers in place of a
    seed's, and makes one that fails as small as it can. The search is seeded, so that it ends the
    same way each time; of such a search Hypothesis keeps nothing in its database, the file of the
    violation does. A trial that does not fail is returned as it is.
    """
    from hypothesis import HealthCheck, find, settings
    from hypothesis import strategies as st
    from hypothesis.errors import NoSuchExample

    first = failures(trial)
    if not first:
        return trial
    raised = first[0].startswith("raised ")

    def fails(candidate: AnyTrial) -> bool:
        said = failures(candidate) or [""]
        return said != [""] and said[0].startswith("raised ") == raised

    randoms, numbers = st.randoms(use_true_random=False), st.integers(0, 23)
    drawn = st.builds(RECIPES[trial.problem].draw, randoms, numbers)
    options = settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    try:
        found = find(drawn, fails, settings=options, random=random.Random(0))
    except NoSuchExample:
        return trial
    return min(trial, found, key=lambda one: len(one.model_dump_json()))
