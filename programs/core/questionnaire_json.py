"""The JSON of a Questionnaire, read as leniently as the programs that write it are."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def many(value: object) -> list[Any]:
    """A list as it is; one thing alone, which stands where a list belongs, as a list of it."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def is_true(value: object) -> bool:
    """Whether a boolean says yes, also where it was written as text."""
    return value is True or (isinstance(value, str) and value.lower() == "true")
