"""A draft whose version of the program has ended goes on in the version of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.domain.definitions import definition_of
from enrollment.domain.locking import lock
from enrollment.domain.queries.enrollments import startable_versions
from enrollment.domain.signatures import supersede_changed
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment
from programs.core.forms import union
from programs.models import ProgramVersion


@dataclass(frozen=True)
class Newer:
    """The version that takes enrollments now, and what it asks otherwise, in the form's words."""

    version: ProgramVersion
    added: Sequence[str]
    gone: Sequence[str]


def newer_version(enrollment: Enrollment, *, today: date) -> Newer | None:
    """What a draft can go on in, once its own version has ended; None while that still holds."""
    version = enrollment.program_version
    ended = version.valid_until is not None and version.valid_until < today
    if enrollment.status != EnrollmentStatus.DRAFT or not ended:
        return None
    now = [
        each for each in startable_versions(today=today) if each.program_id == version.program_id
    ]
    if not now:
        return None
    before = {item.key: item.field.label for item in union([definition_of(version)])}
    after = {item.key: item.field.label for item in union([definition_of(now[0])])}
    return Newer(
        version=now[0],
        added=[label for key, label in after.items() if key not in before],
        gone=[label for key, label in before.items() if key not in after],
    )


@transaction.atomic
def carry_over(enrollment_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """Go on in the version of today. Answers to questions it asks too stay; those to questions
    that are gone are left behind, for a form never sends what was not asked.

    A signature on what has changed no longer counts. Raises Refused when there is nothing to
    carry over to, or the actor may not.
    """
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_answer(by, enrollment))
    newer = newer_version(enrollment, today=timezone.localdate(now))
    if newer is None:
        raise rules.Refused("This form stands in the version of today already.")
    asked = {item.key for item in union([definition_of(newer.version)])}
    left = sorted(set(enrollment.answers) - asked)
    enrollment.program_version = newer.version
    enrollment.answers = {key: told for key, told in enrollment.answers.items() if key in asked}
    enrollment.revision += 1
    enrollment.updated_at = now
    enrollment.save(update_fields=["program_version", "answers", "revision", "updated_at"])
    audit.wrote(enrollment, action="carried to the version of today", fields=left)
    supersede_changed(enrollment, now=now)
    return enrollment
