"""Events that come at once on one journey: none is lost, and a deadlock is nobody's error."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts.tenancy import every_tenant
from journeys.core.events import Event
from journeys.domain.recording import record
from journeys.domain.refolding import differing
from journeys.models import Journey, JourneyEvent, WorkItem
from tests.factories.exchange import submitted
from tests.factories.programs import published
from tests.journeys.live.conftest import Live

AT_ONCE, EACH = 4, 5


def fact(name: str, *, status: str = "", kind: str = "fact") -> Event:
    now = timezone.now()
    return Event(
        id=name,
        kind="status" if status else kind,
        step="intake_review",
        status=status or None,
        facts={"days_supply": 28} if kind == "fact" and not status else {},
        source="northstar",
        source_name="Northstar",
        role="hub",
        occurred_at=now,
        received_at=now,
    )


def test_events_at_once_on_one_journey_are_all_kept_and_all_counted(live: Live) -> None:
    begin = threading.Barrier(AT_ONCE)

    def tell(who: int) -> None:
        begin.wait()
        try:
            for number in range(EACH):
                name, kind = f"at-once-{who}-{number}", "message" if number % 2 else "fact"
                event = fact(name, kind=kind)
                record(live.journey.id, event, actor=None, now=timezone.now())
        finally:
            connection.close()

    with live.elsewhere():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(tell, range(AT_ONCE)))
        with every_tenant(reason="the test looks"):
            told = JourneyEvent.objects.filter(source_event_id__startswith="at-once-").count()
        assert told == AT_ONCE * EACH
        assert list(differing(now=timezone.now())) == []


def test_an_event_that_gave_way_in_a_deadlock_is_recorded_all_the_same(live: Live) -> None:
    practice = live.ana.membership.organization
    with live.elsewhere(), ThreadPoolExecutor(1) as pool:
        # PostgreSQL ends whoever notices the circle first. On a busy machine that can be the
        # other one, so they meet anew until it was the recording that gave way.
        for _ in range(8):
            journey = submitted(published(), practice=practice, now=timezone.now())
            if gave_way(journey, pool):
                break
        else:
            raise AssertionError("The recording never gave way.")
        with every_tenant(reason="the test looks"):
            told = JourneyEvent.objects.filter(journey=journey, source_event_id="after-deadlock")
            assert told.count() == 1


def gave_way(journey: Journey, pool: ThreadPoolExecutor) -> bool:
    """Let a recording and another transaction wait for one another: had the recording to retry?"""
    holds_work, ended = threading.Event(), []

    def note(execute: Callable[..., object], *asked: object) -> object:
        try:
            return execute(*asked)
        except OperationalError as error:
            ended.append("deadlock detected" in str(error))
            raise

    def tell() -> None:
        holds_work.wait(10)
        try:
            with connection.execute_wrapper(note):
                # Closes the work that the other holds, while it holds the journey.
                accepted = fact("after-deadlock", status="accepted")
                record(journey.id, accepted, actor=None, now=timezone.now())
        finally:
            connection.close()

    telling = pool.submit(tell)
    try:
        with every_tenant(reason="the test stands in the way"), transaction.atomic():
            list(WorkItem.objects.select_for_update().filter(journey=journey, closed_at=None))
            holds_work.set()
            until_somebody_waits()
            Journey.objects.select_for_update(of=("self",)).get(pk=journey.pk)
    except OperationalError as error:
        if "deadlock detected" not in str(error):
            raise
    telling.result(20)
    return any(ended)


def until_somebody_waits() -> None:
    """Until another transaction of this database waits for a lock, ten seconds at most."""
    asked = (
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    end = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            # Within a transaction PostgreSQL shows what it showed first.
            cursor.execute("select pg_stat_clear_snapshot()")
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("Nobody waits.")
