"""What partners tell us: kept word for word first, applied afterwards, never dropped."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db.models import F

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from accounts.tenancy import acting_as, every_tenant
from journeys.domain.applying import NotApplicable, apply
from journeys.domain.nudges import nudge
from journeys.enums import ReportCause, ReportStatus
from journeys.models import InboundReport, Journey, PartnerKey

log = structlog.get_logger(__name__)
BATCH = 200
MAX_ATTEMPTS = 5
KEY_USE_NOTED_EVERY = timedelta(minutes=1)
BROKEN = "It could not be applied after several tries; the operator looks into it."


class IdReused(ValueError):
    """The same message id came before with another body."""


def partner_keys(slug: str) -> tuple[Organization | None, list[PartnerKey]]:
    """An active organization and the keys it may sign with now; nothing for a stranger."""
    with every_tenant(reason="a partner shows its key; nobody acts yet"):
        partner = Organization.objects.filter(slug=slug, active=True).first()
        if partner is None:
            return None, []
        keys = PartnerKey.objects.filter(organization=partner, revoked_at=None)
        return partner, list(keys.order_by("-created_at"))


def as_partner(partner: Organization) -> Actor:
    """The partner's own system, as the one that acts."""
    return Actor(
        user_id=None,
        organization_id=partner.pk,
        organization_kind=OrganizationKind(partner.kind),
        roles=frozenset(),
        name=partner.name,
    )


@dataclass(frozen=True, kw_only=True)
class Message:
    """One report as a partner sent it, and the programs its sender is limited to, if it is."""

    id: str
    body: str
    transport: str
    programs: tuple[str, ...] = ()


def receive(partner: Organization, message: Message, *, now: datetime) -> InboundReport:
    """Keep a message, once per (partner, id), and tell a worker. Committed on return.

    The same id with the same body gives the row that is there; raises IdReused otherwise.
    """
    (kept,) = receive_all(partner, [message], now=now)
    if kept is None:
        raise IdReused(message.id)
    return kept


def receive_all(
    partner: Organization, messages: Sequence[Message], *, now: datetime
) -> list[InboundReport | None]:
    """Keep messages, all or none, and tell a worker. Committed on return.

    For each the row that keeps it, the same id with the same body once; None where the id came
    before with another body.
    """
    rows = [_row(partner, message, now=now) for message in messages]
    with acting_as(as_partner(partner)):
        InboundReport.objects.bulk_create(rows, ignore_conflicts=True)
        ids = [message.id for message in messages]
        found = InboundReport.objects.filter(organization=partner, message_id__in=ids)
        kept = {row.message_id: row for row in found.defer("body")}
        _note_key_use(partner, now=now)
        nudge("journeys.tasks.process_waiting_reports", queue="inbound")
    same = ((kept[row.message_id], row) for row in rows)
    return [there if there.digest == row.digest else None for there, row in same]


def _row(partner: Organization, message: Message, *, now: datetime) -> InboundReport:
    return InboundReport(
        organization=partner,
        message_id=message.id,
        body=message.body,
        digest=hashlib.sha256(message.body.encode()).hexdigest(),
        transport=message.transport,
        programs=list(message.programs),
        received_at=now,
    )


def _note_key_use(partner: Organization, *, now: datetime) -> None:
    used = PartnerKey.objects.filter(organization=partner, revoked_at=None)
    if used.exclude(last_used_at__gt=now - KEY_USE_NOTED_EVERY).update(last_used_at=now):
        _note_heard(partner, now=now)


def _note_heard(partner: Organization, *, now: datetime) -> None:
    """Its feed speaks; what was at risk because it had been silent is looked at anew."""
    Organization.objects.filter(pk=partner.pk).update(heard_at=now)
    last, hours = partner.heard_at, partner.heartbeat_hours
    if last and hours and now - last > timedelta(hours=hours):
        silent = Journey.objects.filter(party_ids__contains=[partner.pk])
        silent.filter(risk_rules__contains=["R12"]).update(refresh_at=now)


def process_waiting(*, clock: Callable[[], datetime], limit: int = BATCH) -> int:
    """Apply waiting reports, oldest first, each on its own; how many were looked at."""
    with every_tenant(reason="every partner's reports wait in one queue"):
        waiting = InboundReport.objects.filter(status=ReportStatus.WAITING)
        ids = list(waiting.order_by("received_at").values_list("pk", flat=True)[:limit])
    for report_id in ids:
        try:
            process(report_id, now=clock())
        except Exception as error:  # one poisoned report must not stop the others
            log.error("report_broke", report=str(report_id), exc_info=error)
    return len(ids)


def process(report_id: UUID, *, now: datetime) -> None:
    """Apply one waiting report, or say why a person has to look; idempotent.

    The attempt is counted and committed first, so that a report that kills its worker is set
    aside after a few times instead of killing every worker for ever.
    """
    with every_tenant(reason="a report may concern several practices' rows"):
        counted = InboundReport.objects.filter(pk=report_id, status=ReportStatus.WAITING).update(
            attempts=F("attempts") + 1
        )
    if not counted:
        return
    with every_tenant(reason="a report may concern several practices' rows"):
        report = (
            InboundReport.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("organization")
            .filter(pk=report_id, status=ReportStatus.WAITING)
            .first()
        )
        if report is not None:
            _process(report, now=now)


def _process(report: InboundReport, *, now: datetime) -> None:
    report.processed_at = now
    if report.attempts > MAX_ATTEMPTS:
        report.status, report.problem = ReportStatus.EXCEPTION, BROKEN
        report.cause = ReportCause.BROKEN
    else:
        content: dict[str, Any] = json.loads(report.body)
        try:
            report.journey_id = apply(
                content, report=report, by=as_partner(report.organization), now=now
            )
            report.status, report.problem = ReportStatus.APPLIED, ""
            report.cause, report.code = "", ""
        except NotApplicable as fault:
            report.journey_id = fault.journey_id
            report.status, report.problem = ReportStatus.EXCEPTION, str(fault)[:200]
            report.cause, report.code = fault.cause, fault.code
    report.save(update_fields=["status", "problem", "cause", "code", "processed_at", "journey_id"])


class NotReplayable(ValueError):
    """The report was applied already, or waits anyway."""


def replay(report: InboundReport) -> None:
    """Let a report that needed a person be tried again. Raises NotReplayable."""
    stopped = (ReportStatus.EXCEPTION, ReportStatus.SET_ASIDE)
    again = InboundReport.objects.filter(pk=report.pk, status__in=stopped).update(
        status=ReportStatus.WAITING, attempts=0, problem="", cause="", processed_at=None
    )
    if not again:
        raise NotReplayable
    audit.wrote(report, action="replayed")
    nudge("journeys.tasks.process_waiting_reports", queue="inbound")
