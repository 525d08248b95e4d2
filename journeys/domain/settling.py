"""A person settles what two partners say differently; both stay in the record."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from journeys.core.conflicts import Conflict
from journeys.core.telling import OTHER_COVERAGE
from journeys.domain.queries.journeys import Story
from journeys.domain.recording import record
from journeys.domain.speaking import Words, said, story_for_writing
from journeys.models import Journey
from journeys.rules import Refused, may_settle

LONGEST = 1000


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """Which side stands and why; `weighed` names every side that the person had before them.

    `other_coverage` says that the other sides are true too, of another coverage. `token` names
    the settlement, so that a double click settles once.
    """

    token: str
    conflict: str
    chosen: str
    weighed: tuple[str, ...]
    why: str
    other_coverage: bool = False


def settle(journey_id: UUID, told: Settlement, *, by: Actor, now: datetime) -> Journey:
    """Record what a person decided; what waited for it moves in the same transaction.

    Raises UnknownJourney, and Refused with a sentence: when it is no longer open (of two people
    the second is told what the first chose), not theirs to settle, or when a side came in
    that they had not seen.
    """
    story = story_for_writing(journey_id, by=by, now=now)
    words = Words(
        id=f"settled:{told.token}",
        kind="conflict_settled",
        step="",
        reason=OTHER_COVERAGE if told.other_coverage else None,
        note=told.why.strip(),
    )
    if any(event.id == words.id for event in story.events):
        return story.journey
    conflict = _check(story, told, by=by)
    role = next(action.owner for action in story.state.actions if action.key == conflict.key)
    event = replace(
        said(story, words, role=role, now=now),
        step=conflict.step,
        conflict=conflict.key,
        chosen=told.chosen,
        weighed=told.weighed,
    )
    journey = record(journey_id, event, actor=by, now=now)
    audit.wrote(journey, action="settled a disagreement", fields=[conflict.name])
    return journey


def _check(story: Story, told: Settlement, *, by: Actor) -> Conflict:
    conflict = next((each for each in story.state.conflicts if each.key == told.conflict), None)
    if conflict is None:
        raise Refused("The partners no longer disagree about this.")
    if not conflict.open:
        raise Refused(f"{_settler(story, conflict)} settled this already; the story tells how.")
    if not may_settle(by, story.state, conflict, roles=story.roles):
        raise Refused("Another organization settles this disagreement.")
    sides = {claim.ref for claim in conflict.claims}
    if not sides <= set(told.weighed):
        raise Refused("Another report came in meanwhile. Look at all sides again.")
    if told.chosen not in sides:
        raise Refused("Choose the side that stands.")
    if not told.why.strip():
        raise Refused("Say why this side stands; everyone who takes part reads it.")
    if len(told.why) > LONGEST:
        raise Refused(f"The reason has at most {LONGEST} characters.")
    return conflict


def _settler(story: Story, conflict: Conflict) -> str:
    settled = [event for event in story.events if event.ref == conflict.settled_by]
    return settled[0].source_name if settled else "Somebody"
