"""A hub keeps what payers decide by; a party of a journey answers it for the patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max

from accounts import audit
from accounts.core.actor import Actor
from journeys.core.payer_criteria import FACT, Asked, as_fact
from journeys.domain.queries.access_papers import material_of, may_have_papers
from journeys.domain.queries.payer_criteria import criteria_of, sheet_for, told
from journeys.domain.recording import record
from journeys.domain.reporting import day_of
from journeys.domain.speaking import Words, said, story_for_writing
from journeys.models import Journey, PayerCriteria
from journeys.rules import Refused, may_answer_criteria, may_keep_criteria

STEP = "prior_authorization"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A version as it was written; an empty payer and line mean every plan."""

    program_id: UUID
    payer: str
    line: str
    from_on: date
    asked: Sequence[Asked]
    why: str


def keep_version(kept: Kept, *, by: Actor, now: datetime) -> PayerCriteria:
    """Keep the next version of a sheet; the earlier ones stay. Raises Refused with a sentence."""
    if not may_keep_criteria(by):
        raise Refused("The hub's people keep what payers decide by.")
    if not kept.asked:
        raise Refused("Write at least one criterion.")
    words = [each.words.casefold() for each in kept.asked]
    if len(set(words)) < len(words):
        raise Refused("Two criteria have the same words.")
    about = {"program_id": kept.program_id, "payer": kept.payer, "line": kept.line}
    newest = PayerCriteria.objects.filter(**about).aggregate(n=Max("version"))["n"] or 0
    row: PayerCriteria = PayerCriteria.objects.create(
        organization_id=by.organization_id,
        **about,
        version=newest + 1,
        from_on=kept.from_on,
        asked=[{"words": each.words, "shown_by": list(each.shown_by)} for each in kept.asked],
        why=kept.why,
        written_by_id=by.user_id,
        written_at=now,
    )
    audit.wrote(row, action="kept payer criteria", fields=["asked", "from_on"])
    return row


def answer_criteria(
    journey_id: UUID, given: Mapping[str, str], *, token: str, by: Actor, now: datetime
) -> Journey:
    """Record the answers ("yes", "no") by the criteria's words, as facts of the journey.

    Raises UnknownJourney, and Refused with a sentence.
    """
    story = story_for_writing(journey_id, by=by, now=now)
    if not (may_answer_criteria(by, story.state) and may_have_papers(story, STEP, now=now)):
        raise Refused("Only the practice and the hub of an open journey answer these.")
    today = day_of(story, now=now)
    material = material_of(story, on=today)
    sheet = sheet_for(story.journey, material, on=today)
    found = criteria_of(sheet, material)
    rows = as_fact(found, given, by=by.name)
    words = Words(
        id=f"criteria:{token}", kind="fact", step=STEP, facts={FACT: rows}, note=told(sheet)
    )
    event = said(story, words, role=story.viewer, now=now)
    journey = record(journey_id, event, actor=by, now=now)
    audit.wrote(journey, action="answered payer criteria", fields=[FACT])
    return journey
