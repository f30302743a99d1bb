"""Each control fails when the algorithm of its claim is broken: it does run that code."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from deeplinear import exact, problems
from deeplinear.checks import CHECKS
from deeplinear.checks.base import Check, Part, run_part
from deeplinear.record import load_record
from deeplinear.solve import classify, escape

INSTANCES = load_record().instances

Broken = Callable[..., Any]


def no_verdict(weights: Any, x: Any, y: Any, radius: Fraction) -> escape.Decision:
    """Say of everything that it is a global minimum."""
    r = exact.end_to_end(weights)
    return escape.Decision(escape.Reason.NO_SLOPE, r.rank(), 1, exact.loss(r, x, y))


def still(widths: list[int], *_: object) -> tuple[Any, Any]:
    """Hand back the origin for weights of smaller and of greater loss, whatever the data are."""
    weights = exact.random_network(random.Random(0), widths, 1)[0]
    return problems.zeros(weights), problems.zeros(weights)


def flat(weights: Any, *_: object) -> classify.Classification:
    """Say of everything that it is a saddle that is not strict."""
    return classify.Classification(classify.Kind.FLAT_SADDLE, exact.end_to_end(weights).rank())


BROKEN: dict[str, Broken] = {
    "gradient.is_gradient": lambda *_: True,
    "gradient.is_slope": lambda *_: True,
    "rank_bounded.leaves": lambda *_: True,
    "origin.is_critical_at_origin": lambda *_: True,
    "escape.near_origin": still,
    "saddles.chord_gaps": lambda *_: [([], [Fraction(-1)]), ([], [Fraction(1)])],
    "exact.second_derivative": lambda *_: Fraction(0),
    "square_full_rank.is_critical_iff_minimal": lambda *_: True,
    "square_full_rank.passes": lambda *_: True,
    "population.bridge_gaps": lambda *_, **__: {Fraction(0)},
    "escape.escape": no_verdict,
    "escape.nearby": lambda weights, _: list(weights),
    "landscape.gap_of_search": lambda *_: 0.0,
    "low_rank.find_bound": lambda *_: Fraction(1),
    "local_minima.gap_of_minimum": lambda *_: 0.0,
    "escape.climb": lambda weights, *_: list(weights),
    "strict_saddle.negative_direction": lambda weights, *_: list(weights),
    "classify.classify": flat,
    "second_order.has_projected_value": lambda *_: True,
    "second_order.is_projector": lambda *_: True,
    "second_order.gap_to_projector": lambda *_: 0.0,
    "completion.is_gradient": lambda *_: True,
    "completion.misfit": lambda *_: 0.0,
    "flow.is_preconditioned": lambda *_: True,
    "flow.falls_as_fast": lambda *_: True,
    "flow.drift": lambda _: 0.0,
    "training.decouples": lambda *_: True,
    "training.gap_to_closed_form": lambda *_: 0.0,
    "training.is_learned_earlier": lambda *_: True,
    "learning.is_at_least": lambda *_: True,
    "training.above_bound": lambda *_: 0.0,
    "learning.descends": lambda *_: True,
    "training.curves_at_most": lambda *_: True,
}
"""For each algorithm one that lets its claim pass without a reason."""

CONTROLS = [(check, part) for check in CHECKS.values() for part in check.parts if part.control]


def broken(algorithm: str) -> Broken:
    """Return what the algorithm is replaced by; checks of instances let everything pass."""
    module, name = algorithm.rsplit(".", 2)[1:]
    if name.startswith("verify"):
        return lambda _: [(True, "")]
    return BROKEN[f"{module}.{name}"]


@pytest.mark.parametrize(
    ("check", "part"), CONTROLS, ids=[f"{check.problem}: {part.what}" for check, part in CONTROLS]
)
def test_a_control_fails_with_its_claim_broken(
    check: Check, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_part(check, part, INSTANCES, seed=3, cases=12).held
    monkeypatch.setattr(part.algorithm, broken(part.algorithm))
    assert not run_part(check, part, INSTANCES, seed=3, cases=12).held


def test_every_check_of_a_statement_has_an_algorithm_that_is_controlled() -> None:
    for check in CHECKS.values():
        controlled = {part.controls for part in check.parts if part.control}
        assert controlled - {"instances"}, f"{check.problem} controls its instances only"
