"""What is killed, emptied or silent loses nothing, and nothing counts twice."""

import datetime as dt
import threading
import time
from functools import partial

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import OrganizationKind, Role
from accounts.management.commands import migrate as ours
from accounts.tenancy import Scope, alone, every_tenant
from accounts.writing import Statement
from journeys.domain.inbound import as_partner
from journeys.domain.nudges import nudge
from journeys.enums import DeliveryStatus, ReportStatus
from journeys.models import (
    Delivery,
    DeliveryAttempt,
    Endpoint,
    InboundReport,
    Journey,
    JourneyEvent,
)
from tests.conftest import as_owner
from tests.factories.exchange import delivery_of, signed_report, step_report, submitted
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.fakes.hub import Hub
from tests.faults.conftest import without_room
from tests.faults.processes import Broker, Worker, wait_for
from tests.faults.verifying import verify

pytestmark = pytest.mark.faults


def confirmed(journey: Journey) -> bool:
    """The hub has it, and the journey knows."""
    delivery = delivery_of(journey)
    return delivery.status == DeliveryStatus.ACCEPTED and not delivery.untold


def troubled(journey: Journey, words: str) -> bool:
    """Whether a sentence tells people what the hub answered."""
    return words in delivery_of(journey).trouble


def hand_offs(journey: Journey) -> list[str]:
    with every_tenant(reason="a test reads the story"):
        told = JourneyEvent.objects.filter(journey=journey, kind="hand_off")
        return sorted(told.values_list("status", flat=True))


def test_a_worker_killed_in_the_middle_of_a_delivery_delivers_it_once(
    celery: Worker, hub: Hub
) -> None:
    hub.gate.clear()
    journey = submitted()
    hub.wait_for_message()
    celery.kill()
    hub.gate.set()
    with every_tenant(reason="the lease of the dead worker runs out"):
        Delivery.objects.filter(journey=journey).update(lease_until=Now())
    celery.ensure_ready()
    wait_for(lambda: confirmed(journey), "the delivery is confirmed")
    assert set(hub.ids) == {str(delivery_of(journey).id)}
    assert len({message.content["data"]["digest"] for message in hub.taken}) == 1
    assert hand_offs(journey) == ["accepted"]
    with every_tenant(reason="a test reads the attempts"):
        first = DeliveryAttempt.objects.filter(delivery__journey=journey).order_by("number")[0]
    assert first.outcome.startswith("Interrupted")
    verify([journey], hub, logs=[celery.log])


def test_redis_emptied_loses_nothing(celery: Worker, hub: Hub, redis: Broker) -> None:
    with celery.frozen():
        journeys = [submitted() for _ in range(5)]
        redis.empty()
    wait_for(lambda: all(map(confirmed, journeys)), "every delivery is confirmed")
    assert sorted(hub.ids) == sorted(str(delivery_of(each).id) for each in journeys)
    verify(journeys, hub, logs=[celery.log])


def test_redis_killed_refuses_no_submission_and_loses_nothing(
    celery: Worker, hub: Hub, redis: Broker
) -> None:
    redis.kill()
    started = time.monotonic()
    journeys = [submitted() for _ in range(3)]
    assert time.monotonic() - started < 3
    redis.start()
    celery.ensure_ready()  # one that gave up without its broker is started again by whoever runs it
    wait_for(lambda: all(map(confirmed, journeys)), "every delivery is confirmed")
    assert sorted(hub.ids) == sorted(str(delivery_of(each).id) for each in journeys)
    verify(journeys, hub, logs=[celery.log])


def test_redis_gone_in_the_middle_of_a_delivery_loses_nothing(
    celery: Worker, hub: Hub, redis: Broker
) -> None:
    """What is under way ends without Redis; what is queued meanwhile goes when it is back."""
    hub.gate.clear()
    journey = submitted()
    hub.wait_for_message()
    redis.kill()
    hub.gate.set()
    wait_for(lambda: confirmed(journey), "the delivery is confirmed without Redis")
    later = submitted()
    redis.start()

    def back() -> bool:
        celery.ensure_ready()  # it ends, sooner or later, and whoever runs it starts it again
        return confirmed(later)

    wait_for(back, "what was queued meanwhile is confirmed", seconds=60)
    assert sorted(hub.ids) == sorted(str(delivery_of(each).id) for each in (journey, later))
    verify([journey, later], hub, logs=[celery.log])


def test_a_hub_that_is_down_is_named_and_its_queue_drains_when_it_is_back(
    celery: Worker, hub: Hub
) -> None:
    hub.status = 503
    lakeside = submitted().organization
    journeys = [submitted() for _ in range(3)]
    wait_for(lambda: all(delivery_of(each).trouble for each in journeys), "the trouble is told")
    ana = signed_in(member(lakeside, Role.PRACTICE_STAFF))
    page = ana.get(reverse("exchange")).content.decode()
    assert "Northstar Access is not confirming since" in page
    assert "4 enrollments queued" in page
    hub.status = 200
    wait_for(lambda: all(map(confirmed, journeys)), "the queue has drained", seconds=60)
    assert all(hand_offs(each) == ["accepted"] for each in journeys)


def test_each_answer_of_a_hub_is_taken_for_what_it_is(celery: Worker, hub: Hub) -> None:
    """429 says when; 500 and 302 are tried again, and nothing is followed; 410 ends the address."""
    answers = {
        429: ("asks us to slow down", {"retry-after": "600"}),
        500: ("answered with an error (500)", {}),
        302: ("sent us elsewhere (302)", {"location": hub.url}),
        410: ("takes nothing at this address any more (410)", {}),
    }
    hub.status, (_, hub.headers) = next(iter(answers.items()))
    journey = submitted()
    for tries, (status, (words, _)) in enumerate(answers.items(), start=1):
        wait_for(partial(troubled, journey, words), f"{status} is told")
        assert len(hub.ids) == tries
        delivery = delivery_of(journey)
        if status == 429:
            waits = delivery.next_attempt_at - timezone.now()
            assert dt.timedelta(minutes=9) < waits < dt.timedelta(minutes=15)
        if status == 410:
            break
        hub.status, (_, hub.headers) = list(answers.items())[tries]
        with every_tenant(reason="the wait before the next try is over"):
            Endpoint.objects.filter(pk=delivery.endpoint_id).update(quiet_until=None)
            Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=Now())
            nudge("journeys.tasks.send_due_deliveries", queue="routing")
    wait_for(lambda: not delivery_of(journey).untold, "the journey is told")
    assert delivery_of(journey).status == DeliveryStatus.ABANDONED
    with every_tenant(reason="a test looks at the address"):
        assert not Endpoint.objects.get(pk=delivery_of(journey).endpoint_id).active
    assert set(hub.ids) == {str(delivery_of(journey).id)}
    verify([journey], hub, logs=[celery.log])


def test_duplicate_reports_from_many_threads_count_once(celery: Worker, hub: Hub) -> None:
    journey = submitted()
    wait_for(lambda: confirmed(journey), "the delivery is confirmed")
    body, headers = signed_report(
        step_report(journey, "intake_review", "accepted"), partner="northstar", message_id="once"
    )
    answers: list[int] = []

    def post() -> None:
        answer = Client().post(
            "/api/v1/reports", data=body, content_type="application/json", headers=headers
        )
        answers.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [202] * 5

    def applied() -> bool:
        with every_tenant(reason="a test looks"):
            reports = InboundReport.objects.filter(message_id="once")
            return [report.status for report in reports] == [ReportStatus.APPLIED]

    wait_for(applied, "the report is applied")
    with every_tenant(reason="a test counts"):
        told = JourneyEvent.objects.filter(journey=journey, step="intake_review")
        assert told.count() == 1
    # One round trip keeps both walls up: to another partner the row is not there.
    stranger = as_partner(OrganizationFactory.create(kind=OrganizationKind.HUB))
    seen = Statement("select count(*) from journeys_inboundreport where message_id = 'once'", [])
    assert alone(Scope(actor=stranger), [seen]) == [[(0,)]]


def test_two_workers_take_each_delivery_once(celery: Worker, hub: Hub) -> None:
    """Two children wake at once for a long queue, and again at every nudge."""
    hub.hold = 0.02
    with celery.frozen():
        journeys = [submitted() for _ in range(12)]
    wait_for(lambda: all(map(confirmed, journeys)), "every delivery is confirmed")
    assert sorted(hub.ids) == sorted(str(delivery_of(each).id) for each in journeys)
    verify(journeys, hub, logs=[celery.log])


def test_connections_that_postgresql_cuts_lose_nothing(
    celery: Worker, hub: Hub, database: str
) -> None:
    """As at a restart of the server: every connection of the worker and of the site ends."""
    hub.gate.clear()
    journey = submitted()
    hub.wait_for_message()
    with as_owner(database) as owner:
        cut = owner.execute(
            "select pid, pg_terminate_backend(pid) from pg_stat_activity"
            # PostgreSQL's own vacuum workers are not ours to end.
            " where datname = %s and pid <> pg_backend_pid() and backend_type = 'client backend'",
            [database],
        ).fetchall()
        pids = [pid for pid, _ in cut]
        left = "select from pg_stat_activity where pid = any(%s)"
        wait_for(lambda: not owner.execute(left, [pids]).fetchall(), "they have ended")
    hub.gate.set()
    connection.close()
    with every_tenant(reason="what was not settled is due again when its lease ends"):
        Delivery.objects.filter(journey=journey, status=DeliveryStatus.CLAIMED).update(
            lease_until=Now()
        )
    wait_for(lambda: confirmed(journey), "the delivery is confirmed")
    verify([journey], hub, logs=[celery.log])


def test_a_full_disk_keeps_nothing_by_halves(hub: Hub, database: str, celery: Worker) -> None:
    """Documents and packets lie in PostgreSQL: when full it is error 53100, all undone."""
    before = submitted()
    with without_room(database, "journeys_delivery"):
        with every_tenant(reason="a test counts"):
            known = Journey.objects.count()
        with pytest.raises(OperationalError):
            submitted()
        with every_tenant(reason="a test counts"):
            assert Journey.objects.count() == known
    after = submitted()
    wait_for(lambda: confirmed(before) and confirmed(after), "both are confirmed")
    verify([before, after], hub, logs=[celery.log])


def test_a_migration_gives_way_to_the_site_and_tries_again(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it locks is in use: it does not have the site's later statements wait behind it."""
    told: list[str] = []
    with as_owner(database) as site:
        site.autocommit = False
        site.execute("lock table accounts_organization in access exclusive mode")

        def changes(command: migrate.Command, **_: object) -> None:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("select count(*) from accounts_organization")
                told.append("changed")
            except OperationalError:
                told.append("gave way")
                site.rollback()
                raise

        monkeypatch.setattr(ours, "LOCK_TIMEOUT", "50ms")
        monkeypatch.setattr(migrate.Command, "handle", changes)
        call_command("migrate", verbosity=0)
    assert told == ["gave way", "changed"]
    connection.close()
