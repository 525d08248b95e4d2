"""What a person is asked to sign: its text, its elements in law, and what it permits."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as fields_of_class
from typing import Literal

from programs.core.conditions import Condition

LANGUAGES = ("en", "es")
SPOKEN = {"en": "English", "es": "Spanish"}
Words = Mapping[str, str]
"""One text in each language, by ISO 639-1 code."""


@dataclass(frozen=True)
class Elements:
    """The elements and statements of an authorization, 45 CFR 164.508(c), each in words."""

    information: Words
    disclosers: Words
    recipients: Words
    purposes: Words
    expiration: Words
    revocation: Words
    conditions: Words
    redisclosure: Words
    payment: Words
    copy: Words


HEADINGS: Mapping[str, Words] = {
    "information": {"en": "What will be shared", "es": "Qué se compartirá"},
    "disclosers": {"en": "Who may share it", "es": "Quién puede compartirlo"},
    "recipients": {"en": "Who may receive it", "es": "Quién puede recibirlo"},
    "purposes": {"en": "What it is for", "es": "Para qué se usará"},
    "expiration": {"en": "When this ends", "es": "Cuándo termina"},
    "revocation": {"en": "If you change your mind", "es": "Si cambia de opinión"},
    "conditions": {"en": "You may say no", "es": "Usted puede decir que no"},
    "redisclosure": {"en": "After it is shared", "es": "Después de compartirlo"},
    "payment": {"en": "Who is paid", "es": "A quién se le paga"},
    "copy": {"en": "Your copy", "es": "Su copia"},
}


@dataclass(frozen=True)
class Grant:
    """What signing permits, for the machine: who may give whom which data for what, how long.

    Disclosers and recipients are party roles; ``expires_after_days`` counts from the signature.
    """

    disclosers: tuple[str, ...]
    recipients: tuple[str, ...]
    data_classes: tuple[str, ...]
    purposes: tuple[str, ...]
    expires_after_days: int


@dataclass(frozen=True)
class Consent:
    """One text to sign. ``fields`` are the catalogue's signature fields it fills.

    ``version`` changes with every change of the words. A required one holds the submission
    back until it is signed, while ``shown_when`` holds.
    """

    key: str
    kind: Literal[
        "hipaa_authorization",
        "prescriber_certification",
        "program_certification",
        "text_messages",
        "marketing",
    ]
    version: str
    signer: Literal["patient", "prescriber"]
    fields: tuple[str, ...]
    title: Words
    body: Words
    required: bool = True
    shown_when: Condition | None = None
    elements: Elements | None = None
    grant: Grant | None = None


def text(consent: Consent, language: str) -> str:
    """The words to show and sign, whole, in ``language`` (en or es); the same every time."""
    paragraphs = [consent.title[language], consent.body[language]]
    if consent.elements:
        for part in fields_of_class(consent.elements):
            words: Words = getattr(consent.elements, part.name)
            paragraphs += [HEADINGS[part.name][language], words[language]]
    return "\n\n".join(paragraphs)


def text_sha256(consent: Consent, language: str) -> str:
    """Fingerprint of exactly those words, as hexadecimal SHA-256."""
    return hashlib.sha256(text(consent, language).encode()).hexdigest()
