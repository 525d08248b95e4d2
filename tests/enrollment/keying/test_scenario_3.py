"""Enrolled by portal in the afternoon, by fax two hours later, keyed the next day (scenario 3)."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import acting_as, every_tenant
from enrollment.domain import patients
from journeys.core.faxes import About
from journeys.domain.likeness import candidates
from journeys.domain.merging import merge
from journeys.models import FaxPart, HandedDocument, Journey, WorkItem
from tests.enrollment.keying.conftest import Desk, text_of
from tests.enrollment.keying.test_sending import sent, signed
from tests.factories.enrollments import ROSA

pytestmark = pytest.mark.django_db

ROBERT = {**ROSA, "A1": "Robert", "A3": "Hale", "A5": "1984-12-03", "A6": "M"}
BOB = About(name="Hale, Bob", born_on=dt.date(1984, 3, 12), phone="6175550166")
TWIN = About(name="Hale, Simon", born_on=dt.date(1984, 12, 3), phone="6175550143")


@pytest.fixture
def portal(desk: Desk) -> Journey:
    """What the office sent itself."""
    by = desk.office.coordinator
    with acting_as(by):
        patients.change_patient(desk.office.rosa.id, ROBERT, by=by, now=timezone.now())
    row = desk.office.sent()
    with every_tenant(reason="the test looks"):
        found: Journey = Journey.objects.get(pk=row.journey_id)
        return found


def test_before_it_is_keyed_the_journey_there_is_offered_and_a_twins_is_not(
    desk: Desk, priya: Client, ana: Client, portal: Journey
) -> None:
    bob = desk.part(about=BOB)
    page = text_of(priya, "keying_begin", bob.pk)
    assert "First: is it one of these?" in page
    assert f"Robert Hale, {portal.number}" in page
    assert "File with this one instead" in page
    twin = desk.part(desk.fax(name="two"), TWIN)
    assert "First: is it one of these?" not in text_of(priya, "keying_begin", twin.pk)
    priya.post(reverse("fax_part_file", args=[bob.pk]), {"journey": str(portal.pk)})
    with every_tenant(reason="the test looks"):
        assert FaxPart.objects.get(pk=bob.pk).journey_id == portal.pk
        assert Journey.objects.count() == 1
    assert "These pages came by fax." in text_of(ana, "journey", portal.pk)


def test_keyed_all_the_same_it_is_found_merged_and_done_once(
    desk: Desk, ana: Client, portal: Journey
) -> None:
    kept = signed(desk, BOB, A6="M", A13=BOB.phone)
    with every_tenant(reason="the test looks"):
        before = set(Journey.objects.values_list("pk", flat=True))
    faxed = sent(desk, kept, but=before)
    with acting_as(desk.by):
        (found,) = candidates(faxed, organization_id=desk.hub.pk)
        assert found.journey.pk == portal.pk
        merge(kept=portal.pk, ended=faxed.pk, token="once", by=desk.by, now=timezone.now())
    with every_tenant(reason="the test looks"):
        faxed.refresh_from_db()
        assert faxed.closed_at is not None
        assert not WorkItem.objects.filter(journey=faxed, closed_at=None).exists()
        assert HandedDocument.objects.filter(journey=faxed).exists()
    assert f"{faxed.number} was merged into this journey" in text_of(ana, "journey", portal.pk)
