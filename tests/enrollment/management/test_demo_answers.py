"""What the demo answers for a typical patient can be sent in every program there is."""

import datetime as dt
from typing import Any

import pytest

from enrollment.management.demo.clinical import clinical_answers
from enrollment.management.demo.people import PRACTICES, PRESCRIBERS, patients_of
from journeys.core.templates import GRAPHS
from journeys.core.tuning import tuning_problems
from programs.core.definition import Definition
from programs.core.forms import check_answers, missing
from programs.definitions import load_definitions

TODAY = dt.date(2026, 3, 6)
DEFINITIONS = load_definitions()
COMMERCIAL = {"B5": "commercial"}
CHILD = {
    "A5": "2017-05-01", "A20": "Rosa Delgado", "A21": "parent", "A22": "6175550100",
    "B11": "19", "B9": "Rosa Delgado", "B10": "1988-02-01",
}  # fmt: skip


def answered(definition: Definition) -> dict[str, Any]:
    patient, coverage = next(patients_of("lakeside", seed=1))
    everything = {
        **PRACTICES["lakeside"],
        **PRESCRIBERS["lakeside"],
        **patient,
        "A19": True,
        **coverage,
        **COMMERCIAL,
        **(CHILD if definition.key == "altivane" else {}),
        **clinical_answers(definition.key, today=TODAY),
    }
    asked = {part.id for field in definition.questions for part in field.asked}
    return {
        key: value
        for key, value in everything.items()
        if key in asked or key.partition(".")[0] in definition.asks
    }


@pytest.mark.parametrize("key", DEFINITIONS)
def test_the_typical_answers_are_complete_and_right(key: str) -> None:
    definition = DEFINITIONS[key]
    answers = answered(definition)
    assert [each.sentence for each in missing([definition], answers, today=TODAY)] == []
    assert check_answers([definition], answers, today=TODAY) == {}


@pytest.mark.parametrize("key", DEFINITIONS)
def test_every_program_follows_a_journey_that_can_be_walked(key: str) -> None:
    plan = DEFINITIONS[key].journey
    assert tuning_problems(GRAPHS[plan.template], plan.tune) == []
