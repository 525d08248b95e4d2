"""What a patient does behind a link: agree to sign on a screen, read each text, sign them all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import audit
from enrollment.core.session import (
    SIGNATURE,
    Text,
    answer_to,
    begun,
    next_step,
    read,
    texts_of,
)
from enrollment.core.signed import Statement
from enrollment.domain.signatures import (
    Agreement,
    ContentChanged,
    Language,
    Means,
    Origin,
    authorize_as_shown,
    is_minor,
    statement_of,
)
from enrollment.domain.signing_links import enrollments_of, patient_of, tell_office
from enrollment.domain.submission import hand_over_signature
from enrollment.models import Enrollment, Signature, SigningLink


class NotThere(Exception):
    """The session does not stand where this step belongs; nothing was kept."""


@dataclass(frozen=True)
class Session:
    """A link's session as it stands now, in one language."""

    link: SigningLink
    language: Language
    rows: tuple[Enrollment, ...]
    statements: Mapping[str, Statement]
    texts: tuple[Text, ...]
    minor: bool

    @property
    def step(self) -> str:
        """The disclosure, the key of the text to read next, or the signature."""
        return next_step(self.link.progress, self.texts, language=self.language)

    @property
    def digests(self) -> dict[str, str]:
        """What each enrollment's signature would cover, by enrollment."""
        return {key: shown.digest(self.language) for key, shown in self.statements.items()}

    def agreed(self, enrollment_id: str) -> list[str]:
        """The consents of one enrollment that were agreed to."""
        return [
            text.consent.key
            for text in self.texts
            if text.enrollment == enrollment_id and self.answer(text).get("agreed")
        ]

    def answer(self, text: Text) -> Mapping[str, Any]:
        """What was answered to a text so far."""
        return answer_to(self.link.progress, text, language=self.language) or {}


@dataclass(frozen=True)
class Signer:
    """Who signs, as typed: the name, and in whose authority when it is not the patient."""

    name: str
    relationship: str = ""


def session_of(link: SigningLink, language: Language, *, now: datetime) -> Session:
    """Load a link's session. Somebody acts for the link's practice."""
    today = timezone.localdate(now)
    rows = tuple(enrollments_of(link))
    statements = {str(row.id): statement_of(row, "patient", today=today) for row in rows}
    named = {
        str(row.id): (row.program_version.program.name, statements[str(row.id)]) for row in rows
    }
    return Session(
        link=link,
        language=language,
        rows=rows,
        statements=statements,
        texts=texts_of(named),
        minor=any(is_minor(shown, today=today) for shown in statements.values()),
    )


@transaction.atomic
def agree_to_screen(link: SigningLink, language: Language, *, now: datetime) -> None:
    """Keep that the person agreed to sign electronically, and to which words."""
    row = _locked(link)
    row.progress = begun(row.progress, language=language, now=now)
    row.save(update_fields=["progress"])


@transaction.atomic
def keep_answer(
    link: SigningLink, key: str, *, agreed: bool, language: Language, now: datetime
) -> None:
    """Keep that a text was read to its end, and whether its box was ticked. Raises NotThere."""
    row = _locked(link)
    session = session_of(row, language, now=now)
    text = next((each for each in session.texts if each.key == key), None)
    if text is None:
        raise NotThere(key)
    row.progress = read(row.progress, text, agreed=agreed, language=language, now=now)
    row.save(update_fields=["progress"])


@transaction.atomic
def sign(
    link: SigningLink,
    signer: Signer,
    *,
    seen: Mapping[str, str],
    language: Language,
    means: Means,
    now: datetime,
) -> list[Signature]:
    """Sign everything of the session, exactly as shown: a signature for each enrollment.

    `seen` has for each enrollment the digest of what was shown. All or nothing; a second
    press gives nothing. Raises NotThere, NotAgreed, ContentChanged, Refused.
    """
    row = _locked(link)
    session = session_of(row, language, now=now)
    if row.used_at or not session.rows or session.step != SIGNATURE:
        raise NotThere(session.step)
    if set(seen) != set(session.digests):
        raise ContentChanged(str(link.id))
    origin = Origin(_with_session(means, row), by=patient_of(row), now=now)
    signatures = [
        authorize_as_shown(
            UUID(key),
            Agreement(signer.name, session.agreed(key), language, signer.relationship),
            seen_digest=digest,
            origin=origin,
        )
        for key, digest in seen.items()
    ]
    for each in session.rows:
        hand_over_signature(each.id, by=origin.by, now=now)
    row.used_at = now
    row.save(update_fields=["used_at"])
    audit.wrote(row, action="link_used")
    transaction.on_commit(lambda: tell_office(row, "signed", now=now), robust=True)
    return signatures


def _with_session(means: Means, link: SigningLink) -> Means:
    kept = {
        "link": str(link.id),
        "channel": link.channel,
        "opened_at": link.opened_at.isoformat() if link.opened_at else "",
        **link.progress,
    }
    return Means(means.method, means.address, means.user_agent, kept)


def _locked(link: SigningLink) -> SigningLink:
    row: SigningLink = (
        SigningLink.objects.select_for_update(of=("self",))
        .select_related("patient", "organization")
        .get(id=link.id)
    )
    return row
