"""What is done about a report of a side effect: it is passed on, confirmed, asked about, answered.

Each is an event of the journey, so that practice, hub and safety desk read one story.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from journeys.core import safety
from journeys.core.events import Event
from journeys.domain.recording import record
from journeys.domain.reporting import Report, report
from journeys.models import SafetyReport
from journeys.rules import Refused, may_answer_safety, may_forward_safety, may_receive_safety

LONGEST = 1000
ELSEWHERE = "This was done meanwhile, or is another organization's to do. Look at it again."


@dataclass(frozen=True)
class Said:
    """What is told of a report: its new status, and what goes with it."""

    status: str
    facts: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""
    note: str = ""


def forward(row: SafetyReport, *, token: UUID, by: Actor, now: datetime) -> None:
    """Pass it on: from now on the manufacturer's safety desk reads it. Raises Refused."""
    _allow(may_forward_safety(by, row) and row.status in safety.TO_FORWARD)
    _tell(row, Said("forwarded"), token=token, by=by, now=now)


def complete(
    row: SafetyReport, facts: Mapping[str, object], *, token: UUID, by: Actor, now: datetime
) -> None:
    """Add what was missing. Raises Refused."""
    _allow(may_forward_safety(by, row))
    if not facts:
        raise Refused("Fill in what is missing, as far as you know it.")
    _tell(row, Said("triaged", facts), token=token, by=by, now=now)


def withdraw(row: SafetyReport, reason: str, *, token: UUID, by: Actor, now: datetime) -> None:
    """It was recorded by mistake, for a reason that the step knows. Raises Refused."""
    _allow(may_forward_safety(by, row))
    _tell(row, Said("withdrawn", reason=reason), token=token, by=by, now=now)


def answer(row: SafetyReport, text: str, *, token: UUID, by: Actor, now: datetime) -> None:
    """Answer the safety desk's question; it reads the answer at once. Raises Refused."""
    _allow(may_answer_safety(by, row))
    _tell(row, Said("forwarded", note=_said(text)), token=token, by=by, now=now)


def confirm(row: SafetyReport, number: str, *, token: UUID, by: Actor, now: datetime) -> None:
    """The desk has it, under a number of its own; the hub says so for a desk that called it.

    Raises Refused.
    """
    number = number.strip()
    if not number:
        raise Refused("Give the safety desk's own number.")
    said = Said("acknowledged", {safety.DESK_NUMBER: number})
    if may_receive_safety(by, row):
        _desk_tells(row, said, token=token, by=by, now=now)
        return
    _allow(may_forward_safety(by, row) and row.status in safety.TO_CONFIRM)
    _tell(row, said, token=token, by=by, now=now)


def ask(row: SafetyReport, text: str, *, token: UUID, by: Actor, now: datetime) -> None:
    """The safety desk wants to know more: the practice's next action. Raises Refused."""
    _allow(may_receive_safety(by, row))
    _desk_tells(row, Said("follow_up", note=_said(text)), token=token, by=by, now=now)


def reconcile(row: SafetyReport, *, token: UUID, by: Actor, now: datetime) -> None:
    """Both sides have it under both numbers, and its month is signed off. Raises Refused."""
    _allow(may_forward_safety(by, row) and row.status == "acknowledged")
    _tell(row, Said("reconciled"), token=token, by=by, now=now)


def _allow(allowed: bool) -> None:
    if not allowed:
        raise Refused(ELSEWHERE)


def _said(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused("Write it down first.")
    if len(text) > LONGEST:
        raise Refused(f"It has at most {LONGEST} characters.")
    return text


def _tell(row: SafetyReport, said: Said, *, token: UUID, by: Actor, now: datetime) -> None:
    told = Report(
        token=str(token),
        step=safety.STEP,
        status=said.status,
        reason=said.reason,
        facts={safety.NUMBER: row.number, **said.facts},
        occurred_at=now,
        note=said.note,
    )
    report(row.journey_id, told, by=by, now=now)


def _desk_tells(row: SafetyReport, said: Said, *, token: UUID, by: Actor, now: datetime) -> None:
    """The desk is no party of the journey: it speaks of this report, and of nothing else."""
    desk = Organization.objects.get(pk=row.manufacturer_id)
    event = Event(
        id=f"safety:{token}",
        kind="status",
        step=safety.STEP,
        status=said.status,
        facts={safety.NUMBER: row.number, **said.facts},
        note=said.note,
        source=desk.slug,
        source_name=f"{desk.name}, safety desk",
        role="hub",
        transport="portal",
        occurred_at=now,
        received_at=now,
    )
    record(row.journey_id, event, actor=by, now=now)
    audit.wrote(row, action="reported a step", fields=[safety.STEP, *said.facts])
