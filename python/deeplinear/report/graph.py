"""The dependency graph of the theorems, laid out for an SVG."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

import networkx as nx

from deeplinear.instances import Record, Theorem

COLUMN, ROW, WIDTH, HEIGHT = 450, 34, 372, 26
"""Distances of columns and rows, and the size of a box, in pixels."""


@dataclass(frozen=True)
class Box:
    """A theorem and the place of its box's upper left corner."""

    theorem: Theorem
    x: int
    y: int


@dataclass(frozen=True)
class Graph:
    """Boxes, the curves from what is used to what uses it, and the size of the whole."""

    boxes: tuple[Box, ...]
    curves: tuple[str, ...]
    width: int
    height: int


def draw(record: Record) -> Graph:
    """Lay out the theorems that use or serve another one, those used to the left.

    An arrow that follows from two others is left out.
    """
    whole = nx.DiGraph((used, theorem.name) for theorem in record.theorems for used in theorem.uses)
    reduced = nx.transitive_reduction(whole)
    columns = [sorted(names) for names in nx.topological_generations(reduced)]
    for _ in range(4):  # the boxes of a column follow the middle of their neighbours
        for neighbours, order in ((reduced.pred, columns), (reduced.succ, columns[::-1])):
            rows = {name: row for names in columns for row, name in enumerate(names)}
            for names in order:
                middle = {
                    name: fmean([rows[other] for other in neighbours[name]] or [rows[name]])
                    for name in names
                }
                names.sort(key=middle.__getitem__)
                rows.update((name, row) for row, name in enumerate(names))
    by_name = {theorem.name: theorem for theorem in record.theorems}
    place = {
        name: (10 + COLUMN * column, 10 + ROW * row)
        for column, names in enumerate(columns)
        for row, name in enumerate(names)
    }
    curves = []
    for used, name in sorted(reduced.edges):
        (x, y), (to_x, to_y) = place[used], place[name]
        start, end, bend = x + WIDTH, to_x, COLUMN - WIDTH
        y, to_y = y + HEIGHT // 2, to_y + HEIGHT // 2
        curves.append(f"M {start} {y} C {start + bend} {y} {end - bend} {to_y} {end} {to_y}")
    return Graph(
        tuple(Box(by_name[name], x, y) for name, (x, y) in place.items()),
        tuple(curves),
        width=20 + COLUMN * (len(columns) - 1) + WIDTH,
        height=20 + ROW * max(map(len, columns)),
    )
