"""What was reported, by whom and when: the only input a journey has."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

KINDS = (
    "status",
    "fact",
    "message",
    "document",
    "hand_off",
    "contact",
    "follow_up",
    "coverage_changed",
    "coverage_ahead",
    "conflict_settled",
    "amendment",
    "authorization",
    "closed",
    "merge_undone",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One report, kept for good.

    `id` is the source's own; `ref` tells the event from everybody else's, and is how one event
    names another (`chosen`, `weighed`). `source` is the stable key of who says it (one key per
    organization, whatever the channel) and `role` the party role it speaks as; a source that
    is itself a role may leave it out. `coverage_id` ties the report to one coverage. A
    settlement names the `conflict`, the event `chosen` and the events `weighed` by the person; an
    undone merge names the closing event by `chosen`, which then closes nothing; so does a message
    that takes an earlier one of its source back, which is then no longer shown.
    `to_name` is who had the part at the time, of what was handed to one.
    An event that is not `confirmed` stands in the story and moves nothing. Instants are
    kept in UTC; one without a zone raises ValueError.
    """

    id: str
    kind: str
    source: str
    source_name: str
    occurred_at: datetime
    received_at: datetime
    step: str | None = None
    status: str | None = None
    reason: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    role: str = ""
    transport: str = "portal"
    note: str = ""
    to: tuple[str, ...] = ()
    to_name: str = ""
    coverage_id: str | None = None
    conflict: str | None = None
    chosen: str | None = None
    weighed: tuple[str, ...] = ()
    confirmed: bool = True

    def __post_init__(self) -> None:
        if self.occurred_at.tzinfo is None or self.received_at.tzinfo is None:
            raise ValueError("An event's instants need a time zone.")
        # Kept in UTC: within one zone Python compares wall clocks, which the zone sets back.
        if self.occurred_at.tzinfo is not UTC:
            object.__setattr__(self, "occurred_at", self.occurred_at.astimezone(UTC))
        if self.received_at.tzinfo is not UTC:
            object.__setattr__(self, "received_at", self.received_at.astimezone(UTC))

    @property
    def ref(self) -> str:
        """What names this event among all the events of its journey."""
        return f"{self.source}/{self.id}"

    @property
    def party(self) -> str:
        """The party role that speaks."""
        return self.role or self.source

    @property
    def order(self) -> tuple[datetime, str, str]:
        """The place in the story: when it happened, then stable ties; never when it arrived."""
        return (self.occurred_at, self.source, self.id)


# What people and partners only write or hand to each other.
TALK = frozenset({"message", "document", "hand_off", "contact"})


def may_move(event: Event) -> bool:
    """Whether a step may stand elsewhere because of it; talk without facts moves none."""
    return bool(event.kind not in TALK or event.facts or event.coverage_id)


def taken_back(events: Iterable[Event]) -> frozenset[str]:
    """The messages, by their `ref`, that their own source took back."""
    return frozenset(
        event.chosen
        for event in events
        if event.kind == "message" and event.chosen and event.chosen.startswith(f"{event.source}/")
    )


def in_order(events: Iterable[Event]) -> list[Event]:
    """Each event once, in the order things happened."""
    kept: dict[tuple[str, str], Event] = {}
    for event in events:
        key = (event.source, event.id)
        earlier = kept.setdefault(key, event)
        if earlier is not event and _precedence(event) < _precedence(earlier):
            kept[key] = event
    return sorted(kept.values(), key=lambda event: event.order)


def _precedence(event: Event) -> tuple[str, datetime]:
    """Which of two bodies under one id stands: the same one whichever came first."""
    body = to_json(event)
    del body["received_at"]
    return (json.dumps(body, sort_keys=True), event.received_at)


def to_json(event: Event) -> dict[str, Any]:
    """The event as JSON data; instants in ISO 8601 with their zone."""
    data = {item.name: getattr(event, item.name) for item in fields(event)}
    data["occurred_at"] = event.occurred_at.isoformat()
    data["received_at"] = event.received_at.isoformat()
    data["facts"] = dict(event.facts)
    data["to"] = list(event.to)
    data["weighed"] = list(event.weighed)
    return data


def from_json(data: Mapping[str, Any]) -> Event:
    """The event that `to_json` wrote.

    Raises ValueError for an instant without a zone and TypeError for an unknown key.
    """
    values = dict(data)
    values["occurred_at"] = datetime.fromisoformat(values["occurred_at"])
    values["received_at"] = datetime.fromisoformat(values["received_at"])
    values["to"] = tuple(values.get("to", ()))
    values["weighed"] = tuple(values.get("weighed", ()))
    return Event(**values)
