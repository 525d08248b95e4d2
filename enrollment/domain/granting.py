"""What a patient's signature grants, as the journey keeps it: one grant per text, per program."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from enrollment.domain.definitions import definition_of
from enrollment.models import Enrollment, Signature
from programs.core.consents import Consent

# Who an authorization of ours lets speak of the patient (45 CFR 164.508(c)(1)(ii)).
DISCLOSERS = ("practice", "payer", "hub", "pharmacy", "vendor")
STATEMENTS: Mapping[str, str] = {
    "revocation": "right_to_revoke",
    "conditions": "conditioning",
    "redisclosure": "redisclosure",
}


def grants_of(enrollment: Enrollment, signature: Signature | None) -> list[dict[str, Any]]:
    """Each authorization that was agreed to, as its own grant, revocable alone."""
    if signature is None:
        return []
    agreed = {each["key"] for each in signature.evidence["consents"]}
    return [
        {
            "terms": _terms(consent, signature),
            "text_version": consent.version,
            "signed_at": signature.signed_at,
            "expires_at": signature.signed_at + timedelta(days=consent.grant.expires_after_days),
        }
        for consent in definition_of(enrollment.program_version).consents
        if consent.grant and consent.key in agreed
    ]


def _terms(consent: Consent, signature: Signature) -> dict[str, Any]:
    """The grant in the journey's words; no name stands in it."""
    relationship = signature.evidence["relationship"]
    elements = consent.elements
    return {
        "consent": consent.key,
        "title": consent.title["en"],
        "recipients": list(consent.grant.recipients) if consent.grant else [],
        "disclosers": list(DISCLOSERS),
        "data_classes": list(consent.grant.data_classes) if consent.grant else [],
        "purposes": list(consent.grant.purposes) if consent.grant else [],
        "statements": [name for part, name in STATEMENTS.items() if getattr(elements, part, None)],
        "signer": "representative" if relationship else "patient",
        "by_representative": bool(relationship),
        "authority": relationship,
    }
