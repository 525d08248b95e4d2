"""Codes on the form: what they stand for, what is refused, what cannot be smuggled in."""

import datetime as dt
import html
from typing import Any

import pytest
from django.test import Client

from enrollment.models import Enrollment
from programs.core import references
from programs.domain.loading import DiagnosisRow, Release, load_diagnoses
from programs.domain.reference_tables import tables
from programs.models import NpiRecord
from tests.factories.offices import Office, office
from tests.factories.people import signed_in
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _codes(code_tables: None) -> None:
    rows = [
        DiagnosisRow("M06", "", "Other rheumatoid arthritis", "", billable=False),
        DiagnosisRow("M06.9", "M06", "Rheumatoid arthritis, unspecified", "", billable=True),
        DiagnosisRow("L40.0", "L40", "Psoriasis vulgaris", "", billable=True),
    ]
    release = Release("April 2026", dt.date(2026, 4, 1))
    load_diagnoses(rows, release=release, now=dt.datetime(2026, 4, 2, tzinfo=dt.UTC))


def save(client: Client, draft: Enrollment, key: str, value: str) -> Any:
    return client.post(
        f"/enrollments/{draft.id}/answers/", {"version": 99, "field": key, key: value}
    )


def test_the_diagnosis_stands_beside_its_code(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    assert save(ana, draft, "E1", "m069").json()["errors"] == {}
    page = html.unescape(ana.get(f"/enrollments/{draft.id}/").content.decode())
    assert 'class="told" for="id_E1">Rheumatoid arthritis, unspecified</output>' in page
    assert 'data-listed="M05.79' in page, "the program's own diagnoses come first"
    assert '<option value="M05.79">' in page, "they are offered without scripts, too"


def test_a_heading_is_refused_where_it_is_typed(ana: Client, lakeside: Office) -> None:
    answer = save(ana, lakeside.draft(), "E1", "M06").json()
    assert answer["errors"] == {
        "E1": ["M06 is a heading over several diagnoses. Choose the one meant: M06.9."]
    }


def test_what_no_text_can_hold_is_no_code(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    assert "E1" in save(ana, draft, "E1", "\x00").json()["errors"]
    assert ana.get(f"/enrollments/{draft.id}/").status_code == 200


def test_an_unlisted_diagnosis_brings_the_question_why(ana: Client, lakeside: Office) -> None:
    answer = save(ana, lakeside.draft(), "E1", "L40.0").json()
    assert answer["errors"] == {}
    asked = html.unescape(answer["fragments"]["slot-E1.reason"])
    assert "does not list this diagnosis. You can go on" in asked


def test_the_name_that_the_registry_has_is_shown_and_asked_for(
    ana: Client, lakeside: Office
) -> None:
    draft = lakeside.draft()
    npi = draft.answers["D4"]
    NpiRecord.objects.create(npi=npi, kind="person", name="Quentin Nobody", state="MA")
    references.use(tables())
    page = ana.get(f"/enrollments/{draft.id}/?open=prescriber").content.decode()
    assert ">Quentin Nobody, MA</output>" in page
    assert "The registry has this NPI under another name" in page


def test_an_npi_of_another_state_asks_why_at_the_number(ana: Client, lakeside: Office) -> None:
    draft = lakeside.draft()
    npi = draft.answers["D4"]
    NpiRecord.objects.create(npi=npi, kind="person", name="Maya Okafor", state="NH")
    references.use(tables())
    page = ana.get(f"/enrollments/{draft.id}/").content.decode()
    assert "The registry has this NPI in another state. You can go on" in page
    answer = save(ana, draft, "D4.other_state", "Sees patients in both states.").json()
    assert answer["errors"] == {}


def test_a_computed_dose_is_shown_and_cannot_be_posted() -> None:
    infused = office(version=published("corvanta"))
    client, draft = signed_in(infused.ana), infused.draft()
    for key, value in (("E10.weight", "187"), ("E10.unit", "lb")):
        last = save(client, draft, key, value).json()
    assert "390 mg" in last["fragments"]["slot-corvanta.first_dose"]
    refused = save(client, draft, "corvanta.first_dose", "5200")
    assert refused.status_code == 422
    assert refused.json()["errors"] == {
        "corvanta.first_dose": ["This follows from other answers; it is not typed."]
    }
