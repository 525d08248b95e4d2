"""A message from one party to others, on a step: what used to be a telephone call."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from journeys.core.visibility import concerned, sees_step
from journeys.domain.papers import OF_MESSAGE, Paper, keep_papers
from journeys.domain.recording import record
from journeys.domain.speaking import Words, said, story_for_writing
from journeys.models import Journey
from journeys.rules import Refused, why_not_write_message

LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class Message:
    """Text about a step for some roles, perhaps with a paper.

    The practice, the hub and whoever has the step read it too.
    """

    token: str
    step: str
    to: tuple[str, ...]
    text: str
    paper: Paper | None = None
    # How and when it reached whoever passes it on; otherwise it was written here, now.
    transport: str = "portal"
    occurred_at: datetime | None = None


def send_message(journey_id: UUID, message: Message, *, by: Actor, now: datetime) -> Journey:
    """Put the message into the story. Raises UnknownJourney, and Refused with a sentence."""
    story = story_for_writing(journey_id, by=by, now=now)
    if why := why_not_write_message(by, story.state, roles=story.roles):
        raise Refused(why)
    text = message.text.strip()
    if not text:
        raise Refused("Write the message first.")
    if len(text) > LONGEST:
        raise Refused(f"A message has at most {LONGEST} characters; this one has {len(text)}.")
    if message.step not in story.graph.by_key:
        raise Refused("This journey has no such step.")
    step = story.graph.by_key[message.step]
    chosen = [role for role in message.to if role in story.cast.parties]
    for role in chosen:
        if not sees_step(role, step):
            name = story.cast.parties[role].party.name
            raise Refused(f"{name} does not read about “{step.title}”. Write on another step.")
    # Whoever has the step reads what is written on it, also who is brought in later for it.
    takers = [role for role in story.cast.people() if role in concerned(step)]
    words = Words(
        id=f"{OF_MESSAGE}{message.token}",
        kind="message",
        step=message.step,
        note=text,
        to=tuple(dict.fromkeys((*chosen, *(each for each in takers if each != story.viewer)))),
        transport=message.transport,
        occurred_at=message.occurred_at,
    )
    event = said(story, words, role=story.viewer, now=now)
    journey = record(journey_id, event, actor=by, now=now)
    if message.paper:
        keep_papers(journey_id, [message.paper], by=by, now=now)
    fields = ["note", "paper"] if message.paper else ["note"]
    audit.wrote(journey, action="sent a message", fields=fields)
    return journey


def take_message_back(
    journey_id: UUID, message_id: str, *, why: str, by: Actor, now: datetime
) -> Journey:
    """Say to everyone who may read a message of one's own that it is taken back, and why.

    Both stay in the events; what goes with the message is refused from then on. Raises
    UnknownJourney, and Refused when the organization wrote no such message.
    """
    story = story_for_writing(journey_id, by=by, now=now)
    speaker = story.cast.parties[story.viewer].party.slug
    its = (each for each in story.events if each.id == message_id and each.source == speaker)
    message = next((each for each in its if each.kind == "message"), None)
    if message is None:
        raise Refused("Your organization wrote no such message on this journey.")
    words = Words(
        id=f"back:{message.id}", kind="message", step=message.step or "", note=why, to=message.to
    )
    event = replace(said(story, words, role=story.viewer, now=now), chosen=message.ref)
    journey = record(journey_id, event, actor=by, now=now)
    audit.wrote(journey, action="took a message back", fields=["note"])
    return journey
