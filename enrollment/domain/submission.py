"""Send to the hub, once; take back what it returns; send the correction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from enrollment import rules
from enrollment.core.packet import packet, sha256, with_documents
from enrollment.domain.definitions import definition_of
from enrollment.domain.granting import grants_of
from enrollment.domain.handing import papers_for, told_documents
from enrollment.domain.keyed_settling import join_known_patient, settle_keyed
from enrollment.domain.locking import lock
from enrollment.domain.readiness import Readiness, readiness
from enrollment.domain.remembering import remember
from enrollment.domain.signatures import standing
from enrollment.enums import EnrollmentStatus, SignatureKind
from enrollment.models import Enrollment, Signature
from journeys.core.steps_consent import ASKED_ON
from journeys.domain.disclosing import AUTHORIZATION
from journeys.domain.opening import Further, Keyed, NewJourney, hand_over_again, open_journey
from journeys.domain.papers import keep_papers
from journeys.models import Journey
from programs.core.union import union

# Which fact of the journey each answer is.
FACT_FIELDS: Mapping[str, str] = {
    "E4": "therapy_stage",
    "E5": "start_by_on",
}
COVERAGE_FIELDS: Mapping[str, str] = {"B5": "line_of_business", "B3": "payer_name"}
_CHOICE = frozenset({"G2.pharmacy", "G2.chosen_by"})
NO_WORDS = "The hub returned this and gave no reason; ask it what to correct."


class Incomplete(Exception):
    """The enrollment cannot be sent yet; `readiness` says what stands in the way."""

    def __init__(self, state: Readiness) -> None:
        super().__init__(" ".join(state.blockers))
        self.readiness = state


@transaction.atomic
def submit(
    enrollment_id: UUID, *, urgent: bool, by: Actor, now: datetime, under_agreement: bool = False
) -> Enrollment:
    """Send a complete, signed enrollment to its hub, or a corrected or amended one again.

    In this order: lock; answer with the same enrollment when it was sent already; check
    everything anew; build the packet; open the journey (or hand its next packet over); keep
    what was typed for the next time; settle what a hub keyed it from. Where only the patient's
    signature is lacking it goes `under_agreement`: the practice says that the hub acts for it,
    and what needs the patient's authorization waits. Raises Refused, Incomplete or journeys'
    NoRoute.
    """
    enrollment = lock(enrollment_id)
    if enrollment.status == EnrollmentStatus.SUBMITTED:
        return enrollment
    rules.require(rules.why_not_submit(by, enrollment))
    join_known_patient(enrollment)
    signatures = standing(enrollment)
    state = readiness(enrollment, signatures, today=timezone.localdate(now))
    early = under_agreement and state.can_send_before_patient
    if not state.can_send and not early:
        raise Incomplete(state)
    body = _packet(enrollment, signatures, agreement=under_agreement, now=now)
    facts = facts_of(state.form.known, urgent=urgent, authorized=not early)
    facts["submission_channel"] = enrollment.came_by
    if early:
        facts[ASKED_ON] = timezone.localdate(now).isoformat()
    if enrollment.journey_id is None:
        new = _new_journey(enrollment, signatures.get(SignatureKind.PATIENT), body, facts)
        if by.keys is not None and enrollment.came_at is not None:
            new = replace(new, keyed=Keyed(enrollment.came_by, enrollment.came_at))
        enrollment.journey = open_journey(new, by=by, now=now)
        journey_id = enrollment.journey.id
    else:
        journey_id = enrollment.journey_id
        further = _further(enrollment, signatures, body, facts)
        hand_over_again(journey_id, further, by=by, now=now)
    keep_papers(journey_id, papers_for(enrollment, body), by=by, now=now)
    enrollment.awaiting_patient_since = now if early else None
    _settle(enrollment, now=now)
    remember(enrollment, state.form, now=now)
    settle_keyed(enrollment, by=by, now=now)
    return enrollment


def _further(
    enrollment: Enrollment,
    signatures: Mapping[str, Signature],
    body: Mapping[str, Any],
    facts: Mapping[str, object],
) -> Further:
    amended = enrollment.status == EnrollmentStatus.AMENDING
    return Further(
        packet=body,
        digest=sha256(body),
        facts={**facts, **_choice_of_pharmacy(enrollment)},
        said="amended" if amended else "corrected",
        note=_changed_fields(enrollment) if amended else "",
        grants=grants_of(enrollment, signatures.get(SignatureKind.PATIENT)),
    )


def _changed_fields(enrollment: Enrollment) -> str:
    """What was amended, by the names of the questions: never the answers."""
    keys = _changed_keys(enrollment)
    labels = [
        item.field.label
        for item in union([definition_of(enrollment.program_version)])
        if item.key in keys
    ]
    return ", ".join(dict.fromkeys(labels))


def _changed_keys(enrollment: Enrollment) -> set[str]:
    """What was answered anew since it was last sent; nothing before the first time."""
    sent = enrollment.sent_revision
    return {
        key
        for key, change in enrollment.changes.items()
        if sent is not None and change["revision"] > sent
    }


@transaction.atomic
def hand_over_signature(enrollment_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """The patient has signed what was already sent: everyone who has it gets the signed version.

    Nothing happens unless it waited for exactly that.
    """
    enrollment = lock(enrollment_id)
    signatures = standing(enrollment)
    if enrollment.awaiting_patient_since is None or enrollment.journey_id is None:
        return enrollment
    if enrollment.status != EnrollmentStatus.SUBMITTED or SignatureKind.PATIENT not in signatures:
        return enrollment
    # What was said of the agreement when it was sent stands.
    body = _packet(enrollment, signatures, agreement=True, now=now)
    further = Further(
        packet=body,
        digest=sha256(body),
        facts={AUTHORIZATION: True},
        said="authorized",
        grants=grants_of(enrollment, signatures[SignatureKind.PATIENT]),
    )
    hand_over_again(enrollment.journey_id, further, by=by, now=now)
    keep_papers(enrollment.journey_id, papers_for(enrollment, body), by=by, now=now)
    enrollment.awaiting_patient_since = None
    enrollment.updated_at = now
    enrollment.save(update_fields=["awaiting_patient_since", "updated_at"])
    audit.wrote(enrollment, action="authorized")
    return enrollment


def _settle(enrollment: Enrollment, *, now: datetime) -> None:
    enrollment.status = EnrollmentStatus.SUBMITTED
    enrollment.submitted_at = now
    enrollment.sent_revision = enrollment.revision
    enrollment.updated_at = now
    enrollment.corrections = None
    enrollment.signing_requested_at = None
    enrollment.save(
        update_fields=[
            "status",
            "journey",
            "submitted_at",
            "sent_revision",
            "awaiting_patient_since",
            "updated_at",
            "corrections",
            "signing_requested_at",
        ]
    )
    audit.wrote(enrollment, action="sent")


def _packet(
    enrollment: Enrollment, signatures: Mapping[str, Signature], *, agreement: bool, now: datetime
) -> dict[str, Any]:
    body = packet(
        definition_of(enrollment.program_version),
        enrollment.answers,
        signatures=[_told(signatures[kind]) for kind in sorted(signatures)],
        submitted_at=now,
        today=timezone.localdate(now),
        agreement=agreement,
    )
    scans = [paper["document"] for each in signatures.values() if (paper := _paper(each))]
    return with_documents(body, told_documents(enrollment), scans=scans)


def _paper(signature: Signature) -> dict[str, str]:
    """How it came about, when it was signed on paper; else empty."""
    signed: dict[str, str] = signature.evidence.get("session", {}).get("paper", {})
    return signed


def _told(signature: Signature) -> dict[str, Any]:
    evidence, paper = signature.evidence, _paper(signature)
    return {
        **({"scan": paper["sha256"]} if paper else {}),
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


def facts_of(known: Mapping[str, Any], *, urgent: bool, authorized: bool) -> dict[str, object]:
    """What a journey is told with the submission of these answers."""
    facts = {name: known[field] for field, name in FACT_FIELDS.items() if known.get(field)}
    facts |= coverage_facts(known)
    said = {"submission_channel": "portal", "urgent": urgent, AUTHORIZATION: authorized}
    return {**facts, **said}


def coverage_facts(known: Mapping[str, Any]) -> dict[str, object]:
    """What a journey is told of an insurance, or of there being none."""
    facts = {name: known[field] for field, name in COVERAGE_FIELDS.items() if known.get(field)}
    return {**facts, "line_of_business": "uninsured"} if known.get("B1") is False else facts


def _new_journey(
    enrollment: Enrollment,
    authorization: Signature | None,
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
        facts={**facts, **_choice_of_pharmacy(enrollment)},
        grants=grants_of(enrollment, authorization),
        pharmacy=str(answers.get("G2.pharmacy") or ""),
    )


def _choice_of_pharmacy(enrollment: Enrollment) -> dict[str, object]:
    """The patient's own choice, where the form tells of one: the hub sees it when it asks.

    One that was sent and is on the form no more is told as none.
    """
    answers, route = enrollment.answers, enrollment.program_version.definition["route"]
    named = {each["code"]: each["label"] for each in route.get("pharmacies", ())}
    own = answers.get("G2.chosen_by") == "patient"
    label = named.get(str(answers.get("G2.pharmacy"))) if own else None
    told = label or ("" if _changed_keys(enrollment) & _CHOICE else None)
    return {} if told is None else {"patient_pharmacy_choice": told}


def return_for_correction(*, journey_id: UUID, data: Mapping[str, Any], now: datetime) -> None:
    """The hub wants something corrected: the enrollment opens again at those fields.

    Registered with the journeys, which call it in the transaction of the hub's event.
    """
    with every_tenant(reason="the hub's answer changes the practice's row"):
        if _is_made_up(journey_id):
            return
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


def _is_made_up(journey_id: UUID) -> bool:
    """Whether it is a journey of a partner's sandbox: nobody filled in a form for it."""
    its = Journey.objects.filter(pk=journey_id, organization__sandbox_of__isnull=False)
    return bool(its.exists())


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
