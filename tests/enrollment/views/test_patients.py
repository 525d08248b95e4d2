"""Patients: typed once, found by the beginning of a name, and never twice without a warning."""

import re

import pytest
from django.test import Client

from accounts.tenancy import acting_as
from enrollment.models import Coverage, Patient
from tests.enrollment.views.conftest import Queries
from tests.factories.enrollments import COVERAGE, ROSA, CoverageFactory, PatientFactory
from tests.factories.offices import Office

pytestmark = pytest.mark.django_db
NEW = {**ROSA, "A1": "Imani", "A3": "Okoro", "A5": "03/02/1990", "A13": "(617) 555-0177"}


def patients(lakeside: Office) -> list[Patient]:
    with acting_as(lakeside.coordinator):
        return list(Patient.objects.order_by("created_at"))


def insured() -> dict[str, str]:
    return {key: {True: "true"}.get(value, value) for key, value in COVERAGE.items()}


def test_a_patient_and_their_insurance_are_typed_on_one_page(ana: Client, lakeside: Office) -> None:
    answer = ana.post("/patients/new/", {**NEW, **insured()})
    _, imani = patients(lakeside)
    assert answer.headers["Location"] == f"/patients/{imani.id}/"
    assert imani.details["A5"] == "1990-03-02"
    with acting_as(lakeside.coordinator):
        assert Coverage.objects.get(patient=imani).details["B7"] == COVERAGE["B7"]
    page = ana.get(answer.headers["Location"]).content.decode()
    assert "Imani Okoro" in page
    assert "Meridian Health" in page


def test_insurance_can_follow_later(ana: Client, lakeside: Office) -> None:
    ana.post("/patients/new/", NEW)
    _, imani = patients(lakeside)
    with acting_as(lakeside.coordinator):
        assert not Coverage.objects.filter(patient=imani).exists()
    ana.post(f"/patients/{imani.id}/insurance/new/", insured())
    with acting_as(lakeside.coordinator):
        assert Coverage.objects.filter(patient=imani, ended_on=None).count() == 1


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    ana: Client, lakeside: Office
) -> None:
    answer = ana.post("/patients/new/", {**NEW, "A5": "31/12/1990", "A12": "10001"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="31/12/1990"' in page
    assert "Massachusetts" in page
    assert "Imani" in page
    assert len(patients(lakeside)) == 1


def test_a_patient_without_a_name_is_asked_for_it(ana: Client, lakeside: Office) -> None:
    answer = ana.post("/patients/new/", {"A1": "Imani"})
    assert answer.status_code == 422
    assert "This is needed to tell the patient apart." in answer.content.decode()
    assert len(patients(lakeside)) == 1


def test_the_same_name_and_birth_date_warn_before_a_second_row(
    ana: Client, lakeside: Office
) -> None:
    again = {**ROSA, "A1": "rosa", "A5": "03/27/1984"}
    warned = ana.post("/patients/new/", again)
    assert warned.status_code == 422
    assert f"/patients/{lakeside.rosa.id}/" in warned.content.decode()
    assert len(patients(lakeside)) == 1
    ana.post("/patients/new/", {**again, "somebody_else": "yes"})
    assert len(patients(lakeside)) == 2


def test_another_practices_patient_of_the_same_name_is_no_warning(
    ana: Client, lakeside: Office, harbor: Office
) -> None:
    details = {**ROSA, "A1": "Imani", "A3": "Okoro", "A5": "1990-03-02"}
    PatientFactory.create(organization=harbor.practice, details=details)
    assert ana.post("/patients/new/", NEW).status_code == 302


def test_questions_that_hang_on_an_answer_come_as_it_is_given(
    ana: Client, lakeside: Office
) -> None:
    before = ana.get("/patients/new/").content.decode()
    assert 'name="B7"' not in before
    drawn = ana.post(
        "/patients/new/",
        {"B1": "true", "B7": "half typ"},
        headers={"HX-Request": "true", "HX-Target": "coverage-fields"},
    ).content.decode()
    assert 'value="half typ"' in drawn
    assert "<html" not in drawn
    young = ana.post(
        "/patients/new/",
        {"A5": "03/02/2015"},
        headers={"HX-Request": "true", "HX-Target": "patient-fields"},
    ).content.decode()
    assert 'name="A21"' in young
    assert len(patients(lakeside)) == 1


def test_a_name_is_searched_in_a_body_and_found_by_its_beginning(
    ana: Client, harbor: Office
) -> None:
    found = ana.post("/patients/", {"q": "delg"}).content.decode()
    assert "Rosa Delgado" in found
    assert 'value="delg"' in found
    assert "Nobody" in ana.post("/patients/", {"q": "zzz"}).content.decode()
    for address in re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', found):
        assert "delg" not in address.lower()


def test_a_search_in_an_address_is_not_one(ana: Client) -> None:
    page = ana.get("/patients/?q=zzz").content.decode()
    assert "Rosa Delgado" in page
    assert "zzz" not in page


def test_a_change_after_a_colleagues_shows_theirs_and_keeps_mine(
    ana: Client, lakeside: Office
) -> None:
    path = f"/patients/{lakeside.rosa.id}/edit/"
    seen_at = re.search(r'name="seen_at" value="([^"]+)"', ana.get(path).content.decode())
    assert seen_at
    ana.post(path, {**ROSA, "A10": "Quincy", "seen_at": seen_at[1]})
    late = ana.post(path, {**ROSA, "A10": "Salem", "seen_at": seen_at[1]})
    page = late.content.decode()
    assert late.status_code == 422
    assert "Quincy" in page
    assert 'value="Salem"' in page
    assert patients(lakeside)[0].details["A10"] == "Quincy"
    again = re.search(r'name="seen_at" value="([^"]+)"', page)
    assert again
    assert ana.post(path, {**ROSA, "A10": "Salem", "seen_at": again[1]}).status_code == 302
    assert patients(lakeside)[0].details["A10"] == "Salem"


def test_pages_of_the_list_follow_each_other(ana: Client, lakeside: Office) -> None:
    for number in range(51):
        PatientFactory.create(
            organization=lakeside.practice, details={**ROSA, "A1": f"Number{number:03}"}
        )
    first = ana.get("/patients/").content.decode()
    after = re.search(r'href="\?after=([^"]+)"', first)
    assert after
    second = ana.get(f"/patients/?after={after[1]}").content.decode()
    names = re.findall(r"(Number\d{3}|Rosa) Delgado</a>", first + second)
    assert len(names) == len(set(names)) == 52


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_queries_for_one_and_for_thirty(
    ana: Client, lakeside: Office, queries: Queries, rows: int
) -> None:
    for _ in range(rows - 1):
        PatientFactory.create(organization=lakeside.practice)
    assert queries(ana, "/patients/") == 8


@pytest.mark.parametrize("rows", [1, 30])
def test_a_patients_page_takes_the_same_queries_whatever_happened(
    ana: Client, lakeside: Office, queries: Queries, rows: int
) -> None:
    CoverageFactory.create(patient=lakeside.rosa)
    for _ in range(rows):
        lakeside.draft()
    assert queries(ana, f"/patients/{lakeside.rosa.id}/") == 12
