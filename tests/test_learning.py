"""What the theorems on training need of a network, the runs that are compared, the command."""

from __future__ import annotations

import random
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from deeplinear import BadInput, cli, exact, numeric, problems
from deeplinear.solve import dynamics, learning

ONE, TWO = exact.identity(1), exact.identity(2)


def test_saxes_modes_are_on_the_closed_form() -> None:
    start, problem = problems.hierarchy()
    modes = learning.modes_of(start, problem)
    assert modes is not None
    assert modes.strengths == pytest.approx([7**0.5, 3**0.5, 1, 1])
    found = dynamics.integrate(start, problem, 8.0)
    closed = modes.closed_form(found.times)
    assert closed is not None
    ran = np.array([modes.of(numeric.end_to_end(point)) for point in found.weights])
    assert np.abs(ran - closed).max() <= 1e-6
    for sigma, time in zip(modes.strengths, modes.half_times(), strict=True):
        half = learning.mode_strength(sigma, 0.05**2, np.array([time]))
        assert half == pytest.approx([sigma / 2])


def test_what_has_no_modes() -> None:
    start, problem = problems.hierarchy()
    turned = np.linalg.qr(np.arange(16.0).reshape(4, 4) + np.eye(4))[0]
    assert learning.modes_of((turned @ start[0], start[1]), problem) is None  # another frame
    assert learning.modes_of((2 * start[0], start[1]), problem) is None  # layers that differ
    assert learning.modes_of(start, numeric.Problem(2 * problem.x, problem.y)) is None
    zeros = (0 * start[0], 0 * start[1])
    assert learning.modes_of(zeros, problem) is None
    deep = learning.modes_of((start[0], np.eye(4) * 0.05, start[1]), problem)
    assert deep is not None
    assert deep.closed_form(np.zeros(1)) is None


def test_a_mode_that_is_zero_stays_so() -> None:
    start, problem = problems.hierarchy()
    chosen = np.diag([1.0, 0.0, 1.0, 1.0])
    modes = learning.modes_of((chosen @ start[0], start[1] @ chosen), problem)
    assert modes is not None
    assert len(modes.strengths) == 3


@pytest.mark.parametrize(
    ("start", "x", "y", "said"),
    [
        ([TWO, TWO * 2], TWO, TWO, learning.NoMargin.UNBALANCED),
        ([TWO, TWO * fmpq(2**60 + 1, 2**60)], TWO, TWO, learning.NoMargin.NEARLY),
        ([TWO, TWO], exact.diagonal([1, 0]), TWO, learning.NoMargin.INPUTS),
        ([TWO, TWO], TWO, -TWO, learning.NoMargin.FAR),
    ],
)
def test_what_has_no_margin(
    start: list[fmpq_mat], x: fmpq_mat, y: fmpq_mat, said: learning.NoMargin
) -> None:
    assert learning.margin(start, x, y) is said


def test_the_margin() -> None:
    margin = learning.margin([ONE, ONE], ONE * 2, ONE * 3)
    assert isinstance(margin, learning.Margin)
    assert 3.99 < margin.lam < 4
    assert 0.99 < margin.c < 1.5 - 0.5
    assert 7.99 < margin.rate < 2 * 4 * 1
    assert margin.rate < 2 * margin.lam * margin.c + Fraction(1, 10**20)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_no_start_with_a_margin_is_on_the_wrong_side(seed: int) -> None:
    """Balanced, the determinants of start and data of other signs: the flow ends elsewhere."""
    rng = random.Random(seed)
    k = rng.randint(2, 2**14)
    layer = exact.matrix([[k * k + 1, k], [k, 1]])  # det 1, of condition about k^4
    r = layer * layer
    (p, q), (_, s) = exact.rows(r)
    y = exact.matrix([[p, q], [q, s - Fraction(rng.randint(1, 1000), 10**3) / p - 1 / p]])
    assert y.det() < r.det()
    if y.det() < 0:
        assert not isinstance(learning.margin([layer, layer], TWO, y), learning.Margin)


@pytest.mark.parametrize("power", [-300, -60, -20, 0, 20, 300])
def test_what_is_invertible_is_called_so(power: int) -> None:
    unit = exact.fmpq_power_of_two(power)
    for gram in (ONE * unit, exact.matrix([[1, 1], [1, 1 + Fraction(1, 2**90)]]) * unit):
        below = learning.least_below(gram)
        assert below is not None
        assert below > 0
    for value in (Fraction(2) ** power, 3 * Fraction(2) ** power):
        assert learning.root_below(value) ** 2 <= value <= learning.root_above(value) ** 2
        assert learning.root_below(value) ** 2 > value * Fraction(9, 10)


def test_a_step_that_is_proved_to_converge() -> None:
    weights = [TWO, exact.matrix([["21/20", 0], [0, "21/20"]])]
    bound = learning.step_bound(weights, TWO, TWO)
    assert isinstance(bound, learning.StepBound)
    assert Fraction(1, 41) < bound.step < Fraction(1, 20)
    gap = learning.gap_of(weights, TWO, TWO)
    for _ in range(4):
        gradient = exact.gradient(weights, TWO, TWO)
        eta = exact.matrix([[str(bound.step)]])[0, 0]
        weights = [layer - g * eta for layer, g in zip(weights, gradient, strict=True)]
        gap *= 1 - bound.step * bound.rate
        assert learning.gap_of(weights, TWO, TWO) <= gap


@pytest.mark.parametrize(
    ("weights", "x", "said"),
    [
        ([ONE, ONE], fmpq_mat(1, 1), learning.Obstacle.INPUTS),
        ([ONE, fmpq_mat(1, 1)], ONE, learning.Obstacle.OUTPUTS),
        ([ONE * 3, ONE], ONE, learning.Obstacle.FAR),
    ],
)
def test_starts_without_a_step(
    weights: list[fmpq_mat], x: fmpq_mat, said: learning.Obstacle
) -> None:
    assert learning.step_bound(weights, x, ONE) is said


@settings(max_examples=100, deadline=None)
@given(st.fractions(min_value=0, max_value=10**12))
def test_roots_are_bounds(value: Fraction) -> None:
    below, above = learning.root_below(value), learning.root_above(value)
    assert below**2 <= value <= above**2
    if value > Fraction(1, 10**9):
        assert above - below <= below / 2**20


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_a_number_below_the_least_eigenvalue(seed: int) -> None:
    rng = random.Random(seed)
    a = exact.random_invertible(rng, rng.randint(1, 4))
    gram = a * a.transpose()
    below = learning.least_below(gram)
    assert below is not None
    least = float(np.linalg.eigvalsh(numeric.to_array(gram))[0])
    assert 0.4 * least < below <= least * (1 + 1e-9)
    assert learning.least_below(fmpq_mat(2, 2)) is None


def test_descent_keeps_some_steps_and_ends() -> None:
    start, problem = (np.eye(1),), numeric.Problem(np.eye(1), 0 * np.eye(1))
    found = dynamics.descend(start, problem, 1.0, 0.001, points=11)
    assert found.times == pytest.approx(np.linspace(0, 1, 11))
    assert found.weights[-1][0][0, 0] == pytest.approx(0.999**1000)
    with pytest.raises(BadInput, match="diverges at step"):
        dynamics.descend((2 * np.eye(1), np.eye(1)), problem, 1000.0, 10.0)


def test_many_weights_are_integrated_too(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = numeric.Problem(np.eye(2), np.diag([2.0, 1.0]))
    start = (np.eye(2), np.eye(2))
    losses = dynamics.integrate(start, problem, 1.0).losses
    monkeypatch.setattr(dynamics, "MOST_IMPLICIT", 1)
    assert dynamics.integrate(start, problem, 1.0).losses == pytest.approx(losses, abs=1e-8)


def flow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["deeplinear", "flow", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    return int(ended.value.code or 0), " ".join((said.out + said.err).split())


NEAR = '{"weights": [[["1"]], [["21/20"]]], "x": [["1"]], "y": [["1"]]}'
ORIGIN = '{"weights": [[["0"]], [["0"]], [["0"]]], "x": [["1"]], "y": [["1"]]}'
SINGULAR = '{"weights": [[["0"]], [["0"]], [["0"]]], "x": [["0"]], "y": [["1"]]}'


@pytest.mark.parametrize(
    ("network", "arguments", "said"),
    [
        ("", ("--saxe", "--until", "8"), "tends to that of Y X^T. The integrator is within 7"),
        ("", ("--widths", "2,3,2"), "This run is nowhere above that bound."),
        (NEAR, (), "not proved: a rate at which it reaches a global minimum, as the start is not"),
        (NEAR, ("--steps", "1/41"), "Proved (DeepLinear.exists_tendsto_of_gradientDescent_deep)"),
        (NEAR, ("--steps", "0.025"), "the step 1/40 is at most"),
        (NEAR, ("--steps", "0.25"), "Not proved to converge with the step 1/4: give --steps 0."),
        (ORIGIN, (), "The start is critical, decided exactly, so that it stays where it is: a sad"),
        (ORIGIN, ("--steps", "1"), "stays where it is: a saddle that is not strict"),
        (SINGULAR, (), "a critical point, not classified as X X^T is singular"),
    ],
)
def test_what_the_command_says(
    network: str,
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "network.json"
    path.write_text(network)
    code, text = flow(monkeypatch, capsys, *([str(path)] if network else []), *arguments)
    assert code == 0
    assert said.lower() in text.lower()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--saxe", "--widths", "2,2"), "either a file or --widths or --saxe"),
        (("--saxe", "--steps", "0"), "--steps is 0: give a positive fraction"),
        (("--saxe", "--steps", "1e-9"), "--steps is 1e-9: give a positive fraction"),
        (("--saxe", "--steps", "0.0"), "--steps is 0: give a positive step"),
        (("--saxe", "--steps", "6"), "--steps is 6: give a positive step, at most --until (5)"),
        (("--saxe", "--steps", "1/1000000"), "there are at most 1000000"),
        (("--saxe", "--steps", "5", "--until", "5000"), "diverges at step"),
    ],
)
def test_bad_steps(
    arguments: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, text = flow(monkeypatch, capsys, *arguments)
    assert code == 2
    assert said in text


def test_a_picture_of_modes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "modes.svg"
    assert flow(monkeypatch, capsys, "--saxe", "--plot", str(picture))[0] == 0
    assert "svg" in picture.read_text()[:500]
