"""Many reach for the same work in the same moment: one gets it, the others are told who."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.tenancy import acting_as, every_tenant
from journeys.domain.work import AlreadyTaken, claim
from journeys.models import WorkItem
from tests.factories.people import actor_of, member
from tests.journeys.live.conftest import Live

AT_ONCE = 6


def test_only_one_of_many_gets_the_work(live: Live) -> None:
    begin = threading.Barrier(AT_ONCE)

    def reach(actor: Actor) -> str:
        begin.wait()
        try:
            with acting_as(actor):
                claim(item.id, by=actor, now=timezone.now())
        except AlreadyTaken as taken:
            return taken.by
        else:
            return ""
        finally:
            connection.close()

    with live.elsewhere():
        with every_tenant(reason="the test looks"):
            item = WorkItem.objects.get(journey=live.journey, closed_at=None)
        hub = live.priya.membership.organization
        people = [member(hub, Role.HUB_AGENT, name=f"Person {n}") for n in range(AT_ONCE)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = list(pool.map(reach, [actor_of(each) for each in people]))
        with every_tenant(reason="the test looks"):
            owner = WorkItem.objects.select_related("claimed_by").get(pk=item.id).claimed_by
    assert told.count("") == 1
    assert owner is not None
    assert people[told.index("")].user_id == owner.id
    assert set(told) == {"", owner.name}
