"""A month's reports of side effects: what was sent against what was confirmed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Sent:
    """One report as the comparison needs it; `due_at` is when it had to be with the desk."""

    number: str
    status: str
    aware_at: datetime
    due_at: datetime
    forwarded_at: datetime | None
    acknowledged_at: datetime | None
    desk_number: str

    @property
    def difference(self) -> str:
        """Why the two sides do not have the same, or nothing."""
        if self.status == WITHDRAWN:
            return ""
        if self.forwarded_at is None:
            return "Not forwarded"
        if self.acknowledged_at is None:
            return "Not confirmed"
        return "Forwarded late" if self.forwarded_at > self.due_at else ""


@dataclass(frozen=True)
class Month:
    """One program's reports of one month, by its first day; what was taken back counts as that."""

    program_key: str
    program: str
    month: date
    reports: Sequence[Sent]

    @property
    def sent(self) -> int:
        return sum(each.forwarded_at is not None for each in self._standing())

    @property
    def confirmed(self) -> int:
        return sum(each.acknowledged_at is not None for each in self._standing())

    @property
    def taken_back(self) -> int:
        return len(self.reports) - len(self._standing())

    @property
    def differences(self) -> Sequence[Sent]:
        return [each for each in self.reports if each.difference]

    def _standing(self) -> Sequence[Sent]:
        return [each for each in self.reports if each.status != WITHDRAWN]


def counted_at(report: Sent) -> datetime:
    """When a report counts: when it was forwarded, before that when it was first heard of."""
    return report.forwarded_at or report.aware_at


def is_over(month: date, *, today: date) -> bool:
    """Whether a month can be signed off."""
    return (month.year, month.month) < (today.year, today.month)


def in_order(found: Iterable[Month]) -> list[Month]:
    """The newest first, programs by name within a month."""
    return sorted(found, key=lambda each: (-each.month.toordinal(), each.program))
