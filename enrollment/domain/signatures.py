"""Who has signed what: taking signatures, and noticing when what was signed has changed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.core.signed import (
    AUTHORITIES,
    Signer,
    Statement,
    required_keys,
    signed_values,
    statement,
)
from enrollment.domain.definitions import definition_of
from enrollment.domain.locking import lock
from enrollment.domain.sealing import ask_for_copies
from enrollment.enums import SignatureKind
from enrollment.models import Enrollment, Signature
from programs.core.consents import Consent, text, text_sha256
from programs.core.facts import facts
from programs.core.forms import check_answers, missing

ADULT = 18
MINOR = "The patient is under 18: a parent or guardian signs, and says by which authority."

Language = Literal["en", "es"]


class NotAgreed(ValueError):
    """A signature lacks something; `problems` has the sentences by field."""

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        super().__init__("The signature is not complete.")
        self.problems = dict(problems)


class ContentChanged(Exception):
    """What would be signed is no longer what was shown."""


@dataclass(frozen=True)
class Means:
    """How a signature reached us: the method in words, the browser's address and agent."""

    method: str
    address: str | None = None
    user_agent: str = ""
    session: Mapping[str, Any] = field(default_factory=dict)
    """What a signing session kept: its link, the disclosure agreed to, what was read and when."""


@dataclass(frozen=True)
class Agreement:
    """What a patient (or who may sign for them) filled in on the office's screen."""

    signer_name: str
    agreed: Collection[str]
    """Keys of the consents that were ticked."""
    language: Language = "en"
    relationship: str = ""
    """In whose authority, when it is not the patient; empty for the patient."""


def statement_of(enrollment: Enrollment, signer: Signer, *, today: date) -> Statement:
    """What this signer would sign now."""
    definition = definition_of(enrollment.program_version)
    return statement(definition, enrollment.answers, signer=signer, today=today)


def standing(enrollment: Enrollment) -> dict[str, Signature]:
    """The signatures that count, by kind."""
    return {each.kind: each for each in enrollment.signatures.filter(superseded_at=None)}


def signed_fields(signatures: Iterable[Signature]) -> dict[str, Any]:
    """The catalogue's signature fields that these signatures fill."""
    return {key: value for each in signatures for key, value in each.evidence["fields"].items()}


@transaction.atomic
def authorize(
    enrollment_id: UUID, agreement: Agreement, *, means: Means, by: Actor, now: datetime
) -> Signature:
    """Take the patient's authorization; an earlier one no longer counts.

    Raises Refused; NotAgreed when a required text was not agreed to or the name is missing.
    """
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_authorize(by, enrollment))
    return sign_for_patient(enrollment, agreement, Origin(means, by=by, now=now))


@transaction.atomic
def authorize_as_shown(
    enrollment_id: UUID, agreement: Agreement, *, seen_digest: str, origin: "Origin"
) -> Signature:
    """The patient signs for themselves, exactly what `seen_digest` was made of.

    Who the signer is was proved before: by the link and the date of birth, or to the office.
    Raises Refused, NotAgreed, and ContentChanged when the content is not what was shown.
    """
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_signed_by_patient(enrollment))
    shown = statement_of(enrollment, "patient", today=timezone.localdate(origin.now))
    if shown.digest(agreement.language) != seen_digest:
        raise ContentChanged(str(enrollment_id))
    return sign_for_patient(enrollment, agreement, origin)


def is_minor(shown: Statement, *, today: date) -> bool:
    """Whether the patient whose date of birth this statement holds cannot sign alone."""
    return int(facts((), shown.answers, today=today).get("patient.age", ADULT)) < ADULT


def sign_for_patient(enrollment: Enrollment, agreement: Agreement, origin: "Origin") -> Signature:
    """The patient's signature on a locked enrollment; the caller has asked the rules.

    Raises NotAgreed.
    """
    shown = statement_of(enrollment, "patient", today=timezone.localdate(origin.now))
    require_agreement(shown, agreement, today=timezone.localdate(origin.signed_at))
    agreed = [consent for consent in shown.consents if consent.key in agreement.agreed]
    return _sign(
        enrollment,
        shown,
        agreed,
        kind=SignatureKind.PATIENT,
        agreement=agreement,
        origin=origin,
    )


def sign_for_prescriber(enrollment: Enrollment, origin: "Origin") -> Signature:
    """The prescriber's signature by hand on a locked enrollment; the caller has asked the rules,
    and a second person has looked at it. Raises Refused for a form that is not filled in.
    """
    today = timezone.localdate(origin.now)
    rules.require(why_not_filled_in(enrollment, today=today))
    shown = statement_of(enrollment, "prescriber", today=today)
    return _sign(
        enrollment,
        shown,
        shown.consents,
        kind=SignatureKind.PRESCRIBER,
        agreement=Agreement(enrollment.prescriber.name, ()),
        origin=origin,
    )


def require_agreement(shown: Statement, agreement: Agreement, *, today: date) -> None:
    """Nothing that a signature needs is left out on the day of signing. Raises NotAgreed."""
    problems: dict[str, list[str]] = {}
    if not agreement.relationship and is_minor(shown, today=today):
        problems["signer"] = [MINOR]
    if agreement.relationship and agreement.relationship not in AUTHORITIES:
        problems["relationship"] = ["Whoever signs for the patient says by which authority."]
    if not agreement.signer_name.strip():
        problems["signer_name"] = ["Type the full name of the person who signs."]
    for key in sorted(required_keys(shown.consents) - set(agreement.agreed)):
        problems[key] = ["This has to be agreed to before the enrollment can be sent."]
    if problems:
        raise NotAgreed(problems)


@transaction.atomic
def certify(
    enrollment_id: UUID, *, seen_digest: str, means: Means, by: Actor, now: datetime
) -> Signature:
    """The prescriber signs the texts and every answer, exactly as shown.

    Raises Refused for anyone but this prescriber and for a form that is not filled in yet,
    ContentChanged when the answers are no longer those that `seen_digest` was made of.
    """
    enrollment = lock(enrollment_id)
    today = timezone.localdate(now)
    rules.require(rules.why_not_certify(by, enrollment, enrollment.prescriber))
    rules.require(why_not_filled_in(enrollment, today=today))
    shown = statement_of(enrollment, "prescriber", today=today)
    if shown.digest("en") != seen_digest:
        raise ContentChanged(str(enrollment_id))
    return _sign(
        enrollment,
        shown,
        shown.consents,
        kind=SignatureKind.PRESCRIBER,
        agreement=Agreement(enrollment.prescriber.name, ()),
        origin=Origin(means, by=by, now=now),
    )


def why_not_filled_in(enrollment: Enrollment, *, today: date) -> str:
    """What is signed is a whole form."""
    definitions, answers = [definition_of(enrollment.program_version)], enrollment.answers
    if missing(definitions, answers, today=today) or check_answers(
        definitions, answers, today=today
    ):
        return "The office has not finished this form yet; it is signed once it is complete."
    return ""


@transaction.atomic
def ask_to_sign(enrollment_id: UUID, *, by: Actor, now: datetime) -> Enrollment:
    """Put a complete form into its prescriber's queue. Raises Refused."""
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_answer(by, enrollment))
    rules.require(why_not_filled_in(enrollment, today=timezone.localdate(now)))
    enrollment.signing_requested_at = enrollment.updated_at = now
    enrollment.save(update_fields=["signing_requested_at", "updated_at"])
    audit.wrote(enrollment, action="asked_to_sign")
    return enrollment


@dataclass(frozen=True)
class Origin:
    """How, by whom and when a signature was given."""

    means: Means
    by: Actor
    now: datetime
    on_paper_at: datetime | None = None
    """When it was given on paper, which was before it reached us."""

    @property
    def signed_at(self) -> datetime:
        return self.on_paper_at or self.now


def _sign(
    enrollment: Enrollment,
    shown: Statement,
    agreed: Iterable[Consent],
    *,
    kind: SignatureKind,
    agreement: Agreement,
    origin: Origin,
) -> Signature:
    agreed, language, now = list(agreed), agreement.language, origin.now
    enrollment.signatures.filter(kind=kind, superseded_at=None).update(superseded_at=now)
    signature_id = uuid4()
    fields = signed_values(
        definition_of(enrollment.program_version),
        agreed,
        reference=str(signature_id),
        authority=agreement.relationship and f"{agreement.signer_name}, {agreement.relationship}",
        today=timezone.localdate(origin.signed_at),
    )
    signature = Signature(
        id=signature_id,
        organization_id=enrollment.organization_id,
        enrollment=enrollment,
        kind=kind,
        user_id=origin.by.user_id,
        signer_name=agreement.signer_name,
        method=origin.means.method,
        text_version=_versions(agreed),
        digest=shown.digest(language),
        evidence=_evidence(shown, agreed, agreement, fields=fields, means=origin.means),
        address=origin.means.address,
        user_agent=origin.means.user_agent[:200],
        signed_at=origin.signed_at,
    )
    signature.save(force_insert=True)
    enrollment.updated_at = now
    enrollment.save(update_fields=["updated_at"])
    audit.wrote(signature, action="signed", fields=sorted(fields))
    ask_for_copies()
    return signature


def _versions(agreed: Iterable[Consent]) -> str:
    return " ".join(sorted({consent.version for consent in agreed}))[:40]


def _evidence(
    shown: Statement,
    agreed: Iterable[Consent],
    agreement: Agreement,
    *,
    fields: Mapping[str, Any],
    means: Means,
) -> dict[str, Any]:
    language = agreement.language
    return {
        "language": language,
        "relationship": agreement.relationship,
        "fields": dict(fields),
        "answers": dict(shown.answers),
        "session": dict(means.session),
        "consents": [
            {
                "key": consent.key,
                "version": consent.version,
                "sha256": text_sha256(consent, language),
                "text": text(consent, language),
            }
            for consent in agreed
        ],
    }


def supersede_changed(enrollment: Enrollment, *, now: datetime) -> tuple[str, ...]:
    """End every signature whose content is no longer what was signed; gives their kinds."""
    today = timezone.localdate(now)
    ended = []
    for kind, signature in standing(enrollment).items():
        shown = statement_of(enrollment, cast(Signer, kind), today=today)
        if shown.digest(signature.evidence["language"]) != signature.digest:
            signature.superseded_at = now
            signature.save(update_fields=["superseded_at"])
            audit.wrote(signature, action="superseded")
            ended.append(kind)
    return tuple(ended)
