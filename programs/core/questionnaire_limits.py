"""How small, how large and how long the answer to an item of a Questionnaire may be."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from programs.core.computed import decimal_text
from programs.core.conditions import number_of
from programs.core.questionnaire_extras import extensions
from programs.core.questionnaire_item import Item
from programs.core.questionnaire_json import Json

_ENDS = (("minValue", "minimum", "lowest"), ("maxValue", "maximum", "highest"))


def exact(value: object) -> str:
    """A number of JSON as text, none of its digits lost; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    read = Decimal(str(value))
    return decimal_text(read) if read.is_finite() else ""


def limited(made: dict[str, Any], item: Item, told: Json) -> None:
    """Put the limits on a question, and say which of them could not be."""
    found = {name: each for name, each in extensions(told) if name in ("minValue", "maxValue")}
    for word, name, said in _ENDS:
        if word in found and made["type"] == "number" and (value := _number(found[word])):
            made[name] = value
        elif word in found:
            item.repairs.append(f"Its {said} value was not kept.")
    _length(made, item, told)


def _number(extension: Json) -> str:
    value = next((each for name, each in extension.items() if name.startswith("value")), None)
    if isinstance(value, Mapping):
        value = value.get("value")
    read = number_of(value) if isinstance(value, str) else None
    return exact(value) if read is None else decimal_text(read)


def _length(made: dict[str, Any], item: Item, told: Json) -> None:
    longest = told.get("maxLength")
    if isinstance(longest, str) and longest.isdigit():
        item.repairs.append("“maxLength” was text; it was read as a number.")
        longest = int(longest)
    whole = type(longest) is int and longest > 0
    if whole and made["type"] in ("text", "long_text"):
        made["max_length"] = min(longest or 0, 5_000)
    elif longest is not None:
        item.repairs.append("Its greatest length was not kept.")
