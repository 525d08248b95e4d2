"""What access work puts on paper is made of what is known, and leaves the rest open."""

from typing import Any

from journeys.core.access_papers import (
    REQUEST,
    Line,
    answers_of,
    letter_of_necessity,
    own_answers,
    prefilled,
    request_to_payer,
    summary_of_benefits,
)
from programs.core.catalogue import CATALOGUE


def test_the_request_asks_for_answers_that_the_form_has() -> None:
    known = {each.id for field in CATALOGUE.values() for each in (field, *field.asked)}
    asked = [answer for _, items in REQUEST for item in items for answer in item.answer]
    assert set(asked) <= known


def test_what_is_known_is_filled_in_and_counted() -> None:
    sections = request_to_payer({"A1": "Rosa", "E10.weight": "70", "E10.unit": "kg"}, {})
    lines = {line.label: line.words for section in sections for line in section.lines}
    assert (lines["First name"], lines["Weight"], lines["Last name"]) == ("Rosa", "70, kg", "")
    assert prefilled(sections) == (
        2,
        sum(not item.if_any for _, items in REQUEST for item in items),
    )


def test_what_there_is_none_of_is_left_out() -> None:
    sections = request_to_payer({"E2": "M05.9"}, {})
    labels = {line.label for section in sections for line in section.lines}
    assert "Second diagnosis" in labels
    assert "Second insurance" not in labels


def test_the_medical_benefit_has_no_pharmacy_card() -> None:
    for medical in (True, False):
        sections = request_to_payer({"B19": "610999"}, {}, medical=medical)
        labels = {line.label for section in sections for line in section.lines}
        assert "Rx BIN" in labels
        assert ("Rx PCN" in labels) is not medical


def test_the_programs_own_clinical_answers_are_told_too() -> None:
    own = {"id": "veltrana.tb_result", "label": "TB test", "display": "Negative"}
    weight = {"id": "E10.weight", "label": "Weight", "display": "70"}
    packet = {"sections": [{"name": "Clinical", "fields": [own, weight]}]}
    assert own_answers(packet) == [Line("TB test", "Negative")]
    clinical = request_to_payer({}, {}, own_answers(packet))[-1]
    assert clinical.lines[-1].words == "Negative"


def test_a_fact_of_the_journey_comes_before_the_form() -> None:
    sections = request_to_payer({"B3": "Meridian"}, {"payer_name": "Meridian Health of Ohio"})
    lines = {line.label: line.words for section in sections for line in section.lines}
    assert lines["Plan"] == "Meridian Health of Ohio"


def test_a_packet_is_read_by_its_words() -> None:
    field: dict[str, Any] = {"id": "A1", "display": "Rosa", "value": "Rosa"}
    packet = {"sections": [{"fields": [field, {"id": "A2", "display": "", "value": None}]}]}
    assert answers_of(packet) == {"A1": "Rosa"}


def test_the_summary_leaves_out_what_nobody_found() -> None:
    found = summary_of_benefits({"deductible": "$500.00"}, {"deductible": "Deductible"})
    assert [(each.title, [line.label for line in each.lines]) for each in found] == [
        ("What it costs the patient", ["Deductible"])
    ]


def test_the_letter_says_only_what_is_known() -> None:
    answers = {"A1": "Rosa", "A3": "Delgado", "F1": "Veltrana 40 mg", "E6": "Methotrexate"}
    told = " ".join(letter_of_necessity(answers, {}, denied_for="step therapy comes first"))
    assert "gives this reason: step therapy comes first." in told
    assert "Earlier therapy: Methotrexate." in told
    assert "Severity" not in told
    assert "denial" not in " ".join(letter_of_necessity(answers, {}, denied_for=""))
