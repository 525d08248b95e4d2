"""The diagnosis, measurements, allergies and medicine of a FHIR file."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from enrollment.core.fhir_reading import (
    ICD10,
    NDC,
    RXNORM,
    SNOMED,
    Fact,
    Found,
    Resource,
    codings,
    day_of,
    got,
    many,
    text,
    words_of,
)

PAST = frozenset({"inactive", "remission", "resolved"})
NOT_ASKED = frozenset({"cancelled", "stopped", "completed", "draft"})
NO_ALLERGY = frozenset({"716186003", "409137002", "428607008", "429625007"})
WEIGHT = frozenset({"29463-7", "3141-9", "3142-7", "8335-2", "8350-1"})
HEIGHT = frozenset({"8302-2", "3137-7", "3138-5", "8301-4"})
KILOS, POUNDS = ("kg", "kgs", "kilogram", "kilograms"), ("[lb_av]", "lb", "lbs", "pound", "pounds")
SMALLER: Mapping[str, tuple[str, Decimal]] = {
    "g": ("kg", Decimal("0.001")), "[oz_av]": ("lb", Decimal("0.0625")),
}  # fmt: skip
INCHES: Mapping[str, Decimal] = {
    "[in_i]": Decimal(1), "in": Decimal(1), "inches": Decimal(1), "[in_us]": Decimal(1),
    "cm": 1 / Decimal("2.54"), "m": 100 / Decimal("2.54"), "[ft_i]": Decimal(12),
}  # fmt: skip
MOST_DECIMALS, MOST_BESIDE = 2, 4
CALLED = {SNOMED: "SNOMED CT", RXNORM: "RxNorm", ICD10: "ICD-10-CM", NDC: "NDC"}


def _said(concept: Any) -> str:
    """A concept in words, or where it has none by its code."""
    for system, code, _ in codings(concept):
        if code and not words_of(concept):
            return f"{CALLED.get(system, 'code')} {code}"
    return words_of(concept)


def _states(it: Resource) -> set[str]:
    return {code for _, code, _ in codings(it.get("clinicalStatus"))}


def conditions(found: Found, all_: list[Resource]) -> Iterator[Fact]:
    """What the medicine is asked for first, then what is there now, then the rest."""
    reasons = [
        found.resolve(each, request)
        for request in found.of("MedicationRequest")
        for each in many(request, "reasonReference")
    ]

    def rank(it: Resource) -> tuple[bool, bool, bool]:
        reason = any(it is each for each in reasons)
        return not reason, bool(_states(it) & PAST), not _icd10(it.get("code"))

    ranked = sorted(all_, key=rank)
    for number, it in enumerate(ranked):
        # Of a chart in words alone the first is one of many: those as good are named with it.
        alike = [one for one in ranked[1:] if rank(one) == rank(it)] if number == 0 else []
        beside = dict.fromkeys(_said(one.get("code")) for one in alike if rank(it)[0])
        words = [each for each in beside if each and each != _said(it.get("code"))]
        yield from _diagnosis(it, "Condition code", beside=words)
    # Of several only what the medicine is for is surely the diagnosis of this form.
    for it in [one for one in ranked[:1] if len(ranked) == 1 or not rank(one)[0]]:
        yield Fact("E3", day_of(it.get("onsetDateTime")), "Condition onset")


def _icd10(concept: Any) -> list[str]:
    return [code for system, code, _ in codings(concept) if system == ICD10 and code]


def _diagnosis(
    it: Resource, where: str, why: str = "", *, beside: Sequence[str] = ()
) -> Iterator[Fact]:
    concept, past = it.get("code"), _states(it) & PAST
    why = f"The file calls this diagnosis {min(past)}." if past else why
    if known := _icd10(concept):
        yield Fact("E1", known[0], where, why)
    elif said := _said(concept):
        words = f"“{said[:120]}”{f' ({min(past)})' if past else ''}{_also(beside)}"
        why = f"The file says {words} without an ICD-10-CM code; choose the code."
        yield Fact("E1", "", where, why)


def _also(beside: Sequence[str]) -> str:
    if not beside:
        return ""
    told = ", ".join(f"“{each[:60]}”" for each in beside[:MOST_BESIDE])
    more = f" and {len(beside) - MOST_BESIDE} more" if len(beside) > MOST_BESIDE else ""
    return f", and also {told}{more},"


def allergies(found: Found, all_: list[Resource]) -> Iterator[Fact]:
    for it in all_:
        concept = it.get("code")
        none = NO_ALLERGY & {code for _, code, _ in codings(concept)}
        words, where = words_of(concept), "AllergyIntolerance code"
        if _states(it) & PAST:
            continue
        if words or none:
            yield Fact("E12", words or "None known", where)
        elif said := _said(concept):
            yield Fact("E12", "", where, f"The file names an allergy by {said} alone; write it.")


def observations(found: Found, all_: list[Resource]) -> Iterator[Fact]:
    """The newest weight and the newest height."""
    readers: tuple[tuple[frozenset[str], Callable[[Any, str], Iterator[Fact]]], ...] = (
        (WEIGHT, _weight),
        (HEIGHT, _height),
    )
    for codes, reader in readers:
        for it, when, _status in newest(all_, codes, ("valueQuantity", "valueString")):
            yield from reader(it, when)


def newest(
    all_: Sequence[Resource], codes: Collection[str], values: Collection[str]
) -> list[tuple[Any, str, str]]:
    """The latest result with one of these codes and one of these values, when there is one:
    with its time as it is written, and its status.
    """
    wanted = [
        (each, when, text(it.get("status")))
        for it in all_
        if text(it.get("status")) != "cancelled"
        for each, when in _measured(it)
        if any(code in codes for _, code, _ in codings(got(each, "code")))
        and any(got(each, value) not in (None, "", [], {}) for value in values)
    ]
    return sorted(wanted, key=lambda each: each[1], reverse=True)[:1]


def _measured(it: Resource) -> Iterator[tuple[Any, str]]:
    """It and its components, with the day."""
    when = text(it.get("effectiveDateTime")) or text(got(it, "effectivePeriod", "start"))
    when = when or text(it.get("effectiveInstant"))
    for each in (it, *many(it, "component")):
        yield each, when


def quantity_of(it: Any) -> tuple[str, str]:
    """A result as it is written, and its unit, small."""
    quantity = got(it, "valueQuantity")
    value = text(got(quantity, "value")) or text(got(it, "valueString"))
    return value, (text(got(quantity, "code")) or text(got(quantity, "unit"))).lower()


def fine(value: str) -> bool:
    """Whether it has more decimals than anybody measures: a program wrote it, or worked it out."""
    return len(value.partition(".")[2]) > MOST_DECIMALS


def times(value: str, factor: Decimal) -> str:
    """Rounded to a tenth, or what was written where that is no number."""
    try:
        return str((Decimal(value) * factor).quantize(Decimal("0.1")))
    except InvalidOperation:
        return value


def _weight(it: Any, when: str) -> Iterator[Fact]:
    where, why = "Observation weight", ""
    value, unit = quantity_of(it)
    if unit in SMALLER:
        why = f"The file says {value} {unit.strip('[]').removesuffix('_av')}."
        unit, factor = SMALLER[unit]
        value = times(value, factor)
    elif fine(value) and unit in (*KILOS, *POUNDS):
        why = f"The file says {value[:30]} {unit.strip('[]').removesuffix('_av')}."
        value = times(value, Decimal(1))
    told = "kg" if unit in KILOS else "lb" if unit in POUNDS else ""
    if not told:
        why = f"The weight is in {unit[:40] or 'no unit'}; choose kilograms or pounds."
    yield Fact("E10.weight", value, where, why)
    yield Fact("E10.unit", told, where, why)
    yield Fact("E10.on", when[:10], where)


def _height(it: Any, when: str) -> Iterator[Fact]:
    value, unit = quantity_of(it)
    factor = INCHES.get(unit)
    if factor is None:
        why = f"The height is in {unit[:40] or 'no unit'}; we ask for inches."
        yield Fact("E11", "", "Observation height", why)
    elif factor == 1 and not fine(value):
        yield Fact("E11", value, "Observation height")
    else:
        why = f"The file says {value[:30]} {unit.strip('[]').removesuffix('_i')}."
        yield Fact("E11", times(value, factor), "Observation height", why)


def requests(found: Found, all_: list[Resource]) -> Iterator[Fact]:
    """The medicine that is asked for; one that no longer is comes last and says so."""
    wanted = [one for one in all_ if got(one, "doNotPerform") is not True]
    for it in sorted(wanted, key=lambda one: text(one.get("status")) in NOT_ASKED):
        status, where = text(it.get("status")), "MedicationRequest medication"
        old = f"The file calls this request {status}." if status in NOT_ASKED else ""
        reference = got(it, "medicationReference")
        medication = found.resolve(reference, it)
        concept = got(it, "medicationCodeableConcept") or got(medication, "code")
        for reason in many(it, "reasonCode"):
            yield from _diagnosis({"code": reason}, "MedicationRequest reasonCode", old)
        codes = [code for system, code, _ in codings(concept) if system == NDC and code]
        if codes:
            yield Fact("F1", codes[0], where, old)
        elif said := _said(concept) or text(got(reference, "display")):
            why = f"The file asks for “{said[:120]}” without an NDC; choose the product."
            yield Fact("F1", "", where, f"{old} {why}".strip())
