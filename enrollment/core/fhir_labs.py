"""Results of a FHIR file for the questions of a program that ask them by LOINC code."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from enrollment.core.fhir_clinical import fine, newest, quantity_of, times
from enrollment.core.fhir_reading import Fact, Resource, codings, got, many, text, words_of
from programs.core.fields import Choice, Field

FINAL = frozenset({"", "final", "amended", "corrected"})
VALUES = ("valueQuantity", "valueString", "valueCodeableConcept", "valueBoolean", "valueInteger",
    "interpretation")  # fmt: skip
# HL7's interpretations of a result, in the words that choices are written in.
INTERPRETED: Mapping[str, str] = {
    "DET": "detected", "H": "high", "HH": "high", "IND": "indeterminate", "L": "low",
    "LL": "low", "N": "normal", "ND": "not detected", "NEG": "negative", "POS": "positive",
}  # fmt: skip
YES_NO: Mapping[str, str] = {
    "true": "yes", "false": "no", "yes": "yes", "no": "no", "positive": "yes", "negative": "no",
    "detected": "yes", "not detected": "no",
}  # fmt: skip
# Units that are the same one, as UCUM and as people write it.
SAME: Mapping[str, str] = {
    "[in_us]": "in", "[in_i]": "in", "a": "years", "k[iu]/l": "iu/ml", "kiu/l": "iu/ml",
    "ku/l": "iu/ml", "mg/kg": "ug/g", "u/ml": "iu/ml", "year": "years", "yr": "years",
}  # fmt: skip
TURNED: Mapping[tuple[str, str], Decimal] = {
    ("in", "cm"): Decimal("2.54"), ("m", "cm"): Decimal(100),
}  # fmt: skip


def results(observations: Sequence[Resource], asked: Mapping[str, Field]) -> Iterator[Fact]:
    """For every question of ``asked`` with LOINC codes, the newest result with one of them.

    Questions with the same codes are answered from the same result: its value, its unit, its
    day. What is in doubt has no value, and says what the file says.
    """
    together: dict[tuple[str, ...], list[tuple[str, Field]]] = {}
    for key, field in asked.items():
        if field.loinc:
            together.setdefault(field.loinc, []).append((key, field))
    for codes, parts in together.items():
        units = next((field.choices for key, field in parts if key.endswith(".unit")), ())
        for it, when, status in newest(observations, frozenset(codes), VALUES):
            where = _where(it, codes, when)
            why = "" if status in FINAL else f"The file calls this result {status}."
            for key, field in parts:
                value, doubt = _answer(field, key, it, when, units)
                yield Fact(key, value, where, f"{doubt} {why}".strip())


def _where(it: Any, codes: Sequence[str], when: str) -> str:
    """Which result, in the file's own words, and of which day."""
    code = next(code for _, code, _ in codings(got(it, "code")) if code in codes)
    words = words_of(got(it, "code"))[:80]
    year, month, day = (*when[:10].split("-"), "", "")[:3]
    told = "/".join(each for each in (month, day, year) if each)
    return ", ".join(each for each in (words, f"LOINC {code}", told) if each)


def _answer(field: Field, key: str, it: Any, when: str, units: Sequence[Choice]) -> tuple[str, str]:
    """The value for one question, and what to look at."""
    if field.type == "date":
        return when[:10], ""
    if key.endswith(".unit"):
        unit = _plain(quantity_of(it)[1])
        return next((each.code for each in units if _plain(each.label) == unit), ""), ""
    if field.type == "number":
        return _number(field, it, units)
    said = _said(it)
    if field.type == "boolean":
        found = {YES_NO[each] for each in said if each in YES_NO}
        return (found.pop(), "") if len(found) == 1 else ("", f"{_told(it)}; answer yes or no.")
    if field.type == "pick":
        return _picked(field, said, it)
    return _told_plainly(it), ""


def _number(field: Field, it: Any, units: Sequence[Choice]) -> tuple[str, str]:
    value, given = quantity_of(it)
    value = value or text(got(it, "valueInteger"))
    wanted = [each.label for each in units] or ([field.unit] if field.unit else [])
    if got(it, "valueQuantity", "comparator") or not value:
        return "", f"{_told(it)}; write what it comes to."
    unit = _plain(given)
    if unit and wanted and unit not in map(_plain, wanted):
        factor = TURNED.get((unit, _plain(wanted[0]))) if len(wanted) == 1 else None
        if factor is None:
            return "", f"{_told(it)}; we ask for {' or '.join(wanted)}."
        return times(value, factor), f"{_told(it)}."
    if wanted and not unit:
        return value, "The file gives no unit."
    return (times(value, Decimal(1)), f"{_told(it)}.") if fine(value) else (value, "")


def _plain(unit: str) -> str:
    """A unit as all of its writings have it: without annotations, micro as u."""
    bare = unit.partition("{")[0] if not unit.startswith("{") else ""
    bare = bare.strip().lower().replace("µ", "u").replace("μ", "u").replace("mcg", "ug")
    return SAME.get(bare, bare.replace("[iu]", "iu"))


def _picked(field: Field, said: Sequence[str], it: Any) -> tuple[str, str]:
    """The one choice that the result's words name; several are for a person to tell apart."""
    for words in said:
        named = [each for each in field.choices if _begins(each, words)]
        if len(named) == 1:
            return named[0].code, ""
        if named:
            break
    return "", f"{_told(it)}; choose."


def _begins(choice: Choice, words: str) -> bool:
    label = choice.label.casefold()
    return words in (label, choice.code) or label.startswith(f"{words},")


def _said(it: Any) -> list[str]:
    """The result in words, small: what it says itself, then how it was interpreted."""
    concept = got(it, "valueCodeableConcept")
    truth = got(it, "valueBoolean")
    found = [text(got(concept, "text")), *(display for _, _, display in codings(concept))]
    found += [text(got(it, "valueString")), str(truth).lower() if truth is not None else ""]
    for each in many(it, "interpretation"):
        found += [INTERPRETED.get(code, "") for _, code, _ in codings(each)]
    return [each.casefold().rstrip(".") for each in found if each]


def _told(it: Any) -> str:
    return f"The file says {_told_plainly(it)[:120]}"


def _told_plainly(it: Any) -> str:
    quantity = got(it, "valueQuantity")
    if text(got(quantity, "value")):
        unit = text(got(quantity, "unit")) or text(got(quantity, "code"))
        words = f"{text(got(quantity, 'comparator'))} {text(got(quantity, 'value'))[:30]} {unit}"
        return words.strip()
    return f"“{next(iter(_said(it)), '')}”"
