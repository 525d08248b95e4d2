"""Which canonical field a question from elsewhere may be, by its words: a proposal, never more."""

import re
import unicodedata
from collections.abc import Mapping

from programs.core.catalogue import ANSWERABLE

# What other forms call these; whole phrases, in small letters.
_ALSO: Mapping[str, tuple[str, ...]] = {
    "A1": ("given name", "patient first name", "first"),
    "A3": ("family name", "surname", "patient last name", "last"),
    "A5": ("birth date", "birthdate", "dob", "patient date of birth"),
    "A6": ("gender", "sex", "administrative gender", "patient sex"),
    "A7": ("language", "primary language"),
    "A8": ("address", "street", "home address", "patient address"),
    "A11": ("patient state",),
    "A12": ("zip", "postal code", "patient zip"),
    "A13": ("phone number", "telephone", "cell phone", "patient phone"),
    "A17": ("e mail", "email address", "patient email"),
    "B3": ("payer", "insurer", "insurance", "primary insurance", "health plan"),
    "B7": ("policy number", "subscriber id", "insurance id", "policy id"),
    "B8": ("group no", "group id"),
    "B19": ("bin", "rx bin number"),
    "B20": ("pcn",),
    "C1": ("facility name", "clinic name", "practice"),
    "D1": ("prescriber", "physician name", "provider name", "prescribing physician"),
    "D4": ("npi", "prescriber npi", "provider npi", "npi number"),
    "E1": ("icd 10", "icd 10 code", "diagnosis code", "primary diagnosis"),
    "E3": ("date of diagnosis",),
    "E6": ("prior therapy", "previous treatment", "prior treatment", "medication tried"),
    "E10.weight": ("weight", "patient weight", "body weight"),
    "E11": ("patient height",),
    "E12": ("known allergies", "drug allergies"),
    "E13": ("current medications", "concomitant medications"),
    "H2": ("household income", "annual household income", "income"),
    "H3": ("household size", "number in household"),
}


def plain_words(text: str) -> str:
    """Small letters and digits only, one space between words."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[a-z0-9]+", folded.replace("'", "")))


def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for key, field in ANSWERABLE.items():
        for name in (field.label, field.name.replace("_", " "), *_ALSO.get(key, ())):
            if name:
                # The patient's own come first in the catalogue: “Phone” is theirs.
                found.setdefault(plain_words(name), key)
    return found


_BY_WORDS = _names()
_FIRST = re.compile(
    r"^(?:the |your |patients? |what is (?:the |your )?|please (?:enter|provide) )+"
)


def proposed(text: str) -> str:
    """The id of the canonical field that asks the same by its words; empty when none does."""
    words = plain_words(text[:200])
    return _BY_WORDS.get(words) or _BY_WORDS.get(_FIRST.sub("", words), "")
