"""One pass over the events, in the order things happened, into what each source says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from journeys.core.conflicts import Run, extend
from journeys.core.events import KINDS, Event
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

    `coverage_id` is the coverage the journey stands on in the end, `stood_on` the one it
    stood on at the event being read, `coverage_since` when the last replaced another.
    """

    graph: Graph
    coverage_id: str | None
    stood_on: str | None = None
    coverage_since: datetime | None = None
    claims: dict[str, list[Event]] = field(default_factory=dict)
    facts: dict[str, dict[str, Run]] = field(default_factory=dict)
    settlements: dict[str, Event] = field(default_factory=dict)
    followed_up: dict[str, datetime] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)

    def speaks_of_current(self, event: Event) -> bool:
        """Whether a report is about the coverage the journey stands on in the end."""
        about = event.coverage_id or self.stood_on or self.coverage_id
        return about == self.coverage_id


def fold(graph: Graph, events: Iterable[Event]) -> Ledger:
    """What the given events, already in order, come to."""
    story = list(events)
    places = _coverages(graph, story)
    named = [event.coverage_id for event in story if event.coverage_id and event.confirmed]
    stood = list(places.values())
    ledger = Ledger(graph, coverage_id=next(reversed(stood or named), None))
    ledger.stood_on = next(iter(stood), None)
    for event in story:
        if not event.confirmed:
            ledger.unplaced.append(Unplaced(event.ref, "Nobody has confirmed this report yet."))
            continue
        ledger.stood_on = places.get(event.ref, ledger.stood_on)
        if event.facts:
            _take_facts(ledger, event)
        if event.kind not in KINDS:
            ledger.unplaced.append(Unplaced(event.ref, "Nobody knows this kind of report."))
        elif handle := _HANDLERS.get(event.kind):
            handle(ledger, event)
    return ledger


def _coverages(graph: Graph, story: Iterable[Event]) -> dict[str, str]:
    """The coverage the journey stands on from each event that put it there."""
    roots = {step.key for step in graph.steps if not step.needs and step.detour is None}
    return {
        event.ref: event.coverage_id
        for event in story
        if event.coverage_id
        and event.confirmed
        and (event.kind == "coverage_changed" or event.step in roots)
    }


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


def _coverage_changed(ledger: Ledger, event: Event) -> None:
    if event.coverage_id:
        ledger.coverage_since = event.occurred_at


def _settled(ledger: Ledger, event: Event) -> None:
    if event.conflict and event.party != SYSTEM:
        ledger.settlements[event.conflict] = event


def _followed_up(ledger: Ledger, event: Event) -> None:
    if event.step:
        ledger.followed_up[event.step] = event.occurred_at


_HANDLERS: Mapping[str, Callable[[Ledger, Event], None]] = {
    "status": _status,
    "coverage_changed": _coverage_changed,
    "conflict_settled": _settled,
    "follow_up": _followed_up,
}
