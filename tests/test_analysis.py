"""Where a network is: intervals that never miss, verdicts of each kind, files of each kind."""

from __future__ import annotations

import json
import random
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

import deeplinear
from deeplinear import BadInput, Network, Verdict, analysis, cli, exact, problems

ONE = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
DATA = [[3, 0, 0], [0, 2, 0], [0, 0, 1]]


def moved(rng: random.Random, weights: list[Any], by: Fraction) -> list[Any]:
    """Return weights that are moved at random by about so much."""
    step = exact.matrix([[by]])[0, 0]
    return [w + exact.random_matrix(rng, *exact.shape(w)) * step for w in weights]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_no_interval_misses(seed: int) -> None:
    """Near minima, near saddles and at random points, against minima that are known exactly."""
    rng = random.Random(seed)
    weights, one = problems.critical(rng, best=rng.random() < 0.5)
    least = exact.loss(one.r, one.x, one.y) if one.best else one.least
    for by in (Fraction(0), Fraction(1, 10**12), Fraction(1, 10**5), Fraction(1)):
        point = moved(rng, weights, by)
        found = analysis.analyze(point, one.x, one.y, "columns")
        assert found.least is not None
        assert found.gap is not None
        assert found.least.low <= least <= found.least.high
        assert found.gap.low <= found.loss - least <= found.gap.high
        assert found.least.high - found.least.low <= Fraction(1, 10**25) * max(
            Fraction(1), found.scale
        )
        if found.better is not None:
            better = exact.loss(found.better.end_to_end, one.x, one.y)
            assert found.loss - better == found.gain > 0
            far = max(
                abs(e)
                for a, b in zip(found.better.weights, point, strict=True)
                for row in exact.rows(a - b)
                for e in row
            )
            assert far <= found.radius


@pytest.mark.parametrize(
    ("weights", "verdict"),
    [
        ([np.diag([1.0, 1, 1]), np.diag([3.0, 2, 1])], Verdict.GLOBAL_MINIMUM),
        ([np.diag([1.0, 1, 1]), np.diag([3.0, 2, 1 + 1e-9])], Verdict.NEAR_GLOBAL_MINIMUM),
        ([np.diag([1.0, 1, 0]), np.diag([3.0, 2, 0])], Verdict.STRICT_SADDLE),
        ([np.diag([1.0, 1, 1e-9]), np.diag([3.0, 2, 0])], Verdict.NEAR_STRICT_SADDLE),
        ([np.zeros((3, 3))] * 3, Verdict.FLAT_SADDLE),
        ([np.full((3, 3), 1e-4)] * 3, Verdict.NEAR_FLAT_SADDLE),
        ([np.diag([1.0, 1, 1]), np.diag([1.0, 1, 1])], Verdict.DESCENDING),
    ],
)
def test_every_verdict_has_an_example(weights: list[Any], verdict: Verdict) -> None:
    found = deeplinear.analyze(weights, ONE, DATA)
    assert found.verdict is verdict
    minimal = verdict in (Verdict.GLOBAL_MINIMUM, Verdict.NEAR_GLOBAL_MINIMUM)
    assert (found.better is None) is minimal
    assert minimal or found.gain > 0
    said = json.loads(json.dumps(found.as_json()))
    assert said["verdict"] == verdict.name
    assert verdict.value in str(found)


@pytest.mark.parametrize(
    ("weights", "targets", "wrong", "right"),
    [
        # the least mode is not learned to the last digit
        (
            [np.diag([1.0, 1, 1]), np.diag([3.0, 2, 1 + 2.0**-50])],
            DATA,
            Verdict.GLOBAL_MINIMUM,
            Verdict.NEAR_GLOBAL_MINIMUM,
        ),
        # farther off than the tolerance
        (
            [np.diag([1.0, 1, 1]), np.diag([3.0, 2, 1.1])],
            DATA,
            Verdict.NEAR_GLOBAL_MINIMUM,
            Verdict.DESCENDING,
        ),
        # the missing mode is not in the data
        (
            [np.diag([1.0, 1, 0]), np.diag([3.0, 2, 0])],
            np.diag([3.0, 2, 0]),
            Verdict.STRICT_SADDLE,
            Verdict.GLOBAL_MINIMUM,
        ),
        (
            [np.diag([1.0, 1, 1e-9]), np.diag([3.0, 2, 0])],
            np.diag([3.0, 2, 0]),
            Verdict.NEAR_STRICT_SADDLE,
            Verdict.GLOBAL_MINIMUM,
        ),
        # two layers: the origin is strict
        ([np.zeros((3, 3))] * 2, DATA, Verdict.FLAT_SADDLE, Verdict.STRICT_SADDLE),
        ([np.full((3, 3), 1e-7)] * 2, DATA, Verdict.NEAR_FLAT_SADDLE, Verdict.NEAR_STRICT_SADDLE),
        # these are the targets
        (
            [np.diag([1.0, 1, 1]), np.diag([1.0, 1, 1])],
            ONE,
            Verdict.DESCENDING,
            Verdict.GLOBAL_MINIMUM,
        ),
    ],
)
@pytest.mark.parametrize("certify", [True, False])
def test_every_verdict_has_a_control(
    weights: list[Any], targets: Any, wrong: Verdict, right: Verdict, certify: bool
) -> None:
    """One thing is different, and the verdict is another."""
    found = deeplinear.analyze(weights, ONE, targets, certify=certify)
    assert found.verdict is not wrong
    if certify:
        assert found.verdict is right
    else:  # in floating point a point is near its kind
        assert found.verdict.name.removeprefix("NEAR_") == right.name.removeprefix("NEAR_")


def test_a_saddle_of_dependent_inputs_is_not_decided() -> None:
    found = deeplinear.analyze([np.zeros((1, 2))] + [np.zeros((1, 1))] * 2, [[1], [1]], [[1]])
    assert found.verdict is Verdict.SADDLE


def test_the_words_name_the_modes() -> None:
    found = deeplinear.analyze([np.diag([1.0, 0, 1]), np.diag([3.0, 0, 1])], ONE, DATA)
    assert found.words == "a strict saddle; modes learned: 1, 3; missing: 2"


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_curvature_is_the_second_derivative(seed: int) -> None:
    rng = random.Random(seed)
    widths = [rng.randint(1, 3) for _ in range(rng.randint(2, 5))]
    weights, x, y = exact.random_network(rng, widths, 2)
    v = exact.random_network(rng, widths, 1)[0]
    assert exact.curvature(weights, v, x, y) == exact.second_derivative(weights, v, v, x, y)


def test_a_strict_saddle_of_the_proof_is_found() -> None:
    weights, x, y = problems.deficient_at_an_end(random.Random(1), [3, 2, 3], 1, True)
    assert analysis.analyze(weights, x, y).verdict is Verdict.STRICT_SADDLE


@pytest.mark.parametrize("scale", [-160, -8, 8, 160])
def test_units_do_not_matter(scale: int) -> None:
    unit = exact.matrix([["1" + "0" * scale if scale > 0 else "1/1" + "0" * -scale]])[0, 0]
    one = problems.random_spectral(random.Random(2), 3, 3, 1, best=False)
    weights = problems.random_layers(random.Random(3), one.r, [3, 1, 3])
    found = analysis.analyze(weights, one.x * unit, one.y * unit, "columns")
    assert found.verdict is Verdict.STRICT_SADDLE
    assert found.gain > 0


# --- what is read ---------------------------------------------------------------------------------


class Tensor:
    """What is used of a torch tensor."""

    def __init__(self, rows: Any) -> None:
        self.rows = np.array(rows, dtype=np.float32)

    def detach(self) -> Tensor:
        """Return itself."""
        return self

    cpu = detach

    def numpy(self) -> Any:
        """Return the array."""
        return self.rows


class Linear(SimpleNamespace):
    """What is used of ``torch.nn.Linear``."""

    def children(self) -> list[Any]:
        """As torch has it."""
        return []

    def named_modules(self, remove_duplicate: bool) -> list[tuple[str, Any]]:
        """As torch has it."""
        assert not remove_duplicate
        return [("", self)]

    def modules(self) -> list[Any]:
        """As torch has it: each once."""
        return list(dict.fromkeys(one for _, one in self.named_modules(False)))

    __hash__ = object.__hash__  # type: ignore[assignment]


class Sequential(Linear):
    """What is used of ``torch.nn.Sequential``."""

    def children(self) -> list[Any]:
        """As torch has it."""
        return list(self.layers)

    def named_modules(self, remove_duplicate: bool) -> list[tuple[str, Any]]:
        """As torch has it."""
        assert not remove_duplicate
        return [("", self), *((str(k), layer) for k, layer in enumerate(self.layers))]


class ReLU(Linear):
    """Another layer."""


def test_networks_of_every_kind_are_the_same() -> None:
    rows = [[[0.5, 1.0]], [[2.0], [0.25]]]
    wanted = [exact.matrix([["1/2", 1]]), exact.matrix([[2], ["1/4"]])]
    layers = [Linear(weight=Tensor(w), bias=None) for w in rows]
    for given_ in (
        rows,
        [np.array(w) for w in rows],
        [np.array(w, dtype=np.float32) for w in rows],
        [Tensor(w) for w in rows],
        Sequential(layers=layers),
        wanted,
        Network.of(rows),
        [[["1/2", 1]], [[Fraction(2)], [0.25]]],
    ):
        assert list(Network.of(given_).weights) == wanted
    assert Network.of(rows).widths == (2, 1, 2)
    assert exact.matrix([[Fraction(0.1)]]) == Network.of([[[0.1]]]).weights[0]
    assert Network.of([[[0.1]]]).arrays()[0][0, 0] == 0.1


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ([], "no list of matrices"),
        ("weights", "no list of matrices"),
        ([[[1.0, 2.0]], [[1.0, 2.0]]], "W_2 has 2 columns but W_1 has 1 rows"),
        ([[[float("nan")]]], "W_1: an entry is nan"),
        ([[1.0, 2.0]], "W_1 has one dimension"),
        ([np.zeros((2, 2, 2))], "W_1 has 3 dimensions"),
        ([np.array([[1j]])], "real numbers"),
        ([[["one"]]], "is no number"),
        (Sequential(layers=[ReLU()]), "a layer of type ReLU"),
        (Sequential(layers=[Linear(weight=Tensor([[1]]), bias=Tensor([[1]]))]), "a bias"),
    ],
)
def test_what_is_no_network_is_refused(given_: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Network.of(given_)


def test_samples_in_rows() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((7, 3)), rng.standard_normal((7, 2))
    weights = [rng.standard_normal((2, 3))]
    rows = deeplinear.analyze(weights, x, y, samples="rows")
    assert rows.loss == deeplinear.analyze(weights, x.T, y.T).loss
    assert deeplinear.analyze(weights, x, y).loss == rows.loss
    with pytest.raises(BadInput, match="give samples='rows'"):
        deeplinear.analyze(weights, x, y, samples="columns")
    square = [np.eye(3), np.eye(3), np.arange(9.0).reshape(3, 3)]
    with pytest.raises(BadInput, match="say which"):
        deeplinear.analyze(square[:1], square[1], square[2])
    assert deeplinear.analyze(square[:1], square[1], square[1]).loss == 0


def test_files_of_every_kind(tmp_path: Path) -> None:
    w1, w2 = np.array([[0.5, 1.0]]), np.array([[2.0], [0.25]])
    x, y = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0]]), np.array([[1.0, 0, 0], [0, 1.0, 0]])
    wanted = deeplinear.analyze([w1, w2], x, y).loss
    np.savez(tmp_path / "a.npz", W1=w1, W2=w2, x=x, y=y)
    save_file({"0.weight": w1, "1.weight": w2}, tmp_path / "b.safetensors")
    np.savez(tmp_path / "w.npz", W2=w2, W1=w1)
    np.save(tmp_path / "x.npy", x.T)
    (tmp_path / "y.csv").write_text("first,second\n" + "\n".join(f"{a},{b}" for a, b in y.T))
    floats = {"weights": [w1.tolist(), w2.tolist()], "x": x.tolist(), "y": y.tolist()}
    (tmp_path / "c.json").write_text(json.dumps(floats))
    own = {"x": tmp_path / "x.npy", "y": tmp_path / "y.csv"}
    deeplinear.save(tmp_path / "d.json", deeplinear.load(tmp_path / "a.npz"))
    for loaded in (
        deeplinear.load(tmp_path / "a.npz"),
        deeplinear.load(tmp_path / "b.safetensors", **own),
        deeplinear.load(tmp_path / "w.npz", **own),
        deeplinear.load(tmp_path / "c.json"),
        deeplinear.load(tmp_path / "d.json"),
    ):
        assert analysis.analyzed(loaded).loss == wanted


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pt", b"", "is a pickle"),
        ("a.txt", b"", "unknown kind"),
        ("a.npz", b"no archive", "malformed"),
        ("a.safetensors", b"no tensors", "malformed"),
        ("a.json", b'{"weights": [[[1]]], "x": [[1]]}', "has no y"),
        ("a.json", b'{"weights": [[[1e999]]], "x": [[1]], "y": [[1]]}', "inf"),
        ("missing.json", None, "cannot be read"),
    ],
)
def test_files_that_are_refused(
    name: str, content: bytes | None, said: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=said):
        deeplinear.load(tmp_path / name)


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, kept = tmp_path / "network.npz", tmp_path / "analysis.json"
    np.savez(path, W1=np.zeros((1, 2)), W2=np.zeros((2, 1)), x=np.eye(2), y=np.diag([3.0, 1.0]))
    monkeypatch.setattr(sys, "argv", ["deeplinear", "analyze", str(path), "--json", str(kept)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    assert "a strict saddle" in capsys.readouterr().out
    assert json.loads(kept.read_text())["least"] == {"low": "1/2", "high": "1/2"}


def test_examples_of_docstrings() -> None:
    import doctest

    from deeplinear import api, network

    for module in (deeplinear, api, network, analysis):
        assert doctest.testmod(module).failed == 0
    assert set(deeplinear.__all__) <= set(dir(deeplinear))
    for name in deeplinear.__all__:
        assert getattr(deeplinear, name) is not None


def test_the_page_of_the_interface_has_every_name(tmp_path: Path) -> None:
    from deeplinear import report

    report.write_api(tmp_path)
    page = (tmp_path / "deeplinear.html").read_text(encoding="utf-8")
    for name in deeplinear.__all__:
        assert f'id="{name}"' in page, name
        assert name == "__version__" or getattr(deeplinear, name).__doc__
