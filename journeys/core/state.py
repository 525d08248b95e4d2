"""Where a journey stands: the result of evaluation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from journeys.core.conflicts import Conflict
from journeys.core.decisions import Decision
from journeys.core.events import Event
from journeys.core.facts import Fact
from journeys.core.fold import Unplaced
from journeys.core.graph import Clock
from journeys.core.supply import Fill

Phase = Literal["done", "now", "waiting", "ahead", "skipped", "at_risk", "blocked", "conflict"]


@dataclass(frozen=True, slots=True)
class Party:
    """An organization (or payer, or patient) taking part: its role, name and time zone.

    One that is not `active` any more is stood in for. `heard_at` is when its feed last said
    anything about anybody, and `heartbeat` how often it should. Since `unstaffed_since` nobody
    speaks for it.
    """

    role: str
    name: str
    time_zone: str = "America/New_York"
    active: bool = True
    heard_at: datetime | None = None
    heartbeat: Clock | None = None
    unstaffed_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """How long a step really took elsewhere, in business hours.

    The 25th, 50th and 80th percentile of `count` finished ones.
    """

    low: float
    middle: float
    high: float
    count: int


class StepState(NamedTuple):
    """One step now.

    `owner` has it and `acts` is the organization with the next action (the same, unless the
    owner is outside). `due_at` is when the step should be over, `act_by` when the next action
    falls due. `settled_at` is set once the step and all it needs are over. `ref` is the
    report it rests on. A `presumed` skip rests on nothing but that nobody said otherwise.
    What a `kept_by` step has is no work here while that one is open. `number` tells the times
    of a step that comes again apart.
    """

    key: str
    title: str
    phase: Phase
    status: str | None = None
    status_label: str = ""
    reason: str | None = None
    reason_label: str = ""
    owner: str | None = None
    acts: str | None = None
    action: str = ""
    since: datetime | None = None
    opened_at: datetime | None = None
    settled_at: datetime | None = None
    due_at: datetime | None = None
    act_by: datetime | None = None
    skipped_why: str = ""
    skipped_by: tuple[str, ...] = ()
    presumed: bool = False
    blocked_why: str = ""
    kept_by: str = ""
    ref: str | None = None
    number: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done here, and everything before it is over too."""
        return self.settled_at is not None


@dataclass(frozen=True, slots=True)
class NextAction:
    """One thing an organization has to do; `key` stays the same while it is the same thing."""

    key: str
    step: str | None
    owner: str
    action: str
    due_at: datetime
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Risk:
    """Why a journey may slip, who has it and by when, and from when on (`since`) it holds."""

    rule: str
    step: str | None
    why: str
    who: str
    by: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Eta:
    """The days between which the last step should be over.

    `finished` is how many finished ones the least known of the observed steps ahead rests on;
    0 when all of it is what the program promises.
    """

    low: date
    high: date
    finished: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyState:
    """Where the journey stands. Equal for equal events, whatever the order they came in.

    `current` lists the steps that are open, the one that decides the end first. `wakes_at`
    is the next moment at which time alone changes something. `kept_headline` says the same as
    `headline` with dates, and so stays true until then. `supply` is what the patient was
    sent; `elsewhere` names reports about another coverage than the one the journey stands on.
    `any_time` are the steps that may be reported without being open, with the roles that may;
    `worked_out` is what follows from the rest (journeys.core.derived). `said` are the reports that
    count, by step, in their order.
    """

    steps: Mapping[str, StepState]
    current: tuple[str, ...]
    actions: tuple[NextAction, ...]
    next_owner: str | None
    next_action: str
    due_at: datetime | None
    headline: str
    kept_headline: str
    stage: str
    facts: Mapping[str, Fact]
    coverage_id: str | None
    conflicts: tuple[Conflict, ...]
    risks: tuple[Risk, ...]
    eta: Eta | None
    critical_path: tuple[str, ...]
    closed_at: datetime | None = None
    closed_reason: str | None = None
    closed_label: str = ""
    completed_at: datetime | None = None
    last_event_at: datetime | None = None
    wakes_at: datetime | None = None
    decisions: tuple[Decision, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    supply: tuple[Fill, ...] = ()
    elsewhere: tuple[str, ...] = ()
    private: frozenset[str] = frozenset()
    any_time: Mapping[str, frozenset[str]] = field(default_factory=dict)
    worked_out: Mapping[str, object] = field(default_factory=dict)
    closing_ref: str | None = field(default=None)
    said: Mapping[str, Sequence[Event]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done."""
        return self.closed_at is None and self.completed_at is None

    @property
    def lead(self) -> StepState | None:
        """The open step that lists tell: the first in `current` that all parties may know of."""
        known = (self.steps[key] for key in self.current if key not in self.private)
        return next(known, None)

    @property
    def at_risk(self) -> bool:
        """Whether any at-risk rule holds."""
        return bool(self.risks)
