"""The published schemas take what the product makes and refuse what it would."""

import copy
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from enrollment.core.packet import packet
from programs.core.forms import read_answers
from programs.core.schema import (
    answers_schema,
    canonical_schema,
    definition_schema,
    packet_schema,
)
from tests.programs.core.samples import COMPLETE, DEFINITIONS, TODAY, VELTRANA

ADDRESS = "https://throughline.example/schemas/x/1.json"


@cache
def sound(schema: str) -> Any:
    """What judges by this schema, which is looked at itself once: that takes longest."""
    # Takes seconds to import, which every process of the suite would pay.
    from jsonschema import Draft202012Validator

    read = json.loads(schema)
    Draft202012Validator.check_schema(read)
    return Draft202012Validator(read)


def faults(schema: dict[str, Any], value: object) -> list[str]:
    return [error.message for error in sound(json.dumps(schema)).iter_errors(value)]


@pytest.mark.parametrize("key", DEFINITIONS)
def test_every_demo_program_is_a_definition(key: str) -> None:
    assert faults(definition_schema(ADDRESS), DEFINITIONS[key].to_json()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "one"},
        {"color": "blue"},
        {"products": [{"ndc": "99101014002"}]},
        {"route": {"hub": "northstar", "transport": "pigeon", "pharmacies": []}},
        {
            "questions": [
                {"id": "veltrana.x", "section": "Clinical", "label": "X", "type": "riddle"}
            ]
        },
        {"eligibility": [{**VELTRANA.to_json()["eligibility"][0], "when": {"field": "A1"}}]},
        {"eligibility": [{**VELTRANA.to_json()["eligibility"][0], "when": {"all": []}}]},
    ],
)
def test_what_is_no_definition_is_refused(change: dict[str, Any]) -> None:
    assert faults(definition_schema(ADDRESS), {**VELTRANA.to_json(), **change})


def test_something_missing_is_refused() -> None:
    without = {key: value for key, value in VELTRANA.to_json().items() if key != "consents"}
    assert faults(definition_schema(ADDRESS), without) == ["'consents' is a required property"]


def test_answers_in_canonical_form_fit_and_others_do_not() -> None:
    values, wrong = read_answers([VELTRANA], COMPLETE)
    assert wrong == {}
    schema = answers_schema(VELTRANA, ADDRESS)
    assert faults(schema, values) == []
    for bad in (
        {"A5": "03/27/1984"},
        {"B19": "12"},
        {"veltrana.tb_result": "maybe"},
        {"H1": ["copay", "copay"]},
        {"ossivue.t_score": "-2"},
        {"A1": "R" * 36},
    ):
        assert faults(schema, {**values, **bad}), bad


def test_canonical_answers_are_typed_the_same_whatever_the_program() -> None:
    values, _wrong = read_answers([VELTRANA], COMPLETE)
    canonical = {key: value for key, value in values.items() if not key.startswith("veltrana.")}
    assert faults(canonical_schema(ADDRESS), canonical) == []


def test_a_packet_fits_its_schema() -> None:
    made = packet(
        VELTRANA,
        COMPLETE,
        signatures=[{"kind": "patient", "fields": {"S1": "evidence", "S2": "2026-03-06"}}],
        submitted_at=datetime(2026, 3, 6, 15, tzinfo=UTC),
        today=TODAY,
    )
    written = json.loads(json.dumps(made))
    assert faults(packet_schema(ADDRESS), written) == []
    strange = copy.deepcopy(written)
    strange["sections"][0]["fields"][0]["secret"] = "x"
    assert faults(packet_schema(ADDRESS), strange)
