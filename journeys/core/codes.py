"""Partners' own status codes: two levels, and what they mean here from when on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from journeys.core.default_codes import DEFAULTS
from journeys.core.graph import Graph

_BETWEEN = re.compile(r"[\s_-]+")
# Deliveries are counted by partners from 0; from the second on they are refills here.
_FIRST_FILL, _LATER_FILLS = "delivery", "refill"


@dataclass(frozen=True)
class Meaning:
    """The step and status, and perhaps the reason, that a partner's code stands for."""

    step: str
    status: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a partner's map, never changed: a later one for the same code replaces it.

    `program` is a program's key, or empty for all of them; `starts_at` None is "ever since".
    Without a meaning a person decides each time.
    """

    code: str
    sub_code: str
    program: str
    meaning: Meaning | None
    starts_at: datetime | None
    noted_at: datetime


@dataclass(frozen=True)
class Found:
    """What a map says of a code. `by` is "program", "partner" or "default"."""

    meaning: Meaning | None
    by: str


def folded(code: str) -> str:
    """A code as it is compared: partners are not steady in case, spaces and hyphens."""
    return _BETWEEN.sub("-", code.strip()).upper()


def shown(code: str, sub_code: str) -> str:
    """Both levels as people read them."""
    return f"{code} / {sub_code}" if sub_code else code


def look_up(
    lines: Iterable[Line], *, code: str, sub_code: str, program: str, at: datetime
) -> Found | None:
    """What the code meant when it happened, or None where nobody has said.

    The program's own line before the partner's general one before the default; of each kind the
    one that began last, and of those the one noted last.
    """
    key = (folded(code), folded(sub_code))
    holding = [
        line
        for line in lines
        if (folded(line.code), folded(line.sub_code)) == key
        and (line.starts_at is None or line.starts_at <= at)
    ]
    for of, by in ((program, "program"), ("", "partner")):
        own = [line for line in holding if line.program == of]
        if own:
            return Found(max(own, key=_later).meaning, by)
    default = DEFAULTS.get(key)
    return Found(Meaning(*default), "default") if default else None


def _later(line: Line) -> tuple[bool, float, datetime]:
    begins = line.starts_at.timestamp() if line.starts_at else 0.0
    return (line.starts_at is not None, begins, line.noted_at)


def on_graph(meaning: Meaning, graph: Graph, *, fill_number: object = None) -> Meaning | None:
    """The meaning on this journey's steps, or None where it has no such step, status or reason.

    A later fill's delivery is a refill.
    """
    later = isinstance(fill_number, int | float) and fill_number > 0
    if later and meaning.step == _FIRST_FILL:
        refill = on_graph(Meaning(_LATER_FILLS, meaning.status, meaning.reason), graph)
        if refill:
            return refill
    step = graph.by_key.get(meaning.step)
    status = step.status(meaning.status) if step else None
    if status is None:
        return None
    known = {reason.key for reason in status.reasons}
    return meaning if not meaning.reason or meaning.reason in known else None
