"""What people only say or hand to each other: where a journey stands does not hang on it.

Talk only breaks a silence (rule R2); nothing else that evaluation finds depends on it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from journeys.core.calendar import calendar_of
from journeys.core.clocks import DEFAULT_ZONE
from journeys.core.events import Event, may_move
from journeys.core.graph import Graph
from journeys.core.safety import STEP as SAFETY

# A party's system is silent. What it says of any journey ends that.
_FEED_SILENT = "R12"


def is_talk(event: Event) -> bool:
    """Whether an event moves no step; what is said of a side effect may be a safety report."""
    return not may_move(event) and event.step != SAFETY


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What was found when a journey was last evaluated, as its projection keeps it.

    When it was last heard of, when time alone changes something, which at-risk rules hold.
    """

    heard_at: datetime | None
    wakes_at: datetime | None
    rules: Collection[str]


def stands_as_it_did(
    graph: Graph, talk: Event, last: Evaluated, *, zone: str | None, now: datetime
) -> bool:
    """Whether evaluating a journey after `talk` would find what it `last` did.

    Two differences do not count: when the journey was last heard of, and a later moment to look at
    it again where that moment is the silence's (the journey is then looked at once too often). It
    has to be evaluated when that was last done on another day in the practice's `zone` (its words
    say "tomorrow"), when its moment has come, and when it had been silent for too long.
    """
    heard_at, wakes_at = last.heard_at, last.wakes_at
    if heard_at is None or max(heard_at, talk.occurred_at) > now or _FEED_SILENT in last.rules:
        return False
    calendar = calendar_of(zone or DEFAULT_ZONE)
    silent_at = calendar.after(heard_at, graph.thresholds.silence)
    same_day = calendar.day_of(heard_at) == calendar.day_of(now)
    return same_day and silent_at > now and (wakes_at is None or wakes_at > now)
