"""The programs a practice can start, and those that a manufacturer runs."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.core.permissions import Role
from accounts.models import Organization
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice() -> Organization:
    return OrganizationFactory.create(name="Lakeside Rheumatology")


def test_a_practice_sees_every_program_and_the_way_into_it(practice: Organization) -> None:
    published("veltrana")
    published("ossivue")
    page = signed_in(member(practice, Role.PRACTICE_STAFF)).get(reverse("programs"))
    words = page.content.decode()
    assert "Veltrana Together" in words
    assert "Ossivue Path" in words
    assert f"{reverse('enrollment_start')}?program=veltrana" in words


def test_a_prescriber_reads_the_programs_without_starting_one(practice: Organization) -> None:
    published("veltrana")
    words = signed_in(member(practice, Role.PRESCRIBER)).get(reverse("programs")).content.decode()
    assert "Veltrana Together" in words
    assert "?program=" not in words


def test_a_version_that_does_not_hold_today_cannot_be_started(practice: Organization) -> None:
    published("veltrana", valid_until=dt.date(2026, 1, 2))
    page = signed_in(member(practice, Role.PRACTICE_STAFF)).get(reverse("programs"))
    assert "?program=" not in page.content.decode()


def test_a_manufacturer_sees_its_own_programs_only() -> None:
    maker = published("veltrana").program.manufacturer
    published("ossivue")
    words = signed_in(member(maker, Role.PROGRAM_MANAGER)).get(reverse("programs")).content.decode()
    assert "Veltrana Together" in words
    assert "Ossivue Path" not in words
    assert reverse("program", args=["veltrana"]) in words


def test_no_programs_yet_says_what_will_appear(practice: Organization) -> None:
    words = signed_in(member(practice, Role.PRACTICE_STAFF)).get(reverse("programs"))
    assert "No programs yet" in words.content.decode()


def test_a_hub_has_no_catalogue() -> None:
    hub = OrganizationFactory.create(kind="hub")
    assert signed_in(member(hub, Role.HUB_AGENT)).get(reverse("programs")).status_code == 403
