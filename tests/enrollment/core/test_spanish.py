"""What a patient reads before signing, in Spanish as far as somebody wrote it."""

from typing import Any

import pytest

from enrollment.core.signed import statement
from enrollment.core.spanish import display_in, hint_in, label_in
from programs.core.definition import Definition
from programs.core.forms import problems
from programs.core.union import Item, union
from tests.programs.core.samples import COMPLETE, DEFINITIONS, TODAY, VELTRANA, with_changes

PICK = {
    "id": "veltrana.help",
    "section": "Services",
    "label": "Who helps at home?",
    "label_es": "¿Quién ayuda en casa?",
    "hint": "Anybody counts.",
    "hint_es": "Cuenta cualquiera.",
    "type": "pick",
    "asked_of": "PT",
    "choices": [
        {"code": "nobody", "label": "Nobody", "label_es": "Nadie"},
        {"code": "friend", "label": "A friend"},
    ],
}
TABLE = {
    "id": "veltrana.days",
    "section": "Services",
    "label": "Days",
    "label_es": "Días",
    "type": "matrix",
    "asked_of": "PT",
    "rows": [{"code": "home", "label": "At home", "label_es": "En casa"}],
    "parts": [
        {
            "id": "veltrana.days.count",
            "section": "Services",
            "label": "How many",
            "label_es": "Cuántos",
            "type": "number",
            "unit": "days",
            "unit_es": "días",
            "asked_of": "PT",
        }
    ],
}
RESULT = {
    "id": "veltrana.sleep",
    "section": "Services",
    "label": "Sleep",
    "label_es": "Sueño",
    "type": "quantity",
    "asked_of": "PT",
    "choices": [{"code": "h", "label": "hours", "label_es": "horas"}],
}


def asking(*questions: dict[str, Any]) -> Definition:
    own = VELTRANA.to_json()["questions"]
    definition = with_changes(VELTRANA, questions=[*own, *questions])
    assert problems(definition) == []
    return definition


def told(language: str, *questions: dict[str, Any], **answers: Any) -> list[tuple[str, str, str]]:
    known = {**COMPLETE, **{key.replace("__", "."): value for key, value in answers.items()}}
    shown = statement(asking(*questions), known, signer="patient", today=TODAY)
    return [
        (
            label_in(item, language),
            display_in(item.field, shown.answers[item.key], language),
            hint_in(item, language),
        )
        for item in shown.items
        if item.key.startswith("veltrana.")
    ]


def test_a_programs_question_its_help_and_its_choices_are_read_in_spanish() -> None:
    spanish = told("es", PICK, veltrana__help="nobody")
    assert spanish == [("¿Quién ayuda en casa?", "Nadie", "Cuenta cualquiera.")]
    english = told("en", PICK, veltrana__help="nobody")
    assert english == [("Who helps at home?", "Nobody", "Anybody counts.")]


def test_what_nobody_translated_is_read_in_english() -> None:
    assert told("es", PICK, veltrana__help="friend")[0][1] == "A friend"
    plain = {key: value for key, value in PICK.items() if not key.endswith("_es")}
    spanish = told("es", plain, veltrana__help="nobody")
    assert spanish == [("Who helps at home?", "Nadie", "Anybody counts.")]


def test_the_words_over_a_table_and_the_unit_are_spanish_too() -> None:
    spanish = told("es", TABLE, veltrana__days__home__count="3")
    assert spanish == [("Días \u2013 En casa: cuántos", "3 días", "")]


def test_a_result_with_its_day_is_spanish_too() -> None:
    answers = {"veltrana__sleep__value": "7", "veltrana__sleep__on": "2026-03-01"}
    spanish = [(label, value) for label, value, _ in told("es", RESULT, **answers)]
    assert spanish == [
        ("Sueño: resultado", "7 horas"),
        ("Sueño: medido el", "1 de marzo de 2026"),
    ]


def test_how_the_office_types_an_answer_is_not_said_to_the_patient() -> None:
    shown = statement(VELTRANA, COMPLETE, signer="patient", today=TODAY)
    name = next(item for item in shown.items if item.key == "A1")
    assert hint_in(name, "en") == hint_in(name, "es") == ""


@pytest.mark.parametrize("key", DEFINITIONS)
def test_everything_a_demo_program_has_a_patient_read_is_in_spanish(key: str) -> None:
    for item in union((DEFINITIONS[key],)):
        if item.field.asked_of == "PT" or item.key in {"A1", "A3", "A5", "A20", "A21"}:
            spoken(item)


def spoken(item: Item) -> None:
    field = item.field
    assert field.label_es, item.key
    assert item.group_es != item.group or not item.group, item.key
    assert all(choice.label_es for choice in field.choices), item.key
    assert field.hint_es or not field.hint or field.asked_of != "PT", item.key
    assert bool(field.unit_es) is bool(field.unit) or field.unit in ("", "%", "mg"), item.key
