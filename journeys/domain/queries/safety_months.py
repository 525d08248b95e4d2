"""Reports of side effects month by month, for the hub that sent them and the desk that got them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from accounts.core.actor import Actor
from journeys.core.calendar import calendar_of
from journeys.core.safety import forward_by
from journeys.core.safety_month import Month, Sent, counted_at, in_order
from journeys.domain.queries.safety import reports
from journeys.models import SafetyReport, SafetySignOff

# A year back, and the month that runs.
MONTHS = 13


def months(actor: Actor, *, now: datetime) -> list[Month]:
    """Each program's last months in which there was a report, the newest first."""
    since = _first_of(now.date(), back=MONTHS)
    grouped: dict[tuple[str, str, date], list[Sent]] = defaultdict(list)
    for row in reports(actor).defer("body").order_by("aware_at", "id"):
        sent, zone = _sent(row), calendar_of(row.hub.time_zone)
        month = zone.day_of(counted_at(sent)).replace(day=1)
        if month >= since:
            grouped[row.program.key, row.program.name, month].append(sent)
    return in_order(Month(key, name, month, rows) for (key, name, month), rows in grouped.items())


def month_of(actor: Actor, *, program_key: str, month: date, now: datetime) -> Month | None:
    """One program's month; None when it had no report that the actor may read."""
    found = months(actor, now=now)
    return next((m for m in found if (m.program_key, m.month) == (program_key, month)), None)


def _first_of(day: date, *, back: int) -> date:
    months_since_zero = day.year * 12 + day.month - 1 - (back - 1)
    return date(months_since_zero // 12, months_since_zero % 12 + 1, 1)


def _sent(row: SafetyReport) -> Sent:
    return Sent(
        number=row.number,
        status=row.status,
        aware_at=row.aware_at,
        due_at=forward_by(row.aware_at, calendar_of(row.hub.time_zone)),
        forwarded_at=row.forwarded_at,
        acknowledged_at=row.acknowledged_at,
        desk_number=row.desk_number,
    )


def sign_offs() -> Sequence[SafetySignOff]:
    """Who signed off which month, as far as the actor may read it."""
    found = SafetySignOff.objects.select_related("signed_by", "organization", "program")
    return list(found.order_by("signed_at"))
