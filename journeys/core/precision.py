"""Whether at-risk flags were worth raising: each, and whether a real delay followed it.

A journey is told again, moment by moment, as it was known then: nothing is kept while it goes on
but its events.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from journeys.core.evaluate import NOBODY, evaluate
from journeys.core.events import Event
from journeys.core.graph import Graph, before
from journeys.core.state import JourneyState, Party

# More looks than a journey has turns; a clock that never comes to rest must not hang us.
MOST_LOOKS = 5_000
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Flag:
    """One at-risk rule on one step (None: the whole journey), while it held."""

    rule: str
    step: str | None
    raised_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delay:
    """A step that was not over when it was due; `over_at` is None when it never was."""

    step: str
    due_at: datetime
    over_at: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A flag, and the delay that followed it, if one did."""

    flag: Flag
    delay: Delay | None


def log_of(
    graph: Graph,
    events: Iterable[Event],
    *,
    started_at: datetime,
    until: datetime,
    parties: Mapping[str, Party] = NOBODY,
) -> tuple[list[Flag], list[Delay]]:
    """The flags and delays of a journey, as whoever looked at each moment would have seen them.

    An event counts from when it was received.
    """
    told = sorted(events, key=lambda event: (event.received_at, event.order))
    flags = _Spans()
    dues: dict[str, datetime] = {}
    delays: dict[tuple[str, datetime], datetime | None] = {}
    for at, state in _looks(graph, told, started_at, until, parties):
        flags.see({(risk.rule, risk.step) for risk in state.risks}, at)
        _note_delays(state, at, dues, delays)
    found = [Delay(key, due_at, over_at) for (key, due_at), over_at in delays.items()]
    return flags.all(), [one for one in found if one.over_at is None or one.over_at > one.due_at]


def _note_delays(
    state: JourneyState,
    at: datetime,
    dues: dict[str, datetime],
    delays: dict[tuple[str, datetime], datetime | None],
) -> None:
    """What is late now, and when what was late came to its end."""
    for key, step in state.steps.items():
        due_at = dues.get(key)
        if due_at and at > due_at and delays.get((key, due_at)) is None:
            delays[key, due_at] = step.settled_at if step.over else None
        if step.acts and step.due_at:
            dues[key] = step.due_at
        else:
            dues.pop(key, None)


def _looks(
    graph: Graph,
    told: Sequence[Event],
    started_at: datetime,
    until: datetime,
    parties: Mapping[str, Party],
) -> Iterator[tuple[datetime, JourneyState]]:
    """The journey at each moment at which something was learnt or time alone changed it."""
    at: datetime | None = max(started_at, told[0].received_at) if told else started_at
    for _ in range(MOST_LOOKS):
        if at is None or at > until:
            return
        known = [event for event in told if event.received_at <= at]
        state = evaluate(graph, known, started_at=started_at, now=at, parties=parties)
        yield at, state
        news = next((event.received_at for event in told if event.received_at > at), None)
        wakes = state.wakes_at + _TICK if state.wakes_at else None
        at = min((moment for moment in (news, wakes) if moment), default=None)


class _Spans:
    """Which flags are up, and which were."""

    def __init__(self) -> None:
        self.up: dict[tuple[str, str | None], datetime] = {}
        self.down: list[Flag] = []

    def see(self, now_up: set[tuple[str, str | None]], at: datetime) -> None:
        for key in [key for key in self.up if key not in now_up]:
            self.down.append(Flag(*key, self.up.pop(key), at))
        for key in now_up:
            self.up.setdefault(key, at)

    def all(self) -> list[Flag]:
        still = [Flag(*key, since, None) for key, since in self.up.items()]
        return sorted([*self.down, *still], key=lambda flag: (flag.raised_at, flag.rule))


def verdicts(graph: Graph, flags: Iterable[Flag], delays: Sequence[Delay]) -> list[Verdict]:
    """For each flag the first real delay it spoke of: its own step, or one that waits for it.

    A delay counts when the step was still late after the flag was raised.
    """
    found = []
    for flag in flags:
        about = _after(graph, flag.step)
        followed = [
            delay
            for delay in delays
            if (about is None or delay.step in about)
            and (delay.over_at is None or delay.over_at > flag.raised_at)
        ]
        first = min(followed, key=lambda delay: (delay.due_at, delay.step), default=None)
        found.append(Verdict(flag, first))
    return found


def _after(graph: Graph, key: str | None) -> frozenset[str] | None:
    """A step and all that wait for it; None for the whole journey."""
    if key is None or key not in graph.by_key:
        return None
    reached = {key}
    for step in graph.order:
        if reached.intersection(before(step)):
            reached.add(step.key)
    return frozenset(reached)


def decided(found: Iterable[Verdict], *, since: datetime) -> list[Verdict]:
    """The verdicts on flags raised since then that are known: a delay came, or the flag went."""
    return [
        verdict
        for verdict in found
        if verdict.flag.raised_at > since and (verdict.delay or verdict.flag.ended_at)
    ]


def precision(found: Iterable[Verdict]) -> dict[str, tuple[int, int]]:
    """For each rule, how many flags were followed by a delay, and how many there were."""
    counts: dict[str, tuple[int, int]] = {}
    for verdict in found:
        hits, total = counts.get(verdict.flag.rule, (0, 0))
        counts[verdict.flag.rule] = (hits + (verdict.delay is not None), total + 1)
    return counts
