"""The maps of partners' status codes: what is known, what a change would do, and teaching."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.codes import Line, Meaning, folded, shown
from journeys.domain.graphs import graph_of
from journeys.domain.nudges import nudge
from journeys.enums import ReportCause, ReportStatus
from journeys.models import InboundReport, Journey, StatusLine
from programs.models import Program, ProgramVersion


class UnknownMeaning(ValueError):
    """No journey of the programs meant has this step, status or reason."""


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """What somebody says a partner's code means, for one program or (None) for all, and since
    when (None is "ever since"). Without a meaning a person decides each time."""

    code: str
    sub_code: str = ""
    program: Program | None = None
    meaning: Meaning | None = None
    starts_at: datetime | None = None


def lines_of(partner_id: UUID) -> list[Line]:
    """Everything that was ever said about this partner's codes, the oldest first."""
    rows = StatusLine.objects.filter(organization=partner_id).order_by("noted_at")
    return [line_of(row) for row in rows.select_related("program")]


def line_of(row: StatusLine) -> Line:
    return Line(
        code=row.code,
        sub_code=row.sub_code,
        program=row.program.key if row.program else "",
        meaning=Meaning(row.step, row.status, row.reason) if row.step else None,
        starts_at=row.starts_at,
        noted_at=row.noted_at,
    )


def as_line(new: NewLine, *, now: datetime) -> Line:
    """The line as it would stand, for a preview."""
    return Line(
        code=new.code,
        sub_code=new.sub_code,
        program=new.program.key if new.program else "",
        meaning=new.meaning,
        starts_at=new.starts_at,
        noted_at=now,
    )


def waiting_for(partner: Organization, new: NewLine) -> list[InboundReport]:
    """The reports that nobody could read and that this line would explain, the oldest first."""
    key = shown(folded(new.code), folded(new.sub_code))
    found = InboundReport.objects.filter(
        organization=partner, status=ReportStatus.EXCEPTION, cause=ReportCause.CODE, code=key
    )
    if new.program is not None:
        of = Journey.objects.filter(program_version__program=new.program).values("pk")
        found = found.filter(journey_id__in=of)
    return list(found.order_by("received_at"))


def teach(partner: Organization, new: NewLine, *, by: Actor, now: datetime) -> Sequence[UUID]:
    """Add a line to a partner's map, and try the reports that waited for it again: their ids.

    Raises UnknownMeaning.
    """
    if new.meaning is not None and not _exists(new.meaning, new.program):
        raise UnknownMeaning(new.meaning.step)
    with every_tenant(reason="a partner's map explains reports about several practices", actor=by):
        meaning = new.meaning or Meaning("", "")
        line = StatusLine.objects.create(
            organization=partner,
            program=new.program,
            code=new.code.strip(),
            sub_code=new.sub_code.strip(),
            step=meaning.step,
            status=meaning.status,
            reason=meaning.reason,
            starts_at=new.starts_at,
            noted_at=now,
            noted_by_id=by.user_id,
        )
        audit.wrote(line, action="said what a code means")
        waiting = [report.pk for report in waiting_for(partner, new)]
        InboundReport.objects.filter(pk__in=waiting).update(
            status=ReportStatus.WAITING, attempts=0, problem="", cause="", processed_at=None
        )
    if waiting:
        nudge("journeys.tasks.process_waiting_reports", queue="inbound")
    return waiting


def _exists(meaning: Meaning, program: Program | None) -> bool:
    """Whether some published version of the program, or of any, has the step, status and reason."""
    versions = ProgramVersion.objects.filter(published_at__isnull=False)
    if program is not None:
        versions = versions.filter(program=program)
    for version_id in versions.values_list("pk", flat=True):
        step = graph_of(version_id).by_key.get(meaning.step)
        status = step.status(meaning.status) if step else None
        if status and (not meaning.reason or meaning.reason in {r.key for r in status.reasons}):
            return True
    return False
