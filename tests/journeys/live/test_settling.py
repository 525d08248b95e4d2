"""Several people settle the same disagreement in the same moment: one does, the others hear who."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.tenancy import acting_as, every_tenant
from journeys.core.events import Event
from journeys.domain.queries.journeys import story_of
from journeys.domain.reading import one
from journeys.domain.recording import record
from journeys.domain.settling import Settlement, settle
from journeys.models import JourneyEvent
from journeys.rules import Refused
from tests.factories.people import actor_of, member
from tests.journeys.live.conftest import Live

AT_ONCE = 4


def test_only_one_of_several_settles_it(live: Live) -> None:
    begin = threading.Barrier(AT_ONCE)

    def reach(actor: Actor) -> str:
        begin.wait()
        told = Settlement(
            token=str(actor.user_id),
            conflict=conflict.key,
            chosen=conflict.claims[-1].ref,
            weighed=tuple(claim.ref for claim in conflict.claims),
            why="The payer's own list says so.",
        )
        try:
            with acting_as(actor):
                settle(live.journey.id, told, by=actor, now=timezone.now())
        except Refused as refused:
            return str(refused)
        else:
            return ""
        finally:
            connection.close()

    with live.elsewhere():
        hub, now = live.priya.membership.organization, timezone.now()
        for line, source in (("commercial", "practice"), ("medicaid", hub.slug)):
            event = Event(
                id=f"said-{line}",
                kind="fact",
                source=source,
                source_name=source,
                role="practice" if source == "practice" else "hub",
                facts={"line_of_business": line},
                occurred_at=now,
                received_at=now,
            )
            record(live.journey.id, event, actor=None, now=now)
        people = [actor_of(member(hub, Role.HUB_AGENT)) for _ in range(AT_ONCE)]
        with acting_as(people[0]):
            story = story_of(one().get(pk=live.journey.id), people[0], now=now)
        (conflict,) = story.state.conflicts
        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = list(pool.map(reach, people))
        with every_tenant(reason="the test looks"):
            events = JourneyEvent.objects.filter(kind="conflict_settled", journey=live.journey)
            assert events.count() == 1
    assert sorted(told)[0] == ""
    assert [one for one in told if one] == [
        f"{hub.name} settled this already; the story tells how."
    ] * (AT_ONCE - 1)
