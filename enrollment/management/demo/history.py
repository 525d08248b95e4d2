"""The demo's older journeys, told as partners told them: in their working hours, one by one."""

import datetime as dt
import random
from collections.abc import Iterator

from django.db.models import F

from accounts.models import Organization
from enrollment.management.demo.routing import a_choice
from enrollment.management.demo.stories import (
    HEALTHY,
    PAUSES,
    TROUBLE_EVERY,
    TROUBLES,
    Told,
)
from journeys.core.calendar import calendar_of
from journeys.core.events import Event
from journeys.domain.graphs import graph_of
from journeys.domain.recording import record
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, Journey, JourneyEvent

CALENDAR = calendar_of("America/New_York")


def a_history(number: int, chance: random.Random) -> tuple[Told, ...]:
    """What was told of the journey with this number: now and then trouble, mostly a good way."""
    place, due = divmod(number, TROUBLE_EVERY)
    if due == 0 and place < len(TROUBLES):
        return TROUBLES[place]
    return chance.choice(HEALTHY)


def lawful(history: tuple[Told, ...], *, government: bool) -> tuple[Told, ...]:
    """The history as it goes for a patient whom a government covers: without copay help."""
    return tuple(t for t in history if not (government and t.step == "copay_enrollment"))


def a_start(history: tuple[Told, ...], chance: random.Random, *, now: dt.datetime) -> dt.datetime:
    """When the practice must have sent it, for the history to end as lately as it does.

    In troubles nothing was heard for too long since; otherwise for some of the working hours.
    """
    quiet = PAUSES.get(history[-1], 0) or chance.uniform(0.5, 3.5)
    last = history[-1].late
    return CALENDAR.before_hours(
        now - dt.timedelta(hours=last), quiet + sum(told.after for told in history)
    )


def tell(journey: Journey, history: tuple[Told, ...]) -> None:
    """Record a history on a journey, each report from its party.

    What was queued for partners on the way counts as confirmed at the time.
    """
    occurred_at = journey.started_at
    steps = graph_of(journey.program_version_id).by_key
    for number, told in enumerate(history):
        occurred_at = CALENDAR.after_hours(occurred_at, told.after)
        if told.step and told.step not in steps:
            continue
        journey = record(
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
        kind=told.kind,
        step=told.step or None,
        status=told.status or None,
        reason=told.reason,
        facts=told.facts | _choice(journey, told, occurred_at=occurred_at),
        coverage_id=told.coverage,
        note=told.note,
        to=told.to,
        source=source.slug,
        role=told.role,
        source_name=source.name,
        transport=_transport(journey, told),
        occurred_at=occurred_at,
        received_at=occurred_at + dt.timedelta(hours=told.late),
    )


def _choice(journey: Journey, told: Told, *, occurred_at: dt.datetime) -> dict[str, object]:
    """With a referral goes why it went there, and that the patient was asked before."""
    if (told.step, told.status) != ("pharmacy_triage", "sent"):
        return {}
    return a_choice(journey, on=CALENDAR.day_of(occurred_at))


def _transport(journey: Journey, told: Told) -> str:
    if told.late:
        return "batch"
    # A hub without a system of its own reports on the pages, as every practice does.
    route = journey.program_version.definition["route"]
    by_hand = told.role == "practice" or (told.role == "hub" and route["transport"] != "webhook")
    return "portal" if by_hand or told.kind == "message" else "webhook"


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
