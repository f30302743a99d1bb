"""Pictures are written whole or refused, and the benchmark compares equal gradients."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from deeplinear import BadInput, bench, cli, exact, plots


@pytest.mark.parametrize("what", plots.PICTURES)
def test_the_pictures(tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "SEARCHES", 2)
    path = tmp_path / "picture.png"
    plots.PICTURES[what](path)
    assert path.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(BadInput, match=r"ends in \.png or \.svg"):
        plots.PICTURES[what](tmp_path / "picture.txt")
    with pytest.raises(BadInput, match="cannot be written"):
        plots.PICTURES[what](tmp_path / "missing" / "picture.png")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["plot", "nothing", "a.png"], "nothing is no picture"), (["bench", "x"], "no benchmark")],
)
def test_unknown_names(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["deeplinear", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_literal_products_are_the_gradient() -> None:
    weights, x, y = exact.random_network(random.Random(2), [3, 2, 4, 2], 3)
    assert bench.literal_gradient(weights, x, y) == exact.gradient(weights, x, y)
