"""Journeys with as many events as wanted, each recorded as its party would report it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice

from accounts.models import Organization
from accounts.tenancy import every_tenant
from bench.office import PRACTICE, STAFF, actor_of, send, signed_drafts
from enrollment.management.demo.history import tell
from enrollment.management.demo.stories import SMOOTH, Told
from journeys.core.events import Event
from journeys.domain.recording import record
from journeys.models import Journey, JourneyEvent

# Of the demo's programs, the one whose hub works in the portal.
PROGRAM = "ossivue"
AGO = timedelta(days=30)
# Approved, dispensed, shipped; not yet there.
SO_FAR = SMOOTH[:12]
# Asked for, not decided: the hub has to follow up.
WITH_THE_PAYER = SMOOTH[:5]
# The same way to its end: nothing is left to do.
TO_THE_END = (
    *SMOOTH,
    Told("hub", "", "", 3, kind="closed", reason="therapy_complete"),
)
TALK = (
    ("practice", "The chart notes are on their way; two of the pages follow tomorrow."),
    ("hub", "Received. The payer still asks for the dates of the last two visits."),
    ("pharmacy", "We reached the patient by telephone; the shipment leaves on Thursday."),
)


def journey_with(
    events: int, *, seed: int, now: datetime, history: tuple[Told, ...] = SO_FAR
) -> Journey:
    """What partners reported, by default of a journey under way, then what people wrote."""
    began = now - AGO
    (draft,) = signed_drafts(1, program=PROGRAM, seed=seed, now=began)
    opened = send(draft, by=actor_of(STAFF), now=began).journey
    if opened is None:
        raise LookupError("A submission opens a journey.")
    with every_tenant(reason="the bench tells what the parties would"):
        tell(opened, history)
        journey: Journey = Journey.objects.select_related("program_version", "hub", "pharmacy").get(
            pk=opened.pk
        )
        told = JourneyEvent.objects.filter(journey=journey).count()
    for event in islice(talk(journey, since=now - timedelta(days=10)), max(0, events - told)):
        record(journey.id, event, actor=None, now=event.received_at)
    return journey


def asking(journey: Journey, *, since: datetime, named: str = "bench") -> Iterator[Event]:
    """Endless reports of a hub whose payer goes on asking, ten minutes apart: each moves the
    decision, and with it whose turn it is, what is to be done, and by when.

    The journey waits for the payer. Who else tells of it has another name.
    """
    for number in count():
        at = since + timedelta(minutes=10 * number)
        yield Event(
            id=f"{named}:{number}",
            kind="status",
            step="prior_authorization_determination",
            status=("in_review", "more_info_requested")[number % 2],
            note="The payer was called.",
            source=journey.hub.slug,
            source_name=journey.hub.name,
            role="hub",
            occurred_at=at,
            received_at=at + timedelta(minutes=number % 7),
        )


def talk(journey: Journey, *, since: datetime, named: str = "bench") -> Iterator[Event]:
    """Endless messages between the parties, two hours apart; every third tells a fact instead.

    Who else tells of the same journey has another name: what two say under one id is one event.
    """
    practice = Organization.objects.get(slug=PRACTICE)
    parties = {"practice": practice, "hub": journey.hub, "pharmacy": journey.pharmacy}
    for number in count():
        role, words = TALK[number % len(TALK)]
        speaker = parties[role] or journey.hub
        at = since + timedelta(hours=2 * number)
        yield Event(
            id=f"{named}:{number}",
            kind="message" if role != "pharmacy" else "fact",
            step="delivery",
            facts={"days_supply": 28} if role == "pharmacy" else {},
            note=words,
            to=("practice", "hub") if role == "pharmacy" else (),
            source=speaker.slug,
            source_name=speaker.name,
            role=role,
            occurred_at=at,
            received_at=at + timedelta(minutes=number % 7),
        )
