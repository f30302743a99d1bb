"""Pictures (matplotlib), at least one for each problem."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import matplotlib
import numpy as np
from flint import fmpq, fmpq_mat

from deeplinear import exact, numeric, problems
from deeplinear.errors import BadInput
from deeplinear.files import write_whole
from deeplinear.solve import classify, dynamics, escape, learning, strict_saddle

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.colors import is_color_like, to_rgb
from matplotlib.figure import Figure

SEARCHES = 40
"""Searches for each network in the picture of final losses."""

X = exact.matrix([[1, 0, 1], [0, 1, 1]])
Y = exact.matrix([[1, 1, 0], [0, 1, 1]])
"""The data of the picture of the origin, with X Y^T not zero."""


LIGHT, DARK = ("black", "white"), ("#e4e9ef", "#12161b")
"""Ink and paper of pictures."""

_modes = [False]
"""Whether each picture is written for a dark page too, as NAME-dark.svg; see :func:`both_modes`."""


@contextmanager
def both_modes() -> Iterator[None]:
    """Write each picture that is drawn within for a dark page too, as NAME-dark.svg."""
    _modes.append(True)
    try:
        yield
    finally:
        _modes.pop()


def save(figure: Figure, path: Path) -> None:
    """Write a picture, a PNG or SVG, whole or not at all; what exists was refused before.

    Raises :class:`~deeplinear.BadInput` where it cannot be written.
    """
    try:
        _write(figure, path)
        if _modes[-1]:
            _darken(figure)
            _write(figure, path.with_stem(f"{path.stem}-dark"))
    finally:
        plt.close(figure)


def _write(figure: Figure, path: Path) -> None:
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=150, format=path.suffix[1:])
    write_whole(path, drawn.getvalue(), force=True)


def _darken(figure: Figure) -> None:
    """Exchange ink and paper: what is black or white becomes light or dark."""
    for axes in figure.axes:
        axes.tick_params(which="both", colors=DARK[0])
    for artist in figure.findobj():
        for what in ("color", "facecolor", "edgecolor"):
            get, change = (getattr(artist, f"{verb}_{what}", None) for verb in ("get", "set"))
            if get is None or change is None:
                continue
            for light, dark in zip(LIGHT, DARK, strict=True):
                now = get()
                if np.ndim(now) < 2 and is_color_like(now) and to_rgb(now) == to_rgb(light):
                    change(dark)


def refuse_unknown(path: Path) -> None:
    """Refuse a file name that is no picture's."""
    if path.suffix not in (".png", ".svg"):
        raise BadInput(f"{path} is no picture: name a file that ends in .png or .svg.")


def _signs(point: Sequence[fmpq_mat]) -> list[numeric.Array]:
    return [np.sign(numeric.to_array(layer)) for layer in point]


def origin(path: Path, most: int = 5) -> None:
    """Draw the loss along the paths of Problem 3.2, and the slice that they span.

    Left: descent and ascent out of the origin, for 1 to ``most`` layers, flatter the deeper. Right:
    the slice through the origin that the two paths of two layers span.
    """
    refuse_unknown(path)
    problem = numeric.Problem(numeric.to_array(X), numeric.to_array(Y))

    def loss(weights: list[numeric.Array]) -> float:
        return numeric.loss(weights, problem)

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    t = np.linspace(0, 1.1, 111)
    for layers in range(1, most + 1):
        both = escape.near_origin([2] * (layers + 1), X, Y, Fraction(1))
        for point, style in zip(both, ("-", "--"), strict=True):
            values = [loss([s * layer for layer in _signs(point)]) for s in t]
            label = f"H = {layers}" if style == "-" else None
            left.plot(t, values, style, color=f"C{layers - 1}", label=label)
    title = "Out of the origin: descent (solid), ascent (dashed)"
    left.set(xlabel="t", ylabel="loss", title=title)
    left.legend()
    down, up = map(_signs, escape.near_origin([2, 2, 2], X, Y, Fraction(1)))
    side = np.linspace(-1.2, 1.2, 97)
    grid = [
        [loss([a * p + b * q for p, q in zip(down, up, strict=True)]) for a in side] for b in side
    ]
    contours = right.contourf(side, side, grid, levels=24, cmap="viridis")
    right.plot(0, 0, "wx")
    right.set(xlabel="along the descent", ylabel="along the ascent", title="Two layers: a saddle")
    figure.colorbar(contours, ax=right, label="loss")
    save(figure, path)


def minima(path: Path, seed: int = 0) -> None:
    """Draw where searches from random starts end, relative to the closed form (Theorem 2.3).

    For each network the losses of the points that were found, less the value of reduced-rank
    regression, relative to the loss of R = 0; a cross is a point that does not pass for a minimum.
    X X^T is singular in every third search.
    """
    refuse_unknown(path)
    generator = np.random.default_rng(seed)
    figure, axes = plt.subplots(figsize=(9, 4.4), layout="constrained")
    for place, widths in enumerate(problems.NETWORKS):
        for case in range(SEARCHES):
            found, problem, least = problems.search(generator, widths, case % 3 == 0, trust=False)
            gap = max(abs(found.loss - least) / problem.scale, 1e-17)
            passed = problems.is_second_order(found, problem, min(widths))
            axes.plot(
                place + generator.uniform(-0.25, 0.25),
                gap,
                "o" if passed else "x",
                color=f"C{place}" if passed else "grey",
                markersize=3 if passed else 6,
                alpha=0.6,
            )
    names = ["-".join(map(str, widths)) for widths in problems.NETWORKS]
    axes.set_xticks(range(len(names)), names)
    axes.set(
        yscale="log",
        xlabel="widths",
        ylabel="distance to the closed form",
        title=f"Where {SEARCHES} searches from random starts end (x: not a minimum yet)",
    )
    save(figure, path)


def flows(path: Path, most: int = 5, seed: int = 0) -> None:
    """Draw gradient flows of 1 to ``most`` layers from balanced starts with the same data.

    Left: the distance of the loss to its minimum, with the proved bound (dashed). Right: the
    singular values of the end-to-end matrix.
    """
    refuse_unknown(path)
    generator = np.random.default_rng(seed)
    x = np.eye(2) + 0.2 * generator.standard_normal((2, 2))
    y = np.diag([1.5, 0.8]) @ x
    problem = numeric.Problem(x, y)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    for layers in range(1, most + 1):
        start = tuple(0.5 ** (1 / layers) * np.eye(2) for _ in range(layers))
        found = dynamics.integrate(start, problem, 6.0)
        bound = np.exp(-dynamics.proved_rate(found, problem) * found.times) * found.losses[0]
        color = f"C{layers - 1}"
        left.semilogy(
            found.times, np.maximum(found.losses, 1e-16), color=color, label=f"H = {layers}"
        )
        left.semilogy(found.times, np.maximum(bound, 1e-16), "--", color=color, linewidth=0.8)
        right.plot(found.times, found.singular, color=color)
    left.set(xlabel="time", ylabel="loss - minimum", title="Loss, and the proved bound (dashed)")
    left.legend()
    right.set(xlabel="time", ylabel="singular values", title="The end-to-end matrix")
    save(figure, path)


def tangent(path: Path, seed: int = 3) -> None:
    """Draw the loss along one direction in each layer, with the slope that Problem 1 gives.

    The loss is a quadratic in one layer; the dashed line has the slope of the formula.
    """
    refuse_unknown(path)
    generator = np.random.default_rng(seed)
    weights = numeric.random_weights(generator, (2, 3, 3, 2))
    problem = numeric.Problem(*generator.standard_normal((2, 2, 5)))
    start, gradient = numeric.loss(weights, problem), numeric.gradient(weights, problem)
    figure, axes = plt.subplots(figsize=(9, 4.4), layout="constrained")
    t = np.linspace(-1, 1, 81)
    for k, layer in enumerate(weights):
        direction = generator.standard_normal(layer.shape)
        ends = [[*weights[:k], layer + s * direction, *weights[k + 1 :]] for s in (-1, 1)]
        bend = sum(numeric.loss(end, problem) for end in ends) / 2 - start
        direction *= np.sqrt(start / bend)  # so that the three curves bend alike
        moved = [[*weights[:k], layer + s * direction, *weights[k + 1 :]] for s in t]
        values = [numeric.loss(point, problem) for point in moved]
        slope = float((gradient[k] * direction).sum())
        axes.plot(t, values, color=f"C{k}", label=f"W_{k + 1}")
        axes.plot(t[25:56], start + slope * t[25:56], "--", color=f"C{k}", linewidth=1)
    axes.plot(0, start, "ko", markersize=4)
    axes.set(xlabel="t, in W_k + t V", ylabel="loss", title="The slope that the formula gives")
    axes.legend()
    save(figure, path)


def segment(path: Path, d: int = 2) -> None:
    """Draw rank and singular values on the segment between the two matrices of Problem 2.

    Both ends have rank ``d``; in between the next singular value is not zero.
    """
    refuse_unknown(path)
    left, right = problems.between(exact.identity(4), exact.identity(5), d)
    ends = [numeric.to_array(a) for a in (left, right)]
    t = np.linspace(0, 1, 101)
    values = np.array([np.linalg.svd((1 - s) * ends[0] + s * ends[1], compute_uv=False) for s in t])
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(9, 5), sharex=True, layout="constrained")
    top.step(t, (values > 1e-12).sum(axis=1), where="mid")
    top.axhline(d, color="C3", linestyle="--", linewidth=1, label=f"d = {d}")
    top.set(ylabel="rank", title="Between two matrices of bounded rank the rank is greater")
    top.set_yticks(range(d + 2))
    top.legend()
    for i in range(d + 1):
        style = "-" if i == d else ":"
        bottom.plot(t, values[:, i], style, label=f"singular value {i + 1}")
    bottom.set(xlabel="t, in (1 - t) A + t B", ylabel="singular values")
    bottom.legend()
    save(figure, path)


def histories(path: Path, seed: int = 5) -> None:
    """Draw losses of gradient descent with square layers (Problem 4), from random starts."""
    refuse_unknown(path)
    generator = np.random.default_rng(seed)
    problem = numeric.Problem(*generator.standard_normal((2, 3, 6)))
    least = problems.reduced_rank_minimum(problem.x, problem.y, 3)
    figure, axes = plt.subplots(figsize=(9, 4.4), layout="constrained")
    for layers in range(1, 5):
        for run in range(3):
            start = [np.eye(3) + 0.3 * generator.standard_normal((3, 3)) for _ in range(layers)]
            found = dynamics.descend(start, problem, until=10.0, step=0.01)
            label = f"H = {layers}" if run == 0 else None
            gaps = np.maximum(found.losses - least, 1e-16)
            axes.loglog(1 + found.times / 0.01, gaps, color=f"C{layers - 1}", label=label)
    title = "Square layers of width 3: gradient descent from near the identity"
    axes.set(xlabel="step", ylabel="loss - minimum over all matrices", title=title)
    axes.legend()
    save(figure, path)


def bottleneck(path: Path, most: int = 5, seed: int = 0) -> None:
    """Draw the losses where searches end against the bottleneck width, and the closed form."""
    refuse_unknown(path)
    generator = np.random.default_rng(seed)
    problem = numeric.Problem(*generator.standard_normal((2, most, most + 3)))
    figure, axes = plt.subplots(figsize=(9, 4.4), layout="constrained")
    widths = range(1, most + 1)
    for p in widths:
        for layers in (2, 3):
            for _ in range(8):
                start = numeric.random_weights(generator, (most, *([p] * (layers - 1)), most))
                loss = numeric.descend(start, problem).loss
                place = p + generator.uniform(-0.12, 0.12)
                axes.plot(place, loss, "o", color=f"C{layers - 2}", markersize=4, alpha=0.6)
    least = [problems.reduced_rank_minimum(problem.x, problem.y, p) for p in widths]
    axes.plot(widths, least, "k_", markersize=36, label="reduced-rank regression")
    for layers in (2, 3):
        axes.plot([], [], "o", color=f"C{layers - 2}", label=f"H = {layers}, random starts")
    axes.set_xticks(widths)
    title = "Every local minimum is global: the loss depends on the bottleneck width alone"
    axes.set(xlabel="bottleneck width p", ylabel="loss", title=title)
    axes.legend()
    save(figure, path)


def escapes(path: Path) -> None:
    """Draw escapes from critical points that are no local minima (Theorem 2.1 and its proof).

    On the way from the critical weights to the better ones that the proof constructs, for several
    radii, in units of the radius.
    """
    refuse_unknown(path)
    weights, x, y = problems.deficient(random.Random(4), [3, 2, 3, 2], 1)
    problem = numeric.Problem(numeric.to_array(x), numeric.to_array(y))
    here = [numeric.to_array(layer) for layer in weights]
    start = numeric.loss(here, problem)
    figure, axes = plt.subplots(figsize=(9, 4.4), layout="constrained")
    t = np.linspace(0, 1, 101)
    for radius in (Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(1, 8)):
        better = escape.escape(weights, x, y, radius).better or weights
        there = [numeric.to_array(layer) for layer in better]
        points = [[a + s * (b - a) for a, b in zip(here, there, strict=True)] for s in t]
        drops = [numeric.loss(point, problem) - start for point in points]
        axes.plot(t, drops, label=f"radius {radius}")
    axes.axhline(0, color="grey", linewidth=0.8)
    axes.set(
        xlabel="from the critical weights (0) to the better ones (1)",
        ylabel="change of the loss",
        title="Out of a critical point of rank below the bottleneck width",
    )
    axes.set_yscale("symlog", linthresh=1e-6)
    axes.legend()
    save(figure, path)


def subsets(path: Path) -> None:
    """Draw the loss of every critical point of the shallow problem (Theorem 2.2).

    With X = 1 they are the sets of singular values of Y that R keeps: for each rank only the
    greatest ones are a local minimum.
    """
    refuse_unknown(path)
    values = (5, 4, 2, 1)
    figure, axes = plt.subplots(figsize=(9, 4.4), layout="constrained")
    for rank in range(len(values) + 1):
        for kept in itertools.combinations(range(len(values)), rank):
            loss = sum(v * v for i, v in enumerate(values) if i not in kept) / 2
            best = kept == tuple(range(rank))
            axes.plot(rank, loss, "o" if best else "x", color="C0" if best else "C3")
    axes.plot([], [], "o", color="C0", label="the greatest singular values: the global minimum")
    axes.plot([], [], "x", color="C3", label="others: saddle points")
    axes.set_xticks(range(len(values) + 1))
    title = f"Critical points of 1/2 |Y - R|^2, singular values {', '.join(map(str, values))}"
    axes.set(xlabel="rank of R", ylabel="loss", title=title)
    axes.legend()
    save(figure, path)


def curvature(path: Path) -> None:
    """Draw the loss around a strict saddle, along its direction and along others (K16)."""
    refuse_unknown(path)
    weights, x, y = problems.deficient_at_an_end(random.Random(1), [3, 2, 3], 1, True)
    down = [numeric.to_array(v) for v in strict_saddle.negative_direction(weights, x, y) or ()]
    here = [numeric.to_array(layer) for layer in weights]
    problem = numeric.Problem(numeric.to_array(x), numeric.to_array(y))
    generator = np.random.default_rng(0)
    others = [[generator.standard_normal(v.shape) for v in here] for _ in range(6)]
    figure, axes = plt.subplots(figsize=(9, 4.4), layout="constrained")
    t = np.linspace(-0.3, 0.3, 121)
    start = numeric.loss(here, problem)
    for number, direction in enumerate([*others, down]):
        size = np.linalg.norm(numeric.pack(direction))
        points = [[a + s / size * v for a, v in zip(here, direction, strict=True)] for s in t]
        changes = [numeric.loss(point, problem) - start for point in points]
        last = number == len(others)
        label = "of the proof" if last else "random" if number == 0 else None
        axes.plot(t, changes, label=label, color="C3" if last else "C0", linewidth=1 + last)
    axes.axhline(0, color="grey", linewidth=0.8)
    axes.set_ylim(1.2 * min(changes), -3 * min(changes))
    title = "A strict saddle: one direction of negative curvature"
    axes.set(xlabel="t, in W + t V, |V| = 1", ylabel="change of the loss", title=title)
    axes.legend(title="direction V")
    save(figure, path)


def classes(path: Path) -> None:
    """Draw the loss along random directions from a critical point of each class (SO)."""
    refuse_unknown(path)
    x, y = np.eye(2), np.diag([3.0, 1.0])
    one, learned = np.eye(2), np.diag([1.0, 0.0])
    points = {
        "global minimum": [one, one, y],
        "strict saddle": [learned, one, 3 * learned],
        "saddle, not strict": [learned, learned, 3 * learned],
    }
    problem, generator = numeric.Problem(x, y), np.random.default_rng(2)
    figure, axes = plt.subplots(1, 3, figsize=(11, 4), layout="constrained", sharey=True)
    t = np.linspace(-0.6, 0.6, 121)
    for name, axis in zip(points, axes, strict=True):
        start = numeric.loss(points[name], problem)
        for _ in range(12):
            way = [generator.standard_normal(w.shape) for w in points[name]]
            size = float(np.linalg.norm(numeric.pack(way)))
            curve = [
                numeric.loss(
                    [w + s / size * v for w, v in zip(points[name], way, strict=True)], problem
                )
                for s in t
            ]
            axis.plot(t, np.array(curve) - start, color="C0", linewidth=0.9)
        axis.axhline(0, color="grey", linewidth=0.8)
        axis.set(xlabel="t, in W + t V, |V| = 1", title=name)
    axes[0].set_ylim(-0.15, 0.6)
    axes[0].set_ylabel("change of the loss")
    save(figure, path)


def components(path: Path) -> None:
    """Draw the losses of all critical autoencoders of four inputs, by what they keep (AE)."""
    refuse_unknown(path)
    variances = np.array([9.0, 4.0, 2.0, 1.0])
    figure, axes = plt.subplots(figsize=(8, 4.4), layout="constrained")
    for rank in range(5):
        for kept in itertools.combinations(range(4), rank):
            best = kept == tuple(range(rank))
            loss = (variances.sum() - variances[list(kept)].sum()) / 2
            axes.plot(rank, loss, "o" if best else "x", color="C0" if best else "C3")
    axes.plot([], [], "o", color="C0", label="the strongest directions: the minimum of its rank")
    axes.plot([], [], "x", color="C3", label="others: saddle points")
    axes.set_xticks(range(5))
    title = "Critical linear autoencoders, variances 9, 4, 2, 1"
    axes.set(xlabel="principal directions kept", ylabel="loss", title=title)
    axes.legend()
    save(figure, path)


def completion(path: Path) -> None:
    """Draw where searches end in matrix completion, with and without a bottleneck (MC)."""
    refuse_unknown(path)
    generator = np.random.default_rng(0)
    figure, axes = plt.subplots(figsize=(8, 4.4), layout="constrained")
    kinds = ("no bottleneck: 3, 3, 3", "width 1: 3, 1, 3")
    for place, widths in enumerate(([3, 3, 3], [3, 1, 3])):
        for number in range(SEARCHES // 2):
            m = generator.standard_normal((3, 3))
            mask = (generator.random((3, 3)) < 0.7).astype(float)
            loss = numeric.masked(mask)
            problem = numeric.Problem(np.eye(3), m, loss)
            found = numeric.descend(numeric.random_weights(generator, widths), problem)
            axes.semilogy(number, max(found.loss, 1e-20), "ox"[place], color=f"C{3 * place}")
        axes.plot([], [], "ox"[place], color=f"C{3 * place}", label=kinds[place])
    axes.set(xlabel="search", ylabel="loss at its end", title="Matrix completion")
    axes.legend()
    save(figure, path)


def modes(path: Path) -> None:
    """Draw the modes of Saxe's items and properties, on the closed form (dashed)."""
    start, problem = problems.hierarchy()
    trajectory(path, dynamics.integrate(start, problem, 6.0), problem)


def plateaus(path: Path, seed: int = 1) -> None:
    """Draw the loss from small random starts, and the saddles near which it rests.

    Two layers of width 3 on whitened data of the strengths 4, 2 and 1; each line is the loss of a
    critical point, with what :func:`deeplinear.solve.classify.classify` says of it, exactly.
    """
    refuse_unknown(path)
    generator = np.random.default_rng(seed)
    strengths = [4, 2, 1]
    x, y = exact.identity(3), exact.diagonal(strengths, 3, 3)
    problem = numeric.Problem(numeric.to_array(x), numeric.to_array(y))
    figure, axes = plt.subplots(figsize=(8, 4.8), layout="constrained")
    for size in (1e-2, 1e-4, 1e-6):
        start = tuple(size * generator.standard_normal((3, 3)) for _ in range(2))
        found = dynamics.integrate(start, problem, 16.0, points=801)
        axes.plot(found.times, found.losses, label=f"a start of size {size:g}")
    for rank in range(4):
        kept = strengths[:rank]
        weights = [exact.diagonal(kept, 3, 3), exact.diagonal([1] * rank, 3, 3)]
        loss = float(exact.loss(exact.end_to_end(weights), x, y))
        kind = classify.classify(weights, x, y).kind.value
        axes.axhline(loss, color="gray", linewidth=0.8, linestyle=":")
        axes.annotate(f"rank {rank}: {kind}", (16, loss), ha="right", va="bottom", fontsize=8)
    axes.set(xlabel="time", ylabel="loss", title="Plateaus: the flow rests near saddles")
    axes.legend(loc="center right")
    save(figure, path)


def margin(path: Path, seed: int = 0) -> None:
    """Draw the loss from a start within the deficiency margin, and the proved bound (dashed)."""
    refuse_unknown(path)
    rng = random.Random(seed)
    figure, axes = plt.subplots(figsize=(7, 4.4), layout="constrained")
    for layers in (2, 3, 5):
        drawn = problems.random_within(rng, [2] * (layers + 1))
        proved = learning.margin(*drawn)
        if isinstance(proved, learning.NoMargin):
            raise AssertionError(proved.value)
        found = dynamics.integrate(*problems.floats(*drawn), 12.0)
        shown = f"H = {layers}, c = {float(proved.c):.2f}"
        (line,) = axes.semilogy(found.times, np.maximum(found.losses, 1e-16), label=shown)
        bound = found.losses[0] * np.exp(-float(proved.rate) * found.times)
        axes.semilogy(found.times, bound, "--", color=line.get_color(), linewidth=0.8)
    axes.set(xlabel="time", ylabel="loss - minimum", title="Within the margin: loss and bound")
    axes.legend()
    save(figure, path)


def descent(path: Path) -> None:
    """Draw gradient descent with the proved step and with others, and the proved rate (dashed)."""
    refuse_unknown(path)
    weights = [exact.identity(2), exact.identity(2) * fmpq(21, 20)]
    one = exact.identity(2)
    proved = learning.step_bound(weights, one, one)
    if isinstance(proved, learning.Obstacle):
        raise AssertionError(proved.value)
    start, problem = tuple(map(numeric.to_array, weights)), numeric.Problem(np.eye(2), np.eye(2))
    figure, axes = plt.subplots(figsize=(7, 4.4), layout="constrained")
    for factor in (1, 10, 27, 30):
        step = factor * float(proved.step)
        found = dynamics.descend(start, problem, 60 * step, step)
        shown = f"step {step:.3g}" + (", proved" if factor == 1 else "")
        (line,) = axes.semilogy(np.maximum(found.losses, 1e-17), label=shown)
        if factor == 1:
            bound = found.losses[0] * (1 - float(proved.step * proved.rate)) ** np.arange(61)
            axes.semilogy(bound, "--", color=line.get_color(), linewidth=0.8)
    axes.set(xlabel="step", ylabel="loss - minimum", title="Gradient descent")
    axes.legend()
    save(figure, path)


def trajectory(path: Path, found: dynamics.Trajectory, problem: numeric.Problem) -> None:
    """Draw one run: its loss, and the singular values of the end-to-end matrix.

    For a start that is aligned with whitened data the modes instead, on the closed form (dashed).
    """
    refuse_unknown(path)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    left.plot(found.times, found.losses)
    left.set(xlabel="time", ylabel="loss", title="Loss")
    apart = learning.modes_of(found.weights[0], problem)
    closed = apart.closed_form(found.times) if apart is not None else None
    if apart is None:
        right.plot(found.times, found.singular)
        right.set(xlabel="time", ylabel="singular values", title="The end-to-end matrix")
    else:
        right.plot(found.times, [apart.of(numeric.end_to_end(point)) for point in found.weights])
        right.set(xlabel="time", ylabel="strength", title="Modes")
    if closed is not None:
        right.plot(found.times, closed, "k--", linewidth=0.8)
        right.set_title("Modes, on the closed form (dashed)")
    save(figure, path)


PICTURES = {
    "tangent": tangent,
    "segment": segment,
    "origin": origin,
    "histories": histories,
    "minima": minima,
    "escapes": escapes,
    "subsets": subsets,
    "bottleneck": bottleneck,
    "curvature": curvature,
    "classes": classes,
    "components": components,
    "completion": completion,
    "flow": flows,
    "modes": modes,
    "plateaus": plateaus,
    "margin": margin,
    "descent": descent,
}
"""The pictures, by the name that the command line knows."""
