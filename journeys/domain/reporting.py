"""A party's staff report by hand how a step came out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from journeys.core.calendar import calendar_of
from journeys.core.clocks import DEFAULT_ZONE
from journeys.core.coming_coverage import KIND as AHEAD
from journeys.core.coming_coverage import ON
from journeys.core.graph import Step
from journeys.core.worksheet import Told, facts_of, faults, known_to
from journeys.core.worksheets import worksheet_of
from journeys.domain.queries.journeys import Story
from journeys.domain.recording import record
from journeys.domain.speaking import Words, said, story_for_writing
from journeys.models import Journey
from journeys.rules import Refused, may_report

# A clock that runs a little ahead is no lie about the future.
CLOCK_SKEW = timedelta(minutes=5)
A_MINUTE = timedelta(minutes=1, microseconds=-1)
REVERIFICATION = "reverification"
SAFETY_CAPTURED = ("adverse_event", "captured")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What somebody says about one step. `token` names the report, so that it counts once;
    `transport` tells how they learnt it.
    """

    token: str
    step: str
    status: str
    reason: str = ""
    facts: Mapping[str, object]
    occurred_at: datetime
    transport: str = "portal"
    note: str = ""


def report(journey_id: UUID, told: Report, *, by: Actor, now: datetime) -> Journey:
    """Record it. Raises UnknownJourney, and Refused when it cannot be said now.

    What the step's worksheet (journeys.core.worksheets) stops is not said by anybody here.
    """
    story = story_for_writing(journey_id, by=by, now=now)
    words = _words(told, now=now)
    if any(event.id == words.id for event in story.events):
        return story.journey
    step = _check(story, told, by=by, now=now)
    words = replace(
        words,
        facts=_facts(story, step, told, now=now) | _numbered(told),
        coverage_id=_to_come(story) if step.key == REVERIFICATION else None,
    )
    acts = story.state.steps[step.key].acts or ""
    role = acts if acts in story.roles else story.viewer
    journey = record(journey_id, said(story, words, role=role, now=now), actor=by, now=now)
    audit.wrote(journey, action="reported a step", fields=[told.step, *words.facts])
    return journey


def _facts(story: Story, step: Step, told: Report, *, now: datetime) -> dict[str, object]:
    """What the result gives by the step's worksheet. Raises Refused by the first of its rules."""
    worksheet, known = worksheet_of(step), known_of(story, now=now)
    result = Told(status=told.status, reason=told.reason, answers=told.facts)
    for fault in faults(worksheet, step, result, known=known):
        raise Refused(fault.why)
    return facts_of(worksheet, result, known=known)


def _to_come(story: Story) -> str | None:
    """The insurance that is verified ahead: what is found out of it counts from its day on."""
    if ON not in story.state.facts:
        return None
    said = (each for each in story.events if each.kind == AHEAD)
    return max(said, key=lambda each: each.order).coverage_id


def _numbered(told: Report) -> dict[str, object]:
    """A number of its own for each thing that is captured, so that no two are taken for one."""
    if (told.step, told.status) != SAFETY_CAPTURED or "safety_report_number" in told.facts:
        return {}
    return {"safety_report_number": f"S-{told.token[:8].upper()}"}


def day_of(story: Story, *, now: datetime) -> date:
    """The day where the practice is."""
    practice = story.cast.people().get("practice")
    zone = calendar_of(practice.time_zone if practice else DEFAULT_ZONE).zone
    return now.astimezone(zone).date()


def known_of(story: Story, *, now: datetime) -> Mapping[str, object]:
    """What the rules of a worksheet may read, on the practice's day."""
    known = known_to(story.state, today=day_of(story, now=now))
    known.setdefault("suspect_product", story.journey.program_version.program.product)
    return known


def _words(told: Report, *, now: datetime) -> Words:
    return Words(
        id=f"report:{told.token}",
        kind="status",
        step=told.step,
        status=told.status,
        reason=told.reason,
        facts=told.facts,
        occurred_at=_moment(told.occurred_at, now=now),
        transport=told.transport,
        note=told.note,
    )


def _moment(told: datetime, *, now: datetime) -> datetime:
    """The last moment of a minute that a person told, at most now.

    So what a person reports comes after what a system told in the same minute, and after what
    they reported just before.
    """
    whole = told.second == 0 and told.microsecond == 0
    return min(told + A_MINUTE, now) if whole and told <= now else told


def _check(story: Story, told: Report, *, by: Actor, now: datetime) -> Step:
    step = story.graph.by_key.get(told.step)
    state = story.state.steps.get(told.step)
    if step is None or state is None:
        raise Refused("This journey has no such step.")
    if not may_report(by, story.state, state, roles=story.roles):
        raise Refused(f"{step.title} is no longer your organization's next action.")
    _check_result(step, told)
    if told.occurred_at > now + CLOCK_SKEW:
        raise Refused("This is in the future. Give the time at which it happened.")
    if told.occurred_at < story.journey.started_at - CLOCK_SKEW:
        raise Refused("This is before the enrollment was submitted.")
    return step


def _check_result(step: Step, told: Report) -> None:
    status = step.status(told.status)
    if status is None:
        raise Refused(f"{step.title} has no such result.")
    if told.reason and told.reason not in {reason.key for reason in status.reasons}:
        raise Refused(f"That is not a reason for “{status.label}”.")
    if status.reasoned and not told.reason:
        raise Refused(f"Give the reason for “{status.label}”.")
