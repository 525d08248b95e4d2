"""What partners tell us: kept word for word first, applied afterwards, never dropped."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from accounts.plans import BY_KEY, kept_plans
from accounts.prepared import Prepared, every_tenant_asking
from accounts.tenancy import Scope, alone, every_tenant
from accounts.writing import Statement, again_after_deadlock, run_last
from journeys.domain.applying import Outcome, Said, apply
from journeys.domain.finding import NotApplicable
from journeys.domain.keeping import Message, keeping
from journeys.domain.nudges import nudge
from journeys.domain.remembered_keys import KeyChanged
from journeys.enums import ReportCause, ReportStatus
from journeys.models import InboundReport, PartnerKey

log = structlog.get_logger(__name__)
BATCH = 200
# As many as one transaction applies, unless they are all of one journey.
TOGETHER = 50
MAX_ATTEMPTS = 5
# Longer than a task may run: a lease that ended is a worker's that died.
LEASE = timedelta(seconds=90)
# A worker that is busy for so long gives others their turn.
SPELL = timedelta(seconds=20)
# Every value is a parameter.
SETTLED = (
    "update journeys_inboundreport as report set taken_until = null, processed_at = %s,"
    " status = told.status, problem = told.problem, cause = told.cause, code = told.code,"
    " journey_id = told.journey_id"
    " from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::uuid[])"
    " as told (id, status, problem, cause, code, journey_id) where report.id = told.id"
)
BROKEN = "It could not be applied after several tries; the operator looks into it."


class IdReused(ValueError):
    """The same message id came before with another body."""


@Prepared
def _keys(slug: str) -> QuerySet[PartnerKey]:
    theirs: QuerySet[PartnerKey] = PartnerKey.objects.select_related("organization")
    active = theirs.filter(organization__slug=slug, organization__active=True, revoked_at=None)
    return active.order_by("-created_at")


def partner_keys(slug: str) -> list[PartnerKey]:
    """The keys that an active organization may sign with now, with it; none for a stranger."""
    return _keys.alone(reason="a partner shows its key; nobody acts yet", slug=slug)


def as_partner(partner: Organization) -> Actor:
    """The partner's own system, as the one that acts."""
    return Actor(
        user_id=None,
        organization_id=partner.pk,
        organization_kind=OrganizationKind(partner.kind),
        roles=frozenset(),
        name=partner.name,
    )


def receive(
    partner: Organization,
    message: Message,
    *,
    now: datetime,
    key_id: UUID | None = None,
    doubted: PartnerKey | None = None,
) -> UUID:
    """Keep a message, once per (partner, id), and tell a worker. Committed on return.

    The same id with the same body gives the row that is there; raises IdReused otherwise, and
    KeyChanged where the key that signed it was only remembered and is no longer as it was.
    `key_id` is of the key that it came with.
    """
    (kept,) = receive_all(partner, [message], now=now, key_id=key_id, doubted=doubted)
    if kept is None:
        raise IdReused(message.id)
    return kept


def receive_all(
    partner: Organization,
    messages: Sequence[Message],
    *,
    now: datetime,
    key_id: UUID | None = None,
    doubted: PartnerKey | None = None,
) -> list[UUID | None]:
    """Keep messages, all or none, in one round trip, and tell a worker. Committed on return.

    For each the id of the row that keeps it, the same id with the same body once; None where
    the id came before with another body. Raises KeyChanged as `receive`.
    """
    if not messages:
        return []
    digests = [hashlib.sha256(each.body.encode()).hexdigest() for each in messages]
    kept_by = keeping(partner, messages, digests, now=now, key_id=key_id, doubted=doubted)
    with kept_plans():
        _, _, found, *_ = alone(Scope(actor=as_partner(partner)), [BY_KEY, *kept_by])
    if doubted and not found:
        raise KeyChanged
    nudge("journeys.tasks.process_waiting_reports", queue="inbound")
    kept = {message_id: (pk, digest) for pk, message_id, digest in found}
    same = ((*kept[each.id], digest) for each, digest in zip(messages, digests, strict=True))
    return [pk if there == digest else None for pk, there, digest in same]


# Reports of one partner to be applied together, by what names their journeys.
Share = list[list[UUID]]


def process_waiting(*, clock: Callable[[], datetime], limit: int = BATCH) -> int:
    """Apply waiting reports that no other worker has, oldest first; how many were looked at.

    Some of one partner's are applied in one transaction, and those about one journey as one
    change of it. Where that breaks, each journey's are applied alone, and then each report, so
    that nothing good waits for a poisoned one. What broke the last time is tried alone at once.
    """
    shares, until = _shares(_taken(limit)), clock() + SPELL
    for at, share in enumerate(shares):
        if clock() > until:
            _give_back([each for left in shares[at:] for each in _ids(left)], untried=True)
            return sum(len(_ids(done)) for done in shares[:at])
        _give_back(_broken(share, clock))
    return sum(len(_ids(share)) for share in shares)


def _ids(share: Share) -> list[UUID]:
    return [each for ids in share for each in ids]


def _broken(share: Share, clock: Callable[[], datetime]) -> list[UUID]:
    """Apply a share, and what of it can be applied where it breaks; what cannot."""
    ids = _ids(share)
    if _surely(ids, clock):
        return []
    if len(ids) == 1:
        return ids
    parts = [[one] for one in share] if len(share) > 1 else [[[one]] for one in ids]
    return [each for part in parts for each in _broken(part, clock)]


def _surely(ids: Sequence[UUID], clock: Callable[[], datetime]) -> bool:
    """Whether they could be applied: what breaks must not stop the rest."""
    try:
        _together(ids, now=clock())
    except Exception as error:
        log.error("report_broke", reports=str(ids), exc_info=error)
        return False
    return True


def _taken(limit: int) -> list[InboundReport]:
    """Reports for this worker alone, counted as tried.

    The attempt is committed first: a report that kills its worker is alone the next time, when
    the lease has ended.
    """
    with every_tenant(reason="every partner's reports wait in one queue"):
        free = InboundReport.objects.filter(
            Q(taken_until=None) | Q(taken_until__lt=Now()), status=ReportStatus.WAITING
        )
        locked = free.select_for_update(skip_locked=True).order_by("received_at")
        reports = list(locked[:limit])
        taken = InboundReport.objects.filter(pk__in=[each.pk for each in reports])
        taken.update(attempts=F("attempts") + 1, taken_until=Now() + LEASE)
    return reports


def _shares(reports: Sequence[InboundReport]) -> list[Share]:
    """Each partner's by what names their journeys, some together; then what was tried, alone."""
    partners: dict[UUID, dict[str, list[UUID]]] = {}
    for each in reports:
        if not each.attempts:
            alike = partners.setdefault(each.organization_id, {})
            alike.setdefault(_named(each), []).append(each.pk)
    shares: list[Share] = []
    for alike in partners.values():
        shares.append([])
        for ids in alike.values():
            if shares[-1] and len(_ids(shares[-1])) + len(ids) > TOGETHER:
                shares.append([])
            shares[-1].append(ids)
    return [*shares, *([[each.pk]] for each in reports if each.attempts)]


def _give_back(ids: Sequence[UUID], *, untried: bool = False) -> None:
    """Whoever looks next may have them."""
    if not ids:
        return
    with every_tenant(reason="every partner's reports wait in one queue"):
        mine = InboundReport.objects.filter(pk__in=ids, status=ReportStatus.WAITING)
        mine.update(taken_until=None, attempts=F("attempts") - int(untried))


def _named(report: InboundReport) -> str:
    """How it names its journey; what cannot be read stays alone, and breaks alone."""
    try:
        return Said.of(report).reference
    except (ValueError, LookupError, TypeError):
        return str(report.pk)


def process(report_id: UUID, *, now: datetime) -> None:
    """Apply one waiting report, or say why a person has to look; idempotent.

    The attempt is counted and committed first, so that a report that kills its worker is set
    aside after a few times instead of killing every worker for ever.
    """
    with every_tenant(reason="a report may concern several practices' rows"):
        counted = InboundReport.objects.filter(pk=report_id, status=ReportStatus.WAITING).update(
            attempts=F("attempts") + 1
        )
    if counted:
        _together([report_id], now=now)


def _together(ids: Sequence[UUID], *, now: datetime) -> None:
    """Apply what still waits of some reports of one partner, all or nothing."""
    again_after_deadlock(partial(_apply, ids, now=now))


@Prepared
def _waiting(ids: UUID) -> QuerySet[InboundReport]:
    """Those of some reports that still wait and nobody else holds, locked, with their partner."""
    waiting = InboundReport.objects.filter(pk__in=[ids], status=ReportStatus.WAITING)
    free: QuerySet[InboundReport] = waiting.select_for_update(skip_locked=True, of=("self",))
    return free.select_related("organization").order_by("received_at")


def _apply(ids: Sequence[UUID], *, now: datetime) -> None:
    reason = "a report may concern several practices' rows"
    with every_tenant_asking(lambda: [_waiting(ids=ids)], reason=reason) as (reports,):
        worn_out = [each for each in reports if each.attempts > MAX_ATTEMPTS]
        for each in worn_out:
            each.status, each.problem = ReportStatus.EXCEPTION, BROKEN
            each.cause = ReportCause.BROKEN
        said = [Said.of(each) for each in reports if each.attempts <= MAX_ATTEMPTS]
        if said:
            by = as_partner(said[0].report.organization)
            for each, outcome in zip(said, apply(said, by=by, now=now), strict=True):
                _settle(each.report, outcome)
        told = [
            (each.pk, str(each.status), each.problem, str(each.cause), each.code, each.journey_id)
            for each in reports
        ]
        if told:
            run_last([Statement(SETTLED, [now, *map(list, zip(*told, strict=True))])])


def _settle(report: InboundReport, outcome: Outcome) -> None:
    if isinstance(outcome, NotApplicable):
        report.journey_id = outcome.journey_id
        report.status, report.problem = ReportStatus.EXCEPTION, str(outcome)[:200]
        report.cause, report.code = outcome.cause, outcome.code
    else:
        report.journey_id = outcome
        report.status, report.problem = ReportStatus.APPLIED, ""
        report.cause, report.code = "", ""


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
