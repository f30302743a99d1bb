"""Training (``DeepLinear/Flow/``): decoupled modes, convergence, gradient descent."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact, numeric, problems, worded
from deeplinear.checks import gradient
from deeplinear.checks.base import Check, Claim, Part, Run, falsified_part, instances_part, named
from deeplinear.checks.flow import verify_velocities
from deeplinear.exact import Weights
from deeplinear.instances import FlowInstance, NetworkInstance
from deeplinear.numeric import Array
from deeplinear.solve import dynamics, learning

CLOSE = 1e-6
"""How far a mode may be from its closed form: the tolerance of the integrator is 1e-10."""


# --- decoupled modes ------------------------------------------------------------------------------


def verify_modes(instance: NetworkInstance) -> list[Claim]:
    """Recompute an aligned instance: its values, frames, whitened data, SymPy's gradient."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    frames, modes, sigma = instance.frames or (), instance.modes or (), instance.strengths or ()
    if not frames:
        return [(False, f"{name}: it has no frames")]
    middle = exact.diagonal(sigma, len(sigma), len(sigma))
    crossed = frames[-1] * middle * frames[0].transpose()
    return [
        *gradient.verify(instance),
        (all(_is_frame(q) for q in frames), f"{name}: a frame is not orthonormal"),
        (_is_whitened(x), f"{name}: X X^T is not 1"),
        (y * x.transpose() == crossed, f"{name}: Y X^T has other modes"),
        (weights == learning.aligned_weights(frames, modes), f"{name}: not aligned"),
        (
            decouples(weights, frames, modes, sigma, x, y),
            f"{name}: the gradient has not the form of the theorem",
        ),
    ]


def _is_frame(q: fmpq_mat) -> bool:
    return bool(q.transpose() * q == exact.identity(q.ncols()))


def _is_whitened(x: fmpq_mat) -> bool:
    return bool(x * x.transpose() == exact.identity(x.nrows()))


def falsified_modes(instance: NetworkInstance) -> dict[str, NetworkInstance]:
    """Return false variants of an aligned instance, by what was done to it."""
    first, *others = instance.weights
    modes, sigma = instance.modes or (), instance.strengths or ()
    updates: dict[str, dict[str, object]] = {
        "other weights": {"weights": (first * 2, *others)},
        "other modes": {"modes": (modes[0] + 1, *modes[1:])},
        "other strengths": {"strengths": (sigma[0] + 1, *sigma[1:])},
        "inputs that are not whitened": {"x": instance.x * 2},
        "another gradient": {"gradient": tuple(g * 2 for g in instance.gradient)},
    }
    return {done: instance.model_copy(update=update) for done, update in updates.items()}


def decouples(
    weights: Weights,
    frames: Weights,
    modes: Sequence[Fraction],
    strengths: Sequence[Fraction],
    x: fmpq_mat,
    y: fmpq_mat,
) -> bool:
    """Tell whether SymPy's gradient is ``Q_k diag(a^(H-1) (a^H - sigma)) Q_{k-1}^T``, exactly."""
    return worded.gradient(weights, x, y) == learning.aligned_gradient(frames, modes, strengths)


def _aligned(
    rng: random.Random, layers: int
) -> tuple[list[fmpq_mat], list[Fraction], list[Fraction]]:
    widths = [rng.randint(1, 3) for _ in range(layers + 1)]
    frames = problems.random_frames(rng, widths)
    modes, strengths = (
        [Fraction(rng.randint(1, 6), rng.randint(1, 3)) for _ in range(min(widths))]
        for _ in range(2)
    )
    return frames, modes, strengths


def _decoupled(run: Run) -> None:
    for case in range(run.cases // 3):
        frames, modes, strengths = _aligned(run.rng, 1 + case % 4)
        x, y = problems.aligned_data(run.rng, frames, strengths)
        weights = learning.aligned_weights(frames, modes)
        held = decouples(weights, frames, modes, strengths, x, y)
        run.case((held, f"{len(weights)} layers: the modes do not decouple"))
    run.note = "aligned weights, whitened data, 1 to 4 layers: the gradient is aligned, exactly"


def _coupled(run: Run) -> None:
    for case in range(run.cases // 3):
        frames, modes, strengths = _aligned(run.rng, 2 + case % 3)
        x, y = problems.aligned_data(run.rng, frames, strengths)
        weights = learning.aligned_weights(frames, modes)
        if case % 2:  # X X^T is 4
            held = decouples(weights, frames, modes, strengths, x * 2, y * fmpq(1, 2))
            run.case((not held, "the modes decouple on data that are not whitened"))
            continue
        turned = [weights[0] * problems.random_orthogonal(run.rng, weights[0].ncols())]
        if turned[0] == weights[0]:
            turned[0] = -weights[0]
        held = decouples([*turned, *weights[1:]], frames, modes, strengths, x, y)
        run.case((not held, "the modes decouple between other frames"))
    run.note = "another frame, or X X^T = 4: the gradient is not aligned"


def gap_to_closed_form(
    start: Sequence[Array], problem: numeric.Problem, frames: tuple[Array, Array], sigma: Array
) -> float:
    """Return how far the integrated modes are from Saxe's sigmoids, for two layers."""
    left, right = frames
    found = dynamics.integrate(start, problem, 4.0 / float(sigma.min()), points=41)
    ran = np.array([np.diag(left.T @ numeric.end_to_end(p) @ right) for p in found.weights])
    closed = [learning.mode_strength(s, a, found.times) for s, a in zip(sigma, ran[0], strict=True)]
    return float(np.abs(ran - np.column_stack(closed)).max())


def _aligned_floats(
    generator: np.random.Generator, widths: Sequence[int]
) -> tuple[list[Array], Array, numeric.Problem]:
    """Draw frames, strengths and whitened data for two layers."""
    rho = min(widths)
    frames = [np.linalg.qr(generator.standard_normal((d, d)))[0][:, :rho] for d in widths]
    sigma = generator.uniform(0.5, 3.0, rho)
    x = np.linalg.qr(generator.standard_normal((widths[0], widths[0])))[0]
    return frames, sigma, numeric.Problem(x, frames[2] * sigma @ frames[0].T @ x)


def _sigmoids(run: Run) -> None:
    generator, worst = run.generator(), 0.0
    for case in range(max(6, run.cases // 12)):
        widths = ((2, 2, 2), (3, 2, 4), (2, 3, 3))[case % 3]
        frames, sigma, problem = _aligned_floats(generator, widths)
        modes = generator.uniform(0.05, 0.5, len(sigma))
        start = (frames[1] * modes @ frames[0].T, frames[2] * modes @ frames[1].T)
        gap = gap_to_closed_form(start, problem, (frames[2], frames[0]), sigma)
        worst = max(worst, gap)
        run.case((gap <= CLOSE, f"widths {widths}: {gap:.1e} from the closed form"))
    run.note = f"two layers: the integrated modes within {worst:.0e} of the closed form"


def _no_sigmoids(run: Run) -> None:
    generator, least = run.generator(), np.inf
    for _ in range(6):
        frames, sigma, problem = _aligned_floats(generator, (2, 2, 2))
        modes = np.array([0.3, 0.6])
        turn = np.array([[0.6, -0.8], [0.8, 0.6]])
        start = (frames[1] @ turn * modes @ frames[0].T, frames[2] * modes @ frames[1].T)
        gap = gap_to_closed_form(start, problem, (frames[2], frames[0]), sigma)
        least = min(least, gap)
        run.case((gap > 1000 * CLOSE, f"{gap:.1e} from the closed form, and not aligned"))
    run.note = f"a hidden frame that is turned: at least {least:.2f} from the closed form"


def is_learned_earlier(stronger: Fraction, weaker: Fraction, start: Fraction) -> bool:
    """Tell whether the stronger mode is half learned earlier: decided by balls, or an error."""
    difference = learning.half_time(stronger, start) - learning.half_time(weaker, start)
    if difference.contains(0):
        raise ArithmeticError(f"the half times of {stronger} and {weaker} are too near to compare")
    return bool(difference < 0)


def _ordered(run: Run) -> None:
    for _ in range(run.cases):
        start = Fraction(run.rng.randint(1, 20), run.rng.randint(1, 20))
        weaker = start * (5 + Fraction(run.rng.randint(0, 40), run.rng.randint(1, 9)))
        stronger = weaker * (1 + Fraction(1, run.rng.randint(1, 50)))
        earlier = is_learned_earlier(stronger, weaker, start)
        run.case((earlier, f"from {start}: {stronger} is not learned before {weaker}"))
    run.note = "from five times the start on: the stronger mode is half learned earlier, certified"


def _not_ordered(run: Run) -> None:
    for _ in range(run.cases):
        start = Fraction(run.rng.randint(1, 20), run.rng.randint(1, 20))
        weaker = start * (2 + Fraction(run.rng.randint(0, 99), 100))
        earlier = is_learned_earlier(
            start * (3 + Fraction(run.rng.randint(0, 9), 10)), weaker, start
        )
        run.case((not earlier, f"from {start}: in order below {weaker}"))
    run.note = "between 2 and 4 times the start it is the other way round"


SAXE = Check(
    problem="SAXE",
    title="Decoupled modes",
    words=(
        "Saxe, McClelland and Ganguli 2014. On whitened data, X X^T = 1, with Y X^T = Q_H "
        "diag(sigma) Q_0^T, the flow from weights W_k = Q_k diag(a) Q_{k-1}^T between orthonormal "
        "frames keeps this form, and every mode follows a' = a^(H-1) (sigma - a^H). For two layers "
        "s = a^2 is sigma e / (e - 1 + sigma / s_0) with e = exp(2 sigma t): a sigmoid, that tends "
        "to sigma and has half of it at log(sigma / s_0 - 1) / (2 sigma). This time falls with "
        "sigma from 5 s_0 on, and not below."
    ),
    explanation=(
        "Recomputes every instance. SymPy's gradient is aligned at random rational frames and "
        "modes, exactly. SciPy's integration is within 1e-6 of the closed form. Arb's balls "
        "decide which of two modes is half learned earlier. Controls: another frame or data that "
        "are not whitened; a hidden frame that is turned; strengths below five times the start; "
        "falsified instances."
    ),
    parts=(
        instances_part(verify_modes),
        Part("decoupled, exactly", _decoupled, named(decouples)),
        Part("the closed form", _sigmoids, named(gap_to_closed_form)),
        Part("the order", _ordered, named(is_learned_earlier)),
        falsified_part(
            verify_modes, falsified_modes, "other weights, modes, strengths, inputs, gradient"
        ),
        Part(
            "not aligned, not whitened", _coupled, named(decouples), controls="decoupled, exactly"
        ),
        Part("a turned frame", _no_sigmoids, named(gap_to_closed_form), controls="the closed form"),
        Part("below 5 s_0", _not_ordered, named(is_learned_earlier), controls="the order"),
    ),
)


# --- convergence from the start -------------------------------------------------------------------


def verify_margin(instance: FlowInstance) -> list[Claim]:
    """Recompute an instance within the margin, exactly, and integrate its flow to a minimum."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    numbers = instance.numbers or {}
    if numbers.keys() != {"sigma", "c"}:
        return [(False, f"{name}: it has not the numbers sigma and c")]
    sigma, c = numbers["sigma"], numbers["c"]
    phi = y * x.transpose()
    away = exact.squared_norm(exact.end_to_end(weights) - phi)
    start = tuple(map(numeric.to_array, weights))
    problem = numeric.Problem(numeric.to_array(x), numeric.to_array(y))
    rate = learning.margin_rate(Fraction(1), c, len(weights)) if c > 0 else 0
    over = above_bound(start, problem, float(rate)) if rate else np.inf
    return [
        *verify_velocities(instance),
        (exact.all_zero(dynamics.imbalances(weights)), f"{name}: not balanced"),
        (_is_whitened(x), f"{name}: X X^T is not 1"),
        (0 < c <= sigma, f"{name}: c is not between 0 and sigma"),
        (learning.is_at_least(phi, sigma), f"{name}: Y X^T is below sigma"),
        (away <= (sigma - c) ** 2, f"{name}: the start is outside the margin"),
        (instance.velocity == instance.preconditioned, f"{name}: not the preconditioned equation"),
        (over <= SLACK, f"{name}: the loss is above the bound"),
    ]


def falsified_margin(instance: FlowInstance) -> dict[str, FlowInstance]:
    """Return false variants of an instance within the margin, by what was done to it."""
    numbers = instance.numbers or {}
    updates: dict[str, dict[str, object]] = {
        "other weights": {"weights": (*instance.weights[:-1], instance.weights[-1] * 2)},
        "a greater sigma": {"numbers": {**numbers, "sigma": numbers["sigma"] + 1}},
        "a greater c": {"numbers": {**numbers, "c": numbers["sigma"]}},
        "inputs that are not whitened": {"x": instance.x * 2},
        "another velocity": {"velocity": instance.velocity + exact.ones_like(instance.velocity)},
    }
    return {done: instance.model_copy(update=update) for done, update in updates.items()}


SLACK = 1e-8
"""How far a loss may be above its bound, relative to the start: the integrator's error."""


def above_bound(start: Sequence[Array], problem: numeric.Problem, rate: float) -> float:
    """Return how far the integrated loss is above ``min + exp(-rate t) (L(0) - min)`` at most.

    Relative to the distance at the start, to the time at which the bound has fallen by 10^8.
    """
    found = dynamics.integrate(start, problem, np.log(1e8) / rate)
    best = problem.y @ np.linalg.pinv(problem.x)
    gaps = found.losses - float(problem.entry.value(best @ problem.x - problem.y).sum())
    return float((gaps - np.exp(-rate * found.times) * gaps[0]).max() / gaps[0])


def _random_matrix_of_norm(rng: random.Random, shape: tuple[int, int], most: Fraction) -> fmpq_mat:
    a = exact.random_matrix(rng, *shape)
    norm = learning.root_above(exact.squared_norm(a)) or Fraction(1)
    return a * fmpq(most.numerator, most.denominator) * fmpq(norm.denominator, norm.numerator)


def _target(rng: random.Random, n: int, d: int, sigma: Fraction) -> tuple[fmpq_mat, ...]:
    """Draw a matrix whose least singular value is sigma, and singular vectors of that."""
    values = [sigma, *(sigma + rng.randint(0, 3) for _ in range(d - 1))]
    left, right = problems.random_orthogonal(rng, n), problems.random_orthogonal(rng, d)
    least = exact.diagonal([1], n, d)
    return left * exact.diagonal(values, n, d) * right, left * least * right


def _within(run: Run) -> None:
    for case in range(run.cases):
        d = 1 + case % 3
        n = run.rng.randint(d, 3)
        sigma = Fraction(run.rng.randint(2, 9), 4)
        c = sigma * Fraction(run.rng.randint(1, 9), 10)
        phi, _ = _target(run.rng, n, d, sigma)
        r = phi + _random_matrix_of_norm(run.rng, (n, d), sigma - c)
        run.case((learning.is_at_least(r, c), f"{n} x {d}: within the margin, R^T R is below c^2"))
    run.note = "|R - Phi| <= sigma - c: R^T R >= c^2, exactly"


def _outside(run: Run) -> None:
    for case in range(run.cases):
        d = 1 + case % 3
        sigma = Fraction(run.rng.randint(2, 9), 4)
        c = sigma * Fraction(run.rng.randint(2, 9), 10)
        phi, least = _target(run.rng, d, d, sigma)
        away = sigma - c * Fraction(9, 10)
        r = phi - least * fmpq(away.numerator, away.denominator)
        run.case((not learning.is_at_least(r, c), f"{d} x {d}: at least c outside the margin"))
    run.note = "a little outside, along the least singular vectors: R^T R is not at least c^2"


def _converging(run: Run) -> None:
    worst = 0.0
    for case in range(max(6, run.cases // 12)):
        widths = ((2, 2), (2, 2, 2), (2, 3, 2), (2, 2, 3, 2), (1, 2, 2, 1, 2))[case % 5]
        drawn = problems.random_within(run.rng, widths)
        margin = learning.margin(*drawn)
        if isinstance(margin, learning.NoMargin):
            run.case((False, f"widths {widths}: no margin, as {margin.value}"))
            continue
        over = above_bound(*problems.floats(*drawn), float(margin.rate))
        worst = max(worst, over)
        run.case((over <= SLACK, f"widths {widths}: the loss is above the bound by {over:.1e}"))
    run.note = f"flows within the margin: above the bound by {worst:.0e} at most"


def _stuck(run: Run) -> None:
    generator = run.generator()
    for _ in range(4):
        strong, weak = generator.uniform(1.5, 3.0), generator.uniform(0.5, 1.0)
        half = np.diag([strong**0.5, 0.0])
        saddle = above_bound((half * 1.1, half * 1.1), _diagonal(1.0, strong, weak), 2 * weak)
        run.case((saddle > 0.01, "a start that runs into a saddle converges"))
        layer = np.diag([1.0, weak / 10]), np.diag([weak / 10, 1.0])
        phi = layer[1] @ layer[0] + np.array([[0.0, weak / 25], [0.0, 0.0]])
        skewed = above_bound(layer, numeric.Problem(np.eye(2), phi), 0.08 * weak)
        run.case((skewed > 0.01, "a start that is not balanced converges as fast"))
        root = np.eye(2) * weak**0.5
        small = above_bound((root, root), _diagonal(0.25, 4 * weak, 4 * weak), 2 * weak)
        run.case((small > 0.01, "on data that are not whitened it converges as fast"))
    run.note = "into a saddle, not balanced, not whitened: the loss is above the bound"


def _diagonal(scale: float, *values: float) -> numeric.Problem:
    return numeric.Problem(scale * np.eye(len(values)), np.diag(values))


ACGH = Check(
    problem="ACGH",
    title="Convergence from the start alone",
    words=(
        "Arora, Cohen, Golowich and Hu 2019, for the flow. If the start is balanced, X X^T >= "
        "lambda, and R^T R >= c^2 for every R whose loss is at most that of the start, then L - "
        "min L is at most exp(-2 lambda c^(2 - 2/H) t) times what it is at the start, and the "
        "weights tend to a global minimum. On whitened data it is enough that |R(0) - Phi| <= "
        "sigma - c, where Phi = Y X^T has no singular value below sigma (the deficiency margin)."
    ),
    explanation=(
        "Recomputes every instance and integrates it to a minimum. Within the margin R^T R >= c^2 "
        "holds exactly at random rational matrices. SciPy integrates flows within it: the loss is "
        "never above the bound. Controls: a matrix a little outside the margin; a start that runs "
        "into a saddle, one that is not balanced, data that are not whitened; falsified instances."
    ),
    parts=(
        instances_part(verify_margin),
        Part("the margin, exactly", _within, named(learning.is_at_least)),
        Part("the rate", _converging, named(above_bound)),
        falsified_part(verify_margin, falsified_margin, "weights, sigma, c, inputs, velocity"),
        Part(
            "outside the margin",
            _outside,
            named(learning.is_at_least),
            controls="the margin, exactly",
        ),
        Part("without a hypothesis", _stuck, named(above_bound), controls="the rate"),
    ),
)


# --- gradient descent -----------------------------------------------------------------------------


def verify_descent(instance: FlowInstance) -> list[Claim]:
    """Recompute the numbers of an instance of gradient descent, and run some steps of it."""
    name, weights, x, y = instance.name, list(instance.weights), instance.x, instance.y
    numbers = dict(instance.numbers or {})
    if numbers.keys() != {"eta", "kappa", "lam", "sigma", "r", "m", "x", "y"}:
        return [(False, f"{name}: it has not the numbers of the theorem")]
    eta, kappa = numbers.pop("eta"), numbers.pop("kappa")
    bound = learning.StepBound(len(weights), **numbers)
    return [
        *verify_velocities(instance),
        *((held, f"{name}: {said}") for held, said in learning.step_claims(bound, weights, x, y)),
        (0 < eta <= bound.step, f"{name}: the step is above the bound"),
        (kappa == bound.rate, f"{name}: another rate"),
        (learning.descends(weights, x, y, eta, kappa), f"{name}: slower than its rate"),
    ]


def falsified_descent(instance: FlowInstance) -> dict[str, FlowInstance]:
    """Return false variants of an instance of gradient descent, by what was done to it."""
    numbers = instance.numbers or {}
    doubled: dict[str, dict[str, object]] = {
        f"{name} {factor} times as great": {"numbers": {**numbers, name: numbers[name] * factor}}
        for name, factor in (("eta", 2), ("kappa", 2), ("lam", 2), ("sigma", 2), ("r", 3))
    }
    halved: dict[str, dict[str, object]] = {
        f"half of {name}": {"numbers": {**numbers, name: numbers[name] / 2}} for name in "mxy"
    }
    updates: dict[str, dict[str, object]] = {
        **doubled,
        **halved,
        "other weights": {"weights": (*instance.weights[:-1], instance.weights[-1] * 2)},
        "another velocity": {"velocity": instance.velocity + exact.ones_like(instance.velocity)},
    }
    return {done: instance.model_copy(update=update) for done, update in updates.items()}


WIDTHS = ((2, 2), (1, 1, 1), (2, 2, 2), (2, 3, 2), (3, 2, 1), (2, 2, 2, 1))


def _linear_rate(run: Run) -> None:
    found = 0
    for case in range(max(6, run.cases // 6)):
        widths = WIDTHS[case % len(WIDTHS)]
        weights, x, y = problems.near_minimum(run.rng, widths)
        bound = learning.step_bound(weights, x, y)
        if isinstance(bound, learning.Obstacle):
            run.case((bound is learning.Obstacle.FAR, f"widths {widths}: {bound.value}"))
            continue
        found += 1
        falls = learning.descends(weights, x, y, bound.step, bound.rate)
        run.case((falls, f"widths {widths}: slower than the proved rate"))
    run.require((found >= 3, f"only {found} starts were near enough"))
    run.note = f"{found} starts near a minimum, the greatest step allowed: as fast as proved"


def _too_large(run: Run) -> None:
    for case in range(max(6, run.cases // 6)):
        weights, x, y = problems.near_minimum(run.rng, (2, 2, 2))
        if case % 2:
            kept = exact.diagonal([1], 2, 2)
            lost = [kept, weights[1] * kept]
            falls = learning.descends(lost, x, y, Fraction(1, 40), Fraction(1, 4))
            run.case((not falls, "an output that both layers lose is learned"))
            continue
        if not learning.gap_of(weights, x, y):
            continue
        falls = learning.descends(weights, x, y, Fraction(4), Fraction(1, 4))
        run.case((not falls, "with the step 4 the loss falls"))
    run.note = "a step far above the bound, an output that is lost: not as fast"


def curves_at_most(
    weights: Weights, direction: Weights, x: fmpq_mat, y: fmpq_mat, factor: Fraction
) -> bool:
    """Tell whether the second derivative along ``direction`` is at most factor |direction|^2."""
    squares = sum(map(exact.squared_norm, direction), Fraction())
    return exact.curvature(weights, direction, x, y) <= factor * squares


def _curvature_bound(weights: Weights, x: fmpq_mat, y: fmpq_mat) -> Fraction:
    norms = [learning.root_above(exact.squared_norm(a)) for a in (x, y)]
    m = max(learning.root_above(exact.squared_norm(w)) for w in weights) or Fraction(1)
    return learning.curvature_factor(len(weights), m, *norms) / m**2


def _curvature(run: Run) -> None:
    for case in range(run.cases // 2):
        widths = [run.rng.randint(1, 3) for _ in range(2 + case % 4)]
        weights, x, y = exact.random_network(run.rng, widths, 2)
        direction = exact.random_network(run.rng, widths, 1)[0]
        least = curves_at_most(weights, direction, x, y, _curvature_bound(weights, x, y))
        run.case((least, f"widths {widths}: curved more than the bound"))
    run.note = "any weights and direction: the curvature is at most the bound, exactly"


def _half_the_curvature(run: Run) -> None:
    for case in range(run.cases // 2):
        size = Fraction(run.rng.randint(1, 5), run.rng.randint(1, 3))
        layer = exact.matrix([[size]])
        weights, ones = [layer] * (2 + case % 2), [exact.identity(1)] * (2 + case % 2)
        y = exact.matrix([[-Fraction(run.rng.randint(0, 4))]])
        bound = _curvature_bound(weights, ones[0], y)
        least = curves_at_most(weights, ones, ones[0], y, bound / 2)
        run.case((not least, f"{len(weights)} layers of {size}: half the bound is enough"))
    run.note = "width 1: with half the bound it fails"


GD = Check(
    problem="GD",
    title="Gradient descent with a step",
    words=(
        "Let X X^T >= lambda, let the product T of the layers above the first have T T^T >= "
        "sigma^2 at the start, no layer a Frobenius norm above m - r, 2 (H - 1) m^(H-1) r <= "
        "sigma m, and 32 (L - min L) < lambda sigma^2 r^2. If the step eta is at most m^2 / (H m^H "
        "|X| (2 m^H |X| + |Y|)), then gradient descent lowers L - min L by the factor 1 - eta "
        "lambda sigma^2 / 4 a step, and the weights tend to a global minimum."
    ),
    explanation=(
        "Recomputes every instance and its numbers, and runs some steps exactly. From random "
        "starts near a minimum, with the greatest step allowed, the loss falls as fast as proved, "
        "exactly; the second derivative is at most what the step's bound supposes, at random "
        "weights. Controls: a step that is too large, an output that is lost; half the "
        "bound of the second derivative; falsified instances."
    ),
    parts=(
        instances_part(verify_descent),
        Part("the rate, exactly", _linear_rate, named(learning.descends)),
        Part("curvature, exactly", _curvature, named(curves_at_most)),
        falsified_part(
            verify_descent, falsified_descent, "each number, other weights, another velocity"
        ),
        Part(
            "too large a step", _too_large, named(learning.descends), controls="the rate, exactly"
        ),
        Part(
            "half the curvature",
            _half_the_curvature,
            named(curves_at_most),
            controls="curvature, exactly",
        ),
    ),
)

CHECKS = (SAXE, ACGH, GD)
