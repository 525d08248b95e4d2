"""The hub's decision about an enrollment: accept it, return it for correction, or reject it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from journeys.domain.confirming import confirm_by_review
from journeys.domain.owning import take_unowned
from journeys.domain.queries.intake import askable
from journeys.domain.queries.journeys import Story
from journeys.domain.recording import record
from journeys.domain.speaking import Words, said, story_for_writing
from journeys.domain.work import taken_by_another
from journeys.models import Journey
from journeys.rules import INTAKE, Refused, may_review_intake

LONGEST_SENTENCE = 300


@dataclass(frozen=True)
class _Decision:
    status: str
    reason: str = ""
    note: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def accept(journey_id: UUID, *, by: Actor, now: datetime) -> Journey:
    """The enrollment is complete: what depends on it opens, and the case has its owner.

    Raises UnknownJourney, Refused.
    """
    journey = _decide(journey_id, _Decision("accepted"), by=by, now=now)
    take_unowned(journey_id, by=by)
    return journey


def return_(
    journey_id: UUID,
    *,
    corrections: Sequence[Mapping[str, str]],
    note: str,
    by: Actor,
    now: datetime,
) -> Journey:
    """Ask the practice to correct fields: each is {"field": id, "sentence": what is wrong}.

    The event carries them to the handler that opens the enrollment again. Who asks answers for
    the case from then on, unless somebody does. Raises UnknownJourney, and Refused when a field
    is unknown or lacks its sentence.
    """
    asked = [{"field": each["field"], "sentence": each["sentence"].strip()} for each in corrections]
    if not asked:
        raise Refused("Tick at least one field that has to be corrected.")
    known = askable(journey_id, today=timezone.localdate(now))
    for each in asked:
        if each["field"] not in known:
            raise Refused("One of the fields is not on this form.")
        if not each["sentence"]:
            raise Refused(f"Say what is wrong with “{known[each['field']]}”.")
        if len(each["sentence"]) > LONGEST_SENTENCE:
            raise Refused(f"Keep each sentence under {LONGEST_SENTENCE} characters.")
    decision = _Decision("returned", note=note, facts={"corrections": asked})
    journey = _decide(journey_id, decision, by=by, now=now)
    take_unowned(journey_id, by=by)
    return journey


def reject(journey_id: UUID, *, reason: str, note: str, by: Actor, now: datetime) -> Journey:
    """The program cannot take this patient; the journey ends. Raises UnknownJourney, Refused."""
    decision = _Decision("rejected", reason=reason, note=note)
    return _decide(journey_id, decision, by=by, now=now)


def _decide(journey_id: UUID, decision: _Decision, *, by: Actor, now: datetime) -> Journey:
    story = story_for_writing(journey_id, by=by, now=now)
    if not may_review_intake(by, story.state, roles=story.roles):
        raise Refused("This enrollment is no longer waiting for your review.")
    if other := taken_by_another(journey_id, INTAKE, by=by):
        raise Refused(f"{other} has this review. Take it over first, with the reason.")
    _check_reason(story, decision)
    words = Words(
        id=f"{INTAKE}:{uuid4()}",
        kind="status",
        step=INTAKE,
        status=decision.status,
        reason=decision.reason,
        facts=decision.facts,
        note=decision.note.strip(),
    )
    journey = record(journey_id, said(story, words, role="hub", now=now), actor=by, now=now)
    confirm_by_review(journey_id, by=by, now=now)
    audit.wrote(journey, action=f"intake {decision.status}", fields=[INTAKE])
    return journey


def _check_reason(story: Story, decision: _Decision) -> None:
    if decision.status == "rejected":
        status = story.graph.by_key[INTAKE].status(decision.status)
        reasons = {each.key for each in status.reasons} if status else set()
        if decision.reason not in reasons:
            raise Refused("Choose why the enrollment is rejected.")
