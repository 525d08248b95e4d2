"""One pass over the events, in the order things happened, into what each source says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from journeys.core.coming_coverage import facts_in_force, waiting
from journeys.core.conflicts import Run, extend
from journeys.core.events import KINDS, Event
from journeys.core.facts import same, type_of
from journeys.core.graph import Graph, Step
from journeys.core.times import Time, place

SYSTEM = "system"
UNNAMED = "?"
"""A coverage that nobody gave an id: what was known before the first change."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A report that could not move anything, and why: visible, never dropped."""

    ref: str
    why: str


@dataclass(slots=True)
class Ledger:
    """What was reported so far.

    `coverage_id` is the coverage the journey stands on in the end, `stood_on` the one it
    stood on at the event being read, `coverage_since` when the last replaced another. `times`
    are the times that steps beside the path, and those that share facts with one that comes
    again, were gone through. `elsewhere` are reports about another coverage, but for the one
    that is `to_come`.
    """

    graph: Graph
    coverage_id: str | None
    stood_on: str | None = None
    coverage_since: datetime | None = None
    claims: dict[str, list[Event]] = field(default_factory=dict)
    facts: dict[str, dict[str, Run]] = field(default_factory=dict)
    settlements: dict[str, Event] = field(default_factory=dict)
    followed_up: dict[str, datetime] = field(default_factory=dict)
    times: dict[str, list[Time]] = field(default_factory=dict)
    renewed: dict[str, tuple[datetime, str, str]] = field(default_factory=dict)
    elsewhere: list[Event] = field(default_factory=list)
    to_come: str | None = None
    unplaced: list[Unplaced] = field(default_factory=list)

    def speaks_of_current(self, event: Event) -> bool:
        """Whether a report is about the coverage the journey stands on in the end."""
        about = event.coverage_id or self.stood_on or self.coverage_id
        return about == self.coverage_id


def fold(graph: Graph, events: Iterable[Event]) -> Ledger:
    """What the given events, already in order, come to."""
    story = list(events)
    places = _coverages(graph.roots, story)
    ahead = waiting(story)
    to_come = ahead.coverage_id if ahead else None
    named = [
        event.coverage_id
        for event in story
        if event.coverage_id and event.confirmed and event.coverage_id != to_come
    ]
    stood = list(places.values())
    ledger = Ledger(graph, coverage_id=next(reversed(stood or named), None))
    ledger.stood_on, ledger.to_come = _at_first(story, places), to_come
    for event in story:
        if not event.confirmed:
            ledger.unplaced.append(Unplaced(event.ref, "Nobody has confirmed this report yet."))
            continue
        ledger.stood_on = places.get(event.ref, ledger.stood_on)
        handle = _HANDLERS.get(event.kind)
        time = handle(ledger, event) if handle else None
        if event.facts:
            _take_facts(ledger, event, time)
        if event.kind not in KINDS:
            ledger.unplaced.append(Unplaced(event.ref, "Nobody knows this kind of report."))
    return ledger


def _at_first(story: Iterable[Event], places: Mapping[str, str]) -> str | None:
    """What the journey stood on at its beginning: what replaced it says that it was another."""
    first = next((event for event in story if event.ref in places), None)
    if first is None:
        return None
    return UNNAMED if first.kind == "coverage_changed" else places[first.ref]


def _coverages(roots: frozenset[str], story: Iterable[Event]) -> dict[str, str]:
    """The coverage the journey stands on from each event that put it there."""
    return {
        event.ref: event.coverage_id
        for event in story
        if event.coverage_id
        and event.confirmed
        and (event.kind == "coverage_changed" or event.step in roots)
    }


def _take_facts(ledger: Ledger, event: Event, time: Time | None) -> None:
    """Add what an event says to what its source says.

    What is told of a later time of a step that comes again (the next fill) replaces what all
    said of the one before; what is told late of an earlier time changes nothing.
    """
    current = ledger.speaks_of_current(event)
    began = time.reports[0].order if time else None
    for name, value in facts_in_force(event).items():
        if type_of(name).per_coverage and not current:
            continue
        if began and not _is_of_this_time(ledger, name, began):
            continue
        runs = ledger.facts.setdefault(name, {})
        said = runs.get(event.source)
        extend(runs, event, value, unchanged=said is not None and same(said.value, value))


def _is_of_this_time(ledger: Ledger, name: str, began: tuple[datetime, str, str]) -> bool:
    known = ledger.renewed.get(name)
    if name not in ledger.graph.renewable or known == began:
        return True
    if known is not None and began < known:
        return False
    ledger.renewed[name] = began
    ledger.facts.pop(name, None)
    return True


def _status(ledger: Ledger, event: Event) -> Time | None:
    step = ledger.graph.by_key.get(event.step or "")
    why = why_not(step, event)
    if why or step is None:
        ledger.unplaced.append(Unplaced(event.ref, why))
        return None
    if step.per_coverage and not ledger.speaks_of_current(event):
        why = "About another coverage than the one the journey stands on."
        ledger.unplaced.append(Unplaced(event.ref, why))
        if ledger.to_come is None or event.coverage_id != ledger.to_come:
            ledger.elsewhere.append(event)
        return None
    ledger.claims.setdefault(step.key, []).append(event)
    counts_as = ledger.graph.renewing.get(step.key)
    if counts_as is None:
        return None
    return place(ledger.graph.by_key[counts_as], ledger.times.setdefault(counts_as, []), event)


def why_not(step: Step | None, event: Event) -> str:
    """Why a status report cannot be taken; empty when it can."""
    if step is None:
        return "This journey has no such step."
    status = step.status(event.status)
    if status is None:
        return f"{step.title} has no such status."
    if status.reasoned and not event.reason:
        return f"{step.title} is not {status.label.lower()} without a reason."
    return ""


def _coverage_changed(ledger: Ledger, event: Event) -> None:
    if event.coverage_id:
        ledger.coverage_since = event.occurred_at


def _settled(ledger: Ledger, event: Event) -> None:
    if event.conflict and event.party != SYSTEM:
        ledger.settlements[event.conflict] = event


def _closed(ledger: Ledger, event: Event) -> None:
    if not event.reason:
        ledger.unplaced.append(Unplaced(event.ref, "A journey is not closed without a reason."))


def _followed_up(ledger: Ledger, event: Event) -> None:
    if event.step:
        ledger.followed_up[event.step] = event.occurred_at


_HANDLERS: Mapping[str, Callable[[Ledger, Event], Time | None]] = {
    "status": _status,
    "coverage_changed": _coverage_changed,
    "conflict_settled": _settled,
    "follow_up": _followed_up,
    "closed": _closed,
}
