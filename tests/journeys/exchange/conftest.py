"""A practice, its hub with a real address, and a clock that a test turns."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Organization
from journeys.documents.packet import of_outgoing
from journeys.domain.delivering import deliver_due
from journeys.domain.drawing import draw_due
from journeys.domain.telling import tell
from journeys.models import Endpoint, Journey
from journeys.partners.registry import CARRIERS
from programs.models import ProgramVersion
from tests.factories.exchange import SECRET, endpoint, partner_key, submitted
from tests.factories.programs import published
from tests.fakes.hub import Hub, running_hub


@dataclass
class Turning:
    """A clock that stands still until it is turned."""

    now: dt.datetime = field(default_factory=timezone.now)

    def __call__(self) -> dt.datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def clock() -> Turning:
    return Turning()


@pytest.fixture
def version(db: None) -> ProgramVersion:
    return published("veltrana")


@pytest.fixture
def northstar(version: ProgramVersion) -> Organization:
    Organization.objects.filter(slug="northstar").update(name="Northstar Access")
    return Organization.objects.get(slug="northstar")


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running_hub(SECRET) as hub:
        yield hub


@pytest.fixture
def address(northstar: Organization, hub: Hub, settings: Settings) -> Endpoint:
    """Northstar's endpoint: the running hub, on a private address, as in development."""
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    return endpoint(northstar, address=hub.url)


@pytest.fixture
def journey(northstar: Organization) -> Journey:
    partner_key(northstar)
    return submitted()


def deliver(clock: Turning) -> int:
    """One look at the queue, and the story of what it found; how many came to something."""
    came = deliver_due(carriers=CARRIERS, clock=clock)
    tell(limit=1000, now=clock())
    return came


def draw(clock: Turning) -> int:
    """One look for packets to draw; how many were looked at."""
    return draw_due(draw=of_outgoing, now=clock())
