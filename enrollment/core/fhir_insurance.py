"""The insurance of a FHIR file: which of its coverages is which, and what each says."""

from collections.abc import Iterator, Mapping
from typing import Any

from enrollment.core.fhir_reading import (
    Fact,
    Found,
    Resource,
    codings,
    day_of,
    got,
    many,
    text,
    texts,
    words_of,
)

RELATIONS = {"self": "18", "spouse": "01", "child": "19", "other": "G8", "parent": "G8"}
CLASSES = {
    "group": "B8", "plan": "B4", "rxbin": "B19", "rxpcn": "B20", "rxgroup": "B21", "rxid": "B22",
    "bin": "B19", "pcn": "B20", "rxgrp": "B21", "groupnumber": "B8", "rxmemberid": "B22",
}  # fmt: skip
# The Source of Payment Typology, which US exports code the kind of insurance by: longest first.
TYPOLOGY = ("https://nahdo.org/sopt", "2.16.840.1.113883.3.221.5")
PAYMENT = {
    "111": "medicare_advantage", "112": "medicare_advantage", "113": "medicare_advantage",
    "119": "medicare_advantage", "122": "medicare_d", "11": "medicare_advantage",
    "12": "medicare", "31": "tricare", "32": "va", "33": "ihs", "1": "medicare", "2": "medicaid",
    "5": "commercial", "6": "commercial",
}  # fmt: skip
SPOKEN = {
    "medicare advantage": "medicare_advantage", "medicare part d": "medicare_d",
    "medicare": "medicare", "medicaid": "medicaid", "chip": "medicaid", "tricare": "tricare",
    "veterans": "va", "indian health": "ihs", "marketplace": "marketplace",
    "commercial": "commercial", "group health": "commercial", "employer": "commercial",
}  # fmt: skip
DRUGS = ("pharmacy", "prescription", "drug", "pbm")
SECOND = "Read as the second insurance; compare the order with the card."


def coverages(found: Found, all_: list[Resource]) -> Iterator[Fact]:
    """The first insurance, a pharmacy plan that stands apart, and a second insurance.

    What is in force hides what has ended; among those in force the file's own order counts. What
    a plan leaves out is no doubt about it: only values are told.
    """
    return (fact for fact in _plans(found, all_) if fact.value)


def _plans(found: Found, all_: list[Resource]) -> Iterator[Fact]:
    paying = [each for each in all_ if _is_in_force(each)] or all_
    ranked = sorted(paying, key=lambda one: str(got(one, "order") or 99).zfill(9))
    apart = [one for one in ranked if _is_for_drugs(one)]
    medical = [one for one in ranked if not any(one is each for each in apart)]
    if not medical:
        medical, apart = apart, []
    for first in medical[:1]:
        yield from _first(found, first)
        for other in medical[1:]:
            if _payer(found, other).casefold() == _payer(found, first).casefold():
                yield from _first(found, other)
        others = [
            one
            for one in medical[1:]
            if _payer(found, one).casefold() != _payer(found, first).casefold()
        ]
        for second in others[:1]:
            yield from _second(found, second)
    for plan in apart:
        yield from _drugs(found, plan)


def _is_in_force(it: Resource) -> bool:
    return text(it.get("status")) in ("active", "")


def _is_for_drugs(it: Resource) -> bool:
    kind = got(it, "type")
    codes = {code.upper() for _, code, _ in codings(kind)}
    said = " ".join([words_of(kind), *(display for _, _, display in codings(kind))]).casefold()
    return "DRUGPOL" in codes or any(word in said for word in DRUGS)


def _ended(it: Resource) -> str:
    status = text(it.get("status"))
    return "" if _is_in_force(it) else f"The file calls this insurance {status}."


def _payer(found: Found, it: Resource) -> str:
    payor = got(many(it, "payor"), 0)
    payer = found.resolve(payor, it)
    return text(got(payer, "name")) or text(got(payor, "display"))


def _member(it: Resource) -> str:
    """The member's number: its own element, or the identifier that is called so."""
    for each in many(it, "identifier"):
        if "MB" in {code for _, code, _ in codings(got(each, "type"))}:
            return text(it.get("subscriberId")) or text(got(each, "value"))
    return text(it.get("subscriberId"))


def _first(found: Found, it: Resource) -> Iterator[Fact]:
    where, old = "Coverage", _ended(it)
    payer = found.resolve(got(many(it, "payor"), 0), it)
    if got(payer, "resourceType") in ("Patient", "RelatedPerson"):
        yield Fact("B1", "", where, "The file says that the patient pays without insurance.")
        return
    yield Fact("B1", "true", where, old)
    yield Fact("B3", _payer(found, it), f"{where} payor", old)
    yield from _kind(it, old)
    yield Fact("B7", _member(it), f"{where} subscriberId", old)
    yield from _holder(found, it, old)
    yield Fact("B25.from", day_of(got(it, "period", "start")), f"{where} period", old)
    yield Fact("B25.until", day_of(got(it, "period", "end")), f"{where} period", old)
    for each in many(it, "class"):
        yield from _class(each, old, CLASSES)


def _kind(it: Resource, old: str) -> Iterator[Fact]:
    concept = got(it, "type")
    for system, code, _ in codings(concept):
        kind = next((PAYMENT[begins] for begins in PAYMENT if code.startswith(begins)), "")
        if kind and system.lower().removeprefix("urn:oid:") in TYPOLOGY:
            yield Fact("B5", kind, "Coverage type", old)
            return
    said = words_of(concept)
    for words, kind in SPOKEN.items():
        if words in said.casefold():
            why = f"Read from the words “{said[:80]}”; compare it with the card."
            yield Fact("B5", kind, "Coverage type", f"{old} {why}".strip())
            return


def _holder(found: Found, it: Resource, old: str) -> Iterator[Fact]:
    relation = next((code for _, code, _ in codings(got(it, "relationship")) if code), "")
    whose = RELATIONS.get(relation.lower(), "")
    yield Fact("B11", whose, "Coverage relationship", old)
    holder = got(it, "subscriber") or got(it, "policyHolder")
    person = found.resolve(holder, it)
    if whose in ("", "18") or got(person, "resourceType") == "Organization":
        return
    name = got(many(person, "name"), 0)
    parts = [*texts(name, "given"), text(got(name, "family"))]
    full = " ".join(part for part in parts if part) or text(got(holder, "display"))
    yield Fact("B9", full, "Coverage subscriber", old)
    yield Fact("B10", day_of(got(person, "birthDate")), "Coverage subscriber", old)


def _second(found: Found, it: Resource) -> Iterator[Fact]:
    yield Fact("B13", _payer(found, it), "Coverage payor", SECOND)
    yield Fact("B14", _member(it), "Coverage subscriberId", SECOND)
    for each in many(it, "class"):
        yield from _class(each, SECOND, {"group": "B15", "groupnumber": "B15"})


def _drugs(found: Found, it: Resource) -> Iterator[Fact]:
    old = _ended(it)
    yield Fact("B18", _payer(found, it), "Coverage payor", old)
    fields = {**CLASSES, "group": "B21", "groupnumber": "B21", "plan": ""}
    for each in many(it, "class"):
        yield from _class(each, old, fields)
    yield Fact("B22", _member(it), "Coverage subscriberId", old)


def _class(each: Any, old: str, fields: Mapping[str, str]) -> Iterator[Fact]:
    kind = got(each, "type")
    coded = next((code.lower() for _, code, _ in codings(kind) if code), "")
    said = words_of(kind).lower().replace(" ", "")
    field = fields.get(coded) or fields.get(said)
    value, name = text(got(each, "value")), text(got(each, "name"))
    why = old
    if field and not coded:
        why = f"{old} The class has no code; its kind was taken from its words.".strip()
    if field:
        yield Fact(field, name or value if field == "B4" else value, "Coverage class", why)
