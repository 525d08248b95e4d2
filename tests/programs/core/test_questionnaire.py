"""Questionnaires read: repaired and told item by item; and the form given out as one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.core.fields import Field
from programs.core.plain import load
from programs.core.questionnaire_export import questionnaire
from programs.core.questionnaire_import import NoQuestionnaire, read_questionnaire
from programs.core.soundness import problems
from programs.definitions import load_definitions
from tests.programs.core.samples import VELTRANA, with_changes

DEFINITIONS = load_definitions()


def read(*items: Any, **more: Any) -> list[Any]:
    return read_questionnaire(
        {"resourceType": "Questionnaire", "item": list(items), **more}, "veltrana"
    )


def item(link: str, text: str = "A question?", kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"linkId": link, "text": text, "type": kind, **more}


def sound(items: list[Any]) -> None:
    """What was read makes a sound definition with the rest of the program."""
    own = [*VELTRANA.to_json()["questions"], *(each.question for each in items if each.question)]
    assert problems(with_changes(VELTRANA, questions=own)) == []


def test_each_type_becomes_a_question_of_ours() -> None:
    options = [{"valueCoding": {"code": "RR", "display": "Relapsing"}}, {"valueString": "Other"}]
    items = read(
        item("1", kind="boolean"), item("2", kind="decimal"), item("3", kind="date"),
        item("4", kind="choice", answerOption=options),
        item("5", kind="choice", answerOption=options, repeats=True),
        item("6", kind="open-choice", answerOption=options), item("7", kind="text"),
        item("8", kind="integer"),
    )  # fmt: skip
    kinds = [each.question["type"] for each in items]
    assert kinds == [
        "boolean", "number", "date", "pick", "multi", "combo", "long_text", "number",
    ]  # fmt: skip
    assert items[3].question["choices"][0] == {"code": "rr", "label": "Relapsing"}
    sound(items)


def test_conditions_are_read_with_the_codes_that_choices_have_here() -> None:
    items = read(
        item("a", kind="choice", answerOption=[{"valueCoding": {"code": "RR", "display": "R"}}]),
        item("b", enableWhen=[
            {"question": "a", "operator": "=", "answerCoding": {"code": "RR"}},
            {"question": "a", "operator": "exists", "answerBoolean": True},
        ], enableBehavior="any"),
    )  # fmt: skip
    assert items[1].question["shown_when"] == {
        "any": [
            {"field": "veltrana.a", "op": "equals", "value": "rr"},
            {"field": "veltrana.a", "op": "present"},
        ]
    }
    sound(items)


def test_a_group_hands_its_condition_on_to_what_is_inside() -> None:
    when = [{"question": "a", "operator": "=", "answerBoolean": True}]
    items = read(
        item("a", kind="boolean"),
        item("g", "Insurance", "group", enableWhen=when, item=[item("b")]),
    )
    assert items[1].left
    assert items[2].question["shown_when"] == {"field": "veltrana.a", "op": "equals", "value": True}
    assert items[2].question["section"] == "Coverage"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Date of birth", "A5"), ("Patient's date of birth:", "A5"), ("DOB", "A5"),
        ("Family name", "A3"), ("ZIP", "A12"), ("Prescriber NPI", "D4"), ("Weight", "E10.weight"),
        ("Does anyone at home smoke?", ""),
    ],
)  # fmt: skip
def test_a_canonical_field_is_proposed_by_its_words(text: str, canonical: str) -> None:
    assert read(item("1", text))[0].maps_to == canonical


def test_duplicate_ids_are_told_apart_and_said() -> None:
    items = read(item("1", "One?"), item("1", "Two?"), item("", "Three?"))
    assert len({each.question["id"] for each in items}) == 3
    assert "linkId “1” too" in items[1].repairs[0]
    assert items[2].repairs == ["It had no linkId."]
    sound(items)


def test_a_circle_of_conditions_is_cut_and_said() -> None:
    def hangs(on: str) -> list[dict[str, Any]]:
        return [{"question": on, "operator": "exists", "answerBoolean": True}]

    items = read(item("a", enableWhen=hangs("b")), item("b", enableWhen=hangs("a")))
    assert any("its own answer" in repair for each in items for repair in each.repairs)
    sound(items)


def test_thirty_levels_become_a_flat_form() -> None:
    inner = item("leaf")
    for level in range(30):
        inner = item(f"g{level}", f"Group {level}", "group", item=[inner])
    items = read(inner)
    assert len(items) == 31
    assert items[-1].depth == 30
    assert items[-1].question["label"] == "A question?"


def test_a_megabyte_of_help_is_cut_and_said() -> None:
    (one,) = read(item("1", "Short?\n" + "word " * 200_000))
    assert one.question["label"] == "Short?"
    assert len(one.question["hint"]) <= 2_000
    assert "1,000,000 characters" in one.repairs[0] or "characters" in one.repairs[0]


def test_script_in_strings_stays_text() -> None:
    (one,) = read(item("<script>", "<script>alert(1)</script>"))
    assert one.question["label"] == "<script>alert(1)</script>"
    assert one.question["id"] == "veltrana.script"


def test_what_is_misshapen_is_mended_and_said() -> None:
    items = read(
        {"linkid": "1", "Text": "Tired?", "TYPE": "boolean", "required": "true", "colour": "red"},
        item("2", kind="colour"),
        item("3", kind="choice"),
        item("4", enableWhen={"question": "1", "operator": "=", "answerBoolean": True}),
        item("5", enableWhen=[{"question": "nowhere", "operator": "="}]),
        "not an item",
        item("6", kind="attachment"),
        item("7", kind="display"),
        item("8", maxLength="40", initial={"x": 1}),
    )
    assert items[0].question["required"] == "always"
    assert "“linkid” was read as “linkId”." in items[0].repairs
    assert "“colour” means nothing here and was not kept." in items[0].repairs
    assert items[1].question["type"] == items[2].question["type"] == "text"
    assert items[3].question["shown_when"]["field"] == "veltrana.1"
    assert "shown_when" not in items[4].question
    assert items[4].repairs
    assert [bool(each.left) for each in items[5:8]] == [True, True, True]
    assert items[8].question["max_length"] == 40
    assert items[8].repairs
    sound(items)


def test_a_form_inside_is_put_in_its_place_once() -> None:
    url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-subQuestionnaire"
    points = item("p", kind="display", extension=[{"url": url, "valueCanonical": "#inner"}])
    inner = {"resourceType": "Questionnaire", "id": "inner", "item": [item("i"), points]}
    items = read(points, contained=[inner])
    assert [each.link for each in items if each.question] == ["i"]


@pytest.mark.parametrize("data", [None, [], {"resourceType": "Patient"}, "text"])
def test_anything_else_is_refused(data: object) -> None:
    with pytest.raises(NoQuestionnaire):
        read_questionnaire(data, "veltrana")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["linkId", "text", "type", "item", "enableWhen", "answerOption", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(_JSON, max_size=4))
def test_whatever_stands_in_it_each_item_is_told_and_each_question_has_its_shape(
    items: list[Any],
) -> None:
    for each in read(*items):
        assert each.question is not None or each.left
        if each.question:
            load(Field, each.question)


@pytest.mark.parametrize("key", DEFINITIONS)
def test_a_form_given_out_and_read_in_asks_the_same(key: str) -> None:
    given_out = questionnaire(DEFINITIONS[key], "https://throughline.example")
    links = [one["linkId"] for part in given_out["item"] for one in part["item"]]
    assert len(links) == len(set(links))
    asked = {one["question"] for part in given_out["item"] for each in part["item"]
             for one in each.get("enableWhen", ())}  # fmt: skip
    assert asked <= set(links)
    items = read_questionnaire(given_out, key)
    assert {each.link for each in items if each.type != "group"} == set(links)
    unread = [each for each in items if each.left and each.type not in ("group", "attachment")]
    assert all("only to be read" in each.left for each in unread)


HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"


def translated(words: str) -> dict[str, Any]:
    parts = [{"url": "lang", "valueCode": "es-US"}, {"url": "content", "valueString": words}]
    return {"extension": [{"url": f"{HL7}translation", "extension": parts}]}


def test_a_questionnaire_as_structured_data_capture_shapes_it_loses_nothing_in_silence() -> None:
    """Contained lists, translations, scores, expressions, prefixes, hidden groups, codes."""
    days = {
        "resourceType": "ValueSet",
        "id": "days",
        "compose": {"include": [{"concept": [
            {"code": "LA6568-5", "display": "Not at all", "_display": translated("Nunca")},
            {"code": "LA6569-3", "display": "Several days"},
        ]}]},
    }  # fmt: skip
    hidden = [{"url": f"{HL7}questionnaire-hidden", "valueBoolean": True}]
    scored = {"valueCoding": {"code": "1", "display": "Not difficult"},
              "extension": [{"url": f"{HL7}ordinalValue", "valueDecimal": 0}]}  # fmt: skip
    items = read(
        item("/44250-9", "Little interest?", "choice", prefix="1", answerValueSet="#days",
             code=[{"system": "http://loinc.org", "code": "44250-9"}], _text=translated("¿Poco?")),
        item("more", "If any", "group",
             enableWhen=[{"question": "/44250-9", "operator": "=",
                          "answerCoding": {"code": "LA6569-3"}}],
             item=[item("how", "How hard?", "choice", answerOption=[scored],
                        extension=[{"url": f"{HL7}questionnaire-itemControl"}])]),
        item("score", "Total", "integer", readOnly=True,
             extension=[{"url": f"{SDC}calculatedExpression"}]),
        item("inside", "For us", "group", extension=hidden, item=[item("secret", "Score?")]),
        item("born", "Born", "date",
             definition="http://hl7.org/fhir/StructureDefinition/Patient#Patient.birthDate",
             extension=[{"url": f"{SDC}initialExpression"},
                        {"url": "https://maker.example/own-thing"}]),
        contained=[days], extension=[{"url": f"{HL7}variable"}],
    )  # fmt: skip
    told = {each.link: each for each in items}
    first = told["/44250-9"]
    assert first.question["choices"] == [
        {"code": "la6568_5", "label": "Not at all", "label_es": "Nunca"},
        {"code": "la6569_3", "label": "Several days"},
    ]
    assert first.question["label_es"] == "¿Poco?"
    assert first.repairs == ["Its number “1” was not kept."]
    assert first.question["loinc"] == ["44250-9"]
    assert told["how"].question["shown_when"]["value"] == "la6569_3"
    assert told["how"].repairs == [
        "How it looked on a screen was not kept.", "The scores of its choices were not kept.",
    ]  # fmt: skip
    assert told["score"].left == "It is only to be read."
    assert told["inside"].left == told["secret"].left != ""
    assert told["born"].maps_to == "A5"
    assert told["born"].repairs == [
        "It was filled in by an expression; here it is typed.",
        "“own-thing” means nothing here and was not kept.",
    ]
    assert items[0].repairs == ["An expression that other items use was not kept."]
    sound(items)


def test_results_with_units_lists_of_numbers_and_repeated_groups_are_read_or_told() -> None:
    def unit(word: str, code: str) -> dict[str, Any]:
        return {"url": f"{HL7}questionnaire-{word}", "valueCoding": {"code": code}}

    items = read(
        item("w", "How heavy?", "quantity", code={"code": "29463-7"},
             extension=[unit("unitOption", "kg"), unit("unitOption", "lb")]),
        item("why", "Why?", enableWhen=[
            {"question": "w", "operator": ">", "answerQuantity": {"value": 120}},
            {"question": "w", "operator": "=", "answerReference": {"reference": "Patient/1"}}]),
        item("ige", "Total IgE?", "quantity", extension=[unit("unit", "IU/mL"),
             {"url": f"{HL7}regex"}, {"url": f"{HL7}minLength"}], initial=[{"valueQuantity": {}}]),
        item("n", "How many?", "integer",
             answerOption=[{"valueInteger": 1}, {"valueInteger": 2, "initialSelected": True}]),
        item("meds", "Medicines", "group", repeats=True, item=[
            item("med", "What?", "open-choice", answerValueSet="http://list.example/all",
                 extension=[{"url": f"{HL7}entryFormat", "valueString": "Name, then strength"}])]),
    )  # fmt: skip
    told = {each.link: each for each in items}
    assert told["w"].maps_to == "E10.weight"
    assert told["why"].question["shown_when"] == {
        "field": "veltrana.w.value", "op": "greater", "value": "120",
    }  # fmt: skip
    assert "could not be read" in told["why"].repairs[0]
    assert told["ige"].question["unit"] == "IU/mL"
    assert len(told["ige"].repairs) == 3
    assert told["n"].question["type"] == "pick"
    assert told["n"].repairs[0] == "The choice it begins with was not kept."
    assert "several times" in told["meds"].repairs[0]
    assert told["med"].question["type"] == "text"
    assert told["med"].question["hint"] == "Name, then strength"
    sound(items)


def test_a_proposal_is_of_whom_the_group_asks() -> None:
    """“First name” under the prescriber's heading is not the patient's."""

    def block(title: str, *asked: str) -> dict[str, Any]:
        inside = [item(f"{title} {each}", each) for each in asked]
        return item(title, title, "group", item=inside)

    items = read(
        block("Patient information", "First name", "Phone", "Frequency"),
        block("Prescriber Information", "First Name", "Phone Number", "City:", "NPI", "Email"),
        block("Patient representative (if any)", "First name", "Date of birth", "Telephone"),
        block("Office contact information", "Name", "Email Address"),
        block("Family history", "Gender", "Body weight"),
        block("Ambulance supplier", "Name", "NPI", "Zip"),
        block("Insurance", "Phone", "Member ID", "Name"),
        block("Prescription", "Frequency", "Refills"),
        item("n", "Name"), item("t", "Test"), item("a", "Allergies?", "boolean"),
        item("p", "Prescriber Information again", "group", item=[block("Address", "State")]),
    )  # fmt: skip
    told = {each.link: each.maps_to for each in items if each.question}
    assert list(told.values()) == [
        "A1", "A13", "", "", "C8", "C5", "D4", "", "", "", "A22", "C10", "C12", "", "",
        "", "", "", "B6", "B7", "B3", "F3", "F6", "", "", "", "C6",
    ]  # fmt: skip
    # Five times the same words would not say of what.
    labels = {each.link: each.question["label"] for each in items if each.question}
    assert labels["Prescription Frequency"] == "Prescription: Frequency"
    assert labels["Prescription Refills"] == "Refills"
    sound(items)


def test_short_lists_that_everybody_knows_are_choices_and_help_stays_with_its_question() -> None:
    known = "http://terminology.hl7.org/ValueSet/"
    coded = {"operator": "=", "answerCoding": {"code": "Y"}}
    items = read(
        item("smokes", "Smokes?", "choice", answerValueSet=f"{known}v2-0136|2.9", item=[
            item("help", "Within the last year.", "display"),
            item("only", "Say how much.", "display", enableWhen=[{"question": "smokes", **coded}]),
        ]),
        item("packs", "Packs a day?", "decimal", enableWhen=[{"question": "smokes", **coded}],
             extension=[{"url": f"{HL7}questionnaire-unit",
                         "valueCoding": {"code": "/d", "display": "a day"}}, {"valueString": "x"}]),
        item("tumor", "Stage?", "choice", answerValueSet="https://lists.example/ValueSet/stage"),
        item("more", "Spread to?", enableWhen=[{"question": "tumor", **coded}]),
        item("at", "At what time?", "time"),
        item("late", "Why so late?", enableWhen=[
            {"question": "at", "operator": ">", "answerTime": "13:30:00"}]),
    )  # fmt: skip
    told = {each.link: each for each in items}
    assert told["smokes"].question["choices"] == [
        {"code": "y", "label": "Yes", "label_es": "Sí"}, {"code": "n", "label": "No",
                                                          "label_es": "No"},
    ]  # fmt: skip
    assert told["smokes"].question["hint"] == "Within the last year."
    assert told["packs"].question["shown_when"]["value"] == "y"
    assert told["packs"].question["unit"] == "a day"
    assert told["packs"].repairs == ["An extension of it without an address was not kept."]
    # Nobody types a code: what hangs on one of a list that is elsewhere would never be shown.
    assert "shown_when" not in told["more"].question
    assert "always shown" in told["more"].repairs[0]
    assert "shown_when" not in told["late"].question
    assert "no number or day here" in told["late"].repairs[0]
    sound(items)
