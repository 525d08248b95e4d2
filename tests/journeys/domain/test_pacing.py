"""How long steps really took is counted each night, and what is expected follows it."""

import datetime as dt

import pytest

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.eta import ENOUGH
from journeys.core.events import Event
from journeys.core.state import JourneyState
from journeys.domain.graphs import graph_of
from journeys.domain.pacing import count_paces
from journeys.domain.parties import cast_of
from journeys.domain.reading import one
from journeys.domain.recording import record, refresh, state_of, stored_events
from journeys.domain.refolding import differing
from journeys.models import Journey, ProgramPace
from tests.factories.exchange import practice_named, submitted
from tests.factories.programs import published

pytestmark = pytest.mark.django_db
TUESDAY = dt.datetime(2026, 3, 3, 15, 0, tzinfo=dt.UTC)


def journeys(count: int) -> list[Journey]:
    """Journeys submitted on one Tuesday."""
    version = published()
    practice = practice_named("lakeside", "Lakeside Rheumatology")
    return [submitted(version, practice=practice, now=TUESDAY) for _ in range(count)]


def accepted(journey: Journey, *, hours: float) -> None:
    hub = Organization.objects.get(slug="northstar")
    at = TUESDAY + dt.timedelta(hours=hours)
    event = Event(
        id="accepted",
        kind="status",
        step="intake_review",
        status="accepted",
        source=hub.slug,
        role="hub",
        source_name=hub.name,
        occurred_at=at,
        received_at=at,
    )
    record(journey.id, event, actor=None, now=at)


def state(journey: Journey) -> JourneyState:
    with every_tenant(reason="the test looks"):
        row = one().get(pk=journey.pk)
        graph = graph_of(row.program_version_id)
        return state_of(cast_of(row), graph, stored_events(row), now=TUESDAY)


def counted() -> dict[str, list[float]]:
    pace: ProgramPace = ProgramPace.objects.get()
    (steps,) = pace.observed.values()
    found: dict[str, list[float]] = steps
    return found


def test_finished_steps_tell_what_the_next_journey_may_expect() -> None:
    going, *done = journeys(ENOUGH + 1)
    for place, journey in enumerate(done):
        accepted(journey, hours=1 if place % 2 else 3)
    eta = state(going).eta
    assert eta is not None
    assert eta.finished == 0
    assert count_paces(now=TUESDAY + dt.timedelta(hours=5)) == 1
    assert counted()["intake_review"] == [1.0, 2.0, 3.0, ENOUGH]
    eta = state(going).eta
    assert eta is not None
    assert eta.finished == ENOUGH


def test_too_few_finished_ones_change_nothing() -> None:
    going, *done = journeys(3)
    for journey in done:
        accepted(journey, hours=1)
    before = state(going).eta
    count_paces(now=TUESDAY)
    assert counted()["intake_review"][-1] == 2
    assert state(going).eta == before


def test_the_same_count_again_changes_nothing() -> None:
    (journey,) = journeys(1)
    accepted(journey, hours=1)
    assert count_paces(now=TUESDAY) == 1
    assert count_paces(now=TUESDAY) == 0


def test_open_journeys_are_looked_at_again_and_their_lists_agree() -> None:
    first, *done = journeys(ENOUGH + 1)
    for journey in done:
        accepted(journey, hours=1)
    now = TUESDAY + dt.timedelta(hours=5)
    count_paces(now=now)
    with every_tenant(reason="the test looks"):
        assert Journey.objects.get(pk=first.pk).refresh_at == now
    for journey in (first, *done):
        refresh(journey.pk, now=now)
    assert list(differing(now=now)) == []
