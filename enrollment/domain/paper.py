"""The patient signs on paper: the scan is uploaded, a colleague checks it, and then it counts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.core.files import CheckedFile
from enrollment.core.signed import Signer, Statement
from enrollment.domain.documents import SIGNED_PAPER, Place, attach
from enrollment.domain.locking import lock
from enrollment.domain.signatures import (
    Agreement,
    ContentChanged,
    Language,
    Means,
    NotAgreed,
    Origin,
    require_agreement,
    sign_for_patient,
    sign_for_prescriber,
    standing,
    statement_of,
)
from enrollment.domain.submission import hand_over_signature
from enrollment.enums import SignatureKind
from enrollment.models import Document, Enrollment, PaperSignature, Signature
from journeys.models import ConsentGrant
from programs.core.consents import LANGUAGES

METHOD = "Paper, scanned"
FAXED = "Paper, faxed"
CODE_LENGTH = 8
"""Of the digest's hexadecimal digits, as many as are printed on the paper."""


@dataclass(frozen=True)
class Typed:
    """What somebody of the office reads off the signed paper."""

    signer_name: str
    signed_on: date
    agreed: Collection[str]
    """Keys of the texts that are ticked on it."""
    code: str
    relationship: str = ""
    """In whose authority, when it is not the patient; empty for the patient."""


def code_of(shown: Statement, language: str) -> str:
    """What is printed on the paper, to tell which words and answers were signed."""
    return shown.digest(language)[:CODE_LENGTH].upper()


@transaction.atomic
def upload(
    enrollment_id: UUID, file: CheckedFile, typed: Typed, *, title: str, by: Actor, now: datetime
) -> PaperSignature:
    """Keep the scan of a signed paper; it does not count before a colleague has checked it.

    Raises Refused; NotAgreed with a sentence for each thing that is wrong with what was typed;
    Unfit when there are too many documents.
    """
    uploader = rules.person_of(by)
    enrollment = lock(enrollment_id)
    rules.require(rules.why_not_authorize(by, enrollment))
    rules.require(why_not_needed(enrollment, SignatureKind.PATIENT))
    shown = statement_of(enrollment, "patient", today=timezone.localdate(now))
    language = _language(shown, typed.code)
    require_date(enrollment, typed.signed_on, now=now)
    agreement = Agreement(typed.signer_name, typed.agreed, language, typed.relationship)
    require_agreement(shown, agreement, today=typed.signed_on)
    place = Place(SIGNED_PAPER, enrollment_id=enrollment.id)
    document = attach(file, place=place, title=title, by=by, now=now)
    if PaperSignature.objects.filter(document=document).exists():
        raise rules.Refused("This very scan was uploaded for an earlier signature.")
    paper = PaperSignature(
        organization_id=enrollment.organization_id,
        enrollment=enrollment,
        document=document,
        signer_name=typed.signer_name.strip(),
        relationship=typed.relationship,
        language=language,
        signed_on=typed.signed_on,
        agreed=sorted(set(typed.agreed) & {each.key for each in shown.consents}),
        digest=shown.digest(language),
        uploaded_by_id=uploader,
        uploaded_at=now,
    )
    paper.save(force_insert=True)
    audit.wrote(paper, action="paper_uploaded")
    return paper


STANDS = {
    SignatureKind.PATIENT: "The patient's authorization stands already.",
    SignatureKind.PRESCRIBER: "The prescriber's certification stands already.",
}


def why_not_needed(enrollment: Enrollment, kind: SignatureKind) -> str:
    """One signature of a kind stands, and one scan of it waits, at a time."""
    if kind in standing(enrollment):
        return STANDS[kind]
    waiting = PaperSignature.objects.filter(enrollment=enrollment, kind=kind, checked_at=None)
    if waiting.exists():
        return "A scan of this enrollment waits for a colleague's check already."
    return ""


def _language(shown: Statement, code: str) -> Language:
    given = "".join(code.split()).upper()
    languages: tuple[Language, ...] = ("en", "es")
    for language in languages:
        if language in LANGUAGES and code_of(shown, language) == given:
            return language
    said = (
        "This is not the code of this enrollment as it stands now. Something has changed since "
        "the paper was printed, or it belongs to another enrollment: print it again."
    )
    raise NotAgreed({"code": [said]})


def require_date(enrollment: Enrollment, signed_on: date, *, now: datetime) -> None:
    """The date on the paper can be that of these texts. Raises NotAgreed."""
    if problem := _why_not_on(enrollment, signed_on, now=now):
        raise NotAgreed({"signed_on": [problem]})


def _why_not_on(enrollment: Enrollment, signed_on: date, *, now: datetime) -> str:
    published_at = enrollment.program_version.published_at
    if signed_on > timezone.localdate(now):
        return "The date on the paper is in the future."
    if published_at and signed_on < timezone.localdate(published_at):
        return "The date on the paper is before these texts existed."
    revoked = ConsentGrant.objects.filter(
        journey=enrollment.journey_id, revoked_at__gte=_instant(signed_on, uploaded_at=now)
    )
    if enrollment.journey_id and revoked.exists():
        return "The patient took a permission back after this date; it is signed anew."
    return ""


def _instant(signed_on: date, *, uploaded_at: datetime) -> datetime:
    """A paper tells the day: its beginning, or for one of today the moment it reached us."""
    if signed_on == timezone.localdate(uploaded_at):
        return uploaded_at
    return timezone.make_aware(datetime.combine(signed_on, time.min))


def changed_since(paper: PaperSignature, *, today: date) -> bool:
    """Whether the texts or answers are no longer those on the paper."""
    shown = statement_of(paper.enrollment, _signer(paper), today=today)
    return shown.digest(paper.language) != paper.digest


def _signer(paper: PaperSignature) -> Signer:
    return "prescriber" if paper.kind == SignatureKind.PRESCRIBER else "patient"


@transaction.atomic
def confirm(enrollment_id: UUID, paper_id: UUID, *, by: Actor, now: datetime) -> Signature:
    """A second person says that the scan shows this signature: from now on it counts.

    Raises Refused, ContentChanged, PaperSignature.DoesNotExist when it waits no more.
    """
    enrollment = lock(enrollment_id)
    paper = _waiting(enrollment, paper_id)
    rules.require(rules.why_not_check_paper(by, enrollment, paper.uploaded_by_id))
    if paper.kind in standing(enrollment):
        raise rules.Refused(STANDS[SignatureKind(paper.kind)])
    if changed_since(paper, today=timezone.localdate(now)):
        raise ContentChanged(str(enrollment_id))
    require_date(enrollment, paper.signed_on, now=paper.uploaded_at)
    language: Language = "es" if paper.language == "es" else "en"
    agreement = Agreement(paper.signer_name, paper.agreed, language, paper.relationship)
    method = METHOD if paper.page is None else FAXED
    means = Means(method, session={"paper": _evidence(paper, by=by, now=now)})
    at = _instant(paper.signed_on, uploaded_at=paper.uploaded_at)
    origin = Origin(means, by=by, now=now, on_paper_at=at)
    if paper.kind == SignatureKind.PRESCRIBER:
        paper.signature = sign_for_prescriber(enrollment, origin)
    else:
        paper.signature = sign_for_patient(enrollment, agreement, origin)
    paper.checked_by_id, paper.checked_at = rules.person_of(by), now
    paper.save(update_fields=["signature", "checked_by", "checked_at"])
    audit.wrote(paper, action="paper_checked")
    hand_over_signature(enrollment.id, by=by, now=now)
    return paper.signature


def _evidence(paper: PaperSignature, *, by: Actor, now: datetime) -> dict[str, Any]:
    return {
        "id": str(paper.id),
        "document": str(paper.document_id),
        "sha256": paper.document.sha256,
        "page": paper.page,
        "signed_on": paper.signed_on.isoformat(),
        "uploaded_by": str(paper.uploaded_by_id),
        "uploaded_at": paper.uploaded_at.isoformat(),
        "checked_by": str(by.user_id),
        "checked_at": now.isoformat(),
    }


@transaction.atomic
def remove(enrollment_id: UUID, paper_id: UUID, *, by: Actor, now: datetime) -> None:
    """Take away a scan that shows no signature or was typed wrong, before it counts.

    Whoever uploaded it may, and whoever checks it. Raises Refused,
    PaperSignature.DoesNotExist.
    """
    enrollment = lock(enrollment_id)
    paper = _waiting(enrollment, paper_id)
    if by.user_id != paper.uploaded_by_id:
        rules.require(rules.why_not_check_paper(by, enrollment, paper.uploaded_by_id))
    audit.wrote(paper, action="paper_removed")
    document = paper.document_id
    PaperSignature.objects.filter(id=paper.id).delete()
    # A page may show a second signature, or one that no longer counts.
    if not PaperSignature.objects.filter(document=document).exists():
        Document.objects.filter(id=document).delete()
    enrollment.updated_at = now
    enrollment.save(update_fields=["updated_at"])


def _waiting(enrollment: Enrollment, paper_id: UUID) -> PaperSignature:
    rows = PaperSignature.objects.select_for_update(of=("self",)).select_related("document")
    paper: PaperSignature = rows.get(id=paper_id, enrollment=enrollment, checked_at=None)
    paper.enrollment = enrollment
    return paper
