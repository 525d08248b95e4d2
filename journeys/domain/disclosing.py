"""What one recipient may be told, asked anew at each disclosure, and the words it is told in."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import Organization
from journeys.core.consent import Grant, Recipient, Refusal, may
from journeys.core.delivery import Outgoing
from journeys.enums import PartyRole
from journeys.models import ConsentGrant, Delivery

# What each role is handed and for which purposes; one purpose that permits is enough. The
# second purpose of a role stands for a basis without the patient's authorization: a business
# associate agreement with the hub, treatment by the pharmacy.
DISCLOSED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    PartyRole.HUB: (
        ("identity", "contact", "insurance", "diagnosis", "treatment", "prescription"),
        ("benefit_verification", "payment"),
    ),
    PartyRole.PHARMACY: (
        ("identity", "contact", "insurance", "diagnosis", "prescription"),
        ("dispensing", "treatment"),
    ),
    PartyRole.VENDOR: (("identity", "contact", "insurance"), ("copay",)),
}
# The practice says there that it has a business associate agreement with the program.
AGREEMENT_FIELD = "C14"
KINDS: Mapping[str, str] = {
    PartyRole.HUB: "enrollment",
    PartyRole.PHARMACY: "referral",
    PartyRole.VENDOR: "copay_request",
}


def grant_of(row: ConsentGrant) -> Grant:
    """A kept authorization as the rule reads it."""
    terms: Mapping[str, Any] = row.terms
    sets = ("recipients", "disclosers", "data_classes", "purposes", "statements")
    return Grant(
        id=str(row.pk),
        **{name: frozenset(terms.get(name, ())) for name in sets},
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
    answers = delivery.packet.body.get("answers", {})
    recipient = Recipient(
        key=delivery.recipient.slug,
        role=role,
        name=delivery.recipient.name,
        business_associate=role == PartyRole.HUB and answers.get(AGREEMENT_FIELD) is True,
    )
    known = [grant_of(row) for row in grants]
    data_classes, purposes = DISCLOSED[role]
    for data_class in data_classes:
        refusals = [
            verdict
            for purpose in purposes
            if isinstance(verdict := may(known, recipient, data_class, purpose, at), Refusal)
        ]
        if len(refusals) == len(purposes):
            return refusals[0]
    return None


def outgoing_of(delivery: Delivery, *, role: str, attempt: int) -> Outgoing:
    """What goes over: the packet for this role, and what the partner quotes when it answers."""
    journey, packet = delivery.journey, delivery.packet
    return Outgoing(
        delivery_id=str(delivery.pk),
        kind=KINDS[role],
        attempt=attempt,
        body={
            "delivery": str(delivery.pk),
            "journey": journey.number,
            "version": packet.version,
            "digest": packet.digest,
            "packet": packet.body,
        },
    )


def role_of(recipient: Organization) -> str:
    """The party role that an organization of this kind has; its kinds bear the same names."""
    return PartyRole(recipient.kind)
