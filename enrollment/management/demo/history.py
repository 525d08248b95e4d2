"""What partners would have told about the demo's older journeys, step by step."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import F

from accounts.models import Organization
from journeys.core.events import Event
from journeys.domain.graphs import graph_of
from journeys.domain.recording import record
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, Journey, JourneyEvent


@dataclass(frozen=True)
class Told:
    """One report: who, what, how many hours after the one before, learnt how much later."""

    role: str
    step: str
    status: str
    after: float
    facts: dict[str, object] = field(default_factory=dict)
    reason: str | None = None
    late: float = 0


APPROVED = (
    Told("hub", "intake_review", "accepted", 5),
    Told(
        "hub",
        "benefit_verification",
        "complete",
        20,
        {"prior_authorization_required": True, "out_of_pocket_estimate": "180.00"},
        "covered_prior_authorization",
    ),
    Told("hub", "prior_authorization", "submitted", 26, {"payer_reference": "PX-40417"}),
    Told(
        "vendor",
        "copay_enrollment",
        "enrolled",
        1,
        {"copay_bin": "610020", "copay_pcn": "PDMI", "copay_member_id": "CC2204417"},
        late=9,
    ),
    Told(
        "hub",
        "prior_authorization_determination",
        "approved",
        70,
        {"authorization_number": "AUTH-88213"},
    ),
    Told(
        "practice",
        "site_of_care",
        "scheduled",
        2,
        {"site_name": "Lakeside Infusion Suite", "acquisition": "white_bag"},
    ),
    Told("hub", "pharmacy_triage", "sent", 3),
    Told("pharmacy", "pharmacy_triage", "accepted", 6),
    Told("pharmacy", "pharmacy_intake", "paid", 30, {"pharmacy_order_number": "RX-30177"}),
    Told("pharmacy", "delivery", "shipped", 28, {"carrier": "Brightwing", "days_supply": 28}),
    Told("pharmacy", "delivery", "delivered", 20, late=13),
    Told("hub", "first_dose", "confirmed", 50),
)
DENIED = (
    *APPROVED[:4],
    Told("hub", "prior_authorization_determination", "denied", 80, reason="step_therapy"),
)
RETURNED = (
    Told(
        "hub",
        "intake_review",
        "returned",
        4,
        {
            "corrections": [
                {"field": "F8", "sentence": "Date the prescription within the last 30 days."},
                {"field": "A13", "sentence": "This number does not ring; is there another?"},
            ]
        },
    ),
)
REJECTED = (Told("hub", "intake_review", "rejected", 6, reason="off_label"),)


def a_history(chance: random.Random) -> tuple[Told, ...]:
    """How far one journey has come: most are approved, and stand anywhere on the way."""
    kind = chance.random()
    for share, history in ((0.1, DENIED), (0.15, REJECTED), (0.2, RETURNED)):
        if kind < share:
            return history
    return APPROVED[: chance.randint(1, len(APPROVED))]


def lasting(history: tuple[Told, ...]) -> dt.timedelta:
    """How long a history takes, until its last report was learnt."""
    return dt.timedelta(hours=sum(told.after for told in history) + history[-1].late)


def a_pause(chance: random.Random) -> dt.timedelta:
    """How long nothing has been heard: mostly some hours, now and then far too long."""
    return dt.timedelta(
        hours=chance.uniform(100, 400) if chance.random() < 0.12 else chance.uniform(1, 16)
    )


def tell(journey: Journey, history: tuple[Told, ...]) -> None:
    """Record a history on a journey, each report from its party.

    What was queued for partners on the way counts as confirmed at the time.
    """
    occurred_at = journey.started_at
    steps = graph_of(journey.program_version_id).by_key
    for number, told in enumerate(history):
        occurred_at += dt.timedelta(hours=told.after)
        if told.step not in steps:
            continue
        record(
            journey.id,
            _event(journey, told, number=number, occurred_at=occurred_at),
            actor=None,
            now=occurred_at,
        )
    # A whole world is told in one long transaction; each report was seen as it was learnt.
    JourneyEvent.objects.filter(journey=journey).update(
        visible_at=F("received_at") + dt.timedelta(milliseconds=40)
    )
    Delivery.objects.filter(journey=journey).update(
        status=DeliveryStatus.ACCEPTED,
        attempts=1,
        sent_at=F("created_at"),
        settled_at=F("created_at"),
        partner_case_number=f"CS-{journey.number[3:]}",
    )


def _event(journey: Journey, told: Told, *, number: int, occurred_at: dt.datetime) -> Event:
    source = _organization(journey, told.role)
    return Event(
        id=f"history-{number}",
        kind="status",
        step=told.step,
        status=told.status,
        reason=told.reason,
        facts=told.facts,
        source=source.slug,
        role=told.role,
        source_name=source.name,
        transport="batch" if told.late else "webhook",
        occurred_at=occurred_at,
        received_at=occurred_at + dt.timedelta(hours=told.late),
    )


def _organization(journey: Journey, role: str) -> Organization:
    if role == "pharmacy" and journey.pharmacy is not None:
        return journey.pharmacy
    if role == "practice":
        return Organization.objects.get(pk=journey.organization_id)
    slug = {"hub": journey.hub.slug, "vendor": "copperline"}.get(role, "crescent")
    return Organization.objects.get(slug=slug)


def chances(count: int) -> Iterator[random.Random]:
    """One source of chance per journey, the same at every seeding."""
    for number in range(count):
        yield random.Random(f"journey {number}")  # noqa: S311  # a demo world, not a secret
