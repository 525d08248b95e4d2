"""What a partner says of a batch file, in a file of its own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


class Unreadable(ValueError):
    """An acknowledgement file is not what was agreed; the text says where."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a partner says of one delivery of a file."""

    delivery: str
    status: Literal["accepted", "rejected"]
    case_number: str = ""


def acknowledgements(content: bytes) -> list[Acknowledgement]:
    """A file of JSON lines: {"delivery", "status", "case_number"?} each. Raises Unreadable."""
    return list(_acknowledgements(content))


def _acknowledgements(content: bytes) -> Iterator[Acknowledgement]:
    for number, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            status, delivery = told["status"], told["delivery"]
            case_number = str(told.get("case_number") or "")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Unreadable(f"Line {number} cannot be read.") from None
        if status not in ("accepted", "rejected") or not isinstance(delivery, str):
            raise Unreadable(f"Line {number} says neither accepted nor rejected.")
        yield Acknowledgement(delivery, status, case_number)
