"""What one recipient may be told, asked anew at each disclosure, and the words it is told in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Organization
from journeys.core.consent import Grant, Recipient, Refusal, may, without_authorization
from journeys.core.delivery import Outgoing
from journeys.enums import ENDINGS, PacketKind, PartyRole
from journeys.models import ConsentGrant, Delivery, Journey, Packet


@dataclass(frozen=True)
class Disclosure:
    """What one role is handed: no more of the packet than its work needs, and for which purposes.

    One purpose that permits is enough. The second stands for a basis without the patient's
    authorization: a business associate agreement with the hub, treatment by the pharmacy.
    `sections` and `signatures` empty means all of them.
    """

    kind: str
    data_classes: tuple[str, ...]
    purposes: tuple[str, ...]
    sections: frozenset[str] = frozenset()
    signatures: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """What a delivery hands over, whoever gets it. `at` is when there was something to tell.

    `agreement`: whether the practice says there that it has one; None where nobody looked yet.
    """

    delivery_id: UUID
    journey: str
    version: int
    kind: str
    digest: str
    agreement: bool | None
    body: Mapping[str, Any]
    at: datetime


_DISPENSING = frozenset(
    {
        *("Patient", "Coverage", "Practice", "Prescriber", "Diagnosis", "Clinical"),
        *("Prescription", "Acquisition"),
    }
)
DISCLOSURES: Mapping[str, Disclosure] = {
    PartyRole.HUB: Disclosure(
        kind="enrollment",
        data_classes=("identity", "contact", "insurance", "diagnosis", "treatment", "prescription"),
        purposes=("benefit_verification", "payment"),
    ),
    PartyRole.PHARMACY: Disclosure(
        kind="referral",
        data_classes=("identity", "contact", "insurance", "diagnosis", "prescription"),
        purposes=("dispensing", "treatment"),
        sections=_DISPENSING,
        signatures=frozenset({"prescriber"}),
    ),
    PartyRole.VENDOR: Disclosure(
        kind="copay_request",
        data_classes=("identity", "contact", "insurance"),
        purposes=("copay",),
        sections=frozenset({"Patient", "Coverage", "Copay"}),
        signatures=frozenset({"patient"}),
    ),
}
# The fact by which the journey knows whether the patient's authorization stands.
AUTHORIZATION = "patient_signed"
# The practice says there that it has a business associate agreement with the program.
AGREEMENT_FIELD = "C14"


def grant_of(row: ConsentGrant) -> Grant:
    """A kept authorization as the rule reads it."""
    terms: Mapping[str, Any] = row.terms
    return Grant(
        id=str(row.pk),
        recipients=frozenset(terms.get("recipients", ())),
        disclosers=frozenset(terms.get("disclosers", ())),
        data_classes=frozenset(terms.get("data_classes", ())),
        purposes=frozenset(terms.get("purposes", ())),
        statements=frozenset(terms.get("statements", ())),
        signer=terms.get("signer", ""),
        by_representative=bool(terms.get("by_representative", False)),
        authority=terms.get("authority", ""),
        signed_at=row.signed_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def refusal_for(
    delivery: Delivery, *, role: str, grants: Iterable[ConsentGrant], at: datetime
) -> Refusal | None:
    """Why this packet may not go to its recipient now, or None when it may."""
    recipient = delivery.recipient
    if needs_no_authorization(delivery.packet, recipient=recipient, role=role):
        return None
    return refusal_by(grants, recipient=recipient, role=role, at=at)


def needs_no_authorization(packet: Packet | Handed, *, recipient: Organization, role: str) -> bool:
    """Whether the recipient may have it on another basis than the patient's authorization.

    Word that a permission or the enrollment ended needs no permission: it goes only to those who
    had something, holds nothing about the patient, and without it they could not stop.
    """
    if packet.kind in ENDINGS:
        return True
    agreement = role == PartyRole.HUB and _agreed(packet)
    return _has_basis_of_its_own(_named(recipient, role, agreement=agreement), role)


def refusal_by(
    grants: Iterable[ConsentGrant], *, recipient: Organization, role: str, at: datetime
) -> Refusal | None:
    """Why the patient's authorizations do not let a recipient have a packet, or None."""
    return _refusal(_named(recipient, role, agreement=False), role, grants, at)


def _named(recipient: Organization, role: str, *, agreement: bool) -> Recipient:
    return Recipient(
        key=recipient.slug, role=role, name=recipient.name, business_associate=agreement
    )


def has_basis(journey: Journey, role: str, *, at: datetime) -> bool:
    """Whether somebody in this role may be told of a journey now, on whatever ground."""
    enrollments = Packet.objects.filter(journey=journey, kind=PacketKind.ENROLLMENT)
    newest = enrollments.order_by("-version").first()
    agreement = newest is not None and _agreed(newest)
    recipient = Recipient(
        key="", role=role, name="", business_associate=role == PartyRole.HUB and agreement
    )
    if _has_basis_of_its_own(recipient, role):
        return True
    grants = ConsentGrant.objects.filter(journey=journey)
    return _refusal(recipient, role, grants, at) is None


def _has_basis_of_its_own(recipient: Recipient, role: str) -> bool:
    """Such a basis covers whatever the disclosure holds: no authorization has to be opened."""
    return any(without_authorization(recipient, each) for each in DISCLOSURES[role].purposes)


def _refusal(
    recipient: Recipient, role: str, grants: Iterable[ConsentGrant], at: datetime
) -> Refusal | None:
    disclosure = DISCLOSURES[role]
    known = [grant_of(row) for row in grants]
    for data_class in disclosure.data_classes:
        refusals = [
            verdict
            for purpose in disclosure.purposes
            if isinstance(verdict := may(known, recipient, data_class, purpose, at), Refusal)
        ]
        if len(refusals) == len(disclosure.purposes):
            return refusals[0]
    return None


def _agreed(packet: Packet | Handed) -> bool:
    return says_agreement(packet.body) if packet.agreement is None else packet.agreement


def says_agreement(packet: Mapping[str, Any]) -> bool:
    """Whether the practice says there that it has an agreement with the program."""
    if packet.get("business_associate"):
        return True
    fields = (field for section in packet.get("sections", ()) for field in section["fields"])
    return any(field["id"] == AGREEMENT_FIELD and field["value"] is True for field in fields)


def share_of(packet: Mapping[str, Any], *, role: str) -> Mapping[str, Any]:
    """The packet as this role may have it; where that is all of it, the packet itself."""
    share = DISCLOSURES[role]
    shared: dict[str, Any] = {}
    if share.sections:
        told = {
            field["id"]: section["name"]
            for section in packet["sections"]
            for field in section["fields"]
        }
        documents = packet.get("documents", ())
        shared["documents"] = [
            each for each in documents if told.get(each["field"]) in share.sections
        ]
        shared["sections"] = [
            section for section in packet["sections"] if section["name"] in share.sections
        ]
    if share.signatures:
        shared["signatures"] = [
            each for each in packet["signatures"] if each["kind"] in share.signatures
        ]
    return {**packet, **shared} if shared else packet


def handed_of(delivery: Delivery) -> Handed:
    """What goes over by this delivery."""
    packet = delivery.packet
    return Handed(
        delivery_id=delivery.pk,
        journey=delivery.journey.number,
        version=packet.version,
        kind=packet.kind,
        digest=packet.digest,
        agreement=packet.agreement,
        body=packet.body,
        at=delivery.created_at,
    )


def outgoing_of(delivery: Delivery, *, role: str, attempt: int) -> Outgoing:
    """What goes over: the packet for this role, and what the partner quotes when it answers."""
    return outgoing(handed_of(delivery), role=role, attempt=attempt)


def outgoing(handed: Handed, *, role: str, attempt: int) -> Outgoing:
    """The same, from plain data."""
    quoted = {
        "delivery": str(handed.delivery_id),
        "journey": handed.journey,
        "version": handed.version,
        "digest": handed.digest,
    }
    told: Mapping[str, Any]
    if handed.kind == PacketKind.ENROLLMENT:
        kind, told = DISCLOSURES[role].kind, {"packet": share_of(handed.body, role=role)}
    else:
        kind, told = handed.kind, {"notice": handed.body}
    return Outgoing(
        delivery_id=str(handed.delivery_id),
        kind=kind,
        body={**quoted, **told},
        at=handed.at,
        attempt=attempt,
    )


def role_of(recipient: Organization) -> str:
    """The party role that an organization of this kind has; its kinds bear the same names."""
    return PartyRole(recipient.kind)
