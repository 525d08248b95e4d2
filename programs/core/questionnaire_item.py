"""One item of a Questionnaire as it is told to the person who brings it in."""

from dataclasses import dataclass, field
from typing import Any

from programs.core.conditions import Condition


@dataclass
class Item:
    """One item as it was found. ``question`` is what it becomes, or None and ``left`` says why.

    ``repairs`` are what was mended; ``maps_to`` is the canonical field proposed for it.
    """

    link: str
    text: str
    type: str
    depth: int
    question: dict[str, Any] | None = None
    left: str = ""
    maps_to: str = ""
    repairs: list[str] = field(default_factory=list)
    when: Condition | None = None
    hidden: str = ""
    # The titles of the groups it stands in, the nearest first.
    around: tuple[str, ...] = ()
    # The codes that its choices have here, by their own codes and words.
    codes: dict[str, str] = field(default_factory=dict)
    # The language of its words: "es", or "en" for any other.
    language: str = "en"
    # Its choices stand in a list that is not in the file.
    unlisted: bool = False
