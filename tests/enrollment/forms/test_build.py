"""Forms come from the definition alone: fields, order, words, controls and refusals."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict

from enrollment.forms.build import (
    NEVER_BY_DEFAULT,
    AnswersForm,
    read_posted,
    section_form,
    subject_form,
)
from enrollment.forms.fields import BUILDERS
from programs.core.fields import FieldType
from programs.core.forms import fields_once_per, union
from tests.programs.core.samples import (
    COMPLETE,
    DEFINITIONS,
    OSSIVUE,
    RIVASTET,
    TODAY,
    VELTRANA,
    question,
    with_changes,
)


def post(**values: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for key, value in values.items():
        data.setlist(key.replace("__", "."), value if isinstance(value, list) else [value])
    return data


def form(section: str, answers: Any = None, data: Any = None, *definitions: Any) -> AnswersForm:
    return section_form(definitions or (VELTRANA,), section, answers or {}, data, today=TODAY)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.found if attrs.get("name") == name]


def rendered(built: AnswersForm) -> str:
    return str(render_crispy_form(built))


@pytest.mark.parametrize("key", DEFINITIONS)
def test_every_question_of_a_program_has_a_control(key: str) -> None:
    asked = {item.key for item in union((DEFINITIONS[key],))}
    typed = {item.field.type for item in union((DEFINITIONS[key],))}
    assert typed - {"file"} <= set(BUILDERS)
    assert asked


@pytest.mark.parametrize("kind", sorted(set(BUILDERS) - {"computed"}))
def test_every_type_draws_one_labelled_control(kind: FieldType) -> None:
    choices = [{"code": "a", "label": "A"}] if kind in ("checklist", "pick", "multi") else []
    asking = with_changes(
        VELTRANA,
        questions=[question("x", kind, label="The question", hint="A hint.", choices=choices)],
        tightens={},
        eligibility=[],
    )
    html = rendered(form("clinical", {}, None, asking))
    assert Tags(html).named("veltrana.x")
    assert "The question" in html
    assert html.index("A hint.") < html.index('name="veltrana.x"') or kind == "agreement"


def test_a_section_holds_its_visible_questions_in_order() -> None:
    fields = list(form("prescription", COMPLETE).fields)
    assert fields == ["F1", "F2", "F3", "F5", "F6", "F8", "F10"]
    assert "E6" not in form("clinical", COMPLETE).fields
    assert "E6" in form("clinical", {**COMPLETE, "veltrana.tried_before": True}).fields
    assert not form("consent", COMPLETE).fields


def test_what_is_required_now_is_marked_and_nothing_is_left_to_the_browser() -> None:
    built = form("patient", COMPLETE)
    assert built.fields["A1"].required
    assert not built.fields["A9"].required
    assert not built.fields["A20"].required
    assert form("patient", {**COMPLETE, "A5": "2012-01-01"}).fields["A20"].required
    assert not any("required" in attrs for _, attrs in Tags(rendered(built)).found)


def test_answers_stand_in_their_controls_as_people_write_them() -> None:
    patient = form("patient", COMPLETE)
    assert patient["A5"].value() == "03/27/1984"
    assert patient["A13"].value() == "(312) 555-0142"
    tags = Tags(rendered(form("services", COMPLETE)))
    ticked = [attrs["value"] for attrs in tags.named("H1") if "checked" in attrs]
    assert ticked == ["benefit_verification", "copay"]
    insured = Tags(rendered(form("coverage", COMPLETE))).named("B1")
    assert [attrs["value"] for attrs in insured if "checked" in attrs] == ["true"]


def test_few_choices_stand_open_and_many_fold_into_a_list() -> None:
    tags = Tags(rendered(form("patient", COMPLETE)))
    assert {attrs["type"] for attrs in tags.named("A6")} == {"radio"}
    assert [tag for tag, attrs in tags.found if attrs.get("name") == "A7"] == ["select"]


def test_controls_help_the_typist_and_tell_the_length() -> None:
    tags = Tags(rendered(form("patient", COMPLETE)))
    (birth,), (zip_code,), (phone,), (email,) = (
        tags.named(name) for name in ("A5", "A12", "A13", "A17")
    )
    assert birth["type"] == "text"
    assert birth["inputmode"] == "numeric"
    assert "width-10" in (zip_code["class"] or "")
    assert phone["type"] == "tel"
    assert email["type"] == "email"
    assert {tag["autocomplete"] for tag in (birth, zip_code, phone, email)} == {"off"}
    assert not any("maxlength" in attrs for _, attrs in tags.found), "a paste is never cut"


def test_a_diagnosis_is_suggested_and_another_may_be_typed() -> None:
    html = rendered(form("diagnosis", COMPLETE))
    (box,) = Tags(html).named("E1")
    assert f'<datalist id="{box["list"]}">' in html
    built = form("diagnosis", COMPLETE, post(E1="m0600"))
    assert built.is_valid()
    assert built.cleaned_data == {"E1": "M06.00"}


def test_choices_follow_the_other_answers() -> None:
    doses = Tags(rendered(form("prescription", {**COMPLETE, "F1": "99101014102"}))).named("F2")
    assert [attrs["value"] for attrs in doses] == ["140_syringe"]


def test_posted_answers_come_out_in_canonical_form() -> None:
    built = form(
        "patient",
        {},
        post(A1=" Rosa\u00a0", A3="Mari\u0301n", A5="3/27/1984", A13="+1 (312) 555-0142", A11="IL"),
    )
    assert built.is_valid()
    assert built.cleaned_data == {
        "A1": "Rosa", "A3": "Marín", "A5": "1984-03-27", "A13": "3125550142", "A11": "IL",
    }  # fmt: skip


def test_a_half_filled_section_is_no_error() -> None:
    assert form("patient", {}, post(A1="Rosa")).is_valid()


def test_a_refusal_stands_at_its_field_in_the_cores_words_and_keeps_what_was_typed() -> None:
    built = form("patient", {}, post(A1="Rosa🙂", A5="31/12/1990", A12="6060", A3="Marín"))
    assert not built.is_valid()
    assert built.errors["A5"] == [
        "Write the date as YYYY-MM-DD or MM/DD/YYYY; 31/12/1990 has no month 31."
    ]
    assert set(built.errors) == {"A1", "A5", "A12"}
    assert built.cleaned_data == {"A3": "Marín"}
    html = rendered(built)
    assert 'value="31/12/1990"' in html
    assert "31/12/1990 has no month 31" in html


def test_a_choice_nobody_offered_is_refused_in_our_words() -> None:
    built = form("patient", {}, post(A6="X"))
    assert built.errors["A6"] == ["“X” is not one of the choices."]


def test_answers_are_checked_against_those_of_other_sections() -> None:
    government = {**COMPLETE, "B5": "medicaid"}
    built = form("services", government, post(H1=["copay"]))
    assert "a government pays for" in built.errors["H1"][0]
    assert form("services", government, post(H1=["benefit_verification"])).is_valid()


def test_an_answer_shows_what_hangs_on_it_at_once() -> None:
    built = form("clinical", COMPLETE, post(veltrana__tried_before="true", E6="methotrexate"))
    assert "E6" in built.fields
    assert built.is_valid()
    assert built.cleaned_data["E6"] == "methotrexate"


def test_what_an_answer_hides_is_kept_and_not_judged() -> None:
    tried = {**COMPLETE, "veltrana.tried_before": True}
    built = form("clinical", tried, post(veltrana__tried_before="false", E6="x" * 99))
    assert "E6" not in built.fields
    assert built.is_valid()
    assert built.cleaned_data["E6"] == "x" * 99


def test_a_question_that_returns_still_holds_what_was_typed_before() -> None:
    hidden = {**COMPLETE, "veltrana.tried_before": False, "E6": "methotrexate", "E8": "failure"}
    built = form("clinical", hidden, post(veltrana__tried_before="true"))
    assert built["E6"].value() == "methotrexate"
    assert built.is_valid()
    assert built.cleaned_data == {"veltrana.tried_before": True}, "only what was posted"


def test_boxes_left_unticked_are_an_answer_of_the_whole_section_only() -> None:
    built = form("services", COMPLETE, post(other="1"))
    assert built.is_valid()
    assert built.cleaned_data == {"H1": None}
    items = union((VELTRANA,))
    assert read_posted(items, post(A1="Rosa")) == {"A1": "Rosa"}
    assert read_posted(items, QueryDict(), unticked=["H1", "A1"]) == {"H1": None}


def test_fields_of_other_sections_and_strangers_are_not_taken() -> None:
    built = form("patient", {}, post(A1="Rosa", B7="X1", Z9="1", csrfmiddlewaretoken="t"))
    assert built.is_valid()
    assert built.cleaned_data == {"A1": "Rosa"}


def test_questions_that_belong_together_stand_under_one_legend() -> None:
    html = rendered(form("clinical", COMPLETE))
    assert html.count("<legend>Tuberculosis screening</legend>") == 1
    start, end = html.index("<legend>Tuberculosis screening"), html.index("veltrana.tried_before")
    assert 'name="veltrana.tb_result"' in html[start:end]
    assert 'name="veltrana.tb_on"' in html[start:end]


def test_words_of_a_definition_are_words_and_never_markup_or_template() -> None:
    nasty = '<b onclick="x">{{ form }}{% load static %}</b>'
    part = question("inner", label=nasty, hint=nasty)
    asking = with_changes(
        VELTRANA,
        questions=[
            question("outer", "group", label=nasty, parts=[part]),
            question("pick", "pick", label=nasty, choices=[{"code": nasty, "label": nasty}]),
            question("combo", "combo", choices=[{"code": nasty, "label": nasty}]),
        ],
        tightens={},
        eligibility=[],
    )
    html = rendered(form("clinical", {"veltrana.inner": nasty}, None, asking))
    assert "<b" not in html
    assert html.count("{{ form }}{% load static %}") >= 6
    refused = rendered(form("clinical", {}, post(veltrana__pick="<i>"), asking))
    assert "<i>" not in refused


def test_of_several_programs_each_question_says_who_alone_wants_it() -> None:
    built = form("coverage", {"B1": True}, None, VELTRANA, OSSIVUE)
    assert built.fields["B19"].wanted_by == "Veltrana Together"  # type: ignore[attr-defined]  # AnswerField
    assert built.fields["B7"].wanted_by == ""  # type: ignore[attr-defined]  # AnswerField
    alone = form("coverage", {"B1": True}, None, RIVASTET)
    assert alone.fields["B19"].wanted_by == ""  # type: ignore[attr-defined]  # AnswerField


def test_several_programs_post_their_own_answers_apart() -> None:
    data = QueryDict(mutable=True)
    data["veltrana:F5"], data["ossivue:F5"] = "2", "0"
    built = form("prescription", COMPLETE, data, VELTRANA, OSSIVUE)
    assert list(built.errors) == ["ossivue:F5"]
    assert built.cleaned_data["veltrana:F5"] == "2"


@pytest.mark.parametrize("once", ["patient", "coverage", "practice", "prescriber"])
def test_a_subject_has_a_form_of_its_own(once: Any) -> None:
    built = subject_form(once, {}, today=TODAY)
    shown = {item.key for item in fields_once_per(once) if item.field.shown_when is None}
    typed = {
        item.key
        for item in fields_once_per(once)
        if item.field.type in BUILDERS and item.key in shown
    }
    assert set(built.fields) == typed - NEVER_BY_DEFAULT
    assert re.search(r"<input|<select", rendered(built))


def test_a_subjects_form_refuses_in_the_same_words() -> None:
    built = subject_form("prescriber", {}, post(D1="Maya Okafor", D4="123456789"), today=TODAY)
    assert built.errors["D4"] == ["The NPI has 10 digits; this one has 9."]
    assert built.cleaned_data == {"D1": "Maya Okafor"}


def test_ids_are_unique_and_every_control_has_its_label() -> None:
    for definition in DEFINITIONS.values():
        for section in ("patient", "coverage", "clinical", "prescription", "services", "copay"):
            tags = Tags(rendered(form(section, {"B1": True, "H1": ["copay"]}, None, definition)))
            ids = [attrs["id"] for _, attrs in tags.found if attrs.get("id")]
            assert len(ids) == len(set(ids))
            labelled = {attrs.get("for") for tag, attrs in tags.found if tag == "label"}
            controls = [a["id"] for tag, a in tags.found if tag in ("input", "select", "textarea")]
            assert set(controls) <= labelled


def test_odd_posts_do_not_crash() -> None:
    data = post(A1=["a", "b"], A5="", A7__interpreter="x", A12="\x00")
    built = form("patient", {}, data)
    assert built.is_valid() is False or built.cleaned_data
