"""Two journeys of one patient become one: one goes on, the other ends as its duplicate.

Nothing is moved or deleted: the form and documents of both stay where they are. What ended is no
longer verified and gets no card, because an ended journey has no next action. Undoing takes the
end back and leaves both as they stood.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from journeys.core.events import Event
from journeys.core.sameness import likeness_of
from journeys.domain.likeness import newest_body, same_medicine, traits_of
from journeys.domain.queries.journeys import Story
from journeys.domain.recording import record
from journeys.domain.speaking import Words, said, story_for_writing
from journeys.domain.twins import DUPLICATE_OF
from journeys.models import Journey
from journeys.rules import Refused, may_merge

DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Merged:
    """A merge that stands: the event that ended the journey, and the number that goes on."""

    event: Event
    into: str


def merge(*, kept: UUID, ended: UUID, token: str, by: Actor, now: datetime) -> Journey:
    """Let `kept` go on for both and end the other; the practice reads why in both stories.

    A double click (the same `token`) merges once. Raises UnknownJourney, and Refused with a
    sentence.
    """
    first, second = sorted((kept, ended), key=str)
    stories = {each: story_for_writing(each, by=by, now=now) for each in (first, second)}
    staying, ending = stories[kept], stories[ended]
    id_ = f"merged:{token}"
    if any(event.id == id_ for event in ending.events):
        return ending.journey
    _check(staying, ending, by=by)
    number = staying.journey.number
    words = Words(
        id=id_,
        kind="closed",
        step="",
        reason=DUPLICATE,
        facts={DUPLICATE_OF: number},
        note=f"Merged into {number}, which goes on for both. The form and documents stay here.",
    )
    journey = record(ended, said(ending, words, role="hub", now=now), actor=by, now=now)
    _tell(
        staying,
        id_=id_,
        note=f"{ending.journey.number} was merged into this journey: the same enrollment twice. "
        "Its form and documents can be read there; nothing is verified or paid for twice.",
        by=by,
        now=now,
    )
    audit.wrote(journey, action="merged a duplicate", fields=[DUPLICATE_OF])
    return journey


def undo(ended: UUID, *, by: Actor, now: datetime) -> Journey:
    """Take a merge back: both journeys go on from where they stood.

    Raises UnknownJourney, and Refused with a sentence.
    """
    story = story_for_writing(ended, by=by, now=now)
    merged = merged_of(story)
    if merged is None:
        raise Refused("This journey is not merged into another.")
    if not may_merge(by, story.journey):
        raise Refused("The hub of the journey undoes a merge.")
    id_ = f"undone:{merged.event.id}"
    words = Words(
        id=id_,
        kind="merge_undone",
        step="",
        facts={DUPLICATE_OF: ""},
        note=f"It is not the same enrollment as {merged.into}. Both go on.",
    )
    event = replace(said(story, words, role="hub", now=now), chosen=merged.event.ref)
    journey = record(ended, event, actor=by, now=now)
    note = "The merge of {} and {} was undone: they are two enrollments, and both go on."
    note = note.format(journey.number, merged.into)
    _tell(story, id_=id_, note=note, by=by, now=now)
    other = Journey.objects.filter(number=merged.into).first()
    if other is not None:
        _tell(story_for_writing(other.pk, by=by, now=now), id_=id_, note=note, by=by, now=now)
    audit.wrote(journey, action="undid a merge", fields=[DUPLICATE_OF])
    return journey


def merged_of(story: Story) -> Merged | None:
    """The merge that ended this journey; None when it goes on or ended otherwise."""
    state = story.state
    if state.closing_ref is None or state.closed_reason != DUPLICATE:
        return None
    event = next(each for each in story.events if each.ref == state.closing_ref)
    into = event.facts.get(DUPLICATE_OF)
    return Merged(event, str(into)) if event.kind == "closed" and into else None


def _check(staying: Story, ending: Story, *, by: Actor) -> None:
    one, other = staying.journey, ending.journey
    if one.pk == other.pk:
        raise Refused("Choose another journey to merge with.")
    if not (may_merge(by, one) and may_merge(by, other)):
        raise Refused("The hub of both journeys merges them.")
    if not (staying.state.is_open and ending.state.is_open):
        raise Refused("One of the two has ended meanwhile.")
    if one.organization_id != other.organization_id:
        raise Refused("They are of two practices. Call them: one has to withdraw its enrollment.")
    if not same_medicine(one, other):
        raise Refused("They are for two medicines: the patient has both.")
    if why := _apart(one, other):
        raise Refused(
            f"They are two people: {why}. If it is one, a form has to be corrected first."
        )


def _apart(one: Journey, other: Journey) -> str:
    """What tells the patients of two journeys apart, as twins are; of one patient nothing."""
    if one.patient_id == other.patient_id:
        return ""
    here, there = (traits_of(each, newest_body(each.pk)) for each in (one, other))
    apart = likeness_of(here, there).apart
    return apart[:1].lower() + apart[1:]


def _tell(story: Story, *, id_: str, note: str, by: Actor, now: datetime) -> None:
    """A message that the practice is asked to read."""
    step = story.graph.order[0].key
    words = Words(id=f"told:{id_}", kind="message", step=step, note=note, to=("practice",))
    record(story.journey.pk, said(story, words, role="hub", now=now), actor=by, now=now)
