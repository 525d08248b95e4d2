"""The story of a journey, newest first: who said what, when, when we learnt it, what it moved."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from journeys.core.conflicts import Conflict
from journeys.core.evaluate import NOBODY
from journeys.core.events import Event, in_order, taken_back
from journeys.core.facts import text_of, type_of
from journeys.core.graph import Graph
from journeys.core.motion import set_in_motion
from journeys.core.state import JourneyState, Party
from journeys.core.telling import Telling, said_by, subject_of, what
from journeys.core.visibility import (
    ALL_SEEING,
    sees_details,
    sees_fact,
    sees_message,
    sees_step,
    takes_part,
)

LATE = timedelta(minutes=5)
NEVER: Mapping[str, datetime | None] = {}
# What may come again by itself; people write the same words twice on purpose.
_REPORTS = ("status", "fact")
_ADDRESSED = ("message", "document", "hand_off", "contact")


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact as told: its name, its label, its value, and the value in words."""

    name: str
    label: str
    value: object
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a disagreement, as shown beside the other, with what was reported with it."""

    ref: str
    who: str
    what: str
    occurred_at: datetime
    received_at: datetime
    backed: bool
    chosen: bool
    facts: tuple[FactLine, ...] = ()
    note: str = ""
    transport: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, as one role may read it.

    `learnt_late_by` is set when we heard more than five minutes after it happened.
    `set_in_motion` tells what it opened, skipped or sent back. A disagreement has `columns`;
    `unplaced_why` says why a report moved nothing. `read_by` and `unread_by` name those whom a
    message is for. `reported` counts how often its source told the very same.
    """

    key: str
    kind: str
    what: str
    who: str
    role: str
    occurred_at: datetime
    received_at: datetime
    step: str | None = None
    step_title: str = ""
    learnt_late_by: timedelta | None = None
    set_in_motion: tuple[str, ...] = ()
    facts: tuple[FactLine, ...] = ()
    columns: tuple[Column, ...] = ()
    proposal: str = ""
    note: str = ""
    transport: str = ""
    unplaced_why: str = ""
    read_by: tuple[str, ...] = ()
    unread_by: tuple[str, ...] = ()
    reported: int = 1


def timeline(
    graph: Graph,
    events: Iterable[Event],
    state: JourneyState,
    viewer: str,
    *,
    parties: Mapping[str, Party] = NOBODY,
    looked: Mapping[str, datetime | None] = NEVER,
) -> list[Entry]:
    """The entries the role `viewer` may see, newest first; nothing for a role with no part.

    `looked` tells when somebody of each role that takes part last looked at the journey.
    """
    if not takes_part(viewer):
        return []
    moved = set_in_motion(graph, state, viewer)
    unplaced = {one.ref: one.why for one in state.unplaced}
    story = in_order(events)
    back = taken_back(story)
    reader = _Reader(graph, state, viewer, parties, moved, unplaced, looked, back)
    rows = [
        ((*alike[0].order, 0), entry) for alike in _told(story) if (entry := reader.entry(alike))
    ]
    by_id = {event.ref: event for event in story}
    for conflict in state.conflicts:
        if reader.sees_conflict(conflict):
            sides = [by_id[claim.ref] for claim in conflict.claims]
            last = max(sides, key=lambda event: event.order)
            rows.append(((*last.order, 1), _disagreement(reader, conflict, by_id)))
    return [entry for _, entry in sorted(rows, key=lambda row: row[0], reverse=True)]


def _told(story: Iterable[Event]) -> list[list[Event]]:
    """Each thing that was told, the report that came first in front.

    One source that reports the very same again under another id moved nothing by it.
    """
    told: dict[object, list[Event]] = defaultdict(list)
    for event in story:
        told[_content(event) if event.kind in _REPORTS else event.ref].append(event)
    return [sorted(alike, key=lambda each: each.received_at) for alike in told.values()]


def _content(event: Event) -> object:
    """All that a report says, whichever way it came and whatever it was numbered."""
    facts = json.dumps(event.facts, sort_keys=True, default=dict)
    said = (event.step, event.status, event.reason, facts, event.note, event.coverage_id)
    return (event.kind, event.source, event.party, event.occurred_at, event.confirmed, said)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One role reading one journey."""

    graph: Graph
    state: JourneyState
    viewer: str
    parties: Mapping[str, Party]
    moved: Mapping[str, tuple[str, ...]]
    unplaced: Mapping[str, str]
    looked: Mapping[str, datetime | None]
    back: frozenset[str]

    def entry(self, alike: Sequence[Event]) -> Entry | None:
        """What was told, once or more, as this role may read it; None when it may see nothing."""
        event = alike[0]
        own = self.viewer == event.party
        facts = self.facts(event)
        if not (own or self.sees(event, bool(facts))):
            return None
        step = self.graph.by_key.get(event.step or "")
        addressed = event.kind in _ADDRESSED and sees_message(self.viewer, event)
        details = own or addressed or sees_details(self.viewer, step)
        late = event.received_at - event.occurred_at
        words = what(Telling(self.graph, self.state, self.parties, details), event)
        back = event.ref in self.back
        return Entry(
            key=event.ref,
            kind=event.kind,
            what=f"{words}, taken back" if back else words,
            who=event.source_name,
            role=event.party,
            occurred_at=event.occurred_at,
            received_at=event.received_at,
            step=step.key if step else None,
            step_title=step.title if step else "",
            learnt_late_by=late if late > LATE else None,
            set_in_motion=tuple(one for each in alike for one in self.moved.get(each.ref, ())),
            facts=facts,
            note=event.note if details and not back else "",
            transport=event.transport,
            unplaced_why=self.unplaced.get(event.ref, ""),
            read_by=self.readers(event, True),
            unread_by=self.readers(event, False),
            reported=len(alike),
        )

    def readers(self, event: Event, read: bool) -> tuple[str, ...]:
        """Whom a message is for: who has looked at the journey since it came, or who has not."""
        if event.kind != "message":
            return ()
        asked = event.to or ALL_SEEING
        return tuple(
            self.parties[role].name
            for role, at in self.looked.items()
            if role in asked
            and role != event.party
            and (at is not None and at >= event.received_at) is read
        )

    def facts(self, event: Event) -> tuple[FactLine, ...]:
        """What the event established, as far as this role may know it."""
        own = self.viewer == event.party
        return tuple(
            FactLine(name, type_of(name).label, value, text_of(name, value))
            for name, value in event.facts.items()
            if (own or sees_fact(self.viewer, name)) and value != ""
        )

    def note(self, event: Event) -> str:
        """What was written beside the report, for those who may know its details."""
        own = self.viewer == event.party
        step = self.graph.by_key.get(event.step or "")
        return event.note if own or sees_details(self.viewer, step) else ""

    def sees(self, event: Event, any_fact: bool) -> bool:
        """Whether this role may know of somebody else's event at all."""
        if event.kind in _ADDRESSED:
            return sees_message(self.viewer, event)
        if event.kind == "fact":
            return any_fact or self.viewer in ALL_SEEING
        if event.kind == "conflict_settled":
            of = [c for c in self.state.conflicts if c.key == event.conflict]
            return self.viewer in ALL_SEEING or any(self.sees_conflict(c) for c in of)
        if event.kind in ("closed", "coverage_changed", "coverage_ahead"):
            return True
        return sees_step(self.viewer, self.graph.by_key.get(event.step or ""))

    def sees_conflict(self, conflict: Conflict) -> bool:
        """Whether this role may read both sides of a disagreement."""
        if conflict.subject == "fact":
            return sees_fact(self.viewer, conflict.name)
        step = self.graph.by_key[conflict.name]
        return sees_step(self.viewer, step) and sees_details(self.viewer, step)


def _disagreement(reader: _Reader, conflict: Conflict, by_id: Mapping[str, Event]) -> Entry:
    """The entry that shows what each side says, beside one another."""
    graph = reader.graph
    columns = tuple(
        Column(
            ref=claim.ref,
            who=claim.source_name,
            what=said_by(graph, conflict, claim),
            occurred_at=claim.occurred_at,
            received_at=by_id[claim.ref].received_at,
            backed=claim.evidence,
            chosen=claim.ref == conflict.chosen,
            facts=reader.facts(by_id[claim.ref]),
            note=reader.note(by_id[claim.ref]),
            transport=by_id[claim.ref].transport,
        )
        for claim in conflict.claims
    )
    subject = subject_of(graph, conflict)
    proposed = next((c for c in conflict.claims if c.ref == conflict.proposed), None)
    step = graph.by_key.get(conflict.step or "")
    return Entry(
        key=conflict.key,
        kind="conflict",
        what=f"{subject}: {' and '.join(column.who for column in columns)} disagree",
        who="",
        role="",
        occurred_at=conflict.since,
        received_at=max(column.received_at for column in columns),
        step=conflict.step,
        step_title=step.title if step else "",
        columns=columns,
        proposal=(
            f"Proposed: {said_by(graph, conflict, proposed)}, because {proposed.source_name}"
            " gave the number and the dates"
            if proposed
            else ""
        ),
    )
