"""What was sent, opened again by the practice, or withdrawn: everyone who has it is told."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.domain.drafts import withdraw
from enrollment.domain.locking import lock
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment
from journeys.domain import revoking


@transaction.atomic
def amend(enrollment_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """Open what was sent to be changed; what was sent stands until it is sent again.

    Raises Refused.
    """
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_amend(by, enrollment))
    enrollment.status = EnrollmentStatus.AMENDING
    enrollment.updated_at = now
    enrollment.save(update_fields=["status", "updated_at"])
    audit.wrote(enrollment, action="amending")
    return enrollment


@transaction.atomic
def leave_as_sent(enrollment_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """Close an amendment in which nothing was changed. Raises Refused."""
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_answer(by, enrollment))
    if enrollment.status != EnrollmentStatus.AMENDING:
        raise rules.Refused("This is not being amended.")
    if enrollment.revision > (enrollment.sent_revision or 0):
        raise rules.Refused("Something was changed: send it, so that everyone has the same.")
    enrollment.status = EnrollmentStatus.SUBMITTED
    enrollment.updated_at = now
    enrollment.save(update_fields=["status", "updated_at"])
    audit.wrote(enrollment, action="left_as_sent")
    return enrollment


@transaction.atomic
def withdraw_sent(enrollment_id: UUID, *, note: str, by: Actor, now: datetime) -> Enrollment:
    """Withdraw an enrollment: its journey ends, and everyone who had it is told.

    One that was never sent is only given up. Raises Refused.
    """
    enrollment = withdraw(enrollment_id, by=by, now=now)
    if enrollment.journey_id is not None:
        revoking.withdraw(enrollment.journey_id, note=note, by=by, now=now)
    return enrollment
