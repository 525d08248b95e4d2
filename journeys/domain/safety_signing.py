"""A month's reports of side effects are compared by both sides, and signed off."""

from datetime import date, datetime
from uuid import uuid4

from accounts import audit
from accounts.core.actor import Actor
from journeys.core.calendar import calendar_of
from journeys.core.clocks import DEFAULT_ZONE
from journeys.core.safety_month import Month, is_over
from journeys.domain.queries.safety import reports
from journeys.domain.safety_desk import reconcile
from journeys.models import SafetySignOff
from journeys.rules import Refused, may_forward_safety, may_sign_off_safety


def sign_off(month: Month, *, by: Actor, now: datetime) -> SafetySignOff:
    """Keep what was compared, as it stands, and by whom; signing again changes nothing.

    With the hub's word each confirmed report of the month is reconciled in its journey. Raises
    Refused.
    """
    if not may_sign_off_safety(by):
        raise Refused("The hub and the safety desk sign a month off.")
    if not is_over(month.month, today=today(now)):
        raise Refused("This month is not over yet.")
    numbers = [each.number for each in month.reports]
    rows = list(reports(by).filter(number__in=numbers, program__key=month.program_key))
    reads = {row.manufacturer_id for row in rows} | {row.hub_id for row in rows}
    signed: SafetySignOff = SafetySignOff.objects.get_or_create(
        organization_id=by.organization_id,
        program_id=rows[0].program_id,
        month=month.month,
        defaults={
            "party_ids": sorted(reads),
            "sent": month.sent,
            "acknowledged": month.confirmed,
            "differences": len(month.differences),
            "signed_by_id": by.user_id,
            "signed_at": now,
        },
    )[0]
    audit.wrote(signed, action="signed off a month", fields=["sent", "acknowledged"])
    for row in rows:
        if may_forward_safety(by, row) and row.status == "acknowledged":
            reconcile(row, token=uuid4(), by=by, now=now)
    return signed


def today(now: datetime) -> date:
    """The day by which a month is over."""
    return calendar_of(DEFAULT_ZONE).day_of(now)
