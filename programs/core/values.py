"""Raw answers in their one written form, by the type of the question: never by guessing."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from programs.core import identifiers, places
from programs.core.computed import POUND, decimal_text
from programs.core.conditions import is_present
from programs.core.fields import Field
from programs.core.reading import Reading
from programs.core.text import code_like, lines, one_line, shown

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_US = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})")
_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+")
_STONES = re.compile(
    r"(?P<stones>\d{1,3}(?:\.\d+)?) ?(?:st|stones?)\.?,?"
    r"(?: ?(?P<pounds>\d{1,2}(?:\.\d+)?) ?(?:lbs?|pounds?)?\.?)?",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_LONGEST_NUMBER = 15
_YES_NO: Mapping[object, bool] = {
    "true": True, "yes": True, "y": True, "on": True, "1": True,
    "false": False, "no": False, "n": False, "off": False, "0": False,
}  # fmt: skip


def normalize(field: Field, raw: Any) -> Reading:
    """Read what was typed for ``field``; a blank reads as None.

    Dates come out as YYYY-MM-DD, numbers and money as digits in text, phone numbers as 10 and
    NDCs as 11 digits, yes/no as a boolean, several choices as a list in the order offered.
    """
    if not is_present(raw):
        return Reading(None)
    if field.choices and field.type in ("pick", "ndc"):
        return _pick(field, raw)
    reader = _READERS.get(field.type)
    if reader:
        return reader(field, raw)
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return Reading(raw, "Write this as text.")
    return _TEXT_READERS[field.type](str(raw))


def _text(text: str) -> Reading:
    return Reading(one_line(text) or None)


def _long_text(text: str) -> Reading:
    return Reading(lines(text) or None)


def _code(text: str) -> Reading:
    plain = code_like(text)
    if not re.fullmatch(r"[A-Za-z0-9 ,.-]+", plain):
        return Reading(text, "Use letters and digits only; a hyphen, period or comma may divide.")
    return Reading(plain)


def parse_date(text: str) -> Reading:
    """Read YYYY-MM-DD or MM/DD/YYYY, and refuse every other order."""
    plain = code_like(text)
    found = _ISO.fullmatch(plain) or _US.fullmatch(plain)
    form = "Write the date as YYYY-MM-DD or MM/DD/YYYY"
    if not found:
        return Reading(text, f"{form}, with 4 digits for the year; {shown(text)} is neither.")
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    if not 1 <= month <= 12:
        return Reading(text, f"{form}; {plain} has no month {month}.")
    try:
        return Reading(date(year, month, day).isoformat())
    except ValueError:
        return Reading(text, f"{form}; {_MONTHS[month - 1]} {year} has no day {day}.")


def _email(text: str) -> Reading:
    plain = one_line(text)
    if not _EMAIL.fullmatch(plain):
        return Reading(
            text, f"An email address looks like name@example.com; {shown(text)} does not."
        )
    return Reading(plain)


def _number(text: str) -> Reading:
    plain = code_like(text)
    if stones := _STONES.fullmatch(plain):
        return Reading(text, _in_pounds(stones))
    if not _NUMBER.fullmatch(plain.removeprefix("-")) or len(plain) > _LONGEST_NUMBER:
        return Reading(text, f"Write the number alone, such as 68.5; {shown(text)} is not one.")
    return Reading(decimal_text(Decimal(plain.replace(",", ""))))


def _in_pounds(stones: re.Match[str]) -> str:
    """Say what a weight in stones is in the units that are asked."""
    pounds = Decimal(stones["stones"]) * 14 + Decimal(stones["pounds"] or 0)
    kilos = (pounds * POUND).quantize(Decimal("0.1"))
    return (
        f"{shown(stones.group())} is {decimal_text(pounds)} lb, or {decimal_text(kilos)} kg; "
        "write one of these numbers and choose its unit."
    )


def _money(text: str) -> Reading:
    plain = code_like(text).removeprefix("$").strip()
    if not _NUMBER.fullmatch(plain) or len(plain) > _LONGEST_NUMBER:
        return Reading(
            text, f"Write the amount in dollars, such as 45,000; {shown(text)} is not one."
        )
    amount = Decimal(plain.replace(",", ""))
    if -int(amount.as_tuple().exponent) > 2:
        return Reading(text, "An amount has at most 2 digits after the point.")
    return Reading(f"{amount:.2f}")


def _state(text: str) -> Reading:
    code = places.state_code(one_line(text))
    return (
        Reading(code) if code else Reading(text, f"{shown(text)} is not a US state or territory.")
    )


def _boolean(field: Field, raw: Any) -> Reading:
    if isinstance(raw, bool):
        return Reading(raw)
    known = _YES_NO.get(one_line(raw).lower()) if isinstance(raw, str) else None
    return Reading(raw, "Answer yes or no.") if known is None else Reading(known)


def _agreement(field: Field, raw: Any) -> Reading:
    """A box: ticked is True, unticked is no answer."""
    reading = _boolean(field, raw)
    return reading if reading.problem or reading.value else Reading(None)


def _pick(field: Field, raw: Any) -> Reading:
    code = one_line(str(raw)) if isinstance(raw, str | int) and not isinstance(raw, bool) else ""
    if field.type == "ndc":
        code = identifiers.ndc(code).value
    if any(choice.code == code for choice in field.choices):
        return Reading(code)
    return Reading(raw, f"{shown(raw)} is not one of the choices.")


def _multi(field: Field, raw: Any) -> Reading:
    wanted = [raw] if isinstance(raw, str) else raw
    if not isinstance(wanted, list | tuple) or not all(isinstance(one, str) for one in wanted):
        return Reading(raw, "Choose from the list.")
    codes = [choice.code for choice in field.choices]
    strange = [one for one in wanted if one not in codes]
    if strange:
        return Reading(raw, f"{shown(strange[0])} is not one of the choices.")
    return Reading([code for code in codes if code in wanted] or None)


def _esign(field: Field, raw: Any) -> Reading:
    """A signature is answered by the id of its evidence."""
    return Reading(raw) if isinstance(raw, str) else Reading(raw, "This is signed, not typed.")


def _file(field: Field, raw: Any) -> Reading:
    """A file question is answered by the ids of what was attached."""
    fits = isinstance(raw, list) and all(isinstance(one, str) for one in raw)
    return Reading(raw) if fits else Reading(raw, "Attach a file.")


_READERS: Mapping[str, Callable[[Field, Any], Reading]] = {
    "agreement": _agreement,
    "boolean": _boolean,
    "checklist": _multi,
    "esign": _esign,
    "file": _file,
    "multi": _multi,
    "pick": _pick,
}
_TEXT_READERS: Mapping[str, Callable[[str], Reading]] = {
    **identifiers.READERS,
    "code": _code,
    "combo": _text,
    "computed": _text,
    "date": parse_date,
    "email": _email,
    "long_text": _long_text,
    "money": _money,
    "number": _number,
    "state": _state,
    "text": _text,
}
