"""Signatures by hand on the pages of a fax: read off by one person, checked by another."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from enrollment import rules
from enrollment.core.files import CheckedFile
from enrollment.domain import paper as papers
from enrollment.domain.documents import SIGNED_PAPER, Place, attach
from enrollment.domain.keying import at_practice, lock_keying
from enrollment.domain.locking import lock
from enrollment.domain.queries.signing import waiting_papers
from enrollment.domain.signatures import (
    Agreement,
    Language,
    NotAgreed,
    require_agreement,
    statement_of,
    why_not_filled_in,
)
from enrollment.enums import SignatureKind
from enrollment.models import Enrollment, Keying, PaperSignature, Signature

# The question that the page with each signature answers.
ANSWERS = {SignatureKind.PATIENT: SIGNED_PAPER, SignatureKind.PRESCRIBER: "S7"}


@dataclass(frozen=True, kw_only=True)
class ReadOff:
    """One signature as it stands on a page: who, when, and for a patient which texts are ticked."""

    kind: SignatureKind
    page: int
    signed_on: date
    signer_name: str = ""
    agreed: Collection[str] = ()
    language: Language = "en"
    relationship: str = ""


@transaction.atomic
def read_off(
    keying_id: UUID, file: CheckedFile, read: ReadOff, *, by: Actor, now: datetime
) -> PaperSignature:
    """Keep what a page shows; it does not count before a colleague has looked at it.

    Raises Refused, also while answers are missing; NotAgreed with a sentence for each thing
    that is wrong with what was read; Unfit when there are too many documents.
    """
    keying = lock_keying(keying_id)
    rules.require(rules.why_not_key(by, keying))
    rules.require(_why_not_page(keying, read.page))
    if read.signed_on > timezone.localdate(keying.came_at):
        raise NotAgreed({"signed_on": ["The fax came before this date."]})
    with at_practice(keying, by=by) as actor:
        row = lock(_draft(keying))
        kept = _kept(row, file, read, by=actor, now=now)
    keying.unchecked_since = keying.unchecked_since or now
    keying.save(update_fields=["unchecked_since"])
    audit.wrote(keying, action="read a signature off", purpose=read.kind.label)
    return kept


def _why_not_page(keying: Keying, page: int) -> str:
    if keying.part is None:
        return "Nobody signs over the telephone: the practice has it signed."
    return "" if page in keying.part.pages else "Say on which page it is signed."


def _draft(keying: Keying) -> UUID:
    if keying.enrollment_id is None:
        raise rules.Refused("This was given up.")
    return keying.enrollment_id


def _kept(
    row: Enrollment, file: CheckedFile, read: ReadOff, *, by: Actor, now: datetime
) -> PaperSignature:
    today = timezone.localdate(now)
    rules.require(rules.why_not_bring_paper(by, row))
    rules.require(papers.why_not_needed(row, read.kind))
    rules.require(_why_not_whole(row, today=today))
    papers.require_date(row, read.signed_on, now=now)
    patient = read.kind == SignatureKind.PATIENT
    shown = statement_of(row, "patient" if patient else "prescriber", today=today)
    if patient:
        agreement = Agreement(read.signer_name, read.agreed, read.language, read.relationship)
        require_agreement(shown, agreement, today=read.signed_on)
    place = Place(ANSWERS[read.kind], enrollment_id=row.id)
    title = f"Fax, page {read.page}"
    language: Language = read.language if patient else "en"
    kept = PaperSignature(
        organization_id=row.organization_id,
        enrollment=row,
        kind=read.kind,
        document=attach(file, place=place, title=title, by=by, now=now),
        page=read.page,
        signer_name=read.signer_name.strip() if patient else row.prescriber.name,
        relationship=read.relationship if patient else "",
        language=language,
        signed_on=read.signed_on,
        agreed=sorted({each.key for each in shown.consents} & set(read.agreed)),
        digest=shown.digest(language),
        uploaded_by_id=rules.person_of(by),
        uploaded_at=now,
    )
    kept.save(force_insert=True)
    audit.wrote(kept, action="paper_uploaded")
    return kept


def _why_not_whole(row: Enrollment, *, today: date) -> str:
    if why_not_filled_in(row, today=today):
        return "Key every answer first: a signature is of the whole form."
    return ""


@transaction.atomic
def check(keying_id: UUID, kind: str, *, by: Actor, now: datetime) -> Signature:
    """A second person of the hub says that the page shows this signature: it counts from now on.

    Raises Refused, ContentChanged, NotAgreed, PaperSignature.DoesNotExist when it waits no more.
    """
    keying = lock_keying(keying_id)
    rules.require(rules.why_not_key(by, keying))
    with at_practice(keying, by=by) as actor:
        found = _waiting(keying, kind)
        signature = papers.confirm(_draft(keying), found.id, by=actor, now=now)
        left = bool(waiting_papers(_draft(keying)))
    _settle(keying, waits=left)
    audit.wrote(keying, action="checked a signature", purpose=SignatureKind(kind).label)
    return signature


@transaction.atomic
def take_away(keying_id: UUID, kind: str, *, by: Actor, now: datetime) -> None:
    """The page does not show it, or it was read wrong. Raises as `check`."""
    keying = lock_keying(keying_id)
    rules.require(rules.why_not_key(by, keying))
    with at_practice(keying, by=by) as actor:
        found = _waiting(keying, kind)
        papers.remove(_draft(keying), found.id, by=actor, now=now)
        left = bool(waiting_papers(_draft(keying)))
    _settle(keying, waits=left)
    audit.wrote(keying, action="took a signature away", purpose=SignatureKind(kind).label)


def _waiting(keying: Keying, kind: str) -> PaperSignature:
    found = waiting_papers(_draft(keying)).get(kind)
    if found is None:
        raise PaperSignature.DoesNotExist
    return found


def _settle(keying: Keying, *, waits: bool) -> None:
    if not waits:
        keying.unchecked_since = None
        keying.save(update_fields=["unchecked_since"])
