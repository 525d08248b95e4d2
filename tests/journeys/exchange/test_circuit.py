"""A hub that is down: asked now and then, never flooded; and all at once when it is back."""

import datetime as dt

import pytest

from accounts.tenancy import every_tenant
from journeys.core.circuit import GIVEN_UP_AFTER, LONGEST_PROBE, OPENS_AFTER
from journeys.core.delivery import MAX_ATTEMPTS
from journeys.domain.claiming import claim
from journeys.domain.delivering import deliver as work_off
from journeys.domain.falling_back import fall_back, fallback_of
from journeys.domain.opening import Further, hand_over_again
from journeys.domain.recording import lock_journey
from journeys.domain.replaying import send_as_packet
from journeys.enums import DeliveryStatus, Transport
from journeys.models import Delivery, Endpoint, Journey
from journeys.partners.registry import CARRIERS
from tests.factories.exchange import delivery_of, packet, submitted
from tests.factories.people import actor_of
from tests.factories.programs import EndpointFactory, demo_definition, published
from tests.fakes.hub import Hub
from tests.journeys.exchange.conftest import Turning, deliver
from tests.journeys.exchange.story import open_work, told

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def amended(journey: Journey, digest: str, clock: Turning) -> None:
    ana = actor_of(journey.organization.memberships.get())
    further = Further(packet=packet("Rosa D."), digest=digest * 64, facts={})
    hand_over_again(journey.id, further, by=ana, now=clock.now)


def test_a_hub_that_is_down_is_asked_one_at_a_time(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.status = 503
    for _ in range(20):
        submitted(now=clock.now)
    deliver(clock)
    flood = len(hub.taken)
    assert OPENS_AFTER <= flood <= OPENS_AFTER + address.concurrency
    assert deliver(clock) == 0  # it rests
    clock.turn(seconds=130)
    assert deliver(clock) == 1
    assert deliver(clock) == 0
    assert len(hub.taken) == flood + 1


def test_six_hours_down_and_all_is_there_within_ten_minutes_in_order(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.status = 500
    journeys = [submitted(now=clock.now) for _ in range(12)]
    for digest in ("1", "2"):
        amended(journeys[0], digest, clock)
    end = clock.now + dt.timedelta(hours=6)
    while clock.now < end:
        deliver(clock)
        clock.turn(minutes=10)
    hub.taken.clear()
    hub.status = 200
    back_at = clock.now
    while any(delivery.status != DeliveryStatus.ACCEPTED for delivery in _all()):
        deliver(clock)
        clock.turn(seconds=20)
        assert clock.now - back_at < 10 * MINUTE
    assert len(hub.ids) == len(set(hub.ids)) == 14
    versions = [
        message.content["data"]["version"]
        for message in hub.taken
        if message.content["data"]["journey"] == journeys[0].number
    ]
    assert versions == [1, 2, 3]
    assert all(told(each.id)[:1] == ["accepted"] for each in journeys)


def test_asking_does_not_wear_a_delivery_out(address: Endpoint, hub: Hub, clock: Turning) -> None:
    hub.status = 500
    journey = submitted(now=clock.now)
    while len(hub.taken) < 3 * MAX_ATTEMPTS:
        deliver(clock)
        clock.turn(seconds=LONGEST_PROBE.total_seconds() + 1)
    assert delivery_of(journey).status == DeliveryStatus.PENDING
    hub.status = 200
    deliver(clock)
    assert delivery_of(journey).status == DeliveryStatus.ACCEPTED


def test_after_three_days_people_are_told_and_the_address_is_off(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.status = 500
    journeys = [submitted(now=clock.now) for _ in range(6)]
    deliver(clock)
    clock.turn(days=GIVEN_UP_AFTER.days, minutes=1)
    deliver(clock)
    assert {delivery_of(each).status for each in journeys} == {DeliveryStatus.ABANDONED}
    words = "Call Northstar Access: the packet could not be delivered"
    assert all(open_work(each.id) == [words] for each in journeys)
    with every_tenant(reason="a test looks"):
        assert not Endpoint.objects.get(pk=address.pk).active


def test_one_bad_packet_does_not_keep_a_quiet_hub_shut(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journey = submitted(now=clock.now)
    hub.fails = {str(delivery_of(journey).id)}
    for _ in range(OPENS_AFTER):
        deliver(clock)
        clock.turn(hours=5)
    other = submitted(now=clock.now)
    for _ in range(3):
        deliver(clock)
        clock.turn(minutes=3)
    assert delivery_of(other).status == DeliveryStatus.ACCEPTED


def test_a_wait_that_the_hub_asks_for_holds_for_all_it_gets(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.moods, hub.headers = [429], {"retry-after": "120"}
    submitted(now=clock.now)
    deliver(clock)
    submitted(now=clock.now)
    clock.turn(seconds=119)
    assert deliver(clock) == 0
    clock.turn(seconds=1)
    assert deliver(clock) == 2


def test_two_workers_together_open_no_more_than_the_hub_takes(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    for _ in range(10):
        submitted(now=clock.now)
    lease = dt.timedelta(minutes=1)
    first = claim(limit=5, lease=lease, now=clock.now)
    second = claim(limit=5, lease=lease, now=clock.now)
    shares = [batch.claimed[0].route.concurrency for batch in (first, second)]
    assert shares == [4, 2]
    assert not {one.delivery_id for one in first.claimed} & {
        one.delivery_id for one in second.claimed
    }


def test_the_urgent_go_first(address: Endpoint, hub: Hub, clock: Turning) -> None:
    with every_tenant(reason="one thing after the other shows the order"):
        Endpoint.objects.filter(pk=address.pk).update(concurrency=1)
    calm = [submitted(now=clock.now) for _ in range(3)]
    hurried = submitted(now=clock.now + MINUTE)
    with every_tenant(reason="this one cannot wait"):
        Delivery.objects.filter(journey=hurried).update(urgent=True)
    clock.turn(minutes=2)
    deliver(clock)
    assert hub.ids[0] == str(delivery_of(hurried).id)
    assert set(hub.ids[1:]) == {str(delivery_of(each).id) for each in calm}


def test_what_does_not_go_through_can_go_as_a_pdf_packet(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.status = 503
    stuck = [submitted(now=clock.now) for _ in range(6)]
    deliver(clock)
    ana = actor_of(stuck[0].organization.memberships.get())
    send_as_packet(delivery_of(stuck[0]), by=ana, now=clock.now)
    deliver(clock)
    delivery = delivery_of(stuck[0])
    assert delivery.status == DeliveryStatus.SENT
    with every_tenant(reason="a test looks"):
        assert delivery.endpoint.transport == Transport.PACKET
    assert delivery_of(stuck[1]).status == DeliveryStatus.PENDING


def test_what_does_not_reach_the_hub_falls_back_as_its_program_says(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    told = demo_definition("veltrana")
    told["route"] |= {"fallback": "packet", "fallback_hours": 4}
    careful, patient = published(definition=told), published()
    hub.status = 503
    falls, stays = submitted(careful, now=clock.now), submitted(patient, now=clock.now)
    deliver(clock)
    clock.turn(minutes=239)
    assert fall_back(now=clock.now) == 0
    clock.turn(minutes=1)
    assert fall_back(now=clock.now) == 1
    deliver(clock)
    went = delivery_of(falls)
    assert went.status == DeliveryStatus.SENT
    assert delivery_of(stays).status == DeliveryStatus.PENDING
    with every_tenant(reason="a test looks"):
        assert went.endpoint.transport == Transport.PACKET


def test_what_can_never_go_through_falls_back_at_once_and_what_is_refused_waits_for_a_person(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    told = demo_definition("veltrana")
    told["route"] |= {"fallback": "packet"}
    careful = published(definition=told)
    hub.status = 422
    refused = submitted(careful, now=clock.now)
    deliver(clock)
    hub.status = 410
    gone = submitted(careful, now=clock.now)
    deliver(clock)
    assert delivery_of(gone).status == DeliveryStatus.ABANDONED
    assert fall_back(now=clock.now) == 1
    deliver(clock)
    assert delivery_of(gone).status == DeliveryStatus.SENT
    assert delivery_of(refused).status == DeliveryStatus.REJECTED
    assert fall_back(now=clock.now) == 0


def test_a_fall_back_by_fax_goes_to_the_number_that_the_hub_gave_else_on_paper(
    address: Endpoint,
) -> None:
    with every_tenant(reason="a test looks"):
        hub = address.organization
        assert fallback_of(hub, "fax").transport == Transport.PACKET
        given = EndpointFactory.create(
            organization=hub, transport=Transport.FAX, address="https://fax.example/", active=False
        )
        found = fallback_of(hub, "fax")
        assert (found.transport, found.address, found.active) == ("fax", given.address, True)
        assert fallback_of(hub, "fax") == found != given


def test_the_story_is_written_after_the_ledger_and_once(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journeys = [submitted(now=clock.now) for _ in range(3)]
    assert work_off(carriers=CARRIERS, clock=clock) is False
    assert work_off(carriers=CARRIERS, clock=clock) is False
    assert [told(each.id) for each in journeys] == [["accepted"]] * 3


def test_a_journey_that_cannot_be_told_keeps_no_other_waiting(
    address: Endpoint, hub: Hub, clock: Turning, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = submitted(now=clock.now), submitted(now=clock.now)

    def locked(journey_id: object) -> Journey:
        if journey_id == broken.id:
            raise RuntimeError("this one breaks")
        return lock_journey(journey_id)  # type: ignore[arg-type]  # the test's own stand-in

    monkeypatch.setattr("journeys.domain.telling.lock_journey", locked)
    deliver(clock)
    assert (told(broken.id), told(well.id)) == ([], ["accepted"])
    monkeypatch.undo()
    deliver(clock)
    assert told(broken.id) == ["accepted"]


def _all() -> list[Delivery]:
    with every_tenant(reason="a test looks"):
        return list(Delivery.objects.all())
