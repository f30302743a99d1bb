"""Pictures (matplotlib): the loss near the origin, where searches end, gradient flows."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import matplotlib
import numpy as np
from flint import fmpq_mat

from deeplinear import exact, flow, numeric
from deeplinear.checks.main import NETWORKS, is_second_order, search
from deeplinear.checks.origin import near_origin
from deeplinear.errors import BadInput

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

SEARCHES = 40
"""Searches for each network in the picture of final losses."""

X = exact.matrix([[1, 0, 1], [0, 1, 1]])
Y = exact.matrix([[1, 1, 0], [0, 1, 1]])
"""The data of the picture of the origin, with X Y^T not zero."""


def save(figure: Figure, path: Path) -> None:
    """Write a picture, a PNG or SVG; raises :class:`~deeplinear.BadInput` where it cannot be."""
    try:
        figure.savefig(path, dpi=150)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({error.strerror}): name a file in a writable folder."
        ) from None
    finally:
        plt.close(figure)


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
        return numeric.value_and_gradient(weights, problem)[0]

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    t = np.linspace(0, 1.1, 111)
    for layers in range(1, most + 1):
        both = near_origin([2] * (layers + 1), X, Y, Fraction(1))
        for point, style in zip(both, ("-", "--"), strict=True):
            values = [loss([s * layer for layer in _signs(point)]) for s in t]
            label = f"H = {layers}" if style == "-" else None
            left.plot(t, values, style, color=f"C{layers - 1}", label=label)
    title = "Out of the origin: descent (solid), ascent (dashed)"
    left.set(xlabel="t", ylabel="loss", title=title)
    left.legend()
    down, up = map(_signs, near_origin([2, 2, 2], X, Y, Fraction(1)))
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
    """Draw where searches from random starts end, relative to the closed form (Theorem 3).

    For each network the losses of the points that were found, less the value of reduced-rank
    regression, relative to the loss of R = 0; a cross is a point that does not pass for a minimum.
    X X^T is singular in every third search.
    """
    refuse_unknown(path)
    generator = np.random.default_rng(seed)
    figure, axes = plt.subplots(figsize=(9, 4.4), layout="constrained")
    for place, widths in enumerate(NETWORKS):
        for case in range(SEARCHES):
            found, problem, least = search(generator, widths, case % 3 == 0, trust=False)
            gap = max(abs(found.loss - least) / problem.scale, 1e-17)
            passed = is_second_order(found, problem, min(widths))
            axes.plot(
                place + generator.uniform(-0.25, 0.25),
                gap,
                "o" if passed else "x",
                color=f"C{place}" if passed else "grey",
                markersize=3 if passed else 6,
                alpha=0.6,
            )
    names = ["-".join(map(str, widths)) for widths in NETWORKS]
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
        found = flow.integrate(start, problem, 6.0)
        bound = np.exp(-flow.proved_rate(found, problem) * found.times) * found.losses[0]
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


def trajectory(path: Path, found: flow.Trajectory) -> None:
    """Draw one flow: its loss, and the singular values of the end-to-end matrix."""
    refuse_unknown(path)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    left.plot(found.times, found.losses)
    left.set(xlabel="time", ylabel="loss", title="Loss")
    right.plot(found.times, found.singular)
    right.set(xlabel="time", ylabel="singular values", title="The end-to-end matrix")
    save(figure, path)


PICTURES = {"origin": origin, "minima": minima, "flow": flows}
"""The pictures, by the name that the command line knows."""
