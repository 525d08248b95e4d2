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
from enrollment.domain.readiness import ended_on
from enrollment.domain.signatures import supersede_changed
from enrollment.models import Enrollment
from programs.core.forms import union
from programs.models import ProgramVersion


@dataclass(frozen=True)
class Newer:
    """The version that takes enrollments now, and what is new in it, in the form's words.

    ``otherwise`` are the questions whose words, choices or need changed, ``texts`` those signed
    whose words did, ``rules`` what is newly said of who can enroll.
    """

    version: ProgramVersion
    added: Sequence[str]
    gone: Sequence[str]
    otherwise: Sequence[str]
    texts: Sequence[str]
    rules: Sequence[str]


def newer_version(enrollment: Enrollment, *, today: date) -> Newer | None:
    """What a draft can go on in, once its own version has ended; None while that still holds."""
    version = enrollment.program_version
    if ended_on(enrollment, today=today) is None:
        return None
    now = [
        each for each in startable_versions(today=today) if each.program_id == version.program_id
    ]
    if not now:
        return None
    old, new = definition_of(version), definition_of(now[0])
    before = {item.key: item.field for item in union([old])}
    after = {item.key: item.field for item in union([new])}
    texts = {each.key: each for each in old.consents}
    reasons = {each.reason for each in old.eligibility}
    return Newer(
        version=now[0],
        added=[each.label for key, each in after.items() if key not in before],
        gone=[each.label for key, each in before.items() if key not in after],
        otherwise=[each.label for key, each in after.items() if before.get(key, each) != each],
        texts=[each.title["en"] for each in new.consents if texts.get(each.key) != each],
        rules=[each.reason for each in new.eligibility if each.reason not in reasons],
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
