"""What comes in by the door: right, or one sentence. ``cases/door`` and what they stand for."""

from __future__ import annotations

import copy
import json
import os
import pickle
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flint import arb, arb_mat, ctx, fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from test_bad_input import run

import deeplinear
from deeplinear import BadInput, Network, Verdict, analysis, exact, numeric, problems, reading
from deeplinear.solve import algebraic, estimate

DOOR = Path(__file__).parent / "cases" / "door"


# --- guarantees -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("near_tie_1", "1.692734265e-54"),
        ("near_tie_2", "4.670994881e-46"),
        ("interval_miss_floats", None),
        ("interval_useless", None),
    ],
)
def test_guaranteed_intervals_contain_the_truth(name: str, truth: str | None) -> None:
    one = deeplinear.load(DOOR / f"{name}.json")
    found = deeplinear.analyze(one.network, one.x, one.y, samples="columns")
    assert found.gap is not None
    assert found.least is not None
    low, high = least_by_many_digits(one.x, one.y, one.network.bottleneck)
    assert found.least.low <= high
    assert low <= found.least.high
    assert found.least.high - found.least.low <= found.least.high / 10**30
    if truth is not None:
        assert abs(found.gap.low / Fraction(truth) - 1) < Fraction(1, 10**8)
        assert abs(found.gap.high / Fraction(truth) - 1) < Fraction(1, 10**8)


def least_by_many_digits(x: fmpq_mat, y: fmpq_mat, p: int) -> tuple[Fraction, Fraction]:
    """Return bounds of the least loss from eigenvalues in balls of 3,000 bits, another way."""
    before, ctx.prec = ctx.prec, 3000
    try:
        cross = y * x.transpose()
        form = arb_mat(cross * (x * x.transpose()).inv() * cross.transpose())
        balls = [value.real for value in form.eig(multiple=True)]
        whole = exact.squared_norm(y)
        lows = sorted((algebraic.interval(ball).low for ball in balls), reverse=True)[:p]
        highs = sorted((algebraic.interval(ball).high for ball in balls), reverse=True)[:p]
        return (whole - sum(highs, Fraction())) / 2, (whole - sum(lows, Fraction())) / 2
    finally:
        ctx.prec = before


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(20, 200))
def test_roots_that_nearly_tie(seed: int, bits: int) -> None:
    """Rational, irrational and repeated values, a relative 2^-bits apart, in different factors."""
    rng = random.Random(seed)
    apart = 1 + fmpq(1, 2**bits)
    one, a, d = fmpq(rng.randint(1, 9), rng.randint(1, 9)), rng.randint(1, 5), rng.randint(1, 5)
    form = fmpq_mat(7, 7)
    before, ctx.prec = ctx.prec, 1200
    try:
        values = [arb(value) for value in (one, one * apart, one)]
        for k, value in enumerate((one, one * apart, one)):
            form[k, k] = value
        root = arb((a - d) ** 2 + 4).sqrt()
        for k, factor in ((3, fmpq(1)), (5, apart)):  # irrational where a and d differ
            block = exact.matrix([[a, 1], [1, d]]) * factor
            for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
                form[k + i, k + j] = block[i, j]
            values += [(a + d + root) / 2 * factor, (a + d - root) / 2 * factor]
        sure = [algebraic.interval(value) for value in values]
    finally:
        ctx.prec = before
    found = algebraic.real_roots(form.charpoly(), 64)
    for k, low in enumerate(sorted(one.low for one in sure)):
        assert found[k].low <= low or found[k].low - low < Fraction(1, 2**1000)
    for k, high in enumerate(sorted(one.high for one in sure)):
        assert high <= found[k].high or high - found[k].high < Fraction(1, 2**1000)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0, 20, 60, 90, 130, 200]))
def test_analyze_escape_and_classify_never_contradict_each_other(seed: int, bits: int) -> None:
    rng = random.Random(seed)
    if bits:  # a tie at the cut, all but
        s = Fraction(rng.randint(1, 9), rng.randint(1, 9))
        weights = [exact.diagonal([1], 1, 3), exact.diagonal([s], 3, 1)]
        x, y = exact.identity(3), exact.diagonal([s, s, s / 2])
        y[1, 2] = fmpq(s.numerator, s.denominator) / 2**bits
    else:
        weights, x, y = problems.critical_point(rng)
    said = deeplinear.analyze(weights, x, y, samples="columns")
    decided = deeplinear.escape(weights, x, y, samples="columns")
    kind = deeplinear.classify(weights, x, y, samples="columns").kind
    assert said.gap is not None
    assert decided.critical
    assert decided.is_global_minimum == (kind.name == "GLOBAL_MINIMUM")
    assert decided.is_global_minimum == (said.verdict is Verdict.GLOBAL_MINIMUM)
    assert (said.gap.high == 0) == decided.is_global_minimum
    assert said.gap.low > 0 or decided.is_global_minimum
    if not decided.is_global_minimum and said.verdict is not Verdict.NEAR_GLOBAL_MINIMUM:
        assert said.verdict.name == kind.name


@pytest.mark.parametrize("name", ["huge_depth8", "huge_one", "huge_data", "tiny_data"])
@pytest.mark.parametrize("certify", [True, False])
def test_overflow_is_never_a_verdict(name: str, certify: bool) -> None:
    one = deeplinear.load(DOOR / f"{name}.json")
    found = deeplinear.analyze(one.network, one.x, one.y, certify=certify)
    assert found.verdict is Verdict.DESCENDING
    sure = deeplinear.analyze(one.network, one.x, one.y, certify=True)
    assert sure.gap is not None
    for here, there in ((found.loss, sure.loss), (found.gap_estimate, sure.gap.low)):
        assert abs(Fraction(here) / Fraction(there) - 1) < Fraction(1, 10**9)
    assert "nan" not in str(found)
    assert "inf" not in str(found).replace("information", "")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_floats_of_any_size_are_right_or_refused(seed: int) -> None:
    """Large, small and mixed finite entries: right within the error that is said, or a sentence."""
    rng = np.random.default_rng(seed)
    widths = [int(w) for w in rng.integers(1, 4, rng.integers(2, 5))]
    sizes = 10.0 ** rng.integers(-200, 200, 6)
    weights = [w * rng.choice(sizes) for w in numeric.random_weights(rng, widths)]
    x, y = (rng.standard_normal((w, 9)) * rng.choice(sizes) for w in (widths[0], widths[-1]))
    if rng.random() < 0.3:
        x[0] *= 10.0 ** rng.integers(-90, 90)
    try:
        about = deeplinear.analyze(weights, x, y, samples="columns", certify=False)
    except BadInput:  # one sentence, and there is another way
        deeplinear.analyze(weights, x, y, samples="columns", certify=True)
        return
    sure = deeplinear.analyze(weights, x, y, samples="columns", certify=True)
    assert sure.least is not None
    loss, error = Fraction(about.loss), Fraction(about.loss_error)
    assert abs(loss - sure.loss) <= error + sure.loss / 10**9
    least, error = Fraction(about.least_estimate), Fraction(about.least_error)
    assert abs(least - sure.least.low) <= error + sure.least.high / 10**9
    assert about.verdict.name.removeprefix("NEAR_") == sure.verdict.name.removeprefix("NEAR_")


def test_what_is_called_proved_is_decided_exactly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(monkeypatch, capsys, "flow", str(DOOR / "false_margin_balanced.json"))[1]
    assert "tend to a global minimum" not in " ".join(said.split())
    assert "too far from the best R" in " ".join(said.split())
    for name in ("illx", "smallx", "no_kernel"):
        for words in ((), ("--steps", "0.1")):
            code, said, _ = run(monkeypatch, capsys, "flow", str(DOOR / f"{name}.json"), *words)
            assert code == 0
            assert "is singular" not in said
            assert "kernel" not in said


def test_the_advised_step_is_accepted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(DOOR / "step_rounded_up.json")
    said = " ".join(run(monkeypatch, capsys, "flow", path, "--steps", "1")[1].split())
    advised = said.partition("give --steps ")[2].partition(" or less")[0]
    said = run(monkeypatch, capsys, "flow", path, "--steps", advised)[1]
    assert "Proved (DeepLinear.exists_tendsto_of_gradientDescent_deep)" in said


@pytest.mark.parametrize("name", ["bound_negative", "long_frac"])
@pytest.mark.parametrize("claim", ["bound", "near"])
def test_bounds_of_any_size(
    name: str,
    claim: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, to = str(DOOR / f"{name}.json"), tmp_path / "A.lean"
    code, out, err = run(
        monkeypatch, capsys, "certificate", path, "--to", str(to), "--claim", claim
    )
    assert (code, err) == (0, "")
    number = Fraction(out.partition(" below " if claim == "bound" else " than ")[2].split(" (")[0])
    one = deeplinear.load(path)
    least = analysis.least_loss(one.x, one.y, one.network.bottleneck)
    if claim == "bound":
        assert 0 <= number <= least.high
    else:
        assert exact.loss(one.network.end_to_end, one.x, one.y) <= least.high + number


# --- verdicts in all units ------------------------------------------------------------------------


@pytest.mark.parametrize("certify", [True, False])
def test_one_function_in_two_units_has_one_verdict(certify: bool) -> None:
    for name in ("near_a", "near_b"):
        one = deeplinear.load(DOOR / f"{name}.json", samples="columns")
        found = deeplinear.analyze(one.network, one.x, one.y, "columns", certify=certify)
        assert found.verdict is Verdict.NEAR_STRICT_SADDLE


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([-40, -7, 3, 40]), st.booleans())
def test_no_unit_matters(seed: int, power: int, layers: bool) -> None:
    rng = random.Random(seed)
    weights, x, y = problems.critical_point(rng)
    step = fmpq(1, 10 ** rng.choice([5, 9, 12]))
    weights = [w + exact.random_matrix(rng, *exact.shape(w)) * step for w in weights]
    t = exact.fmpq_power_of_two(power)
    if layers:
        other = [weights[0] * t, *weights[1:]]
        other[-1] = other[-1] / t
        inputs = x
    else:
        other = [w * t for w in weights]
        inputs = x / t ** len(weights)
    for certify in (True, False):
        here = deeplinear.analyze(weights, x, y, "columns", certify=certify)
        there = deeplinear.analyze(other, inputs, y, "columns", certify=certify)
        assert here.verdict is there.verdict


@pytest.mark.parametrize("certify", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_a_large_gradient_is_not_near_a_saddle(seed: int, certify: bool) -> None:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((100, 5))
    y = x @ rng.standard_normal((5, 3)) + 0.1 * rng.standard_normal((100, 3))
    for weights in (
        [np.zeros((3, 5))],
        [rng.standard_normal((4, 5)), np.zeros((3, 4))],
        [0.01 * rng.standard_normal((4, 5)), np.zeros((3, 4))],
        [rng.standard_normal((4, 5)), rng.standard_normal((4, 4)), np.zeros((3, 4))],
    ):
        found = deeplinear.analyze(weights, x, y, certify=certify)
        assert found.verdict is Verdict.DESCENDING


def test_outputs_of_zero_have_no_saddle_beside_them() -> None:
    for scale in (1.0, 1e-9, 1e9):
        found = deeplinear.analyze([[[scale]], [[scale]]], [[1.0, 2.0]], [[0, 0]], certify=False)
        assert found.verdict is Verdict.DESCENDING
    found = deeplinear.analyze([[[0]], [[1.0]]], [[1.0, 2.0]], [[0, 0]], certify=False)
    assert found.verdict is Verdict.NEAR_GLOBAL_MINIMUM


# --- floats ---------------------------------------------------------------------------------------


def clock() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return a bias and the Unix time of an hour, and an output that is linear in time."""
    t = 1.7e9 + np.linspace(0, 3600, 40_000)
    noise = 0.01 * np.random.default_rng(0).standard_normal(t.size)
    return np.vstack([np.ones(t.size), t]), ((t - t.mean()) / 1000 + noise)[None]


def powers() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return powers of years, and an output with a trend."""
    t = np.arange(1950.0, 2024.0)
    return np.vstack([t**k for k in range(4)]), np.sin(t / 9)[None] + (t - 1990) / 20


def thermometers() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return two thermometers that differ by a millionth of a degree, and a bias."""
    rng = np.random.default_rng(1)
    t = 20 + rng.standard_normal(200)
    return np.vstack([np.ones(200), t, t + 1e-6 * rng.standard_normal(200)]), (
        2 * t + 0.1 * rng.standard_normal(200)
    )[None]


@pytest.mark.parametrize("data", [clock, powers, thermometers])
def test_nearly_dependent_inputs_in_floats(data: Any) -> None:
    x, y = data()
    layers = [np.eye(len(x)), np.zeros((1, len(x)))]
    about = deeplinear.analyze(layers, x, y, certify=False)
    least = analysis.least_loss(
        *(
            deeplinear.Problem(layers, x, y).x,
            exact.matrix([[Fraction(v) for v in row] for row in y.tolist()]),
        ),
        1,
    ).low
    assert abs(Fraction(about.least_estimate) - least) <= max(
        Fraction(about.least_error), least / 10**6
    )
    assert about.verdict is Verdict.DESCENDING


def test_the_clock() -> None:
    x, y = clock()
    t = x[1].mean()
    good = deeplinear.analyze([np.eye(2), np.array([[-t / 1000, 1 / 1000]])], x, y)
    zero = deeplinear.analyze([np.eye(2), np.zeros((1, 2))], x, y)
    assert float(good.loss) == pytest.approx(2.00746, abs=1e-5)
    assert float(zero.loss) == pytest.approx(21602.09, abs=1e-2)
    assert float(zero.least_estimate) == pytest.approx(2.00744, abs=1e-5)
    assert good.verdict is Verdict.NEAR_GLOBAL_MINIMUM


@pytest.mark.parametrize("certify", [True, False])
def test_modes_in_all_units(certify: bool) -> None:
    z = np.random.default_rng(2).standard_normal((2, 100))
    x = np.vstack([1e5 * (1 + 0.05 * z[0]), 5e-7 * (1 + 0.1 * z[1])])  # Pa and m
    y = np.vstack([z[0] + 1, 3 * z[1] + 2])
    found = deeplinear.analyze([np.eye(2), np.zeros((2, 2))], x, y, certify=certify)
    assert [float(m.strength) for m in found.modes] == pytest.approx([33.238, 10.139], abs=1e-3)


@pytest.mark.parametrize(
    ("kept", "least"), [([0, 1, 2, 3, 4, 5, 6, 8], -3.513), ([0, 1, 2, 3, 4, 5, 7, 8], -10.116)]
)
def test_saddles_of_the_digits(kept: list[int], least: float) -> None:
    """An autoencoder of 1,024 weights at saddles of principal components."""
    x = load_digits().data.T[:, :300] / 16
    a = np.linalg.svd(x, full_matrices=False)[0][:, kept]
    found = deeplinear.analyze([a.T.copy(), a.copy()], x, x, certify=False)
    assert found.verdict is Verdict.NEAR_STRICT_SADDLE
    assert found.curvature is not None
    assert found.curvature.converged
    assert float(found.curvature.value) == pytest.approx(least, rel=0.01)
    assert found.better is not None
    assert found.gain > 0


@pytest.mark.parametrize("seed", range(4))
def test_the_least_curvature_is_that_of_the_whole_hessian(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    widths = [12, int(rng.integers(3, 16)), int(rng.integers(3, 16)), 9]
    weights = numeric.random_weights(rng, widths)
    x, y = rng.standard_normal((12, 50)), 5 * rng.standard_normal((9, 50))
    at = estimate.Scaled.of(Network(weights).weights, x, y)
    whole = float(at.true_curvature(float(np.linalg.eigvalsh(at.derivatives.hessian)[0])))
    monkeypatch.setattr(estimate, "MOST_WHOLE", 0)
    value, _, converged = at.curvature()
    if len(set(at.powers)) == 1:
        assert float(at.true_curvature(value)) == pytest.approx(whole, rel=0.01)
    assert converged


# --- what people bring ----------------------------------------------------------------------------


def test_layers_by_their_names() -> None:
    found = deeplinear.load(DOOR / "ae_sq.npz", samples="columns")
    assert float(deeplinear.analyze(found.network, found.x, found.y).loss) == pytest.approx(
        282.421, abs=1e-3
    )
    assert deeplinear.load(DOOR / "ae_taper.npz").network.widths == (4, 3, 2, 3, 4)
    assert deeplinear.load(DOOR / "bf16.safetensors").network.widths == (3, 3, 3)
    one = deeplinear.load(DOOR / "bf16.safetensors")
    assert deeplinear.analyze(one.network, one.x, one.y).loss == 0
    for name, said in (("withgrad", "dW1, dW2"), ("bias_1o", "b2 look like biases")):
        with pytest.raises(BadInput, match=said):
            deeplinear.load(DOOR / f"{name}.npz")


@pytest.mark.parametrize(
    ("names", "widths"),
    [
        (["W1", "W2"], (1, 2, 3)),
        (["W2", "W1"], None),
        (["fc1.weight", "fc2.weight"], (1, 2, 3)),
        (["net.0.weight", "net.1.weight"], (1, 2, 3)),
        (["encoder.0.weight", "decoder.0.weight"], (1, 2, 3)),
        (["decoder.0.weight", "encoder.0.weight"], None),
        (["net.0.weight", "net.2.weight"], "left out"),
        (["W1", "m1"], "not clear"),
        (["W1_epoch0", "W2_epoch0"], "not clear"),
        (["W1", "fc1.bias"], "look like biases"),
        (["first", "second"], "not clear"),
        (["W1", "V1"], "not clear"),
    ],
)
def test_names_of_layers(names: list[str], widths: Any) -> None:
    arrays = dict(zip(names, (np.ones((2, 1)), np.ones((3, 2))), strict=True))
    if isinstance(widths, str):
        with pytest.raises(BadInput, match=widths):
            Network(arrays)
    elif widths is None:  # the other way round, the layers do not chain
        with pytest.raises(BadInput, match="make the two numbers equal"):
            Network(arrays)
    else:
        assert Network(arrays).widths == widths


def test_tables_say_whether_they_have_a_header(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(name: str, *words: str) -> tuple[int, str, str]:
        tables = ["--x", str(DOOR / f"{name}_x.csv"), "--y", str(DOOR / f"{name}_y.csv")]
        return run(monkeypatch, capsys, "analyze", str(DOOR / "csvnet.npz"), *tables, *words)

    code, right, _ = ask("nohead")
    assert code == 0
    assert "12 lines of data, no header" in right
    assert "near the global minimum" in right
    code, _, err = ask("pd")
    assert code == 2
    assert "--header or --no-header" in err
    code, out, _ = ask("pd", "--header")
    assert code == 0
    assert out.split("\n", 2)[2] == right.split("\n", 2)[2]
    for name in ("nan", "und"):
        assert ask(name)[0] == 2
        assert ask(name, "--no-header")[0] == 2


@pytest.mark.parametrize(
    ("text", "header", "said"),
    [
        ("a,b\n1,2\n", None, True),
        ("1.5,2\n1,2\n", None, False),
        ("0,1,2\n1.5,2,3\n", None, "counts"),
        ("2001,2002,2003\n1,2,3\n", None, "counts"),
        ("0\n1.5\n", None, "counts"),
        ("0\n1\n1\n", None, False),
        ("1,\n1,2\n", None, "numbers and others"),
        ("1,2x\n1,2\n", None, "numbers and others"),
        ("7,2\n1_0,2\n", None, "could not convert"),
        ("1,2\n1\n", None, "number of columns"),
        ("7,2\nnan,2\n", None, "not finite"),
        ("1;2\n3;4\n", None, "may be a header, or malformed"),
        ("", None, "is empty"),
        ("a,b\n", True, "no data"),
        ("0,1,2\n1.5,2,3\n", False, False),
    ],
)
def test_headers(text: str, header: bool | None, said: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    if isinstance(said, str):
        with pytest.raises(BadInput, match=said):
            reading._read_table(path, header)
    else:
        table, how = reading._read_table(path, header)
        assert len(table) == text.count("\n") - said
        assert how is not None
        assert ("no header" in how) is not said


def test_arrays_of_every_kind() -> None:
    x = np.arange(6.0).reshape(2, 3)
    y, w = x[:1] + 1, [np.ones((1, 2))]
    right = deeplinear.analyze(w, x, y)
    masked = np.ma.masked_less(x, 1)
    for certify in (True, False):
        with pytest.raises(BadInput, match="masked"):
            deeplinear.analyze(w, masked, y, certify=certify)
        same = deeplinear.analyze(w, np.ma.array(x), y, certify=certify)
        assert float(same.loss) == float(right.loss)
    assert deeplinear.analyze([np.matrix(w[0])], x, y).loss == right.loss
    long = np.longdouble(1) + np.longdouble(2) ** -60
    assert deeplinear.analyze([[[long]]], [[2**61]], [[2**61]]).loss == 2
    assert Network(np.ones((3, 2, 2))).widths == (2, 2, 2, 2)
    big = np.random.default_rng(0).standard_normal((1, 60_000))
    assert deeplinear.analyze([[[0.0]]], big, 2 * big).verdict is Verdict.DESCENDING
    with pytest.raises(BadInput, match="one dimension"):
        deeplinear.analyze(w, x, y[0])


def test_what_is_handed_back_can_be_used_at_once(tmp_path: Path) -> None:
    given_ = deeplinear.Problem([[[1.0, 0.0]], [[0.5], [0.0]]], np.eye(2), np.diag([2.0, 1.0]))
    found = deeplinear.analyze(Network(given_.network), given_.x, given_.y, radius=0.01)
    assert found.radius == Fraction(0.01)
    assert found.better is not None
    assert np.asarray(found.better.weights[0], dtype=float).shape == (1, 2)
    again = deeplinear.analyze(found.better, given_.x, given_.y)
    assert again.loss == Fraction(found.loss) - Fraction(found.gain)
    deeplinear.save(tmp_path / "a.json", deeplinear.Problem(found.better, given_.x, given_.y))
    assert deeplinear.load(tmp_path / "a.json").network.widths == (2, 1, 2)
    with pytest.raises(BadInput, match="exists"):
        deeplinear.save(tmp_path / "a.json", given_)
    deeplinear.save(tmp_path / "b.json", found.better)
    np.save(tmp_path / "x.npy", np.eye(2))
    np.save(tmp_path / "y.npy", np.diag([2.0, 1.0]))
    own = deeplinear.load(tmp_path / "b.json", tmp_path / "x.npy", tmp_path / "y.npy")
    assert deeplinear.analyze(own.network, own.x, own.y).loss == again.loss
    assert Network(iter(found.better.weights)).widths == (2, 1, 2)
    decided = deeplinear.escape(given_.network, given_.x, given_.y)
    saddle = deeplinear.classify([np.zeros((1, 1))] * 2, [[1]], [[1]])
    for one in (found, decided, saddle, given_, found.better):
        assert str(copy.deepcopy(one)) == str(one) == str(pickle.loads(pickle.dumps(one)))
        assert len(str(one)) < 2000


@pytest.mark.parametrize(
    "wrong", [{"radius": 0}, {"radius": -1}, {"radius": float("nan")}, {"tolerance": "x"}]
)
def test_bad_numbers_are_one_sentence(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="give a positive number"):
        deeplinear.analyze([[[1]]], [[1]], [[1]], **wrong)


class Once:
    """What is used of a torch module that holds one layer and uses it twice."""

    bias = None
    weight = np.array([[2.0]])

    def children(self) -> Any:
        """As torch has it."""
        return iter(())

    def modules(self) -> Any:
        """As torch has it: each once."""
        return iter([self])

    def named_modules(self, remove_duplicate: bool = True) -> Any:
        """As torch has it."""
        return [("", self)] if remove_duplicate else [("0", self), ("1", self)]


Once.__name__ = "Linear"


def test_a_layer_that_is_used_twice_is_there_twice() -> None:
    assert Network(Once()).widths == (1, 1, 1)
    assert deeplinear.analyze(Once(), [[1.0]], [[4.0]]).loss == 0


def test_what_cannot_be_written_is_one_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "deeplinear", "analyze", str(DOOR / "net.json")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "cannot be written" in done.stderr


def test_a_missing_extra_is_one_sentence(tmp_path: Path) -> None:
    for name, words in (("typer", ["list"]), ("matplotlib", ["plot", "origin", "a.svg"])):
        folder = tmp_path / name
        folder.mkdir()
        text = f"raise ModuleNotFoundError('No module named {name}', name={name!r})"
        (folder / f"{name}.py").write_text(text)
        done = subprocess.run(
            [sys.executable, "-m", "deeplinear", *words],
            env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        assert done.returncode == 2
        assert f"needs {name}: pip install 'deeplinear[" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_what_unpacks_to_too_much_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 10_000)
    path = tmp_path / "a.npz"
    np.savez_compressed(path, W1=np.zeros((100, 100)), x=np.zeros((100, 1)), y=np.zeros((100, 1)))
    assert path.stat().st_size < 10_000
    with pytest.raises(BadInput, match="unpacks to more than"):
        deeplinear.load(path)


@pytest.mark.parametrize("path", sorted(DOOR.glob("*.*")), ids=lambda path: path.name)
@pytest.mark.parametrize("words", [("analyze",), ("analyze", "--no-certify"), ("escape",)])
def test_no_case_ends_in_a_traceback(
    path: Path,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, _, err = run(monkeypatch, capsys, words[0], str(path), *words[1:])
    assert code in (0, 2)
    assert (code == 2) == bool(err.startswith("deeplinear: "))


def test_json_is_never_more_than_is_proved() -> None:
    """What is printed of an interval contains it."""
    rng = random.Random(5)
    for _ in range(20):
        weights, one = problems.critical(rng, best=False)
        found = deeplinear.analyze(weights, one.x, one.y, samples="columns")
        lines = {line[:10].strip(): line[11:] for line in str(found).splitlines()}
        for name, interval in (("least", found.least), ("gap", found.gap)):
            assert interval is not None
            low, high = lines[name].partition("]")[0].strip("[").split(", ")
            assert Fraction(low) <= interval.low <= interval.high <= Fraction(high)
        json.dumps(found.as_json())


def test_balls_are_what_the_tests_compare_with() -> None:
    assert arb(2).sqrt().overlaps(arb("1.41421356237309504880 +/- 1e-15"))
