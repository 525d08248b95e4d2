"""A hub reaches a patient, unless the patient asked it not to."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from accounts.phi import blind_index
from journeys.core.contacts import CHANNELS, STOPPED, Stop, refusal
from journeys.domain.queries.intake import packets_of, values_of
from journeys.domain.recording import record
from journeys.domain.speaking import Words, said, story_for_writing
from journeys.models import Contact, ContactStop, Journey
from journeys.rules import Refused, may_contact
from programs.core.scripts import PURPOSES

# Where the form says how the patient is reached: both numbers and the address.
ADDRESSES = ("A13", "A15", "A17")
PREFERENCE = "A18"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One contact in codes: journeys.core.contacts. `token` makes a double click one contact."""

    token: str
    channel: str
    outcome: str
    purpose: str


def log_contact(journey_id: UUID, attempt: Attempt, *, by: Actor, now: datetime) -> Journey:
    """Write down that the patient was reached, or not; word to stop holds from this moment on.

    The practice reads it in the story. Raises UnknownJourney, and Refused with the reason when
    the patient asked for silence or may not be reached so.
    """
    story = story_for_writing(journey_id, by=by, now=now)
    if not may_contact(by, story.journey):
        raise Refused("Only the hub of an open journey reaches its patient here.")
    channel = CHANNELS.get(attempt.channel)
    if channel is None or attempt.outcome not in channel.outcomes:
        raise Refused("Choose what came of it.")
    if attempt.purpose not in PURPOSES:
        raise Refused("Choose what it was about.")
    answers = answers_of(story.journey)
    why = refusal(
        attempt.channel,
        attempt.purpose,
        stops=stops_of(answers, by=by),
        preference=answers.get(PREFERENCE, ""),
    )
    if why and attempt.outcome != STOPPED:
        raise Refused(f"{why}.")
    if attempt.outcome == STOPPED:
        _hear(story.journey, answers, attempt, by=by, now=now)
    _, new = Contact.objects.get_or_create(
        pk=UUID(attempt.token),
        defaults={
            "organization_id": by.organization_id,
            "journey": story.journey,
            "channel": attempt.channel,
            "outcome": attempt.outcome,
            "purpose": attempt.purpose,
            "at": now,
            "by_id": by.user_id,
        },
    )
    if not new:
        return story.journey
    words = Words(
        id=f"contact:{attempt.token}",
        kind="contact",
        step="",
        status=attempt.channel,
        reason=attempt.outcome,
    )
    journey = record(journey_id, said(story, words, role="hub", now=now), actor=by, now=now)
    audit.wrote(journey, action="logged a contact", fields=["contact"])
    return journey


def answers_of(journey: Journey) -> Mapping[str, str]:
    """What the newest form answers, as texts by field; the caller audits the reading."""
    return {field: str(value) for field, value in values_of(packets_of(journey)[0].body).items()}


def stops_of(answers: Mapping[str, str], *, by: Actor) -> list[Stop]:
    """What the patient asked the actor's organization to be silent about, the newest first.

    Each with its moment in the zone of whoever reads it.
    """
    found = ContactStop.objects.filter(address__in=_digests(answers, by=by)).order_by("-said_at")
    rows = found.values_list("purpose", "said_at", "channel")
    return [Stop(purpose, timezone.localtime(at), channel) for purpose, at, channel in rows]


def _digests(answers: Mapping[str, str], *, by: Actor) -> Iterable[bytes]:
    if by.organization_id is None:
        return []
    known = {_plain(answers[field]) for field in ADDRESSES if answers.get(field)}
    return [blind_index(each, organization_id=by.organization_id) for each in sorted(known)]


def _plain(address: str) -> str:
    """A number as its last ten digits, however it was written; an e-mail address as it is."""
    return address if "@" in address else re.sub(r"\D", "", address)[-10:]


def _hear(
    journey: Journey, answers: Mapping[str, str], attempt: Attempt, *, by: Actor, now: datetime
) -> None:
    """From now on none of the patient's numbers is used for the purpose by this sender."""
    for digest in _digests(answers, by=by):
        said_now = {"channel": attempt.channel, "said_at": now, "journey": journey}
        ContactStop.objects.get_or_create(
            organization_id=by.organization_id,
            address=digest,
            purpose=attempt.purpose,
            defaults={**said_now, "heard_by_id": by.user_id},
        )
    audit.wrote(journey, action="heard a stop", fields=["contact"], purpose=attempt.purpose)
