"""Somebody who reads of very many patients in an hour: administrators are told, once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import Model
from django.utils import timezone
from pytest_django import Settings

from accounts import audit
from accounts.core.permissions import Role
from accounts.models import AuditEntry, Membership, SentEmail
from accounts.tenancy import acting_as, every_tenant
from enrollment.domain.bulk_reading import watch
from enrollment.models import Patient
from enrollment.tasks import watch_reading
from tests.factories.enrollments import PatientFactory
from tests.factories.offices import Office, office
from tests.factories.people import actor_of, member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.asvs("2.4.1")]


@pytest.fixture
def lakeside(settings: Settings) -> Office:
    settings.PATIENTS_READ_IN_AN_HOUR = 3
    return office()


@pytest.fixture
def leo(lakeside: Office) -> Membership:
    return member(lakeside.practice, Role.ADMIN)


def patients(office: Office, count: int) -> list[Patient]:
    return [PatientFactory.create(organization=office.practice) for _ in range(count)]


def read(reader: Membership, *rows: Model) -> None:
    with acting_as(actor_of(reader)):
        audit.read_many(rows, fields=["details"], purpose="patient")


def raised() -> list[AuditEntry]:
    with every_tenant(reason="a test reads the audit"):
        return list(AuditEntry.objects.filter(action="bulk_reading"))


def test_administrators_are_told_once_of_whom_and_of_no_patient(
    lakeside: Office, leo: Membership
) -> None:
    member(office("Harbor Neurology", version=lakeside.version).practice, Role.ADMIN)
    rows = patients(lakeside, 4)
    read(lakeside.ana, *rows)
    watch_reading()
    watch_reading()
    (letter,) = mail.outbox
    assert letter.to == [leo.user.email]
    assert f"{lakeside.ana.user.name} of {lakeside.practice.name} read of 4 patients" in letter.body
    assert not any(row.details["A3"] in f"{letter.subject} {letter.body}" for row in rows)
    (entry,) = raised()
    assert (entry.user_id, entry.purpose) == (lakeside.ana.user_id, "4 patients in an hour")
    with every_tenant(reason="a test reads the list of e-mails"):
        assert SentEmail.objects.get().kind == "alarm"
    address = next(word for word in letter.body.split() if word.startswith("http"))
    page = signed_in(leo).get(address).content.decode()
    assert lakeside.ana.user.name in page
    assert "4 patients in an hour" in page


def test_a_patient_counts_once_however_they_are_read(lakeside: Office, leo: Membership) -> None:
    journeys = lakeside.sent()
    two = patients(lakeside, 2)
    read(lakeside.ana, *two, *two, lakeside.rosa, lakeside.draft(), journeys)
    watch_reading()
    assert not raised()
    assert not mail.outbox
    read(lakeside.ana, *patients(lakeside, 1))
    watch_reading()
    assert len(raised()) == len(mail.outbox) == 1


def test_only_one_persons_reads_of_one_hour_count(lakeside: Office, leo: Membership) -> None:
    rows = patients(lakeside, 4)
    read(lakeside.ana, *rows[:2])
    read(lakeside.maya, *rows[2:])
    watch_reading()
    read(lakeside.ana, *rows[2:])
    assert watch(now=timezone.now() + timedelta(minutes=61)) == 0
    assert watch(now=timezone.now()) == 1


def test_the_next_day_it_is_told_anew(lakeside: Office, leo: Membership) -> None:
    with every_tenant(reason="a test makes yesterday's alarm"):
        AuditEntry.objects.create(
            organization_id=lakeside.practice.id,
            user_id=lakeside.ana.user_id,
            at=timezone.now() - timedelta(hours=25),
            action="bulk_reading",
            fields=[],
        )
    read(lakeside.ana, *patients(lakeside, 4))
    assert watch(now=timezone.now()) == 1
