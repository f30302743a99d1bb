"""Mutants of the record and of the formulas: each is wrong on purpose, and has to be caught.

``python tests/mutation/mutants.py`` tries all of them and prints the figures, a class a line; the
test suite tries every seventh. A mutant is found when a claim of the harness fails; that a check
raised or took too long is counted apart. Mutants of the algorithms are in ``algorithms.py``.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any
from unittest import mock

from deeplinear import exact
from deeplinear.checks import (
    CHECKS,
    audit,
    completion,
    gradient,
    landscape,
    missing,
    origin,
    population,
    rank_bounded,
    run_check,
    saddles,
    second_order,
    square_full_rank,
    training,
)
from deeplinear.checks import flow as flow_check
from deeplinear.checks import shallow as shallow_check
from deeplinear.errors import BadInput
from deeplinear.instances import (
    FlowInstance,
    Instance,
    RankInstance,
    Record,
    Theorem,
)
from deeplinear.record import differences, find_root, hashes, load_record
from deeplinear.solve import classify, dynamics, escape, learning, low_rank, strict_saddle

VERIFY: dict[str, Callable[[Any], list[tuple[bool, str]]]] = {
    "P1.1": gradient.verify,
    "P1.2": gradient.verify,
    "P1.3": gradient.verify,
    "P1.4": gradient.verify,
    "P2": rank_bounded.verify,
    "P3.1": origin.verify,
    "P3.2": origin.verify_saddle,
    "P3.3": origin.verify_hessian,
    "P4": square_full_rank.verify,
    "P5": population.verify,
    "LK1": landscape.verify,
    "LB": landscape.verify_wide,
    "LK2": shallow_check.verify,
    "LK3": shallow_check.verify,
    "K16": saddles.verify,
    "SO": second_order.verify,
    "AE": second_order.verify_encoder,
    "MC": completion.verify,
    "FLOW": flow_check.verify,
    "SAXE": training.verify_modes,
    "ACGH": training.verify_margin,
    "GD": training.verify_descent,
}
"""What recomputes the instances of each problem."""


LIMIT = 60
"""Seconds after which the check of a wrong formula is stopped."""


@dataclass(frozen=True)
class Mutant:
    """Something wrong: its class, what it is, and how the harness takes it."""

    group: str
    what: str
    outcome: Callable[[], str]


GROUPS = ("record text", "definitions", "hashes", "instance fields", "formulas")
"""The classes of mutants."""

OUTCOMES = ("found", "raised", "timed out", "survived")
"""How a mutant ends."""


def _found(said: bool) -> str:
    return "found" if said else "survived"


def _refused(record: Record, *theorems: Theorem) -> str:
    return _found(
        any(
            not audit(one.problem, record.model_copy(update={"theorems": (one,)})).held
            for one in theorems
        )
    )


def _noticed(record: Record) -> str:
    return _found(not missing(record).held)


def _stale(record: Record, files: dict[str, str]) -> str:
    return _found(bool(differences(record, files)))


def _disproved(instance: Instance) -> str:
    return _found(not all(held for held, _ in VERIFY[instance.problem](instance)))


def _theorems(record: Record) -> Iterator[Mutant]:
    for theorem in record.theorems:
        for what, update in (
            ("sorryAx among its axioms", {"axioms": (*theorem.axioms, "sorryAx")}),
            ("another statement", {"statement": theorem.statement.replace(":", ": ¬", 1)}),
            ("another name", {"name": theorem.name + "_"}),
            ("another tag", {"problem": "P4" if theorem.problem == "P2" else "P2"}),
        ):
            false = theorem.model_copy(update=update)
            yield Mutant("record text", f"{theorem.name}: {what}", partial(_refused, record, false))
        left = tuple(one for one in record.theorems if one != theorem)
        gone = record.model_copy(update={"theorems": left})
        yield Mutant("record text", f"{theorem.name}: left out", partial(_noticed, gone))


def _definitions(record: Record) -> Iterator[Mutant]:
    """Change each definition that a statement reaches: every such theorem has to be refused."""
    for name, digest in record.constants.items():
        flipped = ("0" if digest[0] != "0" else "1") + digest[1:]
        changed = record.model_copy(update={"constants": {**record.constants, name: flipped}})
        for theorem in record.theorems:
            if name in theorem.reaches:
                what = f"{theorem.name}: {name} defined otherwise"
                yield Mutant("definitions", what, partial(_refused, changed, theorem))


def _files(record: Record) -> Iterator[Mutant]:
    root = find_root()
    assert root is not None
    files = hashes(root)
    for name, digest in files.items():
        flipped = ("0" if digest[0] != "0" else "1") + digest[1:]
        changed = record.model_copy(update={"files": {**record.files, name: flipped}})
        yield Mutant("hashes", f"{name}: one digit of its hash", partial(_stale, changed, files))


def _changes(instance: Instance) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield false values of the fields that an instance claims."""
    if isinstance(instance, RankInstance):
        yield "bound", {"bound": instance.bound + 1}
        if instance.kind == "example":
            yield (
                "left",
                {
                    "left": exact.diagonal(
                        [1] * min(exact.shape(instance.left)), *exact.shape(instance.left)
                    )
                },
            )
        return
    if isinstance(instance, FlowInstance):
        yield "velocity", {"velocity": instance.velocity + exact.ones_like(instance.velocity)}
        yield "velocity halved", {"velocity": instance.velocity / 2}
        right = instance.preconditioned
        yield "preconditioned", {"preconditioned": right + exact.ones_like(right)}
        yield "y", {"y": instance.y + exact.ones_like(instance.y)}
        for name, value in (instance.numbers or {}).items():
            wrong_way = value / 2 if name in ("m", "x", "y") else value * 3
            yield name, {"numbers": {**(instance.numbers or {}), name: wrong_way}}
        return
    yield "loss", {"loss": instance.loss + Fraction(1, 1000)}
    product = instance.end_to_end
    if instance.problem not in ("P3.1", "P3.2", "P3.3", "K16"):
        yield "end_to_end", {"end_to_end": product + exact.ones_like(product)}
    if instance.problem.startswith(("P1", "P3", "P5")):
        for k, layer in enumerate(instance.gradient):
            wrong = list(instance.gradient)
            wrong[k] = layer + exact.ones_like(layer) / 7
            yield f"gradient of layer {k + 1}", {"gradient": tuple(wrong)}
    if instance.better is not None:
        yield "better", {"better": instance.weights}
    if instance.worse is not None:
        yield "worse", {"worse": instance.weights}
    if instance.second is not None:
        yield "second", {"second": instance.second + 1}
    if instance.frames is not None and instance.modes and instance.strengths:
        frames = list(instance.frames)
        yield "frame", {"frames": (frames[0] * 2, *frames[1:])}
        yield "mode", {"modes": (instance.modes[0] + 1, *instance.modes[1:])}
        yield "strength", {"strengths": (instance.strengths[0] + 1, *instance.strengths[1:])}
    if instance.masses is not None:
        first, *rest = instance.masses
        yield "masses", {"masses": (first + Fraction(1, 9), *rest)}


def _instances(record: Record) -> Iterator[Mutant]:
    for instance in record.instances:
        for what, update in _changes(instance):
            false = instance.model_copy(update=update)
            yield Mutant(
                "instance fields", f"{instance.name}: another {what}", partial(_disproved, false)
            )


def _other_exponent(rate: Callable[..., bool]) -> Callable[..., bool]:
    return lambda weights, x, y, sigma, power: rate(weights, x, y, sigma, power - 1)


def _other_modes(weights: Callable[..., Any]) -> Callable[..., Any]:
    return lambda frames, modes: weights(frames, [a + 1 for a in modes])


def _twice_as_fast(strength: Callable[..., Any]) -> Callable[..., Any]:
    return lambda sigma, start, times: strength(sigma, start, 2 * times)


FORMULAS: list[tuple[str, Any, str, Callable[[Any], Any], str]] = [
    ("the gradient negated", exact, "gradient", lambda f: lambda *a: [-g for g in f(*a)], "P1.4"),
    (
        "the gradient doubled",
        exact,
        "gradient",
        lambda f: lambda *a: [g * 2 for g in f(*a)],
        "P1.4",
    ),
    ("the gradient reversed", exact, "gradient", lambda f: lambda *a: f(*a)[::-1], "P1.4"),
    ("the loss doubled", exact, "loss", lambda f: lambda *a: 2 * f(*a), "P1.4"),
    ("the loss negated", exact, "loss", lambda f: lambda *a: -f(*a), "P3.2"),
    ("the moments exchanged", exact, "moments", lambda f: lambda *a: f(*a)[::-1], "P1.1"),
    (
        "the cross moment negated",
        exact,
        "moments",
        lambda f: lambda *a: (f(*a)[0], -f(*a)[1]),
        "P1.3",
    ),
    ("population loss doubled", exact, "population_loss", lambda f: lambda *a: 2 * f(*a), "P5"),
    ("second derivative negated", exact, "second_derivative", lambda f: lambda *a: -f(*a), "K16"),
    (
        "second derivative plus 1",
        exact,
        "second_derivative",
        lambda f: lambda *a: 1 + f(*a),
        "P3.3",
    ),
    ("descent for ascent", escape, "near_origin", lambda f: lambda *a: f(*a)[::-1], "P3.2"),
    ("a minimum of 1", exact, "least_squares_minimum", lambda f: lambda *a: f(*a) + 1, "LB"),
    ("no rotation", low_rank, "find_rotation", lambda f: lambda *a: None, "LK2"),
    ("no certificate", low_rank, "find_bound", lambda f: lambda *a: None, "LK2"),
    ("every certificate", low_rank, "bounds", lambda f: lambda *a: True, "LK2"),
    ("no direction", strict_saddle, "negative_direction", lambda f: lambda *a: None, "K16"),
    ("no rotation in the classes", low_rank, "find_rotation", lambda f: lambda *a: None, "SO"),
    ("every pair tight", classify, "is_tight", lambda f: lambda *a: True, "SO"),
    ("no autoencoder is one", second_order, "is_projector", lambda f: lambda *a: False, "AE"),
    ("the mask forgotten", exact, "masked_error", lambda f: lambda r, m, _: r - m, "MC"),
    ("powers off by one", dynamics, "power", lambda f: lambda a, k: f(a, k + 1), "FLOW"),
    ("velocity doubled", dynamics, "end_to_end_velocity", lambda f: lambda *a: f(*a) * 2, "FLOW"),
    ("imbalance of one layer", dynamics, "imbalance_rates", lambda f: lambda w, v: f(w, w), "FLOW"),
    ("thirty times the rate", dynamics, "proved_rate", lambda f: lambda *a: 30 * f(*a), "FLOW"),
    ("modes off by one", learning, "aligned_weights", _other_modes, "SAXE"),
    ("a sigmoid twice as fast", learning, "mode_strength", _twice_as_fast, "SAXE"),
    ("half the half time", learning, "half_time", lambda f: lambda s, a: f(s, a) * -1, "SAXE"),
    ("every matrix within the margin", learning, "is_at_least", lambda f: lambda *a: True, "ACGH"),
    (
        "ten times the margin's rate",
        learning,
        "margin_rate",
        lambda f: lambda *a: 10 * f(*a),
        "ACGH",
    ),
    ("no curvature", learning, "curvature_factor", lambda f: lambda *a: f(*a) / 9, "GD"),
    ("the upper layers forgotten", learning, "upper", lambda f: lambda w: w[-1] * 9, "GD"),
    ("a rate of another exponent", flow_check, "falls_as_fast", _other_exponent, "FLOW"),
]
"""Formulas made wrong: what, where, how, and the check that has to fail."""


def _formulas(record: Record) -> Iterator[Mutant]:
    for what, module, name, change, problem in FORMULAS:

        def outcome(
            module: Any = module, name: str = name, change: Any = change, problem: str = problem
        ) -> str:
            with mock.patch.object(module, name, change(getattr(module, name))):
                signal.signal(signal.SIGALRM, _too_long)
                signal.alarm(LIMIT)
                try:
                    rows = list(run_check(CHECKS[problem], record.instances, 0, 12))
                except TimeoutError:
                    return "timed out"
                except (ArithmeticError, AssertionError, ValueError, BadInput):
                    return "raised"
                finally:
                    signal.alarm(0)
            return _found(not all(row.held for row in rows))

        yield Mutant("formulas", f"formula: {what}", outcome)


def _too_long(*_: object) -> None:
    raise TimeoutError


def mutants() -> list[Mutant]:
    """Return all mutants, in a fixed order."""
    record = load_record()
    return [
        *_theorems(record),
        *_definitions(record),
        *_files(record),
        *_instances(record),
        *_formulas(record),
    ]


EQUIVALENT = {
    "DeepLinear.RankInstance.isControl_fullBound: another bound": (
        "a control says that every matrix of the shape has rank at most the bound; that is true of "
        "a greater bound as well"
    )
}
"""Mutants that are not wrong, each with the argument."""


def survivors(chosen: list[Mutant]) -> list[str]:
    """Return what was not caught, but for the mutants that are not wrong."""
    return [m.what for m in chosen if m.what not in EQUIVALENT and m.outcome() == "survived"]


def main() -> int:
    """Try all mutants and print the figures."""
    left = 0
    chosen = mutants()
    for group in GROUPS:
        counts: Counter[str] = Counter()
        for mutant in (m for m in chosen if m.group == group):
            how = "equivalent" if mutant.what in EQUIVALENT else mutant.outcome()
            counts[how] += 1
            if how == "survived":
                print(f"SURVIVED: {mutant.what}")
        said = ", ".join(f"{counts[how]} {how}" for how in (*OUTCOMES, "equivalent"))
        print(f"{group}: {counts.total()} mutants: {said}")
        left += counts["survived"]
    for what, why in EQUIVALENT.items():
        print(f"equivalent: {what} ({why})")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
