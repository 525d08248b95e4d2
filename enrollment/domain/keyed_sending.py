"""What is keyed leaves the hub: sent, or to the practice, to be completed and signed there."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.domain.keying import at_practice, lock_keying
from enrollment.domain.readiness import readiness
from enrollment.domain.signatures import ask_to_sign, standing
from enrollment.domain.submission import submit
from enrollment.enums import SignatureKind
from enrollment.models import Enrollment, Keying
from journeys.domain.fax_keying import hand_on
from journeys.domain.notifying import tell_of_form


@transaction.atomic
def send_keyed(keying_id: UUID, *, urgent: bool, by: Actor, now: datetime) -> Enrollment:
    """Send what is complete and signed on the pages: it is a journey like any other from now on.

    Of when the fax came, by fax. Raises as `submission.submit`; Refused for a call, which
    nobody signed.
    """
    keying = lock_keying(keying_id)
    rules.require(rules.why_not_key(by, keying))
    rules.require("" if keying.part_id else "The practice has a call signed, and sends it.")
    with at_practice(keying, by=by) as actor:
        row: Enrollment = Enrollment.objects.get(id=keying.enrollment_id)
        sent = submit(row.id, urgent=urgent, by=actor, now=now)
    audit.wrote(keying, action="sent what was keyed", purpose=keying.practice.name)
    return sent


@transaction.atomic
def hand_to_practice(keying_id: UUID, *, by: Actor, now: datetime) -> Keying:
    """Leave the rest to the practice: a complete form waits in its prescriber's queue, one that is
    not among its drafts. Raises Refused.
    """
    keying = lock_keying(keying_id)
    rules.require(rules.why_not_key(by, keying))
    with at_practice(keying, by=by) as actor:
        row: Enrollment = Enrollment.objects.select_related("program_version").get(
            id=keying.enrollment_id
        )
        rules.require(rules.why_not_change(row))
        signed = standing(row)
        state = readiness(row, signed, today=timezone.localdate(now))
        if state.filled_in and SignatureKind.PRESCRIBER not in signed:
            ask_to_sign(row.id, by=actor, now=now)
        if keying.handed_at is None:
            hub = keying.organization.name
            tell_of_form(row.id, organization_id=row.organization_id, source_name=hub, now=now)
    keying.handed_at = keying.handed_at or now
    keying.save(update_fields=["handed_at"])
    if keying.part_id:
        hand_on(keying.part_id, now=now)
    audit.wrote(keying, action="handed to the practice", purpose=keying.practice.name)
    return keying
