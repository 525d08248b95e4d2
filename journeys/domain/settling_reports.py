"""A person settles a report that could not be applied; nothing of it is ever dropped."""

from datetime import datetime

from accounts import audit
from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from journeys.domain.inbound import process
from journeys.domain.nudges import nudge
from journeys.domain.queries.reports import content_of, reference_of
from journeys.enums import ReportCause, ReportStatus
from journeys.models import InboundReport, Journey, PartnerCase

LONGEST_REASON = 120
# More than this with one number wait for the next person who opens one of them.
MOST_ALIKE = 500
SETTLED = {"status": ReportStatus.WAITING, "attempts": 0, "problem": "", "cause": ""}


class NotSettled(ValueError):
    """It cannot be settled so, as `str()` tells in a sentence for the person who tried."""


def match(report: InboundReport, journey: Journey, *, by: Actor, now: datetime) -> int:
    """Say which journey a report is about: it and every other report that names it so is applied.

    The partner's number for it is known from now on. Returns how many reports were waiting for
    it. Raises NotSettled.
    """
    _check_open(report)
    if report.organization_id not in journey.party_ids:
        raise NotSettled(f"{report.organization.name} takes no part in {journey.number}.")
    reference = reference_of(content_of(report))
    with every_tenant(reason="a partner's report concerns every party", actor=by):
        case, _created = PartnerCase.objects.update_or_create(
            organization=report.organization,
            number=reference,
            defaults={"journey_id": journey.pk, "matched_at": now, "matched_by_id": by.user_id},
        )
        audit.wrote(case, action="matched a report to a journey")
        unknown = InboundReport.objects.filter(
            organization=report.organization,
            status=ReportStatus.EXCEPTION,
            cause=ReportCause.JOURNEY,
        )
        alike = [
            each.pk
            for each in unknown.order_by("received_at")[:MOST_ALIKE]
            if reference_of(content_of(each)) == reference
        ]
        InboundReport.objects.filter(pk__in=alike).update(**SETTLED, processed_at=None)
        process(report.pk, now=now)
    nudge("journeys.tasks.process_waiting_reports", queue="inbound")
    return len(alike)


def set_aside(report: InboundReport, *, why: str, by: Actor, now: datetime) -> None:
    """Leave a report unapplied, with the reason beside it. It can be tried again.

    Raises NotSettled.
    """
    _check_open(report)
    report.status = ReportStatus.SET_ASIDE
    report.problem = f"Set aside by {by.name}: {why}"[:200]
    report.processed_at = now
    report.save(update_fields=["status", "problem", "processed_at"])
    audit.wrote(report, action="set a report aside")


def _check_open(report: InboundReport) -> None:
    if report.status != ReportStatus.EXCEPTION:
        raise NotSettled("This report has been dealt with already.")
