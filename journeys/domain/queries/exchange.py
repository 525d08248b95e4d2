"""What the exchange page shows: what went out, what stands in the way, what came in unusable."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.tenancy import every_tenant
from journeys.domain.claiming import UNSETTLED
from journeys.domain.disclosing import refusal_for, role_of
from journeys.domain.queries.reports import content_of, reference_of, said_words
from journeys.domain.replaying import STOPPED, can_go_as_packet
from journeys.enums import DeliveryStatus, ReportStatus
from journeys.models import ConsentGrant, Delivery, Endpoint, InboundReport

MOST_REPORTS = 50
# From then on a recipient may have what was sent to it.
ARRIVED = (DeliveryStatus.SENT, DeliveryStatus.ACCEPTED)
OFF = "Its address is switched off; the operator switches it on again."


@dataclass(frozen=True, kw_only=True)
class Row:
    """One delivery as a list shows it.

    `patient` is empty for the operator, `sender` for the practice itself.
    """

    id: UUID
    journey_id: UUID
    number: str
    patient: str
    program: str
    sender: str
    recipient: str
    version: int
    phase: str
    word: str
    trouble: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime | None
    confirmed_as: str
    can_replay: bool
    can_go_as_packet: bool


@dataclass(frozen=True)
class Unusable:
    """A report that needs a person: codes only, never the partner's own words."""

    id: UUID
    partner: str
    received_at: datetime
    said: str
    journey: str
    problem: str


@contextmanager
def seen_by(actor: Actor) -> Iterator[None]:
    """The rows this actor may see here: the operator's every delivery, otherwise one's own."""
    if actor.is_operator:
        with every_tenant(reason="the operator watches over every exchange", actor=actor):
            yield
    else:
        yield


def deliveries(actor: Actor) -> "QuerySet[Delivery]":
    """Deliveries of the actor's own patients, or to the actor's organization, newest first."""
    found: QuerySet[Delivery] = Delivery.objects.select_related(
        "journey__program_version__program", "recipient", "organization", "packet"
    )
    if actor.is_operator:
        found = found.filter(organization__sandbox_of=None)
    else:
        mine = actor.organization_id
        found = found.filter(Q(organization=mine) | Q(recipient=mine))
    return found.defer("packet__body").order_by("-created_at")


def not_confirmed(found: "QuerySet[Delivery]") -> "QuerySet[Delivery]":
    """Those of them that their recipient has not confirmed yet."""
    return found.exclude(status=DeliveryStatus.ACCEPTED)


def totals(actor: Actor) -> dict[str, int]:
    """How many deliveries there are: "all" of them, and those "open", not yet confirmed."""
    return deliveries(actor).aggregate(
        all=Count("pk"),
        open=Count("pk", filter=~Q(status=DeliveryStatus.ACCEPTED)),
        stopped=Count("pk", filter=Q(status__in=STOPPED)),
    )


def packets(actor: Actor) -> "QuerySet[Delivery]":
    """Deliveries whose packet this actor may have: what it sent, and what was sent to it.

    None for the operator, which has no business with patients. Whose part ended may have
    its last word and does not see the journey.
    """
    found: QuerySet[Delivery] = Delivery.objects.select_related("recipient", "packet")
    return found.filter(
        Q(organization=actor.organization_id)
        | Q(recipient=actor.organization_id, status__in=ARRIVED)
    )


def no_longer_theirs(journey_id: UUID, actor: Actor, *, at: datetime) -> Mapping[UUID, str]:
    """Why the actor may no longer have a packet that reached it, in a sentence, by delivery."""
    had = Delivery.objects.filter(
        journey=journey_id, recipient=actor.organization_id, status__in=ARRIVED
    )
    grants = ConsentGrant.objects.filter(journey=journey_id)
    found = {
        each.pk: refusal_for(each, role=role_of(each.recipient), grants=grants, at=at)
        for each in had.select_related("recipient", "packet").defer("packet__body")
    }
    return {pk: refusal.sentence for pk, refusal in found.items() if refusal}


def rows_of(found: Sequence[Delivery], actor: Actor) -> list[Row]:
    """Deliveries as this actor may read them."""
    waiting = {each.endpoint_id for each in found if each.status in UNSETTLED}
    with every_tenant(reason="whoever waits may know that an address is off", actor=actor):
        off = set(
            Endpoint.objects.filter(pk__in=waiting, active=False).values_list("pk", flat=True)
        )
    return [_row(each, actor, off=each.endpoint_id in off) for each in found]


def _row(delivery: Delivery, actor: Actor, *, off: bool) -> Row:
    status = DeliveryStatus(delivery.status)
    failing = status == DeliveryStatus.PENDING and bool(delivery.trouble)
    waits = status in UNSETTLED
    journey = delivery.journey
    may_replay = actor.may(Permission.EXCHANGE_REPLAY)
    return Row(
        id=delivery.pk,
        journey_id=journey.pk,
        number=journey.number,
        patient="" if actor.is_operator else journey.patient_name,
        program=journey.program_version.program.name,
        sender=""
        if actor.organization_id == delivery.organization_id
        else delivery.organization.name,
        recipient=delivery.recipient.name,
        version=delivery.packet.version,
        phase="at_risk" if failing or off else status.phase,
        word="Trying again" if failing else str(status.label),
        trouble=OFF if off else delivery.trouble,
        attempts=delivery.attempts,
        created_at=delivery.created_at,
        next_attempt_at=delivery.next_attempt_at if waits and delivery.attempts else None,
        confirmed_as=delivery.partner_case_number,
        can_replay=may_replay and status in STOPPED,
        can_go_as_packet=may_replay and can_go_as_packet(delivery),
    )


def unusable_reports(actor: Actor) -> list[Unusable]:
    """Reports that need a person: the partner's own, for the operator everybody's."""
    found = InboundReport.objects.filter(
        status=ReportStatus.EXCEPTION, organization__sandbox_of=None
    )
    rows = found.select_related("organization").order_by("-received_at")[:MOST_REPORTS]
    return [_unusable(report) for report in rows]


def _unusable(report: InboundReport) -> Unusable:
    content = content_of(report)
    return Unusable(
        id=report.pk,
        partner=report.organization.name,
        received_at=report.received_at,
        said=said_words(content),
        journey=reference_of(content),
        problem=report.problem,
    )
