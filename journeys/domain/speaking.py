"""What a party's staff say here, as an event; one organization has one voice on a journey."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.core.actor import Actor
from journeys.core.events import Event
from journeys.domain.queries.journeys import Story, story_of
from journeys.domain.reading import one
from journeys.domain.recording import UnknownJourney


@dataclass(frozen=True, kw_only=True)
class Words:
    """The content of one event. The same `id` again is the same event: a double click is one."""

    id: str
    kind: str
    step: str
    status: str | None = None
    reason: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    occurred_at: datetime | None = None
    transport: str = "portal"
    note: str = ""
    to: tuple[str, ...] = ()
    coverage_id: str | None = None


def story_for_writing(journey_id: UUID, *, by: Actor, now: datetime) -> Story:
    """Where the journey stands, nobody else writing until this transaction ends.

    Raises UnknownJourney, also for a journey that the actor may not see.
    """
    journey = one().select_for_update(of=("self",)).filter(pk=journey_id).first()
    if journey is None:
        raise UnknownJourney(str(journey_id))
    return story_of(journey, by, now=now)


def said(story: Story, words: Words, *, role: str, now: datetime) -> Event:
    """The event as the organization that has the role says it through these pages."""
    speaker = story.cast.parties[role].party
    return Event(
        id=words.id,
        kind=words.kind,
        step=words.step,
        status=words.status,
        reason=words.reason or None,
        facts=words.facts,
        note=words.note,
        to=words.to,
        coverage_id=words.coverage_id,
        source=speaker.slug,
        source_name=speaker.name,
        role=role,
        transport=words.transport,
        occurred_at=words.occurred_at or now,
        received_at=now,
    )
