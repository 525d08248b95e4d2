"""Made-up patients through a program: the same each time, complete, and through to therapy."""

from dataclasses import replace
from datetime import date

import pytest

from journeys.core.cohort import cohort
from journeys.core.templates import GRAPHS
from journeys.core.tuning import tuned
from programs.core.conditions import Condition
from programs.core.fields import Choice
from programs.core.forms import check_answers, file_questions, missing
from programs.core.made_up import somebody
from programs.definitions import load_definitions

TODAY = date(2026, 3, 6)
DEFINITIONS = load_definitions()


@pytest.mark.parametrize("key", DEFINITIONS)
def test_somebody_made_up_has_a_complete_form(key: str) -> None:
    definition = DEFINITIONS[key]
    for seed in range(3):
        answers, _form = somebody(definition, seed, today=TODAY)
        left = {each.key for each in missing((definition,), answers, today=TODAY)}
        assert left <= file_questions((definition,)), (seed, left)


def test_what_is_made_up_can_be_read_and_stands_on_the_form() -> None:
    definition = DEFINITIONS["veltrana"]
    answers, _form = somebody(definition, 4, today=TODAY)
    strange = ["The program does not ask this question."]
    assert strange not in check_answers((definition,), answers, today=TODAY).values()


def test_somebody_made_up_takes_the_product_that_is_for_their_weight() -> None:
    first, second, *_others = DEFINITIONS["veltrana"].products
    light: Condition = {"field": "patient.weight_kg", "op": "less", "value": 60}
    products = (
        replace(first, doses=(Choice("small", "Small", when=light),)),
        replace(second, doses=(Choice("large", "Large", when={"not": light}),)),
    )
    definition = replace(
        DEFINITIONS["veltrana"], products=products, asks=(*DEFINITIONS["veltrana"].asks, "E10")
    )
    taken = set()
    for seed in range(12):
        answers, form = somebody(definition, seed, today=TODAY)
        assert answers["F2"] == (
            "small" if float(form.known["patient.weight_kg"]) < 60 else "large"
        )
        taken.add(answers["F2"])
    assert taken == {"small", "large"}


def test_the_same_people_come_to_the_same_end_each_time() -> None:
    definition = DEFINITIONS["veltrana"]
    graph = tuned(GRAPHS[definition.journey.template], definition.journey.tune)
    told = cohort(definition, graph, today=TODAY, patients=40)
    few = [cohort(definition, graph, today=TODAY, patients=8) for _ in range(2)]
    assert few[0] == few[1]
    assert told["patients"] == 40
    assert 0 < told["stages"]["on_therapy"] <= told["stages"]["accepted"] <= told["sent"]
    assert told["sent"] + told["refused"].get(
        "Veltrana Together helps patients who are 12 or older.", 0
    ) == pytest.approx(40, abs=2)
    assert told["stuck"] == {}
    assert told["without"]["copay"] > 0
    assert 30 < told["inputs"][0] < 60
