"""A hub that was sent a fax about somebody of Lakeside's, of whom it has no journey."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.models import Membership, Organization
from accounts.tenancy import acting_as, every_tenant
from enrollment.domain import keying
from enrollment.domain.keying import Wanted
from enrollment.models import Enrollment, Keying
from journeys.core.faxes import About
from journeys.domain.fax_parts import split
from journeys.domain.faxes import Arrival, keep_fax
from journeys.domain.papers import Paper
from journeys.models import Fax, FaxPart
from tests.factories.offices import Office, office
from tests.factories.people import actor_of, member, signed_in
from tests.factories.programs import published
from tests.fakes.files import pdf

PAGES = 4
TOM = About(
    name="Ferreira, Tomas",
    born_on=dt.date(1979, 11, 2),
    phone="6175550190",
    member_id="MH77120",
)


@dataclass
class Desk:
    """Priya and Sam of the hub, Lakeside's office, and a fax whose pages 2 and 3 are Tom's."""

    office: Office
    hub: Organization
    priya: Membership
    sam: Membership

    @cached_property
    def by(self) -> Actor:
        return actor_of(self.priya)

    @cached_property
    def colleague(self) -> Actor:
        return actor_of(self.sam)

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            practice_id=self.office.practice.id,
            prescriber_id=self.office.prescriber.id,
            program_version_id=self.office.version.id,
        )

    def fax(self, *, name: str = "one", hours: float = 3) -> Fax:
        body = pdf(PAGES)
        pictures = [b"jpeg"] * PAGES
        paper = Paper("", "", "Fax", "application/pdf", f"{name:>064}", body, pictures)
        came = timezone.now() - dt.timedelta(hours=hours)
        with acting_as(self.by):
            return keep_fax(paper, Arrival(received_at=came), by=self.by, now=timezone.now())

    def part(self, fax: Fax | None = None, about: About = TOM) -> FaxPart:
        kept = fax or self.fax()
        with acting_as(self.by):
            return split(kept.pk, [2, 3], about, by=self.by, now=timezone.now())

    def keyed(self, part: FaxPart | None = None) -> Keying:
        whole = part or self.part()
        with acting_as(self.by):
            return keying.key_part(whole.pk, self.wanted, by=self.by, now=timezone.now())


@pytest.fixture
def desk() -> Desk:
    # Its texts are older than any fax of the tests, whatever the hour.
    at = office(version=published(published_at=timezone.now() - dt.timedelta(days=30)))
    hub = Organization.objects.get(slug="northstar")
    return Desk(
        office=at,
        hub=hub,
        priya=member(hub, Role.HUB_AGENT, name="Priya Raman"),
        sam=member(hub, Role.HUB_AGENT, name="Sam Okonjo"),
    )


@pytest.fixture
def priya(desk: Desk) -> Client:
    return signed_in(desk.priya)


@pytest.fixture
def sam(desk: Desk) -> Client:
    return signed_in(desk.sam)


@pytest.fixture
def ana(desk: Desk) -> Client:
    return signed_in(desk.office.ana)


def draft_of(kept: Keying | UUID) -> Enrollment:
    """The enrollment of a keying as it is now."""
    with every_tenant(reason="the test looks"):
        pk = kept if isinstance(kept, UUID) else kept.pk
        found: Keying = Keying.objects.get(pk=pk)
        row: Enrollment = Enrollment.objects.select_related("patient", "program_version").get(
            pk=found.enrollment_id
        )
        return row


def text_of(browser: Client, name: str, *ids: Any) -> str:
    return browser.get(reverse(name, args=ids)).content.decode()
