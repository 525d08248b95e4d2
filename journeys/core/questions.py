"""A question of a packet in the words it was asked with."""

from collections.abc import Mapping
from typing import Any


def question(field: Mapping[str, Any]) -> str:
    """Its own words, with those over its group when they say more: "Screening: result"."""
    return question_of(field.get("group", ""), field["label"])


def question_of(group: str, label: str) -> str:
    return f"{group}: {label[:1].lower()}{label[1:]}" if group and group != label else label
