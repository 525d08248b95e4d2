"""A signing session: texts of one or more enrollments, each read whole before the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enrollment.core.disclosure import VERSION, disclosure_sha256
from enrollment.core.signed import Statement
from programs.core.consents import Consent, text_sha256

Progress = Mapping[str, Any]
DISCLOSURE, SIGNATURE = "disclosure", "signature"


@dataclass(frozen=True)
class Text:
    """One text of one enrollment; `program` is its name as people know it."""

    enrollment: str
    program: str
    consent: Consent

    @property
    def key(self) -> str:
        """What names the text in this session."""
        return f"{self.enrollment}:{self.consent.key}"


def texts_of(statements: Mapping[str, tuple[str, Statement]]) -> tuple[Text, ...]:
    """The texts to read, program by program, from each enrollment's program and statement.

    What has to be signed comes before what is free to choose.
    """
    return tuple(
        Text(enrollment, program, consent)
        for enrollment, (program, shown) in statements.items()
        for consent in sorted(shown.consents, key=lambda consent: not consent.required)
    )


def begun(progress: Progress, *, language: str, now: datetime) -> dict[str, Any]:
    """The session after the person agreed to sign electronically."""
    told = {
        "version": VERSION,
        "sha256": disclosure_sha256(language),
        "language": language,
        "at": now.isoformat(),
    }
    return {**progress, DISCLOSURE: told}


def read(
    progress: Progress, text: Text, *, agreed: bool, language: str, now: datetime
) -> dict[str, Any]:
    """The session after a text was read to its end and answered."""
    answer = {
        "sha256": text_sha256(text.consent, language),
        "agreed": agreed,
        "at": now.isoformat(),
    }
    return {**progress, "texts": {**progress.get("texts", {}), text.key: answer}}


def answer_to(progress: Progress, text: Text, *, language: str) -> Mapping[str, Any] | None:
    """What was answered to exactly these words; None while they have not been read."""
    answer: Mapping[str, Any] | None = progress.get("texts", {}).get(text.key)
    if answer is None or answer["sha256"] != text_sha256(text.consent, language):
        return None
    return answer


def next_step(progress: Progress, texts: Sequence[Text], *, language: str) -> str:
    """Where the session stands: the disclosure, a text by its key, or the signature."""
    told = progress.get(DISCLOSURE)
    if told is None or told["sha256"] != disclosure_sha256(language):
        return DISCLOSURE
    unread = (each.key for each in texts if answer_to(progress, each, language=language) is None)
    return next(unread, SIGNATURE)
