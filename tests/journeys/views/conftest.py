"""One submitted journey at Lakeside, and people of each party to open its pages."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import Membership, Organization
from journeys.core.events import Event
from journeys.domain.recording import record
from journeys.models import Journey
from tests.factories.exchange import practice_named, submitted
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.factories.programs import published

PATIENT = "Rosa Delgado"


@dataclass
class World:
    """The organizations around one journey, and browsers signed in at them."""

    practice: Organization
    hub: Organization
    journey: Journey

    def person(self, organization: Organization, *roles: Role, name: str = "Robin") -> Membership:
        return member(organization, *roles, name=name)

    def browser(self, organization: Organization, *roles: Role) -> Client:
        return signed_in(member(organization, *roles))

    def hears(self, step: str, status: str, **facts: object) -> None:
        """The hub reports a step, now."""
        now = timezone.now()
        event = Event(
            id=f"{step}-{status}",
            kind="status",
            step=step,
            status=status,
            source=self.hub.slug,
            role="hub",
            source_name=self.hub.name,
            facts=facts,
            occurred_at=now,
            received_at=now,
            transport="webhook",
        )
        record(self.journey.id, event, actor=None, now=now)


@pytest.fixture
def minute_just_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is kept until its minute ends, which it does not meanwhile."""
    in_a_minute = dt.timedelta(minutes=1)
    monkeypatch.setattr("journeys.views.journeys.end_of_minute", lambda now: now + in_a_minute)


@pytest.fixture
def world() -> World:
    version = published()
    practice = practice_named("lakeside", "Lakeside Rheumatology")
    journey = submitted(version, now=timezone.now() - dt.timedelta(minutes=30))
    return World(practice, Organization.objects.get(slug="northstar"), journey)


@pytest.fixture
def ana(world: World) -> Client:
    return world.browser(world.practice, Role.PRACTICE_STAFF)


@pytest.fixture
def priya(world: World) -> Client:
    return world.browser(world.hub, Role.HUB_AGENT)


@pytest.fixture
def ben(world: World) -> Client:
    """Somebody at a practice that has nothing to do with the journey."""
    harbor = OrganizationFactory.create(name="Harbor Neurology", slug="harbor")
    return world.browser(harbor, Role.PRACTICE_STAFF)


@pytest.fixture
def nadia(world: World) -> Client:
    """The manufacturer's program manager."""
    maker = world.journey.program_version.program.manufacturer
    return world.browser(maker, Role.PROGRAM_MANAGER)
