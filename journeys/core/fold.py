"""One pass over the events, in the order things happened, into what each source says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from journeys.core.conflicts import Run, extend
from journeys.core.events import Event
from journeys.core.facts import same, type_of
from journeys.core.graph import Graph

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A report that could not move anything, and why: visible, never dropped."""

    ref: str
    why: str


@dataclass(slots=True)
class Ledger:
    """What was reported so far.

    `coverage_id` is the coverage the journey stands on, `coverage_since` when it replaced
    another one.
    """

    graph: Graph
    coverage_id: str | None
    coverages: list[tuple[datetime, str, str, str]] = field(default_factory=list)
    coverage_since: datetime | None = None
    claims: dict[str, list[Event]] = field(default_factory=dict)
    facts: dict[str, dict[str, Run]] = field(default_factory=dict)
    settlements: dict[str, Event] = field(default_factory=dict)
    followed_up: dict[str, datetime] = field(default_factory=dict)
    last: Event | None = None
    unplaced: list[Unplaced] = field(default_factory=list)

    def speaks_of_current(self, event: Event) -> bool:
        """Whether a report is about the coverage the journey stands on."""
        if self.coverage_id is None:
            return True
        return self._coverage_of(event) == self.coverage_id

    def _coverage_of(self, event: Event) -> str | None:
        if event.coverage_id or not self.coverages:
            return event.coverage_id or self.coverage_id
        then = [at for at in self.coverages if at[:3] <= event.order]
        return (then or self.coverages)[-1 if then else 0][3]


def fold(graph: Graph, events: Iterable[Event]) -> Ledger:
    """What the given events, already in order, come to."""
    story = list(events)
    ledger = _on_coverage(graph, story)
    for event in story:
        ledger.last = event
        if not event.confirmed:
            ledger.unplaced.append(Unplaced(event.ref, "Nobody has confirmed this report yet."))
            continue
        if event.facts:
            _take_facts(ledger, event)
        handle = _HANDLERS.get(event.kind)
        if handle:
            handle(ledger, event)
    return ledger


def _on_coverage(graph: Graph, story: Iterable[Event]) -> Ledger:
    """Find the coverages the journey has stood on; the last one is the current."""
    named = [event for event in story if event.coverage_id and event.confirmed]
    roots = {step.key for step in graph.steps if not step.needs and step.detour is None}
    stood = [e for e in named if e.kind == "coverage_changed" or e.step in roots]
    coverages = [(*event.order, event.coverage_id or "") for event in stood]
    current = (stood or named)[-1].coverage_id if named else None
    changes = [event.occurred_at for event in stood if event.kind == "coverage_changed"]
    return Ledger(graph, current, coverages, changes[-1] if changes else None)


def _take_facts(ledger: Ledger, event: Event) -> None:
    current = ledger.speaks_of_current(event)
    for name, value in event.facts.items():
        if type_of(name).per_coverage and not current:
            continue
        runs = ledger.facts.setdefault(name, {})
        said = runs.get(event.source)
        extend(runs, event, value, unchanged=said is not None and same(said.value, value))


def _status(ledger: Ledger, event: Event) -> None:
    step = ledger.graph.by_key.get(event.step or "")
    if step is None:
        ledger.unplaced.append(Unplaced(event.ref, "This journey has no such step."))
    elif step.status(event.status) is None:
        ledger.unplaced.append(Unplaced(event.ref, f"{step.title} has no such status."))
    elif step.per_coverage and not ledger.speaks_of_current(event):
        ledger.unplaced.append(
            Unplaced(event.ref, "About another coverage than the one the journey stands on.")
        )
    else:
        ledger.claims.setdefault(step.key, []).append(event)


def _settled(ledger: Ledger, event: Event) -> None:
    if event.conflict and event.party != SYSTEM:
        ledger.settlements[event.conflict] = event


def _followed_up(ledger: Ledger, event: Event) -> None:
    if event.step:
        ledger.followed_up[event.step] = event.occurred_at


_HANDLERS: Mapping[str, Callable[[Ledger, Event], None]] = {
    "status": _status,
    "conflict_settled": _settled,
    "follow_up": _followed_up,
}
