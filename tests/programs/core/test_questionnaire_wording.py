"""Questionnaires read: in Spanish, and with what is easily bent or lost."""

from typing import Any

from programs.core.soundness import problems
from tests.programs.core.samples import VELTRANA, with_changes
from tests.programs.core.test_questionnaire import HL7, item, read, sound


def test_a_form_in_spanish_fills_the_spanish_words_and_asks_for_the_english_ones() -> None:
    both = {
        "extension": [
            {
                "url": f"{HL7}translation",
                "extension": [
                    {"url": "lang", "valueCode": "en"},
                    {"url": "content", "valueString": "Anything else?"},
                ],
            }
        ]
    }
    items = read(
        item("p", "Datos del paciente", "group", item=[
            item("1", "Apellido"), item("2", "Teléfono"), item("3", "¿Algo más?", _text=both),
            item("4", "Etapa", "choice", answerOption=[
                {"valueCoding": {"code": "I", "display": "Primera"}}, {"valueInteger": 2}],
                item=[item("4h", "La de hoy.", "display")]),
            item("w", "Peso", "decimal", extension=[{"url": f"{HL7}questionnaire-unit",
                 "valueCoding": {"code": "kg", "display": "kilogramos"}}]),
            item("5", "¿Fuma?", "choice",
                 answerValueSet="http://terminology.hl7.org/ValueSet/v2-0136"),
        ]),
        item("m", "Médico que receta", "group", item=[item("6", "Teléfono")]),
        language="es-MX",
    )  # fmt: skip
    told = {each.link: each for each in items}
    assert "English has to be written" in items[0].repairs[0]
    last, other, stage = (told[link].question for link in ("1", "3", "4"))
    assert (last["label"], last["label_es"], told["1"].maps_to) == ("", "Apellido", "A3")
    assert "English is missing" in told["1"].repairs[0]
    # The same words of two people are told apart in the language they are in.
    assert told["2"].question["label_es"] == "Datos del paciente: Teléfono"
    assert (told["2"].maps_to, told["6"].maps_to) == ("A13", "C8")
    assert (other["label"], other["label_es"]) == ("Anything else?", "¿Algo más?")
    assert told["3"].repairs == []
    assert stage["hint_es"] == "La de hoy."
    assert stage["choices"] == [
        {"code": "i", "label": "", "label_es": "Primera"}, {"code": "2", "label": "2"},
    ]  # fmt: skip
    weight = told["w"].question
    assert (weight["unit"], weight["unit_es"], told["w"].maps_to) == (
        "kg", "kilogramos", "E10.weight",
    )  # fmt: skip
    assert told["5"].question["choices"][0] == {"code": "y", "label": "Yes", "label_es": "Sí"}
    own = [*VELTRANA.to_json()["questions"], *(each.question for each in items if each.question)]
    faults = [each.why for each in problems(with_changes(VELTRANA, questions=own))]
    assert faults.count("It has no label.") == 6
    assert faults.count("One of its choices has no words in English.") == 1


def test_no_number_choice_or_limit_of_a_form_is_lost_or_bent_in_silence() -> None:
    """Codes alike in our letters, long numbers, days with a time, lists by rule, odd choices."""

    def end(word: str, **value: Any) -> dict[str, Any]:
        return {"url": f"{HL7}{word}", **value}

    low = {"display": "Low", "abstract": True, "contains": [{"code": "A+"}, {"code": "A-"}]}
    grades = {"resourceType": "ValueSet", "id": "grades", "expansion": {"contains": [low]}}
    ruled = {"resourceType": "ValueSet", "id": "ruled", "compose": {
        "include": [{"concept": [{"code": "x"}, {"code": "y"}]}, {"filter": [{"op": "is-a"}]}],
        "exclude": [{"concept": [{"code": "y"}]}]}}  # fmt: skip
    items = read(
        item("g", kind="choice", answerValueSet="#grades"),
        item("r", kind="choice", answerValueSet="#ruled"),
        item("n", kind="integer", maxLength=7, extension=[end("minValue", valueInteger=1234567),
             end("maxValue", valueQuantity={"value": "7654321"})]),
        item("d", kind="dateTime", extension=[end("minValue", valueDateTime="2026-01-01")]),
        item("b", kind="boolean"),
        item("o", kind="open-choice", answerOption=[
            {"valueCoding": {"code": "s", "display": "Some"}, "answerOption": [{}]}]),
        item("when", enableBehavior="all", enableWhen=[
            {"question": "g", "operator": "=", "answerCoding": {"code": "A-"}},
            {"question": "n", "operator": "<", "answerInteger": 2345678},
            {"question": "d", "operator": ">=", "answerDateTime": "2026-02-03T10:00:00Z"},
            {"question": "o", "operator": "=", "answerString": "Free words"},
            {"question": "b", "operator": ">", "answerBoolean": False}]),
        item("box", "Papers", "group", readOnly=True, required=True, item=[
            item("f", "Lab report", "attachment", required=True),
            item("u", "Where it is", "url")]),
        contained=[grades, ruled], description="Black ink", copyright="© Somebody",
    )  # fmt: skip
    told = {each.link: each for each in items}
    assert items[0].repairs == ["Not kept: its copyright, its description."]
    assert [each["code"] for each in told["g"].question["choices"]] == ["a", "a_2"]
    assert [each["code"] for each in told["r"].question["choices"]] == ["x"]
    assert "is a rule" in told["r"].repairs[0]
    assert (told["n"].question["minimum"], told["n"].question["maximum"]) == ("1234567", "7654321")
    assert told["n"].repairs == ["Its greatest length was not kept."]
    assert "Its lowest value was not kept." in told["d"].repairs
    assert "“answerOption” of a choice" in told["o"].repairs[0]
    parts = told["when"].question["shown_when"]["all"]
    assert [each["value"] for each in parts] == ["a_2", "2345678", "2026-02-03", "Free words"]
    assert "no number or day" in told["when"].repairs[0]
    assert len(told["box"].repairs) == 2
    assert told["f"].repairs == ["It had to be answered."]
    assert told["u"].repairs == ["As text."]
    sound(items)
