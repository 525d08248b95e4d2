"""Somebody says that what the office knows still holds: one press instead of typing again."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.core.ages import stale_keys
from enrollment.core.together import answers_apart
from enrollment.domain.queries.patients import current_coverage
from enrollment.domain.sittings import Sitting, lock_sitting
from enrollment.models import ClinicalFact, Enrollment, PracticeProfile
from programs.core.forms import section_key, sheet


@transaction.atomic
def confirm(enrollment_id: UUID, section: str, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Confirm everything in a section (its key) that has grown old; gives the fields.

    The answers stay as they are, so nothing that was signed is touched. The records they came
    from count as confirmed now. Raises Refused.
    """
    sitting = lock_sitting(enrollment_id)
    rules.require(rules.why_not_answer(by, sitting.row(enrollment_id)))
    today = timezone.localdate(now)
    keys = _old_in(sitting, section, today=today)
    if not keys:
        return ()
    told = {"as_of": today.isoformat(), "confirmed_by": by.name}
    apart = answers_apart(sitting.definitions, dict.fromkeys(keys, True))
    for row, own in zip(sitting.rows, apart, strict=True):
        row.changes |= {key: {**row.changes[key], **told} for key in own if key in row.changes}
        row.save(update_fields=["changes"])
        audit.wrote(row, action="confirmed", fields=sorted(own))
    _confirm_records(sitting.rows[0], set(keys.values()), set(keys), now=now)
    return tuple(keys)


def _old_in(sitting: Sitting, section: str, *, today: date) -> dict[str, str]:
    """The old fields of a section, each with what it is typed once per."""
    form = sheet(sitting.definitions, sitting.answers, today=today)
    items = [item for item in form.shown if section_key(item.field.section) == section]
    old = stale_keys(items, sitting.changes, today=today)
    return {item.key: item.field.typed_once_per for item in items if item.key in old}


def _confirm_records(
    enrollment: Enrollment, subjects: Collection[str], fields: Collection[str], *, now: datetime
) -> None:
    patient = enrollment.patient
    records: dict[str, Any] = {
        "patient": lambda: patient,
        "coverage": lambda: current_coverage(patient),
        "practice": lambda: PracticeProfile.objects.filter(
            organization_id=enrollment.organization_id
        ).first(),
        "prescriber": lambda: enrollment.prescriber,
    }
    for subject in sorted(set(records) & set(subjects)):
        record = records[subject]()
        if record is not None:
            record.confirmed_at = now
            record.save(update_fields=["confirmed_at"])
            audit.wrote(record, action="confirmed")
    if "clinical" in subjects:
        ClinicalFact.objects.filter(patient=patient, field__in=list(fields)).update(
            confirmed_at=now
        )
