"""One delivery's life: claimed, sent over real HTTP, settled, confirmed; or a person is told."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries
from standardwebhooks import Webhook

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import acting_as, every_tenant
from journeys.core.delivery import MAX_ATTEMPTS
from journeys.domain import intake
from journeys.domain.carrying import end_carrying
from journeys.domain.claiming import claim
from journeys.domain.opening import Further, hand_over_again
from journeys.enums import DeliveryStatus
from journeys.models import (
    Delivery,
    DeliveryAttempt,
    Endpoint,
)
from programs.models import ProgramVersion
from tests.factories.exchange import SECRET, delivery_of, endpoint, packet, submitted
from tests.factories.people import OrganizationFactory, actor_of, member
from tests.fakes.hub import Hub
from tests.journeys.exchange.conftest import Turning, deliver
from tests.journeys.exchange.story import open_work, told

pytestmark = pytest.mark.django_db


def test_a_third_party_verifies_what_the_hub_gets(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journey = submitted(now=clock.now)
    assert deliver(clock) == 1
    (message,) = hub.taken
    Webhook(SECRET).verify(message.body, message.headers)
    assert message.id == str(delivery_of(journey).id)
    assert message.content["type"] == "enrollment.submitted"
    assert message.content["data"]["journey"] == journey.number
    assert message.content["data"]["packet"]["sections"] == packet()["sections"]


def test_a_case_number_in_the_answer_confirms_at_once(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journey = submitted(now=clock.now)
    deliver(clock)
    delivery = delivery_of(journey)
    assert (delivery.status, delivery.partner_case_number) == (DeliveryStatus.ACCEPTED, "NS-10422")
    assert told(journey.id) == ["accepted"]


def test_sent_is_not_accepted(address: Endpoint, hub: Hub, clock: Turning) -> None:
    hub.answer = b"<html>thanks</html>"
    journey = submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(journey).status == DeliveryStatus.SENT
    assert told(journey.id) == ["sent"]


def test_both_secrets_sign_during_a_rotation(address: Endpoint, hub: Hub, clock: Turning) -> None:
    with every_tenant(reason="the partner changes its secret"):
        address.previous_secret, address.secret = SECRET, "whsec_" + "bmV3IHNlY3JldCBvZiB0aGUgaHVi"
        address.save()
    submitted(now=clock.now)
    deliver(clock)
    assert len(hub.taken[0].headers["webhook-signature"].split()) == 2


@pytest.mark.parametrize("status", [302, 401, 404, 429, 500, 502, 503])
def test_a_failure_that_may_pass_is_tried_again_under_the_same_id(
    address: Endpoint, hub: Hub, clock: Turning, status: int
) -> None:
    hub.moods = [status]
    hub.headers = {"location": "http://127.0.0.1:1/elsewhere"}
    journey = submitted(now=clock.now)
    deliver(clock)
    delivery = delivery_of(journey)
    assert delivery.status == DeliveryStatus.PENDING
    assert "Northstar Access" in delivery.trouble
    assert deliver(clock) == 0
    clock.turn(seconds=6)
    deliver(clock)
    assert hub.ids == [str(delivery.id)] * 2
    assert delivery_of(journey).status == DeliveryStatus.ACCEPTED


def test_retry_after_is_honored(address: Endpoint, hub: Hub, clock: Turning) -> None:
    hub.moods, hub.headers = [503], {"retry-after": "120"}
    journey = submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(journey).next_attempt_at == clock.now + dt.timedelta(seconds=120)


def test_a_connection_is_kept_from_batch_to_batch_until_the_worker_ends(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    for connections in (1, 1, 2):
        if connections == 2:
            end_carrying()
        submitted(now=clock.now)
        assert deliver(clock) == 1
        assert len(hub.connections) == connections


def test_a_refusal_stops_at_once_and_a_person_is_told(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.status = 422
    journey = submitted(now=clock.now)
    deliver(clock)
    delivery = delivery_of(journey)
    assert delivery.status == DeliveryStatus.REJECTED
    assert delivery.trouble == "Northstar Access refused the packet (422)."
    assert told(journey.id) == ["rejected"]
    assert open_work(journey.id) == ["Call Northstar Access: it refused the packet"]


def test_gone_switches_the_endpoint_off(address: Endpoint, hub: Hub, clock: Turning) -> None:
    hub.status = 410
    first = submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(first).status == DeliveryStatus.ABANDONED
    second = submitted(now=clock.now)
    assert deliver(clock) == 0
    with every_tenant(reason="a test looks"):
        assert not Endpoint.objects.get(pk=address.pk).active
        assert not Delivery.objects.filter(journey=second).exists()


def test_after_the_last_rung_it_is_given_up_and_a_person_is_told(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    """A packet that its hub alone cannot digest: others get through, so the hub is not down."""
    journey = submitted(now=clock.now)
    poisoned = str(delivery_of(journey).id)
    hub.fails = {poisoned}
    for _ in range(MAX_ATTEMPTS):
        other = submitted(now=clock.now)
        deliver(clock)
        assert delivery_of(other).status == DeliveryStatus.ACCEPTED
        clock.turn(hours=25)
    assert deliver(clock) == 0
    delivery = delivery_of(journey)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.ABANDONED, MAX_ATTEMPTS)
    assert hub.ids.count(poisoned) == MAX_ATTEMPTS
    assert told(journey.id) == ["abandoned"]
    assert open_work(journey.id) == ["Call Northstar Access: the packet could not be delivered"]


def test_a_delivery_whose_worker_died_is_sent_again_under_the_same_id(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journey = submitted(now=clock.now)
    claim(limit=10, lease=dt.timedelta(seconds=-1), now=clock.now)  # and the worker dies
    deliver(clock)
    assert hub.ids == [str(delivery_of(journey).id)]
    with every_tenant(reason="a test looks"):
        outcomes = DeliveryAttempt.objects.order_by("number").values_list("outcome", flat=True)
        assert [outcome[:11] for outcome in outcomes] == ["Interrupted", "Taken in"]


def test_what_another_worker_has_is_left_alone(address: Endpoint, hub: Hub, clock: Turning) -> None:
    submitted(now=clock.now)
    claim(limit=10, lease=dt.timedelta(minutes=1), now=clock.now)
    clock.turn(minutes=30)  # a worker's own clock does not end another's lease
    assert deliver(clock) == 0


def test_two_partners_are_claimed_with_as_few_questions_as_one(
    address: Endpoint, clock: Turning, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lease, partners = dt.timedelta(seconds=-1), {address.pk}
    submitted(now=clock.now)
    with django_assert_num_queries(5):
        assert len(claim(limit=10, lease=lease, now=clock.now).claimed) == 1
    submitted(now=clock.now)
    elsewhere = delivery_of(submitted(now=clock.now))
    with every_tenant(reason="a test gives one to another hub"):
        other = endpoint(OrganizationFactory.create(kind="hub"))
        partners.add(other.pk)
        Delivery.objects.filter(pk=elsewhere.pk).update(
            endpoint=other, recipient=other.organization
        )
    with django_assert_num_queries(5):
        batch = claim(limit=10, lease=lease, now=clock.now)
    assert {each.route.endpoint_id for each in batch.claimed} == partners


def test_one_that_stops_every_worker_is_given_up(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journey = submitted(now=clock.now)
    for _ in range(MAX_ATTEMPTS):
        claim(limit=10, lease=dt.timedelta(seconds=-1), now=clock.now)
    deliver(clock)
    assert delivery_of(journey).status == DeliveryStatus.ABANDONED
    assert hub.taken == []


def test_a_correction_waits_for_what_went_before_it(
    address: Endpoint, hub: Hub, clock: Turning, northstar: Organization
) -> None:
    hub.moods = [500]
    journey = submitted(now=clock.now)
    ana = actor_of(journey.organization.memberships.get())
    further = Further(packet=packet("Rosa D."), digest="1" * 64, facts={})
    hand_over_again(journey.id, further, by=ana, now=clock.now)
    deliver(clock)
    deliver(clock)
    assert [message.content["data"]["version"] for message in hub.taken] == [1]
    clock.turn(seconds=6)
    deliver(clock)
    deliver(clock)
    assert [message.content["data"]["version"] for message in hub.taken] == [1, 1, 2]


def test_no_more_at_once_than_the_hub_can_take(address: Endpoint, hub: Hub, clock: Turning) -> None:
    hub.hold = 0.05
    hub.gate.clear()
    with every_tenant(reason="the hub asks for less"):
        Endpoint.objects.filter(pk=address.pk).update(concurrency=3)
    for _ in range(12):
        submitted(now=clock.now)

    def answer_once_three_are_there() -> None:
        for _ in range(3):
            hub.wait_for_message()
        hub.gate.set()

    answering = threading.Thread(target=answer_once_three_are_there)
    answering.start()
    assert deliver(clock) == 12
    answering.join()
    assert hub.most_at_once == 3
    assert len(set(hub.ids)) == 12


def test_the_portal_inbox_and_the_packet_count_as_sent(
    clock: Turning, version: ProgramVersion, northstar: Organization
) -> None:
    for transport in ("portal", "packet"):
        with every_tenant(reason="a test changes how the hub works"):
            Endpoint.objects.filter(organization=northstar).update(active=False)
        endpoint(northstar, transport=transport, secret=None)
        journey = submitted(now=clock.now)
        deliver(clock)
        assert delivery_of(journey).status == DeliveryStatus.SENT


def test_a_review_in_the_portal_confirms_the_delivery(
    clock: Turning, version: ProgramVersion, northstar: Organization
) -> None:
    endpoint(northstar, transport="portal", secret=None)
    journey = submitted(now=clock.now)
    deliver(clock)
    priya = actor_of(member(northstar, Role.HUB_AGENT))
    with acting_as(priya):
        intake.accept(journey.id, by=priya, now=clock.now)
    assert delivery_of(journey).status == DeliveryStatus.ACCEPTED


def test_a_partner_has_one_address_at_a_time(address: Endpoint) -> None:
    with every_tenant(reason="a test tries"), pytest.raises(IntegrityError), transaction.atomic():
        Endpoint.objects.create(organization_id=address.organization_id, transport="portal")
    with every_tenant(reason="a test tries"):
        Endpoint.objects.create(
            organization_id=address.organization_id, transport="portal", active=False
        )
