"""Every part of every check holds on true input and fails on false input."""

from __future__ import annotations

import random

import pytest

from deeplinear import BadInput, exact
from deeplinear.checks import (
    CHECKS,
    audit,
    base,
    missing,
    rank_bounded,
    run,
    run_check,
    select,
    square_full_rank,
)
from deeplinear.instances import NetworkInstance, RankInstance, Record, Theorem
from deeplinear.record import compare, load_record

RECORD = load_record()
INSTANCES = RECORD.instances
RANKS = [i for i in INSTANCES if isinstance(i, RankInstance)]
NETWORKS = [i for i in INSTANCES if isinstance(i, NetworkInstance) and i.problem == "P4"]


@pytest.mark.parametrize("problem", CHECKS)
def test_the_check_holds(problem: str) -> None:
    for row in run_check(CHECKS[problem], INSTANCES, seed=7, cases=12):
        assert row.held, row
        assert row.tried > 0


@pytest.mark.parametrize("problem", CHECKS)
def test_a_check_without_instances_fails(problem: str) -> None:
    rows = {row.what: row for row in run_check(CHECKS[problem], (), seed=7, cases=12)}
    for what in {"instances", "falsified instances"} & rows.keys():
        assert not rows[what].held


@pytest.mark.parametrize("instance", RANKS, ids=lambda i: i.name)
def test_rank_instances(instance: RankInstance) -> None:
    assert [said for holds, said in rank_bounded.verify(instance) if not holds] == []
    for done, false in rank_bounded.falsified(instance).items():
        assert not all(holds for holds, _ in rank_bounded.verify(false)), done


@pytest.mark.parametrize("instance", NETWORKS, ids=lambda i: i.name)
def test_network_instances(instance: NetworkInstance) -> None:
    assert [said for holds, said in square_full_rank.verify(instance) if not holds] == []
    for done, false in square_full_rank.falsified(instance).items():
        assert not all(holds for holds, _ in square_full_rank.verify(false)), done


def test_the_search_sees_both_sides_of_the_bound() -> None:
    rng = random.Random(0)
    assert rank_bounded.finds_violation(rng, 2, 3, 1)
    assert not rank_bounded.finds_violation(rng, 2, 3, 0)
    assert not rank_bounded.finds_violation(rng, 2, 3, 2)


@pytest.mark.parametrize("d", [-1, 0, 2])
def test_no_witness_outside_the_bounds(d: int) -> None:
    with pytest.raises(BadInput, match="1 <= d < 2"):
        rank_bounded.witness(random.Random(0), 2, 3, d)


def test_a_negative_bound_is_refused() -> None:
    with pytest.raises(BadInput, match="at least 0"):
        rank_bounded.is_convex(2, 2, -1)


def test_a_wrong_theorem_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were P2+ to say "convex if and only if d = 0", the search would contradict it."""
    monkeypatch.setattr(rank_bounded, "is_convex", lambda n, k, d: d == 0)
    rows = {row.what: row for row in run_check(CHECKS["P2"], INSTANCES, seed=0, cases=12)}
    assert not rows["d = 0 and d >= min(n, k)"].held


def test_a_wrong_minimum_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "least_squares_minimum", lambda x, y: exact.squared_norm(y) / 2)
    rows = {row.what: row for row in run_check(CHECKS["P4"], INSTANCES, seed=0, cases=12)}
    for what in ("instances", "critical exactly where minimal", "minima from random starts"):
        assert not rows[what].held


def test_full_rank_of_singular_network_is_minimal() -> None:
    weights, better, x, y = square_full_rank.singular_network(random.Random(0), 3, 3, 1)
    assert exact.end_to_end(weights).rank() == 1
    assert exact.loss(exact.end_to_end(better), x, y) == 0


def test_a_part_without_cases_fails() -> None:
    empty = base.Part("nothing", lambda run: None, "a.function")
    control = base.Part(
        "control", lambda run: run.refuse([(True, "")], "truth"), "a.function", controls="nothing"
    )
    check = base.Check("P2", "", "", "", (empty, control))
    rows = list(run_check(check, (), 0, 12))
    assert [row.detail for row in rows] == ["no case was tried", "truth was not refused"]


def test_a_check_needs_a_control_that_runs_the_code_of_a_claim() -> None:
    claim = base.Part("claim", lambda run: None, "a.function")
    with pytest.raises(ValueError, match="needs a claim and a control"):
        base.Check("P2", "", "", "", (claim,))
    for algorithm, controls in (("a.function", "another"), ("another.function", "claim")):
        control = base.Part("control", lambda run: None, algorithm, controls)
        with pytest.raises(ValueError, match="does not run a claim's algorithm"):
            base.Check("P2", "", "", "", (claim, control))


def test_select() -> None:
    assert [check.problem for check in select([])] == list(CHECKS)
    assert [check.problem for check in select(["p4"])] == ["P4"]
    with pytest.raises(BadInput, match="P99 is no problem"):
        select(["P99"])


def test_every_theorem_has_a_check_and_every_check_a_theorem() -> None:
    assert {theorem.problem for theorem in RECORD.theorems} == set(CHECKS)
    for row in (audit(problem, RECORD) for problem in CHECKS):
        assert row.held, row


def only(*theorems: Theorem) -> Record:
    """Return the record with these theorems alone."""
    return RECORD.model_copy(update={"theorems": theorems})


def test_a_missing_theorem_an_unknown_problem_and_an_axiom_fail() -> None:
    theorem = RECORD.theorems[0]
    assert audit("P2", only()).detail == "Lean exports no theorem for it"
    stray = theorem.model_copy(update={"problem": "P99"})
    assert f"{theorem.name} has no check" in audit("P99", only(stray)).detail
    sorry = theorem.model_copy(update={"axioms": ("propext", "sorryAx")})
    assert audit(theorem.problem, only(sorry)).detail == f"{theorem.name} uses sorryAx"


def test_a_theorem_without_a_check_fails_when_all_is_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("deeplinear.checks.run_check", lambda *_: iter(()))
    stray = RECORD.theorems[0].model_copy(update={"problem": "P99"})
    record = RECORD.model_copy(update={"theorems": (*RECORD.theorems, stray)})
    rows = list(run(select([]), record, 0, 12))
    assert [row.problem for row in rows if not row.held] == ["P99"]


def test_the_checks_know_the_statements_they_were_written_for() -> None:
    record = RECORD
    first, *rest = record.theorems
    changed = first.model_copy(update={"statement": first.statement + " "})
    assert "was not written for" in audit(first.problem, only(changed)).detail
    moved = first.model_copy(update={"problem": "P2"})
    assert "was not written for P2" in audit("P2", only(moved)).detail
    renamed = first.model_copy(update={"name": "DeepLinear.new"})
    assert "not entered in checks/statements.py" in audit(first.problem, only(renamed)).detail
    assert missing(record).held
    gone = missing(record.model_copy(update={"theorems": tuple(rest)}))
    assert not gone.held
    assert first.name in gone.detail


@pytest.mark.parametrize("name", ["bottleneck", "IsCritical", "datasetLoss", "endToEnd"])
def test_a_changed_definition_is_seen(name: str) -> None:
    full = f"DeepLinear.{name}"
    constants = {**RECORD.constants, full: "0" * 64}
    record = RECORD.model_copy(update={"constants": constants})
    about = {theorem.problem for theorem in RECORD.theorems if full in theorem.reaches}
    assert about
    for problem in CHECKS:
        row = audit(problem, record)
        assert row.held is (problem not in about), row
    assert compare(RECORD, record) == [f"the definition of {full} is not what the record says"]


@pytest.mark.parametrize("problem", ["P2", "P4"])
def test_an_instance_on_the_other_side_is_wanted(problem: str) -> None:
    own = [one for one in RECORD.instances if one.problem == problem]
    examples = tuple(one for one in own if one.kind == "example")
    first, *_ = run_check(CHECKS[problem], examples, 0, 12)
    assert not first.held
    assert "no instance on the other side" in first.detail
