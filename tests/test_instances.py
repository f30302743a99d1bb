"""Reading instances: what is malformed is refused in one sentence that names the place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deeplinear import BadInput
from deeplinear.instances import Record, parse
from deeplinear.record import load_record

DATA: dict[str, Any] = load_record().model_dump(mode="json")
RANK = next(i for i, one in enumerate(DATA["instances"]) if one["type"] == "rank")
FLOW = next(i for i, one in enumerate(DATA["instances"]) if one["type"] == "flow")


def test_written_and_read_again() -> None:
    again = parse(Record, json.dumps(DATA), "here")
    assert again.model_dump(mode="json") == DATA


@pytest.mark.parametrize(
    ("index", "field", "value", "said"),
    [
        (RANK, "bound", -1, "greater than or equal to 0"),
        (RANK, "left", [["1", "2"], ["3"]], "different lengths"),
        (RANK, "left", [], "empty"),
        (RANK, "left", [[0.5]], "fraction as a string"),
        (RANK, "left", [["1/0"]], "is no number"),
        (RANK, "left", [["NaN"]], "is no number"),
        (RANK, "left", [["9" * 5000]], "is no number"),
        (RANK, "left", "x", "list of rows"),
        (RANK, "left", [["1"]], "same shape"),
        (RANK, "extra", 1, "Extra inputs"),
        (RANK, "type", "other", "does not match"),
        (FLOW, "weights", [], "at least one layer"),
        (FLOW, "x", [["1"]], "make the two numbers equal"),
        (FLOW, "kind", "maybe", "'example' or 'control'"),
    ],
)
def test_malformed_instances_are_refused(index: int, field: str, value: object, said: str) -> None:
    wrong = json.loads(json.dumps(DATA))
    wrong["instances"][index][field] = value
    with pytest.raises(BadInput, match=said) as error:
        parse(Record, json.dumps(wrong), "here")
    assert str(error.value).startswith("here is malformed at instances.")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 100000, '{"instances": [NaN]}'])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="here is malformed"):
        parse(Record, text, "here")
