"""Strict saddles and gradient flow: directions, identities, integration, the command."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np
import pytest
from flint import fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from deeplinear import BadInput, cli, exact, numeric, problems
from deeplinear.checks import flow as check
from deeplinear.instances import FlowInstance, of_problem
from deeplinear.record import load_record
from deeplinear.solve import dynamics, strict_saddle

FLOWS = of_problem(load_record().instances, "FLOW")


@pytest.mark.parametrize("instance", FLOWS, ids=lambda i: i.name)
def test_instances(instance: FlowInstance) -> None:
    assert [said for holds, said in check.verify(instance) if not holds] == []
    for done, false in check.falsified(instance).items():
        assert not all(holds for holds, _ in check.verify(false)), done


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_negative_directions(seed: int, at_input: bool) -> None:
    rng = random.Random(seed)
    weights, x, y = problems.deficient_at_an_end(rng, [3, 2, 2, 3], rng.randint(0, 1), at_input)
    direction = strict_saddle.negative_direction(weights, x, y)
    assert direction is not None
    assert exact.second_derivative(weights, direction, direction, x, y) < 0


def test_no_direction_at_a_minimum_and_at_the_origin_of_three_layers() -> None:
    one = exact.identity(2)
    assert strict_saddle.negative_direction([one, one], one, one) is None
    zeros = [fmpq_mat(2, 2) for _ in range(3)]
    assert strict_saddle.negative_direction(zeros, one, one) is None
    with pytest.raises(BadInput, match="at least two layers"):
        strict_saddle.negative_direction([one], one, one)
    with pytest.raises(BadInput, match="not critical"):
        strict_saddle.negative_direction([one, one], one, fmpq_mat(2, 2))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_balanced_weights_and_powers(seed: int) -> None:
    rng = random.Random(seed)
    widths = [rng.randint(1, 3) for _ in range(rng.randint(2, 5))]
    weights = problems.random_balanced(rng, widths)
    assert exact.all_zero(dynamics.imbalances(weights))
    gram = weights[0].transpose() * weights[0]
    for k, head in enumerate(exact.heads(weights)):
        assert head.transpose() * head == dynamics.power(gram, k)


def test_a_flow_of_one_layer_has_a_closed_form() -> None:
    one = np.eye(1)
    found = dynamics.integrate((2 * one,), numeric.Problem(one, 0 * one), 1.0)
    assert found.losses[-1] == pytest.approx(2 * np.exp(-2.0), rel=1e-6)
    assert found.drift == 0
    assert dynamics.proved_rate(found, numeric.Problem(one, 0 * one)) == pytest.approx(2.0)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["deeplinear", "flow", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, picture = tmp_path / "network.json", tmp_path / "flow.svg"
    path.write_text('{"weights": [[["1"]], [["1"]]], "x": [["1"]], "y": [["2"]]}')
    assert run(monkeypatch, str(path), "--plot", str(picture)) == 0
    assert "drifts by at most" in capsys.readouterr().out
    assert picture.exists()
    assert run(monkeypatch, "--widths", "2,3,2", "--until", "1") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "either a file or --widths"),
        (("--widths", "2,x"), "two or more widths"),
        (("--widths", "2,0"), "two or more widths"),
        (("--widths", "2,2", "--until", "nan"), "--until is nan"),
        (("missing.json",), "cannot be read"),
    ],
)
def test_bad_input(
    arguments: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run(monkeypatch, *arguments) == 2
    assert said in capsys.readouterr().err
