"""A patient's insurance changed: kept once, and told to everyone on the open journeys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.core.packet import coverage_section
from enrollment.domain.masters import Unacceptable, originated, read_once
from enrollment.domain.submission import coverage_facts
from enrollment.models import Coverage, Patient
from journeys.domain.covering import OtherCoverage, change_coverage

# Older news than this is a correction of what was sent, not a change.
FURTHEST_BACK = timedelta(days=366)
FURTHEST_AHEAD = timedelta(days=366)

_NEEDED = {
    "B3": "Give the payer; the others verify the benefits with them.",
    "B5": "Choose the line of business; whether copay help is allowed hangs on it.",
}
INCOMPLETE = "Its payer or line of business is not known yet. Complete it on the patient's page."


@dataclass(frozen=True, kw_only=True)
class Change:
    """Which insurance counts from when, and why: one that is known, else what was typed."""

    coverage_id: UUID | None
    details: Mapping[str, Any]
    starts_on: date
    why: str


@transaction.atomic
def change_insurance(patient_id: UUID, change: Change, *, by: Actor, now: datetime) -> int:
    """Put another insurance in the place of what stood; how many open journeys were told.

    What counted on that day ends on it, also when it is still to come. Raises Refused or
    Unacceptable.
    """
    rules.require(rules.why_not_edit_patients(by))
    today = timezone.localdate(now)
    if wrong := _wrong_day(change.starts_on, today=today):
        raise Unacceptable({"starts_on": [wrong]})
    patient = Patient.objects.select_for_update().get(id=patient_id)
    theirs = Coverage.objects.filter(patient=patient)
    day = max(today, change.starts_on)
    before = theirs.filter(Q(starts_on=None) | Q(starts_on__lte=day))
    before.filter(Q(ended_on=None) | Q(ended_on__gt=change.starts_on)).exclude(
        id=change.coverage_id
    ).update(ended_on=change.starts_on)
    coverage = _kept(patient, change, today=today, by=by, now=now)
    other = OtherCoverage(
        id=str(coverage.id),
        starts_on=change.starts_on,
        facts=coverage_facts(coverage.details),
        section=coverage_section(coverage.details, today=today),
        why=change.why,
    )
    return change_coverage(patient.id, other, by=by, now=now)


def _wrong_day(starts_on: date, *, today: date) -> str:
    if starts_on > today + FURTHEST_AHEAD:
        return "This is more than a year ahead. Say it when the day is nearer."
    if starts_on < today - FURTHEST_BACK:
        return "This is more than a year ago. Amend the enrollment instead."
    return ""


def lacking(details: Mapping[str, Any]) -> dict[str, list[str]]:
    """What everybody who is told needs at least: whether there is an insurance, and whose."""
    if "B1" not in details:
        return {"B1": ["Say whether the patient has insurance."]}
    if not details["B1"]:
        return {}
    return {key: [words] for key, words in _NEEDED.items() if not details.get(key)}


def _kept(patient: Patient, change: Change, *, today: date, by: Actor, now: datetime) -> Coverage:
    if change.coverage_id is None:
        kept = read_once("coverage", change.details, today=today)
        if left := lacking(kept):
            raise Unacceptable(left)
        coverage = Coverage(
            organization_id=patient.organization_id,
            patient=patient,
            details=kept,
            origins=originated({}, {}, kept, by=by, now=now),
        )
    else:
        coverage = Coverage.objects.filter(patient=patient).get(id=change.coverage_id)
        if lacking(coverage.details):
            raise Unacceptable({"which": [INCOMPLETE]})
    coverage.starts_on, coverage.ended_on, coverage.confirmed_at = change.starts_on, None, now
    coverage.save()
    audit.wrote(coverage, action="took effect", fields=sorted(coverage.details))
    return coverage
