"""Send to the hub, once; take back what it returns; send the correction."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from enrollment import rules
from enrollment.core.packet import packet, sha256
from enrollment.domain.definitions import definition_of
from enrollment.domain.locking import lock
from enrollment.domain.readiness import Readiness, readiness
from enrollment.domain.remembering import remember
from enrollment.domain.signatures import standing
from enrollment.enums import EnrollmentStatus, SignatureKind
from enrollment.models import Enrollment, Signature
from journeys.domain.opening import NewJourney, hand_over_again, open_journey
from programs.core.consents import Consent

# Which fact of the journey each answer is.
FACT_FIELDS: Mapping[str, str] = {
    "E4": "therapy_stage",
    "E5": "start_by_on",
    "B5": "line_of_business",
    "B3": "payer_name",
}
# Who an authorization of ours lets speak of the patient (45 CFR 164.508(c)(1)(ii)).
DISCLOSERS = ("practice", "payer", "hub", "pharmacy", "vendor")
STATEMENTS: Mapping[str, str] = {
    "revocation": "right_to_revoke",
    "conditions": "conditioning",
    "redisclosure": "redisclosure",
}

NO_WORDS = "The hub returned this and gave no reason; ask it what to correct."


class Incomplete(Exception):
    """The enrollment cannot be sent yet; `readiness` says what stands in the way."""

    def __init__(self, state: Readiness) -> None:
        super().__init__(" ".join(state.blockers))
        self.readiness = state


@transaction.atomic
def submit(enrollment_id: UUID, *, urgent: bool, by: Actor, now: datetime) -> Enrollment:
    """Send a complete, signed enrollment to its hub, or a corrected one again.

    In this order: lock; answer with the same enrollment when it was sent already; check
    everything anew; build the packet; open the journey (or hand its next packet over); keep
    what was typed for the next time. Raises Refused, Incomplete or journeys' NoRoute.
    """
    enrollment = lock(enrollment_id)
    if enrollment.status == EnrollmentStatus.SUBMITTED:
        return enrollment
    rules.require(rules.why_not_submit(by, enrollment))
    today = timezone.localdate(now)
    signatures = standing(enrollment)
    state = readiness(enrollment, signatures, today=today)
    if not state.can_send:
        raise Incomplete(state)
    body = _packet(enrollment, signatures, today=today, now=now)
    facts = _facts(state.form.known, urgent=urgent)
    if enrollment.journey_id is None:
        new = _new_journey(enrollment, signatures[SignatureKind.PATIENT], body, facts)
        enrollment.journey = open_journey(new, by=by, now=now)
    else:
        hand_over_again(
            enrollment.journey_id, packet=body, digest=sha256(body), facts=facts, by=by, now=now
        )
    _settle(enrollment, now=now)
    remember(enrollment, state.form, now=now)
    return enrollment


def _settle(enrollment: Enrollment, *, now: datetime) -> None:
    enrollment.status = EnrollmentStatus.SUBMITTED
    enrollment.submitted_at = now
    enrollment.updated_at = now
    enrollment.corrections = None
    enrollment.signing_requested_at = None
    enrollment.save(
        update_fields=[
            "status",
            "journey",
            "submitted_at",
            "updated_at",
            "corrections",
            "signing_requested_at",
        ]
    )
    audit.wrote(enrollment, action="sent")


def _packet(
    enrollment: Enrollment, signatures: Mapping[str, Signature], *, today: date, now: datetime
) -> dict[str, Any]:
    return packet(
        definition_of(enrollment.program_version),
        enrollment.answers,
        signatures=[_told(signatures[kind]) for kind in sorted(signatures)],
        submitted_at=now,
        today=today,
    )


def _told(signature: Signature) -> dict[str, Any]:
    evidence = signature.evidence
    return {
        "kind": signature.kind,
        "signer": signature.signer_name,
        "relationship": evidence["relationship"],
        "method": signature.method,
        "signed_at": signature.signed_at.isoformat(),
        "language": evidence["language"],
        "digest": signature.digest,
        "fields": evidence["fields"],
        "texts": [
            {key: each[key] for key in ("key", "version", "sha256")}
            for each in evidence["consents"]
        ],
    }


def _facts(known: Mapping[str, Any], *, urgent: bool) -> dict[str, object]:
    facts = {name: known[field] for field, name in FACT_FIELDS.items() if known.get(field)}
    if known.get("B1") is False:
        facts["line_of_business"] = "uninsured"
    return {**facts, "submission_channel": "portal", "urgent": urgent}


def _new_journey(
    enrollment: Enrollment,
    authorization: Signature,
    body: Mapping[str, Any],
    facts: Mapping[str, object],
) -> NewJourney:
    answers = enrollment.answers
    return NewJourney(
        practice_id=enrollment.organization_id,
        program_version=enrollment.program_version,
        patient_id=enrollment.patient_id,
        patient_name=f"{answers['A1']} {answers['A3']}",
        patient_born_on=date.fromisoformat(answers["A5"]),
        prescriber_name=enrollment.prescriber.name,
        urgent=bool(facts["urgent"]),
        packet=body,
        packet_digest=sha256(body),
        facts=facts,
        grants=_grants(enrollment, authorization),
        pharmacy=str(answers.get("G2.pharmacy") or ""),
    )


def _grants(enrollment: Enrollment, signature: Signature) -> list[dict[str, Any]]:
    """Each authorization that was agreed to, as its own grant, revocable alone."""
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
        "recipients": list(consent.grant.recipients) if consent.grant else [],
        "disclosers": list(DISCLOSERS),
        "data_classes": list(consent.grant.data_classes) if consent.grant else [],
        "purposes": list(consent.grant.purposes) if consent.grant else [],
        "statements": [name for part, name in STATEMENTS.items() if getattr(elements, part, None)],
        "signer": "representative" if relationship else "patient",
        "by_representative": bool(relationship),
        "authority": relationship,
    }


def return_for_correction(*, journey_id: UUID, data: Mapping[str, Any], now: datetime) -> None:
    """The hub wants something corrected: the enrollment opens again at those fields.

    Registered with the journeys, which call it in the transaction of the hub's event.
    """
    with every_tenant(reason="the hub's answer changes the practice's row"):
        enrollment: Enrollment = (
            Enrollment.objects.select_for_update(of=("self",))
            .select_related("program_version")
            .get(journey_id=journey_id)
        )
        enrollment.status = EnrollmentStatus.RETURNED
        enrollment.corrections = [
            {**correction, "revision": enrollment.revision, "at": now.isoformat()}
            for correction in _corrections(data)
        ]
        enrollment.updated_at = now
        enrollment.save(update_fields=["status", "corrections", "updated_at"])
        audit.wrote(enrollment, action="returned")


def _corrections(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the hub wants, field by field; its note stands for the whole form."""
    wanted = [
        {"field": str(each.get("field", "")), "sentence": str(each["sentence"])}
        for each in data["facts"].get("corrections", ())
        if isinstance(each, Mapping) and each.get("sentence")
    ]
    if note := data.get("note"):
        wanted.append({"field": "", "sentence": note})
    return wanted or [{"field": "", "sentence": NO_WORDS}]
