"""The last word for who no longer takes part in a journey: what to stop, of which number."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.tenancy import every_tenant
from journeys.domain.queries.exchange import ARRIVED
from journeys.enums import ENDINGS, DeliveryStatus, PacketKind
from journeys.models import Delivery, Journey

# Whose part may end while the journey goes on: a vendor's with the permission, a pharmacy's with
# the choice of another.
LEAVING = frozenset({OrganizationKind.VENDOR, OrganizationKind.PHARMACY})
MOST = 50


@dataclass(frozen=True, kw_only=True)
class LastWord:
    """Word that something ended, for who may see nothing else of the journey any more."""

    id: UUID
    journey_id: UUID
    number: str
    program: str
    what: str
    version: int
    phase: str
    word: str
    at: datetime
    has_arrived: bool
    is_to_confirm: bool


def last_words(actor: Actor, *, journey_id: UUID | None = None) -> list[LastWord]:
    """What ended for the actor's organization, newest first; of one journey when it is named."""
    if actor.organization_kind not in LEAVING:
        return []
    still_seen = Journey.objects.filter(pk=OuterRef("journey"))
    notices = Delivery.objects.filter(
        ~Exists(still_seen),
        recipient=actor.organization_id,
        packet__kind__in=ENDINGS,
    )
    if journey_id is not None:
        notices = notices.filter(journey=journey_id)
    fields = ("pk", "journey_id", "packet__kind", "packet__version", "status", "created_at")
    rows = list(notices.order_by("-created_at").values_list(*fields)[:MOST])
    known = _known_by({row[1] for row in rows}, actor) if rows else {}
    return [_last_word(row, *known[row[1]]) for row in rows]


def _last_word(
    row: tuple[UUID, UUID, str, int, str, datetime], number: str, program: str
) -> LastWord:
    delivery_id, journey_id, kind, version, at_status, created_at = row
    status = DeliveryStatus(at_status)
    return LastWord(
        id=delivery_id,
        journey_id=journey_id,
        number=number,
        program=program,
        what=str(PacketKind(kind).label),
        version=version,
        phase=status.phase,
        word=str(status.label),
        at=created_at,
        has_arrived=status in ARRIVED,
        is_to_confirm=status == DeliveryStatus.SENT,
    )


def _known_by(journeys: set[UUID], actor: Actor) -> dict[UUID, tuple[str, str]]:
    """The numbers and programs of journeys: by them the organization knows what to stop."""
    with every_tenant(reason="who has to stop may read of which number", actor=actor):
        rows = Journey.objects.filter(pk__in=journeys)
        named = rows.values_list("pk", "number", "program_version__program__name")
        return {pk: (number, program) for pk, number, program in named}


def number_of(journey_id: UUID, actor: Actor) -> str:
    """The number of a journey of which the actor may have a packet."""
    return _known_by({journey_id}, actor)[journey_id][0]
