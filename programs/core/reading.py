"""What came of reading a raw value: the value in its one written form, or what is wrong."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reading:
    """``value`` in canonical form when ``problem`` is empty; else as it was typed."""

    value: Any
    problem: str = ""
