"""A partner's sandbox as its page shows it, and how partners stand for who relies on them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.codes import shown
from journeys.core.conformance import Standing, standing
from journeys.core.conformance_checks import Check, checks_for, keys_for
from journeys.domain.applying import said_in
from journeys.domain.queries.reports import reference_of
from journeys.domain.sandbox_worlds import double_of
from journeys.domain.sending import endpoint_of
from journeys.enums import DeliveryStatus, PacketKind, ReportStatus, Transport, TrialKind
from journeys.models import Delivery, Endpoint, InboundReport, PartnerKey, SandboxTrial

MOST_MESSAGES = 12
MOST_OUTCOMES = 6
OUTCOMES = (TrialKind.APPROVE, TrialKind.DENY, TrialKind.MORE, TrialKind.SILENT)


@dataclass(frozen=True)
class CheckRow:
    """One check and its trials: the newest that ended, and whether another goes on."""

    check: Check
    ended: SandboxTrial | None
    going: SandboxTrial | None

    @property
    def phase(self) -> str:
        if self.going:
            return "now"
        if self.ended is None:
            return "ahead"
        return "done" if self.ended.passed else "blocked"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message of either way; `way` is "to" the partner or "from" it."""

    at: datetime
    way: str
    what: str
    message_id: str
    about: str
    phase: str
    word: str
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """What there is to show of one partner's sandbox."""

    double: Organization | None = None
    endpoint: Endpoint | None = None
    keys: tuple[PartnerKey, ...] = ()
    checks: tuple[CheckRow, ...]
    outcomes: tuple[SandboxTrial, ...] = ()
    lines: tuple[Line, ...] = ()
    standing: Standing

    @property
    def going(self) -> bool:
        """Whether something may change soon without anybody pressing."""
        ended = all(each.going is None for each in self.checks)
        return not ended or any(each.finished_at is None for each in self.outcomes)


def sandbox_of(partner: Organization, *, by: Actor) -> Sandbox:
    """The caller has checked that the actor keeps the partner's endpoint."""
    with every_tenant(reason="the partner looks at its own double's messages", actor=by):
        trials = list(SandboxTrial.objects.filter(organization=partner)[:200])
        double = double_of(partner)
        endpoint = endpoint_of(double) if double else None
        way = endpoint.transport if endpoint else Transport.WEBHOOK
        its = [each for each in trials if each.transport == way]
        checks = tuple(_check(each, its) for each in checks_for(way))
        told = [row.ended for row in checks if row.ended]
        newest = {t.kind: (t.passed, t.finished_at) for t in told if t.finished_at}
        stands = standing(newest, way=way)
        if double is None:
            return Sandbox(checks=checks, standing=stands)
        keys = PartnerKey.objects.filter(organization=double, revoked_at=None).defer("secret")
        return Sandbox(
            double=double,
            endpoint=endpoint,
            keys=tuple(keys.order_by("-created_at")),
            checks=checks,
            outcomes=tuple(t for t in trials if t.kind in OUTCOMES)[:MOST_OUTCOMES],
            lines=tuple(_lines(double)),
            standing=stands,
        )


def _check(check: Check, trials: list[SandboxTrial]) -> CheckRow:
    its = [each for each in trials if each.kind == check.key]
    ended = next((each for each in its if each.finished_at), None)
    going = next((each for each in its if not each.finished_at), None)
    return CheckRow(check, ended, going)


def standings(partners: Collection[UUID]) -> Mapping[UUID, Standing]:
    """How each partner that was ever tried stands, the way it was tried last.

    For a caller that sees every tenant.
    """
    ended = SandboxTrial.objects.filter(organization__in=partners, finished_at__isnull=False)
    told = ("organization", "transport", "kind")
    newest = ended.order_by(*told, "-asked_at").distinct(*told)
    found: dict[UUID, dict[str, dict[str, tuple[bool, datetime]]]] = {}
    for partner, way, kind, passed, at in newest.values_list(
        "organization_id", "transport", "kind", "passed", "finished_at"
    ):
        if kind in keys_for(way):
            found.setdefault(partner, {}).setdefault(way, {})[kind] = (passed, at)
    return {partner: _newest(ways) for partner, ways in found.items()}


def _newest(ways: Mapping[str, Mapping[str, tuple[bool, datetime]]]) -> Standing:
    way = max(ways, key=lambda each: max(at for _, at in ways[each].values()))
    return standing(ways[way], way=way)


def _lines(double: Organization) -> list[Line]:
    sent = Delivery.objects.filter(recipient=double).select_related("journey", "packet")
    came = InboundReport.objects.filter(organization=double)
    newest = sent.defer("packet__body").order_by("-created_at")[:MOST_MESSAGES]
    lines = [_sent(each) for each in newest]
    lines += [_came(each) for each in came.order_by("-received_at")[:MOST_MESSAGES]]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST_MESSAGES]


def _sent(delivery: Delivery) -> Line:
    status, packet = DeliveryStatus(delivery.status), delivery.packet
    failing = status == DeliveryStatus.PENDING and bool(delivery.trouble)
    what = PacketKind(packet.kind).label
    number = delivery.partner_case_number
    return Line(
        at=delivery.created_at,
        way="to",
        what=f"{what}, version {packet.version}",
        message_id=str(delivery.pk),
        about=delivery.journey.number,
        phase="at_risk" if failing else status.phase,
        word=f"Case {number}" if number else str(status.label),
        trouble=delivery.trouble,
    )


_CAME = {
    ReportStatus.WAITING: "now",
    ReportStatus.APPLIED: "done",
    ReportStatus.EXCEPTION: "blocked",
    ReportStatus.SET_ASIDE: "skipped",
}


def _came(report: InboundReport) -> Line:
    status, content = ReportStatus(report.status), json.loads(report.body)
    return Line(
        at=report.received_at,
        way="from",
        what=f"Report: {shown(*said_in(content)) or 'delivery accepted'}",
        message_id=report.message_id,
        about=reference_of(content),
        phase=_CAME[status],
        word=str(status.label),
        trouble=report.problem,
    )
