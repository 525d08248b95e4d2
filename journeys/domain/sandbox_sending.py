"""What goes from the made-up practice to a partner's double: test enrollments and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.db.models import QuerySet

from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from journeys.domain.inbound import as_partner
from journeys.domain.opening import Further, NewJourney, hand_over_again, open_journey
from journeys.domain.parties import cast_of
from journeys.domain.recording import lock_journey
from journeys.domain.revoking import revoke
from journeys.domain.sandbox_worlds import practice_of, version_of
from journeys.domain.sending import endpoint_of, queue_delivery
from journeys.enums import DeliveryStatus, PacketKind
from journeys.models import ConsentGrant, Delivery, Endpoint, Journey

GOOD_FOR = timedelta(days=365)
AMENDED_FIELD = "B7"
_SEEDS = 2**31


class NothingToSend(LookupError):
    """It needs a test enrollment that the partner confirmed, or an address; the text says which."""


@dataclass(frozen=True)
class MadeUp:
    """A made-up patient's packet as an enrollment's, and what the journey is told with it."""

    packet: Mapping[str, Any]
    digest: str
    facts: Mapping[str, object]
    name: str
    born_on: date


class Maker(Protocol):
    def __call__(
        self,
        definition: Mapping[str, Any],
        *,
        seed: int,
        changes: Mapping[str, Any],
        marks: Mapping[str, Any],
        now: datetime,
    ) -> MadeUp: ...


# Who writes packets registers here, by name: they are written in the app above.
MAKERS: dict[str, Maker] = {}


def send_enrollment(
    partner: Organization, double: Organization, *, outcome: str, urgent: bool, now: datetime
) -> Journey:
    """Submit a made-up patient's enrollment, which says what is wished for in `sandbox`."""
    version, practice, patient_id = version_of(partner), practice_of(partner), uuid4()
    marks = {"expected_outcome": outcome, "urgent": urgent}
    made = _made(version.definition, patient_id, {}, marks, now=now)
    grant = next(each for each in version.definition["consents"] if each.get("grant"))["grant"]
    new = NewJourney(
        practice_id=practice.pk,
        program_version=version,
        patient_id=patient_id,
        patient_name=made.name,
        patient_born_on=made.born_on,
        prescriber_name="Dr. Sandbox",
        urgent=urgent,
        packet=made.packet,
        packet_digest=made.digest,
        facts={**made.facts, "urgent": urgent},
        grants=[_grant(grant, now=now)],
    )
    journey = open_journey(new, by=as_partner(practice), now=now)
    if double.kind != OrganizationKind.HUB:
        # A real hub would come to it in days.
        journey = lock_journey(journey.pk)
        cast_of(journey).take_in(double.kind, double, now=now)
        queue_delivery(journey, recipient=double, now=now)
    return journey


def amend(partner: Organization, journey: Journey, *, now: datetime) -> Delivery:
    """Send the journey's next version, in which the member ID is another one."""
    practice, version = practice_of(partner), version_of(partner)
    changes = {AMENDED_FIELD: f"AMENDED{now:%H%M%S}"}
    marks = {"expected_outcome": "approve", "urgent": journey.urgent}
    made = _made(version.definition, journey.patient_id, changes, marks, now=now)
    further = Further(packet=made.packet, digest=made.digest, facts=made.facts, said="amended")
    kept = hand_over_again(journey.pk, further, by=as_partner(practice), now=now)
    sent: Delivery = Delivery.objects.get(packet=kept, recipient__sandbox_of=partner)
    return sent


def take_back(partner: Organization, journey: Journey, *, now: datetime) -> None:
    """The made-up patient takes the permission of the journey back."""
    practice = as_partner(practice_of(partner))
    for grant in ConsentGrant.objects.filter(journey=journey, revoked_at=None):
        revoke(grant.pk, by=practice, now=now)


def confirmed(double: Organization) -> QuerySet[Delivery]:
    """Enrollments of going journeys that the double confirmed, the newest first."""
    its: QuerySet[Delivery] = Delivery.objects.select_related("journey", "packet", "recipient")
    return its.filter(
        recipient=double,
        status=DeliveryStatus.ACCEPTED,
        packet__kind=PacketKind.ENROLLMENT,
        journey__closed_at=None,
    ).order_by("-created_at")


def newest_confirmed(double: Organization) -> Delivery:
    """Raises NothingToSend."""
    found = confirmed(double).first()
    if found is None:
        raise NothingToSend("Send a test enrollment first, and confirm it with a case number.")
    return found


def reached(double: Organization) -> Endpoint:
    """Where the double takes what is sent to it. Raises NothingToSend."""
    endpoint = endpoint_of(double)
    if endpoint is None:
        raise NothingToSend("Give the address of your system first.")
    return endpoint


def _made(
    definition: Mapping[str, Any],
    patient_id: UUID,
    changes: Mapping[str, Any],
    marks: Mapping[str, Any],
    *,
    now: datetime,
) -> MadeUp:
    seed = patient_id.int % _SEEDS
    return MAKERS["packet"](definition, seed=seed, changes=changes, marks=marks, now=now)


def _grant(grant: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    terms = {
        **{name: value for name, value in grant.items() if name != "expires_after_days"},
        "disclosers": ["practice", "hub"],
        "statements": ["right_to_revoke", "conditioning", "redisclosure"],
        "signer": "patient",
        "consent": "authorization",
    }
    return {
        "terms": terms,
        "text_version": "1",
        "signed_at": now - timedelta(minutes=1),
        "expires_at": now + GOOD_FOR,
    }
