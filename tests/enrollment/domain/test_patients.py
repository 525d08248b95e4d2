"""Patients and their insurance, kept once and found again."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import acting_as
from enrollment.domain import patients
from enrollment.domain.masters import Changed, Unacceptable
from enrollment.domain.queries.patients import find_patients, newest_patients, same_person
from enrollment.models import Coverage, Patient
from enrollment.rules import Refused, practice_of
from tests.factories.enrollments import COVERAGE, ROSA, CoverageFactory, PatientFactory
from tests.factories.people import OrganizationFactory, actor_of, member

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def ana() -> Actor:
    return actor_of(member(OrganizationFactory.create(), Role.PRACTICE_STAFF, name="Ana"))


def test_a_new_patient_is_kept_in_canonical_form_and_written_down(ana: Actor) -> None:
    with acting_as(ana):
        typed = {**ROSA, "A1": "  José ", "A5": "03/27/1984", "A13": "(617) 555-0143"}
        patient = patients.add_patient(typed, by=ana, now=NOW)
        kept = Patient.objects.get(id=patient.id)
        assert (kept.details["A1"], kept.details["A5"]) == ("José", "1984-03-27")
        assert kept.details["A13"] == "6175550143"
        entry = AuditEntry.objects.get(subject_id=patient.id)
        assert entry.action == "added"
        assert "A5" in entry.fields
        assert "1984" not in str(entry.fields)


def test_name_and_birth_date_are_all_that_is_needed_to_begin(ana: Actor) -> None:
    with acting_as(ana):
        patients.add_patient({"A1": "Rosa", "A3": "Delgado", "A5": "1984-03-27"}, by=ana, now=NOW)
        with pytest.raises(Unacceptable) as refused:
            patients.add_patient({"A1": "Rosa"}, by=ana, now=NOW)
        assert set(refused.value.problems) == {"A3", "A5"}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("A1", "R" * 36),
        ("A1", "Rosa 🌹"),
        ("A3", "دلگادو"),
        ("A5", "31/12/1990"),
        ("A5", "2031-01-01"),
        ("A5", "1880-01-01"),
        ("A12", "10001"),
        ("A17", "not an address"),
        ("A18", "smoke signals"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(ana: Actor, field: str, typed: str) -> None:
    with acting_as(ana), pytest.raises(Unacceptable) as refused:
        patients.add_patient({**ROSA, field: typed}, by=ana, now=NOW)
    assert list(refused.value.problems) == [field]


def test_a_question_nobody_asks_is_refused(ana: Actor) -> None:
    with acting_as(ana), pytest.raises(Unacceptable) as refused:
        patients.add_patient({**ROSA, "organization_id": "x", "B7": "1"}, by=ana, now=NOW)
    assert set(refused.value.problems) == {"organization_id", "B7"}


def test_names_are_found_by_their_beginnings_without_accents_or_case(ana: Actor) -> None:
    with acting_as(ana):
        kept = patients.add_patient({**ROSA, "A1": "José", "A3": "De la Cruz"}, by=ana, now=NOW)
        here = practice_of(ana)
        for typed in ("jos", "JOSÉ cru", "de la cruz jose", "Cr"):
            assert find_patients(typed, organization_id=here) == [kept]
        for typed in ("", "j", "ose", "josef", "jose delgado"):
            assert find_patients(typed, organization_id=here) == []


def test_no_name_stands_readable_in_the_database(ana: Actor) -> None:
    with acting_as(ana):
        patients.add_patient(ROSA, by=ana, now=NOW)
        with connection.cursor() as cursor:
            cursor.execute("select row_to_json(p)::text from enrollment_patient p")
            stored = str(cursor.fetchall())
    assert "Delgado" not in stored
    assert b"Delgado".hex() not in stored


def test_the_same_person_twice_is_noticed(ana: Actor) -> None:
    with acting_as(ana):
        first = patients.add_patient(ROSA, by=ana, now=NOW)
        here = practice_of(ana)
        again = {"A1": "rosa ", "A3": "DELGADO", "A5": "1984-03-27"}
        assert same_person(again, organization_id=here) == [first]
        assert same_person(again, organization_id=here, other_than=first.id) == []
        assert same_person({**again, "A5": "1985-03-27"}, organization_id=here) == []


def test_a_change_after_somebody_elses_is_told_and_keeps_theirs(ana: Actor) -> None:
    with acting_as(ana):
        patient = patients.add_patient(ROSA, by=ana, now=NOW)
        later = NOW + dt.timedelta(minutes=1)
        patients.change_patient(
            patient.id, {**ROSA, "A10": "Quincy"}, seen_at=NOW, by=ana, now=later
        )
        with pytest.raises(Changed) as told:
            patients.change_patient(
                patient.id, {**ROSA, "A10": "Salem"}, seen_at=NOW, by=ana, now=later
            )
        assert told.value.fields == {"A10": "Quincy"}
        assert Patient.objects.get().details["A10"] == "Quincy"


def test_a_changed_name_is_found_by_its_new_beginnings_only(ana: Actor) -> None:
    with acting_as(ana):
        patient = patients.add_patient(ROSA, by=ana, now=NOW)
        patients.change_patient(patient.id, {**ROSA, "A3": "Ibarra"}, by=ana, now=NOW)
        here = practice_of(ana)
        assert find_patients("ibar", organization_id=here)
        assert not find_patients("delg", organization_id=here)


def test_new_insurance_ends_the_old(ana: Actor) -> None:
    with acting_as(ana):
        patient = patients.add_patient(ROSA, by=ana, now=NOW)
        old = patients.add_coverage(patient.id, COVERAGE, by=ana, now=NOW)
        new = patients.add_coverage(patient.id, {**COVERAGE, "B7": "NEW1"}, by=ana, now=NOW)
        old.refresh_from_db()
        assert old.ended_on == dt.date(2026, 11, 22)
        assert list(Coverage.objects.filter(ended_on=None)) == [new]


def test_answers_of_hidden_questions_are_not_kept(ana: Actor) -> None:
    with acting_as(ana):
        patient = patients.add_patient(ROSA, by=ana, now=NOW)
        coverage = patients.add_coverage(patient.id, {**COVERAGE, "B1": False}, by=ana, now=NOW)
        assert coverage.details == {"B1": False}


def test_a_prescriber_reads_patients_and_changes_none(ana: Actor) -> None:
    doctor = actor_of(member(OrganizationFactory.create(), Role.PRESCRIBER))
    with acting_as(doctor), pytest.raises(Refused):
        patients.add_patient(ROSA, by=doctor, now=NOW)


def test_pages_of_the_list_lose_and_repeat_nobody(ana: Actor) -> None:
    for minute in range(7):
        PatientFactory.create(
            organization_id=ana.organization_id,
            organization=None,
            created_at=NOW + dt.timedelta(minutes=minute // 2),
            search_tokens=[],
            identity_index=b"0" * 16,
        )
    with acting_as(ana):
        seen, after = [], ""
        while True:
            page = newest_patients(after=after, size=3)
            seen += [patient.id for patient in page.patients]
            after = page.after
            if not after:
                break
        newest_first = Patient.objects.order_by("-created_at", "-id").values_list("id", flat=True)
        assert seen == list(newest_first)
        assert newest_patients(after="rubbish", size=3).patients


def test_another_practice_finds_and_changes_nothing(ana: Actor) -> None:
    theirs = CoverageFactory.create()
    with acting_as(ana):
        assert Patient.objects.count() == 0
        assert find_patients("rosa", organization_id=practice_of(ana)) == []
        with pytest.raises(Patient.DoesNotExist):
            patients.change_patient(theirs.patient_id, ROSA, by=ana, now=timezone.now())
        with pytest.raises(Coverage.DoesNotExist):
            patients.change_coverage(theirs.id, COVERAGE, by=ana, now=timezone.now())
