"""What one recipient may be told, asked anew at each disclosure, and the words it is told in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
# The day from which on the signature is waited for.
ASKED_ON = "patient_asked_on"
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
    """Why this packet may not go to its recipient now, or None when it may.

    Word that a permission or the enrollment ended needs no permission: it goes only to those who
    had something, holds nothing about the patient, and without it they could not stop.
    """
    if delivery.packet.kind in ENDINGS:
        return None
    recipient = Recipient(
        key=delivery.recipient.slug,
        role=role,
        name=delivery.recipient.name,
        business_associate=role == PartyRole.HUB and _has_agreement(delivery.packet.body),
    )
    return _refusal(recipient, role, grants, at)


def has_basis(journey: Journey, role: str, *, at: datetime) -> bool:
    """Whether somebody in this role may be told of a journey now, on whatever ground."""
    enrollments = Packet.objects.filter(journey=journey, kind=PacketKind.ENROLLMENT)
    newest = enrollments.order_by("-version").first()
    agreement = newest is not None and _has_agreement(newest.body)
    recipient = Recipient(
        key="", role=role, name="", business_associate=role == PartyRole.HUB and agreement
    )
    grants = ConsentGrant.objects.filter(journey=journey)
    return _refusal(recipient, role, grants, at) is None


def _refusal(
    recipient: Recipient, role: str, grants: Iterable[ConsentGrant], at: datetime
) -> Refusal | None:
    disclosure = DISCLOSURES[role]
    # Such a basis covers whatever the disclosure holds: no authorization has to be opened.
    if any(without_authorization(recipient, purpose) for purpose in disclosure.purposes):
        return None
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


def _has_agreement(packet: Mapping[str, Any]) -> bool:
    if packet.get("business_associate"):
        return True
    fields = (field for section in packet["sections"] for field in section["fields"])
    return any(field["id"] == AGREEMENT_FIELD and field["value"] is True for field in fields)


def share_of(packet: Mapping[str, Any], *, role: str) -> dict[str, Any]:
    """The packet as this role may have it."""
    share = DISCLOSURES[role]
    told = {
        field["id"]: section["name"]
        for section in packet["sections"]
        for field in section["fields"]
    }
    return {
        **packet,
        "documents": [
            document
            for document in packet.get("documents", ())
            if not share.sections or told.get(document["field"]) in share.sections
        ],
        "sections": [
            section
            for section in packet["sections"]
            if not share.sections or section["name"] in share.sections
        ],
        "signatures": [
            signature
            for signature in packet["signatures"]
            if not share.signatures or signature["kind"] in share.signatures
        ],
    }


def outgoing_of(delivery: Delivery, *, role: str, attempt: int) -> Outgoing:
    """What goes over: the packet for this role, and what the partner quotes when it answers."""
    journey, packet = delivery.journey, delivery.packet
    quoted = {
        "delivery": str(delivery.pk),
        "journey": journey.number,
        "version": packet.version,
        "digest": packet.digest,
    }
    if packet.kind == PacketKind.ENROLLMENT:
        kind, told = DISCLOSURES[role].kind, {"packet": share_of(packet.body, role=role)}
    else:
        kind, told = packet.kind, {"notice": packet.body}
    return Outgoing(
        delivery_id=str(delivery.pk),
        kind=kind,
        body={**quoted, **told},
        at=delivery.created_at,
        attempt=attempt,
    )


def role_of(recipient: Organization) -> str:
    """The party role that an organization of this kind has; its kinds bear the same names."""
    return PartyRole(recipient.kind)
