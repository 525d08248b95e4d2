"""Consent is asked at each disclosure, and each party gets no more than its work needs."""

import pytest

from accounts.tenancy import every_tenant
from journeys.domain.disclosing import share_of
from journeys.enums import DeliveryStatus
from journeys.models import Endpoint
from tests.factories.exchange import delivery_of, packet, submitted
from tests.fakes.hub import Hub
from tests.journeys.exchange.conftest import Turning, deliver
from tests.journeys.exchange.story import open_work, told

pytestmark = pytest.mark.django_db


def test_without_consent_nothing_is_sent_and_the_reason_is_told(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    journey = submitted(grants=[], now=clock.now)
    deliver(clock)
    delivery = delivery_of(journey)
    assert delivery.status == DeliveryStatus.WITHHELD
    assert delivery.trouble == "The patient has signed no authorization for Northstar Access."
    assert hub.taken == []
    assert told(journey.id) == ["withheld"]
    assert open_work(journey.id) == [
        "Ask the patient to authorize Northstar Access; nothing was sent"
    ]


def test_a_revocation_stops_what_is_already_queued(
    address: Endpoint, hub: Hub, clock: Turning
) -> None:
    hub.moods = [500]
    journey = submitted(now=clock.now)
    deliver(clock)
    with every_tenant(reason="the patient revokes"):
        journey.grants.update(revoked_at=clock.now)
    clock.turn(seconds=6)
    deliver(clock)
    assert delivery_of(journey).trouble == "The patient has revoked the authorization."
    assert len(hub.taken) == 1


def test_an_agreement_with_the_hub_stands_in_for_the_signature(
    address: Endpoint, hub: Hub, clock: Turning, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = {**packet()["sections"][0]["fields"][0], "id": "C14", "value": True}
    body = packet()
    body["sections"].append({"name": "Practice", "fields": [agreed]})
    monkeypatch.setattr("tests.factories.exchange.packet", lambda: body)
    journey = submitted(grants=[], now=clock.now)
    deliver(clock)
    assert delivery_of(journey).status == DeliveryStatus.ACCEPTED


@pytest.mark.parametrize(
    ("role", "sections", "signatures"),
    [
        ("hub", {"Patient", "Coverage", "Clinical", "Financial"}, {"patient", "prescriber"}),
        ("pharmacy", {"Patient", "Coverage", "Clinical"}, {"prescriber"}),
        ("vendor", {"Patient", "Coverage"}, {"patient"}),
    ],
)
def test_each_party_gets_what_its_work_needs(
    role: str, sections: set[str], signatures: set[str]
) -> None:
    share = share_of(packet(), role=role)
    assert {section["name"] for section in share["sections"]} == sections
    assert {signature["kind"] for signature in share["signatures"]} == signatures
    assert share["program"] == packet()["program"]
