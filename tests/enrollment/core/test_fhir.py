"""Records from elsewhere, read without trust: every value with its source, every doubt said."""

import base64
import json
import os
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.core.fhir_proposals import Proposal, Proposed, propose
from enrollment.core.fhir_reading import MOST_RESOURCES, NotFhir, find, read_file
from tests.fakes.exports import answered_in_parts, searchset, transaction
from tests.fakes.records import (
    ICD10,
    SNOMED,
    bundle,
    condition,
    coverage,
    patient,
    prescriber,
    query_response,
)

TODAY = date(2026, 3, 6)
ROSA = {"A1": "Rosa", "A3": "Delgado", "A5": "1984-03-27"}


def proposed(root: Any, known: dict[str, Any] = ROSA) -> Proposed:
    return propose(find(root), known=known, today=TODAY)


def of(root: Any, field: str) -> Proposal:
    return next(each for each in proposed(root).proposals if each.field == field)


def test_a_query_response_fills_patient_insurance_prescriber_and_diagnosis() -> None:
    found = proposed(query_response())
    assert {each.field: each.value for each in found.proposals} == {
        "A1": "Rosa",
        "A2": "M",
        "A3": "Delgado",
        "A5": "1984-03-27",
        "A6": "F",
        "A7": "es",
        "A8": "14 Alder Street",
        "A9": "Unit 3",
        "A10": "Boston",
        "A11": "MA",
        "A12": "02118",
        "A13": "6175550143",
        "A14": "mobile",
        "A17": "rosa.delgado@patient.example",
        "B1": True,
        "B3": "Meridian Health",
        "B7": "MH900000001",
        "B8": "GRP-1",
        "B11": "18",
        "B19": "610014",
        "B20": "MRX",
        "D1": "Maya Okafor",
        "D4": "1679576722",
        "E1": "M05.79",
    }
    assert [each.field for each in found.proposals if each.why] == []
    assert all(each.where for each in found.proposals)
    assert found.notices == ()


def told(found: Proposed) -> tuple[dict[str, Any], dict[str, str]]:
    """What can be taken as it is, and for the rest why not."""
    sure = {each.field: each.value for each in found.proposals if not each.why}
    return sure, {each.field: each.why for each in found.proposals if each.why}


def test_absolute_addresses_oids_and_contained_resources_are_read() -> None:
    sure, doubts = told(proposed(searchset()))
    assert sure == {
        "A1": "Rosa",
        "A2": "M",
        "A3": "Delgado",
        "A4": "Jr",
        "A5": "1984-03-27",
        "A6": "F",
        "A7": "es",
        "A8": "14 Alder Street",
        "A11": "MA",
        "A14": "mobile",
        "A15": "6175550199",
        "B1": True,
        "B3": "Meridian Health",
        "B5": "commercial",
        "B7": "MH900000001",
        "D1": "Maya Okafor",
        "D4": "1679576722",
        "E3": "2024-02-10",
        "E10.weight": "163.14",
        "E10.unit": "lb",
        "E10.on": "2026-02-01",
    }
    assert doubts == {
        "A13": "The file has the extension 22, which is left out.",
        "E1": "The file also says “I10”.",
        "E11": "The file says 170.2 cm.",
        "E12": "The file names an allergy by RxNorm 7980 alone; write it.",
        "F1": "The file asks for “RxNorm 1535219” without an NDC; choose the product.",
    }
    assert of(searchset(), "A13").value == "6175550143"
    assert of(searchset(), "E1").value == "M05.79"
    assert of(searchset(), "E11").value == "67"
    lines = "\n".join(json.dumps(each["resource"]) for each in searchset()["entry"])
    assert propose(read_file(lines.encode()), known=ROSA, today=TODAY) == proposed(searchset())


def test_of_a_whole_chart_what_the_form_is_for_comes_first() -> None:
    chart = bundle(*(condition((ICD10, code)) for code in ("I10", "E11.9", "M0579")))
    found = propose(find(chart), known=ROSA, today=TODAY, fitting={"E1": ["M05.79"]})
    (diagnosis,) = found.proposals
    assert diagnosis.value == "M05.79"
    assert "The file also says “I10”, “E11.9”." in diagnosis.why


def test_several_insurances_are_told_apart_and_partial_dates_are_not_filled_up() -> None:
    sure, doubts = told(proposed(transaction()))
    assert sure == {
        "A6": "F",
        "A7": "es",
        "B1": True,
        "B3": "Meridian Health",
        "B7": "FIRST-1",
        "B9": "Luis Delgado",
        "B11": "19",
        "B18": "MeridianRx",
        "B19": "610014",
        "B21": "RXGRP",
        "B22": "RX-1",
        "B25.until": "2026-12-31",
    }
    divided = "The file has the name in one piece, “Delgado, Rosa M”; check how it was divided."
    second = "Read as the second insurance; compare the order with the card."
    assert doubts == {
        "A1": divided,
        "A2": divided,
        "A3": divided,
        "A5": "The file gives only a part of the date, 1984-03; write the whole date.",
        "A8": "The file has the address in one piece; check how it was divided.",
        "B5": "Read from the words “Commercial PPO”; compare it with the card.",
        "B13": second,
        "B14": second,
        "B25.from": "The file gives only a part of the date, 2026; write the whole date.",
        "E1": ("The file says “SNOMED CT 69896004” without an ICD-10-CM code; choose the code."),
    }


def test_an_answer_in_parts_is_read_of_the_twin_who_is_on_file() -> None:
    found = proposed(answered_in_parts())
    assert found.notices == (
        "The file holds 2 patients; only the one who is on file was read.",
        "The sender reports: Coverage cannot be searched",
    )
    assert told(found)[0] == {"A1": "Rosa", "A3": "Delgado", "A5": "1984-03-27", "D1": "Okafor"}
    assert (of(answered_in_parts(), "E1").value, told(found)[1]["E1"]) == (
        "L40.50",
        "The file also says “L40.0”.",
    )


@pytest.mark.parametrize(
    ("root", "field", "why"),
    [
        (
            bundle(patient(), condition((SNOMED, "69896004"), words="Rheumatoid arthritis")),
            "E1",
            "The file says “Rheumatoid arthritis” without an ICD-10-CM code; choose the code.",
        ),
        (
            bundle(patient(), prescriber("1679576723")),
            "D4",
            "One digit of this NPI is wrong or two are swapped; compare it with the source.",
        ),
        (
            bundle(patient(address=[{"state": "ZZ"}])),
            "A11",
            "“ZZ” is not a US state or territory.",
        ),
        (
            bundle(patient(address=[{"postalCode": "2118"}])),
            "A12",
            "The ZIP code has 5 or 9 digits; this one has 4.",
        ),
        (bundle(patient(birthDate="27/03/1984")), "A5", "Write the date as"),
        (bundle(patient(gender="femme")), "A6", "“femme” is not one of the choices."),
    ],
)
def test_what_cannot_be_read_is_shown_with_why_and_cannot_be_taken(
    root: Any, field: str, why: str
) -> None:
    found = of(root, field)
    assert found.why.startswith(why)
    assert not found.readable


@pytest.mark.parametrize(
    ("root", "field", "why"),
    [
        (
            bundle(patient(address=[{"state": "CA", "postalCode": "02118"}])),
            "A12",
            "ZIP code 02118 is in Massachusetts; the state says California.",
        ),
        (
            bundle(
                patient(),
                coverage(**{"class": [{"type": {"text": "RxBIN"}, "value": "610014"}]}),
            ),
            "B19",
            "The class has no code; its kind was taken from its words.",
        ),
        (
            bundle(patient(), coverage(status="cancelled")),
            "B3",
            "The file calls this insurance cancelled.",
        ),
        (
            bundle(patient(), coverage(), coverage(subscriberId="MH2")),
            "B7",
            "The file also says “MH2”.",
        ),
        (bundle(patient(birthDate="2031-01-01")), "A5", "The date of birth is in the future."),
    ],
)
def test_what_is_doubtful_can_be_taken_and_says_why_not(root: Any, field: str, why: str) -> None:
    found = of(root, field)
    assert why in found.why
    assert found.readable


def test_a_code_is_preferred_to_words_and_twins_are_said_once() -> None:
    root = bundle(
        patient(),
        condition((SNOMED, "69896004"), (ICD10, "M05.79"), words="Rheumatoid arthritis"),
        condition((ICD10, "M05.79")),
    )
    assert of(root, "E1") == Proposal("E1", "M05.79", "M05.79", "Condition code")


def test_a_record_about_somebody_else_says_so_of_every_value() -> None:
    found = proposed(bundle(patient(birthDate="1971-01-01"), coverage()))
    said = "The file may be about somebody else: it differs from what is on file in date of birth."
    assert found.notices == (said,)
    assert all(each.why.startswith("Perhaps somebody else's.") for each in found.proposals)


def test_what_the_file_says_of_another_patient_is_left_out() -> None:
    other = patient(id="other", birthDate="1950-05-05")
    root = bundle(patient(), other, coverage(beneficiary={"reference": "Patient/other"}))
    found = proposed(root)
    assert not [each for each in found.proposals if each.field.startswith("B")]
    assert found.notices == ("The file holds 2 patients; only the first one was read.",)


def test_the_senders_problems_and_papers_that_lie_are_told() -> None:
    def paper(kind: str, body: bytes) -> dict[str, Any]:
        data = base64.b64encode(body).decode()
        attachment = {"contentType": kind, "data": data, "title": "Chart"}
        return {"resourceType": "DocumentReference", "content": [{"attachment": attachment}]}

    outcome = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "No consent found"}]}
    found = proposed(
        bundle(
            patient(),
            outcome,
            paper("application/pdf", b"just text"),
            paper("application/pdf", b"%PDF-1.7\n%%EOF"),
        )
    )
    assert found.notices == (
        "The sender reports: No consent found",
        "The document “Chart” is called application/pdf and is something else; left out.",
        "The document “Chart” is not taken over; attach it at its question.",
    )


@pytest.mark.parametrize(
    "reference", ["#payer", "Organization/x", "https://a.example/fhir/Organization/x", "urn:uuid:x"]
)
def test_a_reference_is_followed_however_it_is_written(reference: str) -> None:
    payer = {"resourceType": "Organization", "id": "x", "name": "Summit State Plan"}
    inside = {"resourceType": "Organization", "id": "payer", "name": "Summit State Plan"}
    root = bundle(patient(), coverage(payor=[{"reference": reference}], contained=[inside]), payer)
    root["entry"][2]["fullUrl"] = "urn:uuid:x"
    assert of(root, "B3").value == "Summit State Plan"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "This is not JSON; export the record as FHIR R4 in JSON."),
        (b"<Bundle/>", "This is not JSON"),
        (b"\xff\xfe\x00", "This is not JSON"),
        (b"null", "Nothing in this file is a FHIR resource."),
        (b'{"resourceType": 7}', "Nothing in this file is a FHIR resource."),
        (b"[" * 100_000, "This file is nested too deeply to be read."),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "This file is nested too deeply to be read."),
        (b" " * 5_000_001, "This file is larger than 5 MB; export less."),
        (
            json.dumps(bundle(*[{"resourceType": "Basic"}] * (MOST_RESOURCES + 1))).encode(),
            "This file has more than 5,000 resources; export less.",
        ),
    ],
)
def test_a_file_that_is_no_record_is_told_why(body: bytes, sentence: str) -> None:
    with pytest.raises(NotFhir) as refused:
        read_file(body)
    assert str(refused.value).startswith(sentence)


def test_bundles_within_bundles_end() -> None:
    deep: Any = patient()
    for _ in range(30):
        deep = bundle(deep)
    assert of(deep, "A3").value == "Delgado"
    for _ in range(500):
        deep = bundle(deep)
    with pytest.raises(NotFhir, match="Nothing in this file"):
        find(deep)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["coding", "system", "code", "value", "reference", "text", "given", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


# CORE_EXAMPLES=2000 looks further.
@settings(max_examples=int(os.environ.get("CORE_EXAMPLES") or 30), deadline=None)
@given(st.data())
def test_no_record_makes_it_fail(data: st.DataObject) -> None:
    """Any part of a real record replaced by junk of any type: read, or refused in words."""
    make = data.draw(st.sampled_from([query_response, searchset, transaction, answered_in_parts]))
    root = make()
    for _ in range(data.draw(st.integers(1, 4))):
        spoil(root, data)
    try:
        found = proposed(root)
    except NotFhir:
        return
    assert all(isinstance(each.to_json(), dict) for each in found.proposals)
    json.dumps([each.to_json() for each in found.proposals])


def spoil(root: Any, data: st.DataObject) -> None:
    node = root
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], dict | list) or data.draw(st.integers(0, 5)) == 0:
            node[key] = data.draw(JUNK)
            return
        node = node[key]
