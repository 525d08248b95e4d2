"""What a signature covers: the exact words and the answers that were shown with them."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from programs.core.conditions import holds
from programs.core.consents import HEADINGS, Consent, text
from programs.core.definition import Definition
from programs.core.fields import Field
from programs.core.forms import Item, sheet, signing

Signer = Literal["patient", "prescriber"]

# The patient signs who they are and what only they can say; a new fax number is not theirs.
PATIENT_SIGNS = frozenset({"A1", "A3", "A5", "A20", "A21"})

# Of the catalogue's relationships (A21), those that may sign: 45 CFR 164.508(c)(1)(vi).
AUTHORITIES = frozenset({"parent", "legal_guardian", "health_proxy"})


@dataclass(frozen=True)
class Statement:
    """Everything one signer is shown: the texts that apply and the answers with their labels."""

    consents: tuple[Consent, ...]
    items: tuple[Item, ...]
    answers: Mapping[str, Any]

    def digest(self, language: str) -> str:
        """SHA-256 over the words in this language and the answers, as hexadecimal."""
        content = {
            "texts": [[consent.key, text(consent, language)] for consent in self.consents],
            "answers": self.answers,
        }
        written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()


def statement(
    definition: Definition, answers: Mapping[str, Any], *, signer: Signer, today: date
) -> Statement:
    """What this signer signs now, given the answers so far; hidden answers are not part of it."""
    form = sheet([definition], answers, today=today)
    items = tuple(
        item for item in form.shown if item.key in form.known and _covered(item.field, signer)
    )
    return Statement(
        consents=tuple(
            consent
            for consent in definition.consents
            if consent.signer == signer
            and (consent.shown_when is None or holds(consent.shown_when, form.known))
        ),
        items=items,
        answers={item.key: form.known[item.key] for item in items},
    )


def _covered(field: Field, signer: Signer) -> bool:
    if signer == "prescriber":
        return True
    return field.id in PATIENT_SIGNS or field.asked_of == "PT"


def signed_values(
    definition: Definition,
    agreed: Iterable[Consent],
    *,
    reference: str,
    authority: str,
    today: date,
) -> dict[str, Any]:
    """The signature fields that these consents fill.

    A signature holds the `reference` of its evidence, a date the day, a box True; a text the
    `authority` of somebody who signs for the patient, and nothing when there is none.
    """
    fields = {item.key: item.field for item in signing([definition])}
    by_type = {
        "esign": reference,
        "date": today.isoformat(),
        "agreement": True,
        "text": authority,
    }
    values = {
        key: by_type.get(fields[key].type)
        for consent in agreed
        for key in consent.fields
        if key in fields
    }
    return {key: value for key, value in values.items() if value}


def required_keys(consents: Sequence[Consent]) -> frozenset[str]:
    """The consents that must be agreed to, by key; the others are separate free choices."""
    return frozenset(consent.key for consent in consents if consent.required)


def paragraphs(consent: Consent, language: str) -> list[tuple[str, str]]:
    """The words of one text to show: heading and paragraph, in the order they are signed."""
    shown = [("", consent.body[language])]
    if consent.elements:
        shown += [
            (heading[language], getattr(consent.elements, part)[language])
            for part, heading in HEADINGS.items()
        ]
    return shown
