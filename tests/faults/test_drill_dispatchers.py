"""Whoever sends dies, stops or has a twin: all of it arrives, none of it says two things."""

import datetime as dt
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.core.permissions import Role
from accounts.tenancy import every_tenant
from journeys.domain.delivering import deliver_due
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, DeliveryAttempt, Journey
from journeys.partners.registry import CARRIERS
from tests.factories.exchange import delivery_of, submitted
from tests.factories.people import member, signed_in
from tests.fakes.hub import Hub
from tests.faults.processes import Broker, Worker, wait_for
from tests.faults.verifying import verify

pytestmark = [pytest.mark.faults, pytest.mark.drill]
Dispatchers = Callable[..., Worker]
KILLS, MANY = 5, 200


def all_confirmed(journeys: Sequence[Journey]) -> bool:
    with every_tenant(reason="a drill looks"):
        its = Delivery.objects.filter(journey__in=[each.pk for each in journeys])
        done: int = its.filter(status=DeliveryStatus.ACCEPTED, untold=False).count()
        return done == len(journeys)


def ids(journeys: Sequence[Journey]) -> set[str]:
    with every_tenant(reason="a drill looks"):
        its = Delivery.objects.filter(journey__in=[each.pk for each in journeys])
        return {str(each) for each in its.values_list("pk", flat=True)}


def has_taken(hub: Hub, count: int) -> bool:
    return len(hub.taken) >= count


def test_f8_a_dispatcher_killed_five_times_among_hundreds_loses_none(
    dispatchers: Dispatchers, hub: Hub
) -> None:
    hub.hold = 0.03
    sender = dispatchers(lease_seconds=3)
    with sender.frozen():
        journeys = [submitted() for _ in range(MANY)]
    for _ in range(KILLS):
        enough = len(hub.taken) + 20
        wait_for(partial(has_taken, hub, enough), "it sends", seconds=60)
        sender.kill()
        sender.ensure_ready()
    wait_for(lambda: all_confirmed(journeys), "every delivery is confirmed", seconds=120)
    assert set(hub.ids) == ids(journeys)
    repeated = sum(count - 1 for count in Counter(hub.ids).values())
    assert 0 < repeated <= KILLS * 50, "each kill interrupts what was under way, and no more"
    verify(journeys, hub, logs=[sender.log])


def test_f2_a_killed_child_costs_one_attempt(dispatchers: Dispatchers, hub: Hub) -> None:
    """As when the kernel is out of memory: the worker lives on, and has a new child."""
    sender = dispatchers(lease_seconds=2)
    hub.gate.clear()
    journey = submitted()
    hub.wait_for_message()
    before = sender.children
    for child in before:
        os.kill(child, signal.SIGKILL)
    hub.gate.set()
    wait_for(lambda: all_confirmed([journey]), "the delivery is confirmed")
    assert sender.running is not None
    assert sender.running.poll() is None
    assert set(before).isdisjoint(sender.children)
    with every_tenant(reason="a drill reads the attempts"):
        attempts = DeliveryAttempt.objects.filter(delivery__journey=journey).order_by("number")
        first, *_, last = attempts.values_list("outcome", flat=True)
    assert first.startswith("Interrupted")
    assert not last.startswith("Interrupted")
    verify([journey], hub, logs=[sender.log])


def test_f6_a_worker_that_is_told_to_stop_ends_what_it_sends(
    dispatchers: Dispatchers, hub: Hub
) -> None:
    sender = dispatchers(lease_seconds=60)
    hub.gate.clear()
    journey = submitted()
    hub.wait_for_message()
    open_again = threading.Timer(1, hub.gate.set)
    open_again.start()
    assert sender.stop() == 0
    open_again.join()
    assert hub.ids == [str(delivery_of(journey).id)]
    sender.ensure_ready()
    wait_for(lambda: all_confirmed([journey]), "the story is told")
    assert hub.ids == [str(delivery_of(journey).id)]
    verify([journey], hub, logs=[sender.log])


def test_f19_dispatchers_whose_clocks_differ_take_each_delivery_once(
    dispatchers: Dispatchers, hub: Hub, settings: Settings
) -> None:
    """A worker, and two more whose clocks are five minutes fast and slow, for one queue."""
    hub.hold, settings.ALLOW_PRIVATE_ENDPOINTS = 0.02, True
    sender = dispatchers(lease_seconds=60)
    begin, stop = threading.Barrier(3), threading.Event()

    def dispatch(skew: dt.timedelta) -> None:
        begin.wait()
        while not stop.is_set():
            if not deliver_due(carriers=CARRIERS, clock=lambda: timezone.now() + skew, limit=20):
                stop.wait(0.05)
        connection.close()

    skews = (dt.timedelta(minutes=5), dt.timedelta(minutes=-5))
    threads = [threading.Thread(target=dispatch, args=(skew,)) for skew in skews]
    with sender.frozen():
        journeys = [submitted(now=timezone.now() - dt.timedelta(minutes=6)) for _ in range(80)]
    for thread in threads:
        thread.start()
    begin.wait()
    try:
        wait_for(lambda: all_confirmed(journeys), "every delivery is confirmed", seconds=60)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert sorted(hub.ids) == sorted(ids(journeys))
    verify(journeys, hub, logs=[sender.log])


def test_f7_redis_away_for_long_delays_deliveries_and_nothing_else(
    dispatchers: Dispatchers, hub: Hub, redis: Broker
) -> None:
    sender = dispatchers(lease_seconds=5)
    ana = signed_in(member(submitted().organization, Role.PRACTICE_STAFF))
    redis.kill()
    journeys, took, until = [], [], time.monotonic() + 15
    while time.monotonic() < until:
        began = time.monotonic()
        journeys.append(submitted())
        assert ana.get(reverse("work")).status_code == 200, "sessions are not Redis'"
        took.append(time.monotonic() - began)
    assert median(took) < 1
    redis.start()

    def drained() -> bool:
        sender.ensure_ready()  # one that gave up is started again by whoever runs it
        return all_confirmed(journeys)

    wait_for(drained, "what was submitted meanwhile is confirmed", seconds=90)
    assert ids(journeys) <= set(hub.ids)
    verify(journeys, hub, logs=[sender.log])
