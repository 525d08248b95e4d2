"""A hub that misbehaves in any way loses nothing, costs no other hub its time, and is named."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import acting_as, every_tenant
from journeys.core.delivery import Outgoing
from journeys.domain.endpoint_secrets import new_secret_for
from journeys.domain.queries.quiet import quiet_partners
from journeys.enums import DeliveryStatus, Transport
from journeys.models import Endpoint
from journeys.partners import webhook
from tests.factories.exchange import SECRET, delivery_of, endpoint, submitted
from tests.factories.people import actor_of, member
from tests.factories.programs import published
from tests.fakes.gateways import running_gateway
from tests.fakes.hub import Hub, running_hub
from tests.fakes.rude import MANNERS, rude_partner
from tests.faults.verifying import verify
from tests.journeys.exchange.conftest import Turning, deliver
from tests.journeys.exchange.test_tls import certificate

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


@pytest.fixture
def clock(settings: Settings) -> Turning:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    return Turning()


@pytest.fixture
def northstar(db: None) -> Organization:
    published("veltrana")
    Organization.objects.filter(slug="northstar").update(name="Northstar Access")
    return Organization.objects.get(slug="northstar")


@pytest.fixture
def well(northstar: Organization) -> Iterator[Hub]:
    with running_hub(SECRET) as running:
        yield running


def come_back(northstar: Organization, well: Hub, clock: Turning) -> None:
    """The hub is itself again at the same endpoint."""
    with every_tenant(reason="the hub mends its server"):
        Endpoint.objects.filter(organization=northstar, active=True).update(address=well.url)
    for _ in range(4):
        clock.turn(minutes=3)
        deliver(clock)


def named(journey_practice: Organization) -> list[str]:
    actor = actor_of(member(journey_practice, Role.PRACTICE_STAFF))
    with acting_as(actor):
        return [each.name for each in quiet_partners(actor)]


@pytest.mark.parametrize("manner", MANNERS)
def test_bad_manners_on_the_wire(
    northstar: Organization,
    well: Hub,
    clock: Turning,
    manner: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with rude_partner(MANNERS[manner]) as rude, monkeypatch.context() as patched:
        patched.setattr("journeys.partners.http.TIMEOUT_SECONDS", 0.6)
        endpoint(northstar, address=rude.url.replace("localhost", "127.0.0.1"))
        journeys = [submitted(now=clock.now) for _ in range(3)]
        began = time.monotonic()
        deliver(clock)
        assert time.monotonic() - began < 8
        assert rude.spoken_to
    for journey in journeys:
        delivery = delivery_of(journey)
        assert delivery.status == DeliveryStatus.PENDING
        assert delivery.trouble.startswith("Northstar Access")
    assert named(journeys[0].organization) == ["Northstar Access"]
    come_back(northstar, well, clock)
    assert {delivery_of(each).status for each in journeys} == {DeliveryStatus.ACCEPTED}
    verify(journeys, well)
    assert named(journeys[0].organization) == []


def test_a_token_server_that_dies_in_the_middle_of_its_answer(
    northstar: Organization, clock: Turning
) -> None:
    """What it began to tell is not used, and no Bundle goes out under it."""
    with running_gateway() as gateway, rude_partner(MANNERS["breaks off"]) as rude:
        gateway.answers = {"/token": (200, {"access_token": "t-1"}), "/Bundle": (201, {})}
        dying, well = rude.url.replace("localhost", "127.0.0.1"), f"{gateway.url}/token"
        secret = new_secret_for(Transport.FHIR)
        options = {"form": "collection", "token_url": dying, "client_id": "us"}
        made = endpoint(
            northstar, transport="fhir", address=gateway.url, secret=secret, options=options
        )
        journeys = [submitted(now=clock.now) for _ in range(2)]
        deliver(clock)
        assert rude.spoken_to
        assert gateway.posted == []
        assert {delivery_of(each).status for each in journeys} == {DeliveryStatus.PENDING}
        assert named(journeys[0].organization) == ["Northstar Access"]
        with every_tenant(reason="the hub mends its token server"):
            Endpoint.objects.filter(pk=made.pk).update(options={**options, "token_url": well})
        for _ in range(3):
            clock.turn(minutes=3)
            deliver(clock)
        bundles = [json.loads(each.body)["identifier"] for each in gateway.at("/Bundle")]
    assert sorted(each["value"] for each in bundles) == sorted(
        str(delivery_of(each).id) for each in journeys
    )
    assert {delivery_of(each).status for each in journeys} == {DeliveryStatus.SENT}
    verify(journeys)


def test_a_hub_that_refuses_connections(northstar: Organization, well: Hub, clock: Turning) -> None:
    endpoint(northstar, address="http://127.0.0.1:1/hook")
    journeys = [submitted(now=clock.now) for _ in range(8)]
    deliver(clock)
    assert named(journeys[0].organization) == ["Northstar Access"]
    come_back(northstar, well, clock)
    verify(journeys, well)
    assert len(well.ids) == 8


def test_a_certificate_that_nobody_vouches_for(
    northstar: Organization, well: Hub, clock: Turning, tmp_path: Path
) -> None:
    file = certificate("localhost", tmp_path / "impostor.pem")
    with rude_partner(MANNERS["hangs"], certificate=file) as rude:
        endpoint(northstar, address=rude.url)
        journeys = [submitted(now=clock.now)]
        deliver(clock)
        assert rude.spoken_to == []
    come_back(northstar, well, clock)
    verify(journeys, well)


@pytest.mark.parametrize("status", [302, 429, 500, 503])
def test_an_answer_that_is_no_yes(
    northstar: Organization, well: Hub, clock: Turning, status: int
) -> None:
    endpoint(northstar, address=well.url)
    well.moods, well.headers = [status] * 2, {"location": "/other", "retry-after": "90"}
    journeys = [submitted(now=clock.now) for _ in range(2)]
    deliver(clock)
    assert {delivery_of(each).status for each in journeys} == {DeliveryStatus.PENDING}
    if status != 302:
        clock.turn(seconds=89)
        assert deliver(clock) == 0
    come_back(northstar, well, clock)
    verify(journeys, well)


@pytest.mark.parametrize(
    "answer", [b"", b"OK", b"{", b"[1]", b'{"case_number": 7}', b"\xff\xfe", b"[" * 60_000]
)
def test_a_yes_with_garbage_is_taken_in_and_not_confirmed(
    northstar: Organization, well: Hub, clock: Turning, answer: bytes
) -> None:
    endpoint(northstar, address=well.url)
    well.answer = answer
    journeys = [submitted(now=clock.now)]
    deliver(clock)
    assert delivery_of(journeys[0]).status == DeliveryStatus.SENT
    verify(journeys, well)


def test_a_packet_that_breaks_our_own_side_stops_nobody_else(
    northstar: Organization, well: Hub, clock: Turning, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint(northstar, address=well.url)
    poisoned, healthy = submitted(now=clock.now), submitted(now=clock.now)
    write = webhook.message

    def breaking(outgoing: Outgoing) -> bytes:
        if outgoing.delivery_id == str(delivery_of_id):
            raise ValueError("poison")
        return write(outgoing)

    delivery_of_id = delivery_of(poisoned).id
    monkeypatch.setattr(webhook, "message", breaking)
    deliver(clock)
    assert delivery_of(healthy).status == DeliveryStatus.ACCEPTED
    assert delivery_of(poisoned).trouble == "Something went wrong on our side while sending."
    for _ in range(10):
        clock.turn(hours=25)
        deliver(clock)
    assert delivery_of(poisoned).status == DeliveryStatus.ABANDONED
    verify([poisoned, healthy], well, now=clock.now)
