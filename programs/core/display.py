"""An answer as people read it, and as it stands in its box to be typed over."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from programs.core.conditions import is_present
from programs.core.fields import LISTS, Field

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def display(field: Field, value: Any) -> str:
    """The answer in words; empty when there is none. What could not be read stands as typed."""
    if not is_present(value):
        return ""
    labels = {choice.code: choice.label for choice in field.choices}
    if isinstance(value, list):
        return _several(field, value, labels)
    if isinstance(value, bool):
        return "Agreed" if field.type == "agreement" else ("Yes" if value else "No")
    if labels and str(value) in labels:
        label = labels[str(value)]
        # A diagnosis is told by its code; the words are only ours.
        return f"{value}, {label}" if field.type == "icd10" else label
    try:
        written = _WRITTEN.get(field.type, str)(str(value))
    except (ArithmeticError, ValueError):
        return str(value)
    return f"{written} {field.unit}".strip()


def _several(field: Field, values: list[Any], labels: Mapping[str, str]) -> str:
    if field.type == "file":
        return "1 document" if len(values) == 1 else f"{len(values)} documents"
    return ", ".join(labels.get(one, str(one)) for one in values)


def as_typed(field: Field, value: Any) -> Any:
    """The answer as its control holds it: a date MM/DD/YYYY, yes or no as text."""
    if value is None:
        return [] if field.type in LISTS else ""
    if isinstance(value, bool):
        return value if field.type == "agreement" else str(value).lower()
    if field.type == "date":
        try:
            return f"{date.fromisoformat(value):%m/%d/%Y}"
        except (TypeError, ValueError):
            return value
    if field.type in ("phone", "tin", "computed"):
        return display(field, value)
    return value


def _date(value: str) -> str:
    day = date.fromisoformat(value)
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _phone(value: str) -> str:
    return f"({value[:3]}) {value[3:6]}-{value[6:]}" if len(value) == 10 else value


def _ndc(value: str) -> str:
    return f"{value[:5]}-{value[5:9]}-{value[9:]}" if len(value) == 11 else value


def _tin(value: str) -> str:
    return f"{value[:2]}-{value[2:]}" if len(value) == 9 else value


def _money(value: str) -> str:
    return f"${Decimal(value):,.2f}"


_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "date": _date,
    "money": _money,
    "ndc": _ndc,
    "phone": _phone,
    "tin": _tin,
}
