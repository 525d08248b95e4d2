"""A question of a packet in the words it was asked with."""

from collections.abc import Mapping
from typing import Any

from programs.core.union import question_of


def question(field: Mapping[str, Any]) -> str:
    """Its words where nothing stands over it."""
    return question_of(field.get("group", ""), field["label"])
