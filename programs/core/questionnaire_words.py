"""Which canonical field a question from elsewhere may be, by its words: a proposal, never more."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from programs.core.catalogue import ANSWERABLE
from programs.core.questionnaire_spanish import question_in_english, title_in_english

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
    folded = "".join(each for each in folded if not unicodedata.combining(each))
    return " ".join(re.findall(r"[a-z0-9]+", folded.replace("'", "")))


def _names() -> dict[str, str]:
    found: dict[str, str] = {}
    for key, field in ANSWERABLE.items():
        # A part's own words say little outside its question: “Name”, “Test”, “From”.
        label = "" if "." in key else field.label
        for name in (label, field.name.replace("_", " "), *_ALSO.get(key, ())):
            if name and name not in _VAGUE:
                # The patient's own come first in the catalogue: “Phone” is theirs.
                found.setdefault(plain_words(name), key)
    return found


_VAGUE = frozenset({"services", "Services", "Services wanted"})
_BY_WORDS = _names()
_FIRST = re.compile(
    r"^(?:the |your |patients? |what is (?:the |your )?|please (?:enter|provide) )+"
)

# Whose facts a group asks, by words of its title; who stands first here is looked for first.
_OTHERS, _DESK, _GUARDIAN = "somebody else", "office contact", "guardian"
_OFFICE, _PRESCRIBER, _PLAN, _PATIENT = "practice", "prescriber", "coverage", "patient"
_WHOSE: Sequence[tuple[str, re.Pattern[str]]] = (
    (_DESK, re.compile(r"\b(?:office|practice|clinic) contacts?\b")),
    (_GUARDIAN, re.compile(r"\b(?:guardian|representative|caregiver|parent)\b")),
    (_OTHERS, re.compile(
        r"\b(?:contacts?|emergency|famil(?:y|ies)|relatives?|suppliers?|pharmac(?:y|ies|ist)"
        r"|requestors?|requesters?|preparers?|witness|testing|laborator(?:y|ies)|employer"
        r"|policy ?holders?|subscribers?|site of care|infusion site)\b")),
    (_PLAN, re.compile(r"\b(?:insurance|coverage|payers?|health plan)\b")),
    (_PRESCRIBER, re.compile(
        r"\b(?:prescribers?|providers?|physicians?|practitioners?|doctors?|clinicians?)\b")),
    (_OFFICE, re.compile(r"\b(?:practice|office|clinic|facility)\b")),
    (_PATIENT, re.compile(r"\b(?:patients?|demographics?)\b")),
)  # fmt: skip
_ADDRESS: Mapping[str, str] = {
    "address": "C4", "street address": "C4", "street": "C4", "city": "C5", "state": "C6",
    "zip": "C7", "zip code": "C7", "postal code": "C7", "phone": "C8", "phone number": "C8",
    "telephone": "C8", "office phone": "C8", "fax": "C9", "fax number": "C9",
}  # fmt: skip
# What a bare word means in the block of somebody who is not the patient.
_IN_BLOCK: Mapping[str, Mapping[str, str]] = {
    _DESK: {"name": "C10", "phone": "C11", "phone number": "C11", "telephone": "C11",
            "email": "C12", "e mail": "C12", "email address": "C12"},
    _GUARDIAN: {"name": "A20", "phone": "A22", "phone number": "A22", "telephone": "A22"},
    _OFFICE: {**_ADDRESS, "name": "C1", "npi": "C2", "tax id": "C3"},
    _PRESCRIBER: {**_ADDRESS, "name": "D1"},
    _PLAN: {"name": "B3", "phone": "B6", "phone number": "B6", "telephone": "B6"},
}  # fmt: skip
# The sections whose fields a question in such a block never means.
_NOT_IN: Mapping[str, frozenset[str]] = {
    _DESK: frozenset({"Patient", "Coverage", "Prescriber"}),
    _GUARDIAN: frozenset({"Patient", "Coverage", "Practice", "Prescriber"}),
    _OTHERS: frozenset({"Patient", "Coverage", "Practice", "Prescriber", "Prescription"}),
    _OFFICE: frozenset({"Patient", "Coverage"}),
    _PRESCRIBER: frozenset({"Patient", "Coverage"}),
    _PLAN: frozenset({"Patient", "Practice", "Prescriber"}),
}
_PRESCRIBED = re.compile(r"\b(?:prescri\w+|medications?|drugs?|dosing|rx)\b")


def _whose(around: Sequence[str]) -> str:
    for title in around:
        words = title_in_english(plain_words(title[:200]))
        found = next((who for who, pattern in _WHOSE if pattern.search(words)), "")
        if found:
            return found
    return ""


def proposed(text: str, around: Sequence[str] = ()) -> str:
    """The id of the canonical field that asks the same by its words; empty when none does.

    ``around`` are the titles of the groups it stands in, the nearest first: “First name” under
    “Prescriber information” is not the patient's, and a family member's weight nobody's here.
    """
    given = plain_words(text[:200])
    words = question_in_english(given)
    whose = _whose(around)
    if given == "nombre" and whose in ("", _PATIENT):
        words = "first name"
    bare = _FIRST.sub("", words)
    found = _IN_BLOCK.get(whose, {}).get(bare) or _BY_WORDS.get(words) or _BY_WORDS.get(bare, "")
    return found if found and fits(found, around) else ""


def fits(field: str, around: Sequence[str]) -> bool:
    """Whether a question in these groups may mean the field: theirs are nobody else's facts."""
    whose, section = _whose(around), ANSWERABLE[field].section
    if field in _IN_BLOCK.get(whose, {}).values():
        return True
    if section == "Prescription" and around:
        # “Frequency” of exercises, “Quantity” of supplies: not what is prescribed.
        return any(_PRESCRIBED.search(plain_words(each[:200])) for each in around)
    of_somebody = whose == _OTHERS and field in _OF_A_BODY
    return section not in _NOT_IN.get(whose, ()) and not of_somebody


_OF_A_BODY = frozenset({"E10.weight", "E11", "E1", "E12", "E13"})
