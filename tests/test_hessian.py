"""The exact classification beside the whole Hessian: some of what tests/measure/hessian.py does."""

from __future__ import annotations

import pytest
from measure import hessian

from deeplinear.solve import classify, low_rank
from deeplinear.solve.classify import Kind


def test_the_hessian_says_the_same_of_every_class() -> None:
    found = [hessian.judge(seed) for seed in range(150)]
    assert all(one.agrees for one in found)
    assert {one.kind for one in found} == set(Kind)
    assert {one.layers for one in found} == {2, 3, 4, 5}
    assert any(one.tied for one in found)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("is_tight", lambda *_: True), ("seen", lambda weights, slope, j, k: slope * 0)],
)
def test_a_pair_that_is_left_out_is_noticed(
    name: str, wrong: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classify, name, wrong)
    assert not all(hessian.judge(seed).agrees for seed in range(60))


def test_a_rotation_that_is_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(low_rank, "find_rotation", lambda *_: None)
    assert not all(hessian.judge(seed).agrees for seed in range(60))
