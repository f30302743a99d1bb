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
    analyze,
    cli,
    exact,
    lean,
    network,
    problems,
    reading,
)
from deeplinear.certificate import Claim, certify, read
from deeplinear.certificate.bound import propose


def trained(widths: list[int], samples: int) -> network.Problem:
    """Return a network that was trained in floating point, with its data."""
    weights, problem = problems.trained(widths, samples)
    return network.problem(list(weights), problem.x, problem.y, "columns")


STRICT = network.problem(
    [np.diag([1.0, 0.0]), np.eye(2), np.diag([3.0, 0.0])], np.eye(2), np.diag([3.0, 1.0])
)
"""A strict saddle: the first and the last layer are not tight."""

FLAT = network.problem(
    [[[1, 0], [2, 0]], [[6, -2], [3, -1]], [[3, -3], [0, 0]]], np.eye(2), np.diag([3.0, 1.0])
)
"""A saddle that is not strict: all layers have rank one."""

ORIGIN = network.problem(
    [np.zeros((2, 2)), np.zeros((1, 2)), np.zeros((3, 1))], np.eye(2), 2 * np.eye(3)[:, :2]
)
"""The origin of three layers: the end-to-end matrix has rank zero."""

MINIMUM = network.problem([[[1, 0]], [[3], [0]]], np.eye(2), np.diag([3.0, 1.0]))
"""A global minimum of bottleneck width one: the bound is the loss, exactly."""

TRUE = {
    Claim.NEAR: trained([3, 2, 3], 5),
    Claim.MINIMUM: MINIMUM,
    Claim.BOUND: trained([3, 2, 3], 5),
    Claim.CRITICAL: STRICT,
    Claim.NOT_MINIMUM: STRICT,
    Claim.STRICT_SADDLE: STRICT,
    Claim.FLAT: FLAT,
}
"""A network of which the claim is true."""


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_random_certificates_hold_and_are_sharp(seed: int) -> None:
    rng = random.Random(seed)
    weights, one = problems.critical(rng, best=rng.random() < 0.5)
    found = certify(network.problem(weights, one.x, one.y, "columns"))
    assert found.holds()
    least = exact.loss(one.r, one.x, one.y) if one.best else one.least
    gap = exact.loss(exact.end_to_end(weights), one.x, one.y) - least
    number = found.claimed.number  # type: ignore[attr-defined]
    assert gap <= number <= gap * Fraction(11, 10) + Fraction(1, 10**8) * (1 + one.least)
    assert number == 0 if one.best else number > 0
    assert read(found.lean()) == found


def test_a_trained_network_is_near_the_minimum() -> None:
    found = certify(trained([4, 3, 4], 20), margin=Fraction(1, 10**9))
    assert found.holds()
    assert "more than 1e-9" in found.claimed.words


def test_without_a_bottleneck_the_bound_is_the_least_loss() -> None:
    one = trained([3, 4, 2], 6)
    bound = propose(one.x, one.y, 2, one.network.end_to_end)
    assert bound.value(one.y, 2) == exact.least_squares_minimum(one.x, one.y)


@pytest.mark.parametrize("claim", Claim)
def test_what_is_written_is_read_again(claim: Claim) -> None:
    found = certify(TRUE[claim], claim)
    assert found.holds()
    assert read(found.lean()) == found
    assert found.claimed.claim is claim


def test_the_origin_has_a_certificate_of_rank_zero() -> None:
    found = certify(ORIGIN, Claim.FLAT)
    assert read(found.lean()).holds()


@pytest.mark.parametrize(
    ("given", "claim", "said"),
    [
        (MINIMUM, Claim.NOT_MINIMUM, "nothing better"),
        (MINIMUM, Claim.STRICT_SADDLE, "no strict saddle"),
        (MINIMUM, Claim.FLAT, "another --claim"),
        (STRICT, Claim.FLAT, "a strict saddle"),
        (FLAT, Claim.STRICT_SADDLE, "no strict saddle"),
        (FLAT, Claim.MINIMUM, "use --claim near"),
        (TRUE[Claim.NEAR], Claim.MINIMUM, "use --claim near"),
        (TRUE[Claim.NEAR], Claim.CRITICAL, "not critical"),
        (TRUE[Claim.NEAR], Claim.STRICT_SADDLE, "not critical"),
    ],
)
def test_claims_that_are_not_true_are_refused(
    given: network.Problem, claim: Claim, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        certify(given, claim)


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        (MINIMUM, Claim.MINIMUM),
        (TRUE[Claim.NEAR], Claim.NEAR),
        (STRICT, Claim.STRICT_SADDLE),
        (FLAT, Claim.FLAT),
        (network.problem([[[1]], [[2]]], [[1]], [[1]]), Claim.NOT_MINIMUM),
    ],
)
def test_an_analysis_gives_the_certificate_of_its_verdict(
    given: network.Problem, claim: Claim
) -> None:
    found = analyze(given.network, given.x, given.y).certificate()
    assert found.claimed.claim is claim
    assert found.holds()


def test_an_analysis_that_is_not_certified_has_no_certificate() -> None:
    with pytest.raises(BadInput, match="certify=True"):
        analyze(MINIMUM.network, MINIMUM.x, MINIMUM.y, certify=False).certificate()
    with pytest.raises(BadInput, match="nothing better"):
        analyze(MINIMUM.network, MINIMUM.x, MINIMUM.y).certificate(Claim.NOT_MINIMUM)


def mutants(text: str, count: int, first: int = 1) -> list[str]:
    """Return texts with one digit of the data, the weights or the proposal changed.

    Digits that begin a number are left out unless ``first`` is 0.
    """
    rng = random.Random(7)
    start = text.index("weights :=")
    kind = r"(?<=\d)\d" if first else r"\d"
    places = [m.start() for m in re.finditer(kind, text[: text.index("theorem")])]
    found = []
    for place in rng.sample([p for p in places if p > start], count):
        digit = rng.choice([d for d in "0123456789" if d != text[place]])
        found.append(text[:place] + digit + text[place + 1 :])
    return found


def accepted(text: str) -> bool:
    """Say what Python's checker says of a file."""
    try:
        return read(text).holds()
    except BadInput:
        return False


def test_one_digit_changed_is_refused() -> None:
    text = certify(TRUE[Claim.NEAR]).lean()
    assert accepted(text)
    refused = [not accepted(mutant) for mutant in mutants(text, 200)]
    assert sum(refused) >= 150  # a digit of the weights far behind the point may change
    assert not accepted("theorem")


CHECKERS = {
    Claim.NEAR: "{n}.checkBound {b} && decide ({n}.lossValue ≤ {n}.boundValue {b} + {number})",
    Claim.FLAT: "{n}.isFlat {f}",
    Claim.STRICT_SADDLE: "{n}.isWellFormed && {n}.isZeroGradient {n}.weights && "
    "{n}.isShaped {d} && decide ({n}.secondValue {n}.weights {d} < 0)",
}
"""What Lean's kernel evaluates for a claim."""


@pytest.mark.lean
@pytest.mark.parametrize(
    ("claim", "first"), [(Claim.NEAR, 1), (Claim.FLAT, 0), (Claim.STRICT_SADDLE, 0)]
)
def test_lean_accepts_and_refuses_the_same(claim: Claim, first: int, tmp_path: Path) -> None:
    """Lean and Python on a certificate and mutants of it, in one file."""
    try:
        asked = lean.find_lean()
    except BadInput as error:
        pytest.skip(str(error))
    text = certify(TRUE[claim], claim).lean()
    every = [text, *mutants(text, 200 if first else 16, first)]
    parts = ["import DeepLinear.Certificate.Critical", "open DeepLinear.Certificate"]
    for place, one in enumerate(every):
        body = one[one.index("/-- The network") : one.index("theorem")]
        body = body[: body.rindex("/--")]
        number = re.findall(r"loss W \+ \((.*) : .\)", one) or ["0"]
        for name in ("network", "proposed", "better", "direction", "flat"):
            body = re.sub(rf"(?<!\w){name}(?! :=)\b", f"{name}{place}", body)
        parts.append(body)
        names = {"n": "network", "b": "proposed", "f": "flat", "d": "direction"}
        named = {short: f"{name}{place}" for short, name in names.items()}
        parts.append("#eval " + CHECKERS[claim].format(number=number[0], **named))
    file = tmp_path / "Mutants.lean"
    file.write_text("\n".join(parts), encoding="utf-8")
    asked.run("build", "DeepLinear.Certificate.Critical")
    said = re.findall(r"true|false", asked.run("env", "lean", str(file)))
    assert [word == "true" for word in said] == [accepted(one) for one in every]
    assert said[0] == "true"
    assert "false" in said


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["deeplinear", "certificate", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def saved(tmp_path: Path, one: network.Problem) -> str:
    path = tmp_path / "network.json"
    reading.save(path, one)
    return str(path)


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, to = saved(tmp_path, trained([2, 2, 2], 4)), tmp_path / "Network.lean"
    assert run(monkeypatch, path, "--to", str(to), "--margin", "1/1000000000") == 0
    assert read(to.read_text(encoding="utf-8")).claimed.number == Fraction(1, 10**9)  # type: ignore[attr-defined]
    assert "Not checked by Lean" in capsys.readouterr().out


@pytest.mark.lean
@pytest.mark.parametrize("claim", Claim)
def test_lean_checks_every_claim(
    claim: Claim,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        asked = lean.find_lean()
    except BadInput as error:
        pytest.skip(str(error))
    path, to = saved(tmp_path, TRUE[claim]), tmp_path / "Network.lean"
    assert run(monkeypatch, path, "--to", str(to), "--claim", claim.value, "--check") == 0
    said = capsys.readouterr().out.replace("\n", " ")
    assert "depends on axioms: [propext, Classical.choice, Quot.sound]" in said
    text = to.read_text(encoding="utf-8")
    wrong = WRONG[claim](text)
    assert wrong != text
    assert not accepted(wrong)
    to.write_text(wrong, encoding="utf-8")
    with pytest.raises(LeanFailed):
        asked.check_certificate(to, "network")


def more(text: str) -> str:
    """Change the number of the statement: a margin of 0, or a bound that is greater by one."""
    return (
        re.sub(r"\(\d+( / \d+)? : (.)\)", r"(1000 : \2)", text)
        if "le_loss" in text
        else (re.sub(r"\(\d+( / \d+)? : (.)\)", r"(0 : \2)", text))
    )


OTHER_OUTPUT = ("y := rows 1 [[3, 0], [0, 1]]", "y := rows 1 [[3, 0], [1, 1]]")
WRONG: dict[Claim, Any] = {
    Claim.NEAR: more,
    Claim.BOUND: more,
    Claim.MINIMUM: lambda text: text.replace("[[3], [0]]", "[[4], [0]]"),
    Claim.CRITICAL: lambda text: text.replace(*OTHER_OUTPUT),
    Claim.NOT_MINIMUM: more,
    Claim.STRICT_SADDLE: lambda text: text.replace(*OTHER_OUTPUT),
    Claim.FLAT: lambda text: text.replace("[[6, -2], [3, -1]]", "[[6, -2], [3, 0]]"),
}
"""How a certificate becomes a wrong one: both checkers have to refuse it."""


@pytest.mark.parametrize(
    ("change", "words", "said"),
    [
        (lambda one: one, ("--to", "a.txt"), "ends in .lean"),
        (lambda one: one, ("--to", "A.lean", "--margin", "0"), "--margin"),
        (
            lambda one: network.problem(
                [w / 2 for w in one.network.weights], one.x, one.y, "columns"
            ),
            ("--to", "A.lean", "--margin", "1/1000000000"),
            "train on, or give a greater --margin",
        ),
        (
            lambda _: network.problem([np.eye(40)], np.eye(40), np.eye(40)),
            ("--to", "A.lean"),
            "certificates go up to width",
        ),
        (
            lambda _: network.problem([np.eye(40)], np.eye(40), np.eye(40)),
            ("--to", "A.lean", "--claim", "not-minimum"),
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
