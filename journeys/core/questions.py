"""A question of a packet in the words it was asked with."""

from collections.abc import Mapping
from typing import Any


def question(field: Mapping[str, Any]) -> str:
    """Its own words, with those over its group when they say more: "Screening: result"."""
    return question_of(field.get("group", ""), field["label"])


def question_of(group: str, label: str) -> str:
    if not group or group == label:
        return label
    first = label.partition(" ")[0]
    # "Result" goes on in a sentence; "T-score", "IgE" and "BSA" are written so wherever they stand.
    goes_on = first.isalpha() and first[1:].islower()
    return f"{group}: {label[:1].lower() if goes_on else label[:1]}{label[1:]}"
