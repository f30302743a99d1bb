"""The dependency graph of the theorems, laid out for an SVG."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import igraph

from deeplinear.instances import Record, Theorem

COLUMN, ROW, WIDTH, HEIGHT, MARGIN = 450, 34, 372, 26, 10
"""Distances of columns and rows, the size of a box, and the margin, in pixels."""


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

    The layout is Sugiyama's: a curve that spans more than one column has a place of its own in
    those between, so that it passes behind no box. An arrow that follows from others is left out.
    """
    by_name = {theorem.name: theorem for theorem in record.theorems}
    uses = [(used, theorem.name) for theorem in record.theorems for used in theorem.uses]
    whole = igraph.Graph.TupleList(uses, directed=True)
    whole.delete_edges([edge for edge in whole.es if _follows(whole, edge)])
    columns = _columns(whole)
    ways = [_way(columns, edge.source, edge.target) for edge in whole.es]
    steps = [step for way in ways for step in itertools.pairwise(way)]
    place = {
        (vertex, column): (MARGIN + COLUMN * column, MARGIN + round(ROW * row))
        for (vertex, column), row in _rows(steps).items()
    }
    return Graph(
        tuple(Box(by_name[v["name"]], *place[v.index, columns[v.index]]) for v in whole.vs),
        tuple(_curve([place[point] for point in way]) for way in ways),
        width=max(x for x, _ in place.values()) + WIDTH + MARGIN,
        height=max(y for _, y in place.values()) + HEIGHT + MARGIN,
    )


def _follows(graph: igraph.Graph, edge: igraph.Edge) -> bool:
    """Tell whether an arrow follows from others: its end is reached in another way."""
    others = [v for v in graph.successors(edge.source) if v != edge.target]
    return any(edge.target in graph.subcomponent(v, mode="out") for v in others)


def _columns(graph: igraph.Graph) -> list[int]:
    """Return the column of each vertex: after those of all that it uses."""
    columns = [0] * graph.vcount()
    for v in graph.topological_sorting():
        columns[v] = max((columns[used] + 1 for used in graph.predecessors(v)), default=0)
    return columns


def _way(columns: list[int], source: int, target: int) -> list[tuple[int, int]]:
    """Return the points of a curve, a column each; the curves from one box run together."""
    between = range(columns[source] + 1, columns[target])
    first, last = (source, columns[source]), (target, columns[target])
    return [first, *((-1 - source, column) for column in between), last]


def _rows(steps: list[tuple[tuple[int, int], tuple[int, int]]]) -> dict[tuple[int, int], float]:
    """Return the row of each point (vertex, column), the parts of the graph one below the other."""
    rows: dict[tuple[int, int], float] = {}
    for part in igraph.Graph.TupleList(dict.fromkeys(steps), directed=True).decompose("weak"):
        columns = [column for _, column in part.vs["name"]]
        found = [row for row, _ in part.layout_sugiyama(layers=columns).coords]
        below = 1 + max(rows.values(), default=-1) - min(found)
        rows |= {point: row + below for point, row in zip(part.vs["name"], found, strict=True)}
    return _apart(rows)


def _apart(rows: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """Return the rows, moved down where two points of a column are less than a row apart."""
    moved: dict[tuple[int, int], float] = {}
    lowest: dict[int, float] = {}
    for point, row in sorted(rows.items(), key=lambda pair: pair[1]):
        moved[point] = max(row, lowest.get(point[1], row - 1) + 1)
        lowest[point[1]] = moved[point]
    return moved


def _curve(corners: list[tuple[int, int]]) -> str:
    """Return the path through these corners: bent between columns, straight within one."""
    x, y = corners[0][0] + WIDTH, corners[0][1] + HEIGHT // 2
    parts, bend = [f"M {x} {y}"], COLUMN - WIDTH
    for corner_x, corner_y in corners[1:]:
        to_y = corner_y + HEIGHT // 2
        parts.append(f"C {x + bend} {y} {corner_x - bend} {to_y} {corner_x} {to_y}")
        x, y = corner_x + WIDTH, to_y
        parts.append(f"H {x}")
    return " ".join(parts[:-1])  # it ends at the box, not behind it
