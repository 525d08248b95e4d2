"""The people and places of a FHIR file: the patient, who prescribes, where."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from enrollment.core.fhir_reading import (
    NPI,
    Fact,
    Found,
    Resource,
    codings,
    day_of,
    got,
    many,
    system_of,
    text,
    texts,
    words_of,
)

GENDERS = {
    "male": "M", "female": "F", "other": "U", "unknown": "U", "m": "M", "f": "F", "u": "U",
}  # fmt: skip
PHONES = {"home": "home", "mobile": "mobile", "work": "work"}
LANGUAGES = {
    "ara": "ar", "ben": "bn", "eng": "en", "fas": "fa", "per": "fa", "fra": "fr", "fre": "fr",
    "hat": "ht", "hin": "hi", "kor": "ko", "pol": "pl", "por": "pt", "rus": "ru", "spa": "es",
    "fil": "tl", "tgl": "tl", "vie": "vi", "chi": "zh", "zho": "zh", "english": "en",
    "spanish": "es", "español": "es", "russian": "ru", "vietnamese": "vi", "chinese": "zh",
}  # fmt: skip
SUFFIXES = {"jr": "Jr", "sr": "Sr", "ii": "II", "iii": "III", "iv": "IV"}
PAST_NAMES, PAST_ADDRESSES = frozenset({"old", "maiden", "temp"}), frozenset({"old", "temp"})
FIRST = ("official", "usual", "")


def patients(found: Found, all_: list[Resource]) -> Iterator[Fact]:
    """Who the patient is, where they live, how they are reached."""
    for it in all_[:1]:
        yield from _named(_name(it))
        yield Fact("A5", day_of(it.get("birthDate")), "Patient birthDate")
        gender = text(it.get("gender")).lower()
        yield Fact("A6", GENDERS.get(gender, gender), "Patient gender")
        yield Fact("A7", _language(it), "Patient language")
        yield from _address(it, ("A8", "A9", "A10", "A11", "A12"), "Patient address")
        yield from _reached(it)


def _name(it: Resource) -> Any:
    """The name that is used now, the official one first."""
    every = [each for each in many(it, "name") if isinstance(each, Mapping)]
    names = [each for each in every if text(each.get("use")) not in PAST_NAMES] or every
    ranks = {use: rank for rank, use in enumerate(FIRST)}
    return min(names, key=lambda one: ranks.get(text(got(one, "use")), len(FIRST)), default=None)


def alike(one: Resource, other: Resource) -> bool | None:
    """Whether two Patients are one who is written twice; None when they tell nothing to compare."""
    told = [a == b for a, b in zip(_known_by(one), _known_by(other), strict=True) if a and b]
    return all(told) if told else None


def _known_by(it: Resource) -> tuple[str, str, str]:
    parts = _parts(_name(it))
    first = next(iter(parts.given), "")
    return day_of(it.get("birthDate")), parts.family.casefold(), first.casefold()


class Parts(NamedTuple):
    """A name divided; ``whole`` is how the file has it where it did not divide it itself."""

    given: list[str]
    family: str
    suffix: str
    whole: str = ""


def _parts(name: Any) -> Parts:
    given, family = texts(name, "given"), text(got(name, "family"))
    suffix = next(iter(texts(name, "suffix")), "").rstrip(".")
    whole = " ".join(text(got(name, "text")).split())
    if given or family or not whole:
        return Parts(given, *_ended(family, suffix))
    last, comma, first = whole.partition(", ")
    if not comma:
        plain, suffix = _ended(whole, suffix)
        first, _, last = plain.rpartition(" ")
    words = first.split()
    if len(words) > 1 and len(words[-1].rstrip(".")) == 1:
        return Parts([" ".join(words[:-1]), words[-1]], *_ended(last, suffix), whole)
    return Parts([first], *_ended(last, suffix), whole)


def _ended(family: str, suffix: str) -> tuple[str, str]:
    """A family name without the suffix that was written into it, and the suffix."""
    rest, _, last = family.rpartition(" ")
    found = SUFFIXES.get(last.strip(".,").lower(), "") if rest else ""
    return (rest.rstrip(", "), found) if found else (family, SUFFIXES.get(suffix.lower(), suffix))


def _named(name: Any) -> Iterator[Fact]:
    given, family, suffix, whole = _parts(name)
    facts = (
        Fact("A1", next(iter(given), ""), "Patient name"),
        Fact("A2", given[1][:1] if len(given) > 1 else "", "Patient name"),
        Fact("A3", family, "Patient name"),
        Fact("A4", suffix, "Patient name"),
    )
    why = f"The file has the name in one piece, “{whole[:80]}”; check how it was divided."
    for fact in facts:
        yield replace(fact, why=why if whole and fact.value else "")


def _language(it: Resource) -> str:
    """The language preferred, else the first; its words where it has no code."""
    spoken = sorted(many(it, "communication"), key=lambda one: got(one, "preferred") is not True)
    for each in spoken[:1]:
        concept = got(each, "language")
        code = next((code for _, code, _ in codings(concept) if code), "")
        plain = re.split("[-;,]", code or words_of(concept))[0].strip().lower()
        return LANGUAGES.get(plain, plain)
    return ""


def _address(it: Resource, fields: tuple[str, ...], where: str) -> Iterator[Fact]:
    """Where one can be sent something now: a home before others, a place before a letter box."""
    addresses = many(it, "address")
    current = [one for one in addresses if text(got(one, "use")) not in PAST_ADDRESSES]
    one = min(
        current or addresses,
        key=lambda one: (got(one, "type") == "postal", got(one, "use") not in ("home", "work")),
        default=None,
    )
    lines, whole = texts(one, "line"), text(got(one, "text"))
    why = "" if lines else "The file has the address in one piece; check how it was divided."
    state = re.sub(r"^US-", "", text(got(one, "state")))
    values = (
        next(iter(lines), "") or " ".join(whole.split()),
        ", ".join(lines[1:]),
        *(text(got(one, "city")), state, text(got(one, "postalCode"))),
    )
    for field, value in zip(fields, values, strict=True):
        yield Fact(field, value, where, why if value and not lines else "")


def _contacts(it: Resource) -> Iterator[tuple[str, str, str]]:
    """Kind, value and use of each way to reach somebody, the preferred one first."""
    current = [each for each in many(it, "telecom") if got(each, "use") not in ("old", "temp")]
    ranked = sorted(current, key=lambda one: str(got(one, "rank") or 99).zfill(9))
    for each in ranked:
        value = re.sub(r"^(tel|mailto|sms):", "", text(got(each, "value")), flags=re.IGNORECASE)
        kind = text(got(each, "system")).lower() or ("email" if "@" in value else "phone")
        if value:
            yield "phone" if kind == "sms" else kind, value, text(got(each, "use"))


def _reached(it: Resource) -> Iterator[Fact]:
    ways = list(_contacts(it))
    phones: dict[str, str] = {}
    for kind, value, use in ways:
        if kind == "phone":
            phones.setdefault(value, use)
    for field, value in zip(("A13", "A15"), phones, strict=False):
        number, *more = re.split(r"\s*(?:ext\.?|x|#)\s*(?=\d+$)", value, flags=re.IGNORECASE)
        extension = next(iter(more), "")
        why = (
            f"The file has the extension {extension[:20]}, which is left out." if extension else ""
        )
        yield Fact(field, number, "Patient telecom", why)
    for use in list(phones.values())[:1]:
        yield Fact("A14", PHONES.get(use, ""), "Patient telecom")
    mail = next((value for kind, value, _ in ways if kind == "email"), "")
    yield Fact("A17", mail, "Patient telecom")


def practitioners(found: Found, all_: list[Resource]) -> Iterator[Fact]:
    """Who asks for the medicine; where the file asks for none, everyone it names."""
    asking = [_asking(found, each) for each in found.of("MedicationRequest")]
    for it in [one for one in all_ if any(one is each for each in asking)] or all_:
        name = _name(it)
        parts = [*texts(name, "given"), text(got(name, "family"))]
        # A name in one piece often ends with what its owner is: “Maya Okafor, MD”.
        whole = text(got(name, "text")).partition(",")[0]
        full = " ".join(part for part in parts if part) or whole
        yield Fact("D1", full, "Practitioner name")
        yield from _npi(it, "D4", "Practitioner identifier")


def _asking(found: Found, request: Resource) -> Resource | None:
    who = found.resolve(got(request, "requester"), request)
    if who is not None and who.get("resourceType") == "PractitionerRole":
        return found.resolve(got(who, "practitioner"), who)
    return who


def organizations(found: Found, all_: list[Resource]) -> Iterator[Fact]:
    """Only one that provides care: a payer is an Organization too."""
    for it in all_:
        kinds = {code for each in many(it, "type") for _, code, _ in codings(each)}
        if "prov" not in kinds:
            continue
        yield Fact("C1", text(it.get("name")), "Organization name")
        yield from _npi(it, "C2", "Organization identifier")
        yield from _address(it, ("C4", "", "C5", "C6", "C7"), "Organization")
        for kind, value, _use in _contacts(it):
            yield Fact({"phone": "C8", "fax": "C9"}.get(kind, ""), value, "Organization telecom")


def _npi(it: Resource, field: str, where: str) -> Iterator[Fact]:
    for each in many(it, "identifier"):
        if system_of(each) == NPI:
            yield Fact(field, text(got(each, "value")), where)
