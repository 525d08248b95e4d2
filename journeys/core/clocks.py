"""When each open step is due, who acts next and by when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from journeys.core.calendar import Calendar, calendar_of
from journeys.core.conflicts import Conflict
from journeys.core.facts import type_of
from journeys.core.graph import OUTSIDERS, Clock, Due, Graph, Step
from journeys.core.moments import instant_of
from journeys.core.payer_clocks import clock_by_law
from journeys.core.sentences import name_of
from journeys.core.state import NextAction, Observed, Party, StepState
from journeys.core.supply import Fill
from programs.core.conditions import holds

DEFAULT_ZONE = "America/New_York"
DEFAULT_FOLLOW_UP = Clock(2, "business_days")
_STAND_INS = ("hub", "practice")


@dataclass(slots=True)
class Around:
    """Who takes part, what is known, and when somebody last followed up on each step.

    `observed` is how long steps really took (journeys.core.eta), `supply` what was sent.
    """

    graph: Graph
    parties: Mapping[str, Party]
    values: dict[str, object]
    followed_up: Mapping[str, datetime]
    now: datetime
    observed: Mapping[str, Observed] = field(default_factory=dict)
    supply: tuple[Fill, ...] = ()

    @property
    def zone(self) -> str:
        """The one time zone everybody's sentences are told in: the practice's."""
        practice = self.parties.get("practice")
        return practice.time_zone if practice else DEFAULT_ZONE

    def calendar(self, role: str | None) -> Calendar:
        """The working hours of the organization in this role."""
        party = self.parties.get(role or "")
        return calendar_of(party.time_zone if party else self.zone)

    def present(self, role: str) -> str:
        """The role itself when an organization fills it, otherwise who stands in for it."""
        party = self.parties.get(role)
        if party and party.active:
            return role
        here = (other for other in _STAND_INS if other in self.parties)
        return next((other for other in here if self.parties[other].active), role)

    def reachable(self, role: str) -> str:
        """As `present`, and somebody speaks for it; the role itself when for no one."""
        for other in (role, *_STAND_INS):
            party = self.parties.get(other)
            if party and party.active and party.unstaffed_since is None:
                return other
        return role


def with_clock(
    around: Around, step: Step, state: StepState, steps: Mapping[str, StepState]
) -> StepState:
    """The state of a step somebody has to act on, with its actor and dates.

    One whose work another open step has is not due meanwhile: that one's clock runs.
    """
    if state.acts is None or state.since is None:
        return state
    acts = around.present(state.acts)
    if kept(state, steps):
        return state._replace(acts=acts)
    calendar = around.calendar(acts)
    due_at = _due_at(around, step, state, calendar)
    if step.due.until:
        until = instant_of(step.due.until, around.values, steps, calendar, end_of_day=True)
        due_at = min(due_at, until) if until else due_at
    action = _action(around, step, state)
    act_by = _act_by(around, step, state, due_at, calendar)
    return state._replace(acts=acts, due_at=due_at, act_by=act_by, action=action)


def _action(around: Around, step: Step, state: StepState) -> str:
    """What whoever acts is asked for."""
    status, owner = step.status(state.status), state.owner or step.owner
    if status and status.unfilled and around.parties and owner not in around.parties:
        told = all(around.values.get(name) for name in step.produces)
        return status.elsewhere if told and status.elsewhere else status.unfilled
    return state.action.replace("{owner}", name_of(owner, around.parties))


def _due_at(around: Around, step: Step, state: StepState, calendar: Calendar) -> datetime:
    """By the status's own clock, else by the step's; what the law gives comes first."""
    status = step.status(state.status)
    since = state.since or around.now
    if status and (status.due or status.table):
        by_law = _by_law(around, status.table, since, calendar)
        clock = by_law or status.due
        if clock:
            return calendar.after(since, clock)
    opened_at = state.opened_at or since
    by_law = _by_law(around, step.due.table, opened_at, calendar)
    return calendar.after(opened_at, by_law or due_clock(step.due, around.values))


def _by_law(around: Around, table: str, at: datetime, calendar: Calendar) -> Clock | None:
    if not table:
        return None
    found = clock_by_law(table, around.values, on=calendar.day_of(at))
    return found.clock if found else None


def due_clock(due: Due, values: Mapping[str, object]) -> Clock:
    """The clock of a step where no law sets one: the first case that holds, else the usual."""
    return next((case.clock for case in due.cases if holds(case.when, values)), due.clock)


def _act_by(
    around: Around, step: Step, state: StepState, due_at: datetime, calendar: Calendar
) -> datetime:
    """When the next action falls due: for a step outside, the next follow-up."""
    if state.owner not in OUTSIDERS or state.since is None:
        return due_at
    touched = around.followed_up.get(step.key, state.since)
    follow_up = calendar.after(max(touched, state.since), step.follow_up or DEFAULT_FOLLOW_UP)
    return min(follow_up, due_at) if due_at > touched else follow_up


def kept(state: StepState, steps: Mapping[str, StepState]) -> bool:
    """Whether another open step has the work that this one waits for."""
    keeper = steps.get(state.kept_by)
    return keeper is not None and keeper.acts is not None


def step_action(around: Around, state: StepState) -> NextAction | None:
    """The next action on a step, when an organization has one."""
    if state.acts is None or state.act_by is None or not state.action:
        return None
    urgent = around.values.get("urgent") is True
    return NextAction(state.key, state.key, state.acts, state.action, state.act_by, urgent)


def conflict_action(around: Around, conflict: Conflict) -> NextAction:
    """The settling of a disagreement, owned by who settles this graph's."""
    owner = around.present(around.graph.settled_by)
    due_at = around.calendar(owner).after(conflict.since, around.graph.settle_within)
    action = f"Settle the disagreement about {subject_of(around.graph, conflict).lower()}"
    return NextAction(conflict.key, conflict.step, owner, action, due_at, urgent=True)


def subject_of(graph: Graph, conflict: Conflict) -> str:
    """What a disagreement is about, in words."""
    if conflict.subject == "fact":
        return type_of(conflict.name).label
    step = graph.by_key[conflict.name]
    return step.spoken or step.title
