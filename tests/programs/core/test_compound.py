"""Questions made of data: matrices, repeats, quantities, checklists, and computed values."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.core.computed import kilograms, worked_out
from programs.core.definition import Definition
from programs.core.display import display
from programs.core.fields import Band, Formula
from programs.core.forms import check_answers, missing, problems, read_answers, sheet, visible
from tests.programs.core.samples import COMPLETE as ANSWERED
from tests.programs.core.samples import TODAY, VELTRANA, question, with_changes

COMPLETE = {key: value for key, value in ANSWERED.items() if not key.startswith("veltrana.")}

MATRIX = question(
    "tests",
    "matrix",
    label="Allergy tests",
    rows=[
        {"code": "skin", "label": "Skin prick"},
        {
            "code": "blood",
            "label": "Blood",
            "when": {"field": "E4", "op": "equals", "value": "new"},
        },
    ],
    parts=[
        {
            "id": "veltrana.tests.result",
            "section": "Clinical",
            "label": "Result",
            "type": "pick",
            "required": "always",
            "choices": [
                {"code": "pos", "label": "Positive"},
                {"code": "none", "label": "Not done"},
            ],
        },
        {
            "id": "veltrana.tests.on",
            "section": "Clinical",
            "label": "Done on",
            "type": "date",
            "required": "conditional",
            "shown_when": {"field": "veltrana.tests.result", "op": "equals", "value": "pos"},
        },
    ],
)
REPEAT = question(
    "tried",
    "repeat",
    label="Earlier therapy",
    most=3,
    parts=[
        {
            "id": "veltrana.tried.drug",
            "section": "Clinical",
            "label": "Medicine",
            "type": "text",
            "required": "always",
        },
        {
            "id": "veltrana.tried.from",
            "section": "Clinical",
            "label": "From",
            "type": "date",
        },
        {
            "id": "veltrana.tried.until",
            "section": "Clinical",
            "label": "Until",
            "type": "date",
            "checks": ["not_before veltrana.tried.from"],
        },
    ],
)
QUANTITY = question(
    "ige",
    "quantity",
    label="Total IgE",
    required="always",
    minimum="0",
    choices=[{"code": "iu_ml", "label": "IU/mL"}],
)
CHECKLIST = question(
    "before",
    "checklist",
    label="Before every infusion",
    required="always",
    recurs="Before every infusion",
    every_days=28,
    choices=[
        {"code": "fever", "label": "No fever"},
        {"code": "weight", "label": "Weight taken"},
        {
            "code": "pregnancy",
            "label": "Pregnancy test negative",
            "when": {"field": "A6", "op": "equals", "value": "F"},
        },
    ],
)
BANDS: dict[str, Any] = {
    "of": "patient.weight_kg",
    "bands": [
        {"at_most": "55", "value": "260"},
        {"at_most": "85", "value": "390"},
        {"value": "520"},
    ],
}
DOSE = question("dose", "computed", label="First dose", unit="mg", formula=BANDS)


def asking(*questions: dict[str, Any], **changes: Any) -> Definition:
    asks = [*VELTRANA.asks, "E10"]
    plain = {"questions": list(questions), "tightens": {}, "eligibility": [], "asks": asks}
    return with_changes(VELTRANA, **{**plain, **changes})


def shown(definition: Definition, **answers: Any) -> list[str]:
    known = {**COMPLETE, **{name.replace("__", "."): value for name, value in answers.items()}}
    return [
        item.key
        for item in visible([definition], known, today=TODAY)
        if item.key.startswith("veltrana.")
    ]


@pytest.mark.parametrize("written", [MATRIX, REPEAT, QUANTITY, CHECKLIST, DOSE])
def test_each_kind_is_sound_and_survives_json(written: dict[str, Any]) -> None:
    definition = asking(written)
    assert problems(definition) == []
    assert Definition.from_json(definition.to_json()) == definition


def test_a_matrix_asks_its_columns_once_for_each_row() -> None:
    definition = asking(MATRIX)
    assert shown(definition) == ["veltrana.tests.skin.result", "veltrana.tests.blood.result"]
    assert shown(definition, veltrana__tests__skin__result="pos") == [
        "veltrana.tests.skin.result",
        "veltrana.tests.skin.on",
        "veltrana.tests.blood.result",
    ]


def test_a_row_of_a_matrix_is_asked_only_when_it_applies() -> None:
    assert shown(asking(MATRIX), E4="restart") == ["veltrana.tests.skin.result"]


def test_the_words_over_a_row_name_the_matrix_and_the_row() -> None:
    items = visible([asking(MATRIX)], COMPLETE, today=TODAY)
    assert [item.group for item in items if item.key.startswith("veltrana.")] == [
        "Allergy tests \u2013 Skin prick",
        "Allergy tests \u2013 Blood",
    ]


def test_what_is_missing_in_a_matrix_is_told_by_row() -> None:
    told = [each.sentence for each in missing([asking(MATRIX)], COMPLETE, today=TODAY)]
    assert "“Allergy tests \u2013 Blood: result” has no answer yet." in told


def test_the_next_time_is_offered_once_the_one_before_is_begun() -> None:
    definition = asking(REPEAT)
    first = ["veltrana.tried.1.drug"]
    assert shown(definition) == first
    begun = shown(definition, veltrana__tried__1__drug="Methotrexate")
    assert begun == [
        *first,
        "veltrana.tried.1.from",
        "veltrana.tried.1.until",
        "veltrana.tried.2.drug",
    ]
    third = {f"veltrana__tried__{number}__drug": "x" for number in (1, 2, 3)}
    assert shown(definition, **third)[-1] == "veltrana.tried.3.until"
    assert len(shown(definition, **third)) == 9


def test_only_the_first_time_is_required() -> None:
    known = {**COMPLETE, "E10.weight": "60", "E10.unit": "kg", "E10.on": "2026-03-01"}
    missed = missing([asking(REPEAT)], known, today=TODAY)
    assert [each.key for each in missed] == ["veltrana.tried.1.drug"]
    known["veltrana.tried.1.drug"] = "Methotrexate"
    assert missing([asking(REPEAT)], known, today=TODAY) == ()


def test_a_check_within_a_repeat_compares_within_the_same_time() -> None:
    answers = {
        **COMPLETE,
        "veltrana.tried.1.drug": "Methotrexate",
        "veltrana.tried.1.from": "2025-05-01",
        "veltrana.tried.1.until": "2025-04-01",
        "veltrana.tried.2.drug": "Leflunomide",
        "veltrana.tried.2.from": "2025-01-01",
        "veltrana.tried.2.until": "2025-04-01",
    }
    wrong = check_answers([asking(REPEAT)], answers, today=TODAY)
    assert wrong == {"veltrana.tried.1.until": ["The end is before the start."]}


def test_a_quantity_is_a_number_in_its_unit_with_the_day() -> None:
    definition = asking(QUANTITY)
    items = {item.key: item for item in visible([definition], COMPLETE, today=TODAY)}
    assert items["veltrana.ige.value"].field.unit == "IU/mL"
    assert display(items["veltrana.ige.value"].field, "340") == "340 IU/mL"
    missed = [each.key for each in missing([definition], COMPLETE, today=TODAY)]
    assert "veltrana.ige.value" in missed
    assert "veltrana.ige.on" not in missed
    given = {**COMPLETE, "veltrana.ige.value": "-3", "veltrana.ige.on": "2030-01-01"}
    wrong = check_answers([definition], given, today=TODAY)
    assert wrong == {
        "veltrana.ige.value": ["The least this can be is 0 IU/mL; -3 is less."],
        "veltrana.ige.on": ["This date is in the future."],
    }


def test_a_quantity_in_several_units_asks_which() -> None:
    several = {
        **QUANTITY,
        "minimum": None,
        "choices": [{"code": "mg", "label": "mg/dL"}, {"code": "mmol", "label": "mmol/L"}],
    }
    known = {**COMPLETE, "veltrana.ige.value": "5"}
    missed = [each.key for each in missing([asking(several)], known, today=TODAY)]
    assert missed[-2:] == ["veltrana.ige.unit", "veltrana.ige.on"]


def test_a_checklist_is_done_when_every_line_that_applies_is_ticked() -> None:
    definition = asking(CHECKLIST)
    half = {**COMPLETE, "veltrana.before": ["fever", "weight"]}
    said = check_answers([definition], half, today=TODAY)["veltrana.before"]
    assert said[0].endswith("before this can be sent; “Pregnancy test negative” is not ticked.")
    for_a_man = {**half, "A6": "M"}
    assert "veltrana.before" not in check_answers([definition], for_a_man, today=TODAY)


@pytest.mark.parametrize(
    ("weight", "unit", "dose"),
    [
        ("55", "kg", "260"),
        ("55.1", "kg", "390"),
        ("121", "lb", "260"),
        ("122", "lb", "390"),
        ("85", "kg", "390"),
        ("180", "kg", "520"),
    ],
)
def test_a_dose_follows_from_the_band_of_the_weight(weight: str, unit: str, dose: str) -> None:
    known = {**COMPLETE, "E10.weight": weight, "E10.unit": unit}
    assert sheet([asking(DOSE)], known, today=TODAY).known["veltrana.dose"] == dose


def test_without_a_weight_there_is_no_dose() -> None:
    assert "veltrana.dose" not in sheet([asking(DOSE)], COMPLETE, today=TODAY).known
    known = {**COMPLETE, "E10.weight": "about 60", "E10.unit": "kg"}
    assert "veltrana.dose" not in sheet([asking(DOSE)], known, today=TODAY).known


def test_a_computed_value_cannot_be_posted_or_smuggled_in() -> None:
    definition = asking(DOSE)
    values, wrong = read_answers([definition], {"veltrana.dose": "9000"})
    assert values == {}
    assert wrong == {"veltrana.dose": ["This follows from other answers; it is not typed."]}
    stored = {**COMPLETE, "veltrana.dose": "9000"}
    assert "veltrana.dose" not in sheet([definition], stored, today=TODAY).known


def test_a_condition_may_read_a_computed_value() -> None:
    large = question(
        "two_vials",
        "boolean",
        shown_when={"field": "veltrana.dose", "op": "greater", "value": 300},
    )
    definition = asking(DOSE, large)
    assert problems(definition) == []
    assert "veltrana.two_vials" in shown(definition, E10__weight="90", E10__unit="kg")
    assert "veltrana.two_vials" not in shown(definition, E10__weight="50", E10__unit="kg")


def test_a_circle_by_way_of_a_fact_is_told() -> None:
    """The weight is asked only above a dose that follows from the weight."""
    circle = {"field": "veltrana.dose", "op": "present"}
    definition = asking(DOSE, tightens={"E10": {"shown_when": circle}})
    assert any("depends on its own answer" in problem.why for problem in problems(definition))


def test_a_question_may_stand_behind_a_canonical_one() -> None:
    behind = {**DOSE, "section": "Prescription", "after": "F1"}
    keys = [item.key for item in visible([asking(behind)], COMPLETE, today=TODAY)]
    assert keys[keys.index("F1") : keys.index("F2") + 1] == ["F1", "veltrana.dose", "F2"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({**MATRIX, "rows": []}, "A matrix has rows."),
        ({**MATRIX, "rows": [MATRIX["rows"][0]] * 2}, "Two rows have one code."),
        ({**MATRIX, "parts": []}, "It asks several questions together; add the first one."),
        ({**REPEAT, "most": 1}, "2 to 6 times"),
        ({**REPEAT, "most": None}, "2 to 6 times"),
        ({**REPEAT, "parts": [{**REPEAT["parts"][0], "id": "veltrana.x"}]}, "start with"),
        ({**REPEAT, "parts": [{**QUANTITY, "id": "veltrana.tried.q"}]}, "one question"),
        ({**QUANTITY, "choices": []}, "nothing to choose"),
        (
            {**QUANTITY, "choices": [*QUANTITY["choices"], {"code": "g", "label": "g"}]},
            "Limits hold in one unit",
        ),
        ({**QUANTITY, "minimum": "18 years"}, "plain numbers"),
        ({**QUANTITY, "minimum": "9", "maximum": "1"}, "at least 9 and at most 1"),
        ({**REPEAT, "minimum": "1"}, "Only a number has a lowest"),
        ({**CHECKLIST, "choices": []}, "nothing to choose"),
        ({**DOSE, "formula": None}, "by which formula"),
        ({**DOSE, "required": "always"}, "Nobody can be made to answer"),
        ({**DOSE, "formula": {**BANDS, "of": "veltrana.dose"}}, "It follows from no answer"),
        ({**DOSE, "formula": {**BANDS, "times": "2"}}, "either bands or a factor"),
        ({**DOSE, "formula": {"of": "E10.weight"}}, "either bands or a factor"),
        ({**DOSE, "formula": {"of": "E10.weight", "times": "two"}}, "written in numbers"),
        ({**DOSE, "formula": {"of": "E10.weight", "times": "2", "step": "0"}}, "more than 0"),
        ({**DOSE, "formula": {**BANDS, "bands": BANDS["bands"][::-1]}}, "without a limit"),
        (
            {**DOSE, "formula": {**BANDS, "bands": [BANDS["bands"][1], BANDS["bands"][0]]}},
            "stand in order",
        ),
        ({**DOSE, "after": "Z9"}, "It cannot stand after “Z9”, which is not asked."),
        ({**DOSE, "after": "F1"}, "“F1” stands in another section."),
        (question("x", "text", formula=BANDS), "Only a computed value"),
        (
            question(
                "x",
                "group",
                required="always",
                parts=[{"id": "veltrana.y", "section": "Clinical", "label": "Y", "type": "text"}],
            ),
            "The parts of a group say themselves",
        ),
    ],
)
def test_each_mistake_is_told(written: dict[str, Any], said: str) -> None:
    assert any(said in problem.why for problem in problems(asking(written)))


@pytest.mark.parametrize(
    ("formula", "given", "result"),
    [
        (Formula(of="w", times="0.5", step="5"), "27", "15"),
        (Formula(of="w", times="0.5", step="5"), "23", "10"),
        (Formula(of="w", times="15", step="1", most="360"), "24.1", "360"),
        (Formula(of="w", times="1.5"), "10", "15"),
        (Formula(of="w", bands=(Band("a", "1"),)), "2", None),
        (Formula(of="w", times="1"), True, None),
        (Formula(of="w", times="1"), "NaN", None),
    ],
)
def test_formulas(formula: Formula, given: object, result: str | None) -> None:
    assert worked_out(formula, {"w": given}) == result


@given(st.decimals("1", "400", places=1))
def test_a_heavier_patient_never_gets_less(weight: Decimal) -> None:
    bands = tuple(Band(band["value"], band.get("at_most", "")) for band in BANDS["bands"])
    lighter = worked_out(Formula(of="w", bands=bands), {"w": str(weight)})
    heavier = worked_out(Formula(of="w", bands=bands), {"w": str(weight + 1)})
    assert lighter is not None
    assert heavier is not None
    assert Decimal(heavier) >= Decimal(lighter)


def test_weights_in_pounds_and_kilograms() -> None:
    assert kilograms("100", "lb") == "45.4"
    assert kilograms("68.5", "kg") == "68.5"
    assert kilograms("11", "stone") is None
    assert kilograms(None, "kg") is None
