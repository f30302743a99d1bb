"""Certificates: Python's checker and Lean's accept and refuse the same."""

from __future__ import annotations

import random
import re
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deeplinear import (
    BadInput,
    LeanFailed,
    certificate,
    cli,
    exact,
    lean,
    network,
    numeric,
    problems,
)


def trained(widths: list[int], samples: int, seed: int = 0) -> network.Problem:
    """Return a network that was trained in floating point, on random data."""
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((widths[0], samples)), rng.standard_normal((widths[-1], samples))
    start = numeric.random_weights(rng, widths)
    return network.problem(list(numeric.descend(start, numeric.Problem(x, y)).weights), x, y)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_random_certificates_hold_and_are_sharp(seed: int) -> None:
    rng = random.Random(seed)
    weights, one = problems.critical(rng, best=rng.random() < 0.5)
    found = certificate.certify(network.problem(weights, one.x, one.y))
    assert found.holds()
    least = exact.loss(one.r, one.x, one.y) if one.best else one.least
    gap = exact.loss(exact.end_to_end(weights), one.x, one.y) - least
    assert gap <= found.margin <= gap * Fraction(11, 10) + Fraction(1, 10**8) * (1 + one.least)
    assert certificate.read(found.lean()) == found


def test_a_trained_network_is_near_the_minimum() -> None:
    found = certificate.certify(trained([4, 3, 4], 20))
    assert found.holds()
    assert found.margin < Fraction(1, 10**9)


def test_without_a_bottleneck_the_bound_is_the_least_loss() -> None:
    one = trained([3, 4, 2], 6)
    assert certificate.bound(one).value(one.y, 2) == exact.least_squares_minimum(one.x, one.y)


def mutants(text: str, count: int) -> list[str]:
    """Return texts with one digit of the data, the weights or the proposal changed."""
    rng = random.Random(7)
    start = text.index("weights :=")
    places = [m.start() for m in re.finditer(r"(?<=\d)\d", text[: text.index("theorem")])]
    found = []
    for place in rng.sample([p for p in places if p > start], count):
        digit = rng.choice([d for d in "0123456789" if d != text[place]])
        found.append(text[:place] + digit + text[place + 1 :])
    return found


def accepted(text: str) -> bool:
    """Say what Python's checker says of a file."""
    try:
        return certificate.read(text).holds()
    except BadInput:
        return False


def test_one_digit_changed_is_refused() -> None:
    text = certificate.certify(trained([3, 2, 3], 5)).lean()
    assert accepted(text)
    refused = [not accepted(mutant) for mutant in mutants(text, 200)]
    assert sum(refused) >= 150  # a digit of the weights far behind the point may change
    assert not accepted("theorem")


@pytest.mark.lean
def test_lean_accepts_and_refuses_the_same(tmp_path: Path) -> None:
    """Lean and Python on a certificate and 200 mutants of it, in one file."""
    try:
        asked = lean.find_lean()
    except BadInput as error:
        pytest.skip(str(error))
    text = certificate.certify(trained([3, 2, 3], 5)).lean()
    every = [text, *mutants(text, 200)]
    parts = ["import DeepLinear.Certificate.Critical", "open DeepLinear.Certificate"]
    for place, one in enumerate(every):
        body = one[one.index("/-- The network") : one.index("/-- No real weights")]
        margin = re.findall(r"loss W \+ \((.*) : .\)", one)[0]
        for name in ("network", "proposed"):
            body = re.sub(rf"\b{name}\b", f"{name}{place}", body)
        parts.append(body)
        holds = f"network{place}.checkBound proposed{place} && decide "
        value = f"(network{place}.lossValue ≤ network{place}.boundValue proposed{place} + {margin})"
        parts.append(f"#eval {holds}{value}")
    file = tmp_path / "Mutants.lean"
    file.write_text("\n".join(parts), encoding="utf-8")
    asked.run("build", "DeepLinear.Certificate.Critical")
    said = re.findall(r"true|false", asked.run("env", "lean", str(file)))
    assert [word == "true" for word in said] == [accepted(one) for one in every]


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["deeplinear", "certificate", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def saved(tmp_path: Path, one: network.Problem) -> str:
    path = tmp_path / "network.json"
    network.save(path, one)
    return str(path)


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, to = saved(tmp_path, trained([2, 2, 2], 4)), tmp_path / "Network.lean"
    assert run(monkeypatch, path, "--to", str(to), "--margin", "1/1000000000") == 0
    assert certificate.read(to.read_text(encoding="utf-8")).margin == Fraction(1, 10**9)
    assert "Not checked by Lean" in capsys.readouterr().out


@pytest.mark.lean
def test_lean_checks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        lean.find_lean()
    except BadInput as error:
        pytest.skip(str(error))
    path, to = saved(tmp_path, trained([4, 3, 4], 20)), tmp_path / "Network.lean"
    assert run(monkeypatch, path, "--to", str(to), "--check") == 0
    said = capsys.readouterr().out
    assert "depends on axioms: [propext, Classical.choice, Quot.sound]" in said.replace("\n", " ")


@pytest.mark.parametrize(
    ("change", "words", "said"),
    [
        (lambda one: one, ("--to", "a.txt"), "ends in .lean"),
        (lambda one: one, ("--to", "A.lean", "--margin", "0"), "--margin"),
        (
            lambda one: network.problem([w / 2 for w in one.network.weights], one.x, one.y),
            ("--to", "A.lean", "--margin", "1/1000000000"),
            "train on, or give a greater --margin",
        ),
        (
            lambda _: network.problem([np.eye(40)], np.eye(40), np.eye(40)),
            ("--to", "A.lean"),
            "certificates go up to width",
        ),
    ],
)
def test_what_is_refused(
    change: Any,
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    path = saved(tmp_path, change(trained([2, 1, 2], 4)))
    assert run(monkeypatch, path, *words) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.glob("A.lean"))


SADDLE = network.problem(
    [np.diag([1.0, 0.0]), np.eye(2), np.diag([3.0, 0.0])], np.eye(2), np.diag([3.0, 1.0])
)
"""A strict saddle: the first and the last layer are not tight."""


def test_other_claims_are_refused_where_they_are_false() -> None:
    minimum = network.problem([np.eye(2)], np.eye(2), np.eye(2))
    with pytest.raises(BadInput, match="nothing better"):
        certificate.not_minimum(minimum)
    with pytest.raises(BadInput, match="no strict saddle"):
        certificate.strict_saddle(minimum)
    with pytest.raises(BadInput, match="not critical"):
        certificate.strict_saddle(network.problem([np.eye(2) / 2], np.eye(2), np.eye(2)))


@pytest.mark.lean
@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("not-minimum", ("y := rows 1 [[3, 0], [0, 1]]", "y := rows 1 [[3, 0], [0, 0]]")),
        ("strict-saddle", ("y := rows 1 [[3, 0], [0, 1]]", "y := rows 1 [[3, 0], [1, 1]]")),
    ],
)
def test_lean_checks_other_claims(
    claim: str,
    wrong: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        asked = lean.find_lean()
    except BadInput as error:
        pytest.skip(str(error))
    path, to = saved(tmp_path, SADDLE), tmp_path / "Saddle.lean"
    assert run(monkeypatch, path, "--to", str(to), "--claim", claim, "--check") == 0
    said = capsys.readouterr().out.replace("\n", " ")
    assert "depends on axioms: [propext, Classical.choice, Quot.sound]" in said
    text = to.read_text(encoding="utf-8")
    assert wrong[0] in text
    to.write_text(text.replace(*wrong), encoding="utf-8")
    with pytest.raises(LeanFailed):
        asked.check_certificate(to, "network")
