"""Filling a form or a patient's records from a file, one look before anything is taken."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.tenancy import acting_as
from enrollment.domain.queries.patients import current_coverage
from enrollment.models import Patient, Prefill
from tests.enrollment.views.conftest import Queries
from tests.factories.offices import Office, stored
from tests.fakes.records import bundle, condition, coverage, patient, prescriber, query_response

pytestmark = pytest.mark.django_db


def record(root: Any, name: str = "Query response.json") -> SimpleUploadedFile:
    body = root if isinstance(root, bytes) else json.dumps(root).encode()
    return SimpleUploadedFile(name, body, content_type="application/json")


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def kept(lakeside: Office) -> list[Prefill]:
    with acting_as(lakeside.coordinator):
        return list(Prefill.objects.all())


def ticked(response: Any) -> set[str]:
    boxes = re.findall(r'<input id="take-[^>]+>', response.content.decode())
    values = (re.search(r'value="([^"]+)"', box) for box in boxes if "checked" in box)
    return {found[1] for found in values if found}


def test_a_form_takes_what_is_ticked_with_where_it_came_from(lakeside: Office, ana: Client) -> None:
    draft = lakeside.draft()
    address = f"/enrollments/{draft.id}/prefill/"
    page = ana.post(address, {"file": record(query_response())}, follow=True)
    assert page.status_code == 200
    # On file is another member id; nothing else differs, and the language and the unit are.
    assert "Differs from what is on file" in text(page)
    assert "MH900000001" in text(page)
    assert "MH204418890" in text(page)
    assert "B7" not in ticked(page)
    assert "A9" in ticked(page)

    (row,) = kept(lakeside)
    done = ana.post(f"/prefill/{row.id}/", {"take": ["A9", "B7", "nonsense"]}, follow=True)
    assert "2 values were taken." in text(done)
    with acting_as(lakeside.coordinator):
        now = stored(draft)
    assert now.answers["A9"] == "Unit 3"
    assert now.answers["B7"] == "MH900000001"
    assert now.answers["B18"] == "Meridian Rx"
    assert now.changes["B7"]["source"] == "Query response (FHIR)"
    assert now.changes["B7"]["name"] == "Ana Whitfield"

    again = ana.post(f"/prefill/{row.id}/", {"take": ["B8"]}, follow=True)
    assert "Nothing was taken; everything stays as it is." in text(again)


def test_a_patients_records_take_what_is_ticked(lakeside: Office, ana: Client) -> None:
    ana.post(f"/patients/{lakeside.rosa.id}/prefill/", {"file": record(query_response())})
    (row,) = kept(lakeside)
    ana.post(f"/prefill/{row.id}/", {"take": ["A9", "B7"]})
    with acting_as(lakeside.coordinator):
        rosa = Patient.objects.get(id=lakeside.rosa.id)
        insurance = current_coverage(rosa)
    assert rosa.details["A9"] == "Unit 3"
    assert rosa.origins["A9"]["source"] == "Query response (FHIR)"
    assert rosa.details["A8"] == "14 Alder Street"
    assert insurance is not None
    assert insurance.details["B7"] == "MH900000001"
    assert insurance.details["B18"] == "Meridian Rx"


def test_a_flagged_value_waits_for_a_person_and_an_unreadable_one_is_never_taken(
    lakeside: Office, ana: Client
) -> None:
    draft = lakeside.draft()
    dirty = bundle(
        patient(),
        condition(("http://snomed.info/sct", "69896004"), words="Rheumatoid arthritis"),
        prescriber("1679576723"),
        coverage(status="cancelled"),
    )
    page = ana.post(f"/enrollments/{draft.id}/prefill/", {"file": record(dirty)}, follow=True)
    assert "without an ICD-10-CM code; choose the code." in text(page)
    assert "One digit of this NPI is wrong" in text(page)
    assert "The file calls this insurance cancelled." in text(page)
    assert not {"E1", "D4", "B7", "B3"} & ticked(page)

    (row,) = kept(lakeside)
    ana.post(f"/prefill/{row.id}/", {"take": ["E1", "D4"]})
    with acting_as(lakeside.coordinator):
        now = stored(draft)
    assert now.answers["D4"] == "1679576722"
    assert now.answers == draft.answers


def test_a_programs_own_question_is_answered_by_the_result_it_names(
    lakeside: Office, ana: Client
) -> None:
    draft = lakeside.draft()
    tb = {"system": "http://loinc.org", "code": "71773-6", "display": "TB gamma interferon"}
    chart = bundle(
        patient(),
        {"resourceType": "Observation", "status": "final", "code": {"coding": [tb]},
         "effectiveDateTime": "2026-02-11", "valueCodeableConcept": {"text": "Negative"}},
    )  # fmt: skip
    page = ana.post(f"/enrollments/{draft.id}/prefill/", {"file": record(chart)}, follow=True)
    assert "Tuberculosis screening: result" in text(page)
    assert "TB gamma interferon, LOINC 71773-6, 02/11/2026" in text(page)
    with acting_as(lakeside.coordinator):
        before = stored(draft)
    (row,) = kept(lakeside)
    ana.post(f"/prefill/{row.id}/", {"take": ["veltrana.tb_result", "veltrana.tb_on"]})
    with acting_as(lakeside.coordinator):
        now = stored(draft)
    assert now.answers["veltrana.tb_result"] == "negative"
    assert now.answers["veltrana.tb_on"] == "2026-02-11"
    assert now.changes["veltrana.tb_on"]["source"] == "Query response (FHIR)"
    assert before.revision < now.revision
    form = text(ana.get(f"/enrollments/{draft.id}/"))
    assert form.count("From Query response (FHIR)") == 2
    ana.post(
        f"/enrollments/{draft.id}/answers/",
        {"version": now.revision, "field": "veltrana.tb_on", "veltrana.tb_on": "02/12/2026"},
    )
    assert text(ana.get(f"/enrollments/{draft.id}/")).count("From Query response (FHIR)") == 1


def test_a_summary_names_every_place_its_answers_came_from(lakeside: Office, ana: Client) -> None:
    draft = lakeside.draft()
    chart = bundle(patient(), coverage())
    ana.post(f"/enrollments/{draft.id}/prefill/", {"file": record(chart)})
    (row,) = kept(lakeside)
    ana.post(f"/prefill/{row.id}/", {"take": ["B7"]})
    form = text(ana.get(f"/enrollments/{draft.id}/"))
    assert "from Query response (FHIR) and the insurance record" in form
    assert "from the practice profile" in form


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"not a record", "This is not JSON; export the record as FHIR R4 in JSON."),
        (b"[" * 50_000, "This file is nested too deeply to be read."),
        (b"{}", "Nothing in this file is a FHIR resource."),
        (b" " * 11_000_000, "This file has 11.0 MB; the most is 10 MB."),
    ],
)
def test_a_file_that_is_no_record_changes_nothing(
    lakeside: Office, ana: Client, file: bytes, sentence: str
) -> None:
    draft = lakeside.draft()
    page = ana.post(f"/enrollments/{draft.id}/prefill/", {"file": record(file)})
    assert page.status_code == 422
    assert sentence in text(page)
    assert kept(lakeside) == []
    assert "Choose a file first" in text(ana.post(f"/enrollments/{draft.id}/prefill/"))
    with acting_as(lakeside.coordinator):
        assert stored(draft).answers == draft.answers


def test_what_a_record_says_is_only_words(lakeside: Office, ana: Client) -> None:
    evil = '"><svg onload=alert(1)>'
    root = bundle(patient(address=[{"line": [evil], "city": evil, "state": evil}]))
    page = ana.post(
        f"/patients/{lakeside.rosa.id}/prefill/",
        {"file": record(root, f"{evil}.json")},
        follow=True,
    )
    assert page.status_code == 200
    assert "<svg onload" not in page.content.decode()
    assert "&lt;svg onload" in page.content.decode()


@pytest.mark.asvs("8.2.2")
def test_another_practice_finds_no_record(lakeside: Office, ana: Client, ben: Client) -> None:
    draft = lakeside.draft()
    ana.post(f"/enrollments/{draft.id}/prefill/", {"file": record(query_response())})
    (row,) = kept(lakeside)
    assert ben.get(f"/prefill/{row.id}/").status_code == 404
    assert ben.post(f"/prefill/{row.id}/", {"take": ["B7"]}).status_code == 404
    for address in (f"/enrollments/{draft.id}/prefill/", f"/patients/{lakeside.rosa.id}/prefill/"):
        assert ben.get(address).status_code == 404
        assert ben.post(address, {"file": record(query_response())}).status_code == 404
    assert len(kept(lakeside)) == 1


@pytest.mark.parametrize("many", [1, 30])
def test_the_page_takes_the_same_queries_for_one_and_for_thirty(
    lakeside: Office, ana: Client, queries: Queries, many: int
) -> None:
    draft = lakeside.draft()
    root = patient() if many == 1 else query_response()
    ana.post(f"/enrollments/{draft.id}/prefill/", {"file": record(root)})
    (row,) = kept(lakeside)
    assert queries(ana, f"/prefill/{row.id}/") == 7
