"""What access work is written from: the newest packet and the facts this reader may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from journeys.core.access_papers import Line, answers_of, own_answers
from journeys.core.visibility import sees_step, visible_facts
from journeys.domain.covering import counting
from journeys.domain.disclosing import has_basis
from journeys.domain.queries.intake import packets_of
from journeys.domain.queries.journeys import Story
from journeys.enums import PartyRole
from journeys.models import Packet

READERS = (PartyRole.PRACTICE, PartyRole.HUB)


@dataclass(frozen=True)
class Material:
    """The packet's answers in words, their labels, the program's own, and the known facts."""

    packet: Packet
    answers: Mapping[str, str]
    labels: Mapping[str, str]
    own: Sequence[Line]
    facts: Mapping[str, object]


def may_have_papers(story: Story, step: str, *, now: datetime) -> bool:
    """The practice and the hub that acts for it, while there is a basis to tell the hub."""
    known = story.graph.by_key.get(step)
    if story.viewer not in READERS or known is None or not sees_step(story.viewer, known):
        return False
    return story.viewer == PartyRole.PRACTICE or has_basis(story.journey, story.viewer, at=now)


def material_of(story: Story, *, on: date) -> Material:
    """What is known of the case, with the insurance that counts on the day; the caller audits the
    reading of the packet.
    """
    packet = packets_of(story.journey)[0]
    body = counting(story.journey, packet, on=on)
    told = [field for section in body["sections"] for field in section["fields"]]
    return Material(
        packet=packet,
        answers=answers_of(body),
        own=own_answers(body),
        labels={field["id"]: field["label"] for field in told},
        facts={fact.name: fact.value for fact in visible_facts(story.state, story.viewer)},
    )
