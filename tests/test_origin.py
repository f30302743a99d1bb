"""Problem 3: descent and ascent out of the origin, and second derivatives."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from deeplinear import BadInput, exact, problems
from deeplinear.checks import origin, saddles
from deeplinear.instances import NetworkInstance
from deeplinear.record import load_record
from deeplinear.solve import escape

X, Y = exact.matrix([[1, 0], [2, 1]]), exact.matrix([[1, "1/2"]])
NETWORKS = [
    i
    for i in load_record().instances
    if isinstance(i, NetworkInstance) and i.problem.startswith("P3")
]


@pytest.mark.parametrize("instance", NETWORKS, ids=lambda i: i.name)
def test_instances(instance: NetworkInstance) -> None:
    verify = {"P3.1": origin.verify, "P3.2": origin.verify_saddle, "P3.3": origin.verify_hessian}
    claims = verify[instance.problem](instance)
    assert [said for holds, said in claims if not holds] == []
    for done, false in origin.falsified(instance).items():
        assert not all(holds for holds, _ in verify[instance.problem](false)), done


@pytest.mark.parametrize("layers", [1, 2, 3, 5])
@pytest.mark.parametrize("radius", [Fraction(1), Fraction(1, 1000)])
def test_near_origin(layers: int, radius: Fraction) -> None:
    widths = [2, *[3] * (layers - 1), 1]
    better, worse = escape.near_origin(widths, X, Y, radius)
    start = exact.squared_norm(Y) / 2
    assert escape.loss_of(better, X, Y) < start < escape.loss_of(worse, X, Y)
    for layer in (*better, *worse):
        assert all(abs(entry) <= radius for row in exact.rows(layer) for entry in row)


def test_without_correlation_there_is_no_way_down() -> None:
    with pytest.raises(BadInput, match=r"Y X\^T is zero"):
        escape.near_origin([1, 1, 1], exact.matrix([[1, 0]]), exact.matrix([[0, 1]]), Fraction(1))


def test_second_derivatives() -> None:
    rng = random.Random(0)
    for widths in ([2, 2, 1], [2, 1, 1]):
        v = exact.random_network(rng, widths, 1)[0]
        value = exact.second_derivative(problems.zeros(v), v, v, X, Y)
        assert value == -2 * exact.inner(Y, exact.end_to_end(v) * X)
    u, v = (exact.random_network(rng, [2, 3, 2, 1], 1)[0] for _ in range(2))
    assert exact.second_derivative(problems.zeros(u), u, v, X, Y) == 0


def test_chords() -> None:
    below, above = (
        saddles.chord_gap(point, Fraction(1, 16), X, Y)
        for point in escape.near_origin([2, 2, 1], X, Y, Fraction(1))
    )
    assert below < 0 < above


def test_the_whole_hessian() -> None:
    assert not any(entry for row in origin.hessian([2, 1, 2, 1], X, Y) for entry in row)
    two = origin.hessian([2, 1, 1], X, Y)
    assert any(entry for row in two for entry in row)
    assert [list(column) for column in zip(*two, strict=True)] == two
