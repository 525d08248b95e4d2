"""What a party may not see: left out, never blurred. A role nobody named sees nothing."""

from collections.abc import Iterable

from journeys.core.events import Event
from journeys.core.facts import Fact, type_of
from journeys.core.graph import ORGANIZATIONS, Graph, Step
from journeys.core.state import JourneyState, NextAction, Risk, StepState

ALL_SEEING = ("practice", "hub")
# A side effect is told only to those who may read why a step stands as it does.
PRIVATE_RULES = frozenset({"R9"})


def takes_part(viewer: str) -> bool:
    """Whether this role may see an identified journey at all."""
    return viewer in ORGANIZATIONS


def sees_fact(viewer: str, name: str) -> bool:
    """Whether the value of a fact is told to this role."""
    return viewer in type_of(name).seen_by


def sees_facts(viewer: str, names: Iterable[str]) -> bool:
    """Whether every one of these facts is told to this role."""
    return all(sees_fact(viewer, name) for name in names)


def sees_step(viewer: str, step: Step | None) -> bool:
    """Whether reports about a step are told to this role."""
    return viewer in ALL_SEEING if step is None else viewer in step.seen_by


def may_know(graph: Graph, viewer: str, key: str | None) -> bool:
    """Whether this role may know that a step is there at all; without a role, not of a private."""
    return key not in graph.private or sees_step(viewer, graph.by_key[key or ""])


def visible_risks(graph: Graph, state: JourneyState, viewer: str) -> tuple[Risk, ...]:
    """Why the journey may slip, as far as this role may know what it is about."""
    return tuple(risk for risk in state.risks if _may_know_risk(graph, viewer, risk))


def _may_know_risk(graph: Graph, viewer: str, risk: Risk) -> bool:
    if risk.rule in PRIVATE_RULES:
        return sees_details(viewer, graph.by_key.get(risk.step or ""))
    return may_know(graph, viewer, risk.step)


def common_risks(state: JourneyState) -> tuple[Risk, ...]:
    """Why the journey may slip, as far as every party may know it."""
    return tuple(
        risk
        for risk in state.risks
        if risk.step not in state.private and risk.rule not in PRIVATE_RULES
    )


def visible_actions(graph: Graph, state: JourneyState, viewer: str) -> tuple[NextAction, ...]:
    """What is to be done next, as far as this role may know the step it is about."""
    return tuple(one for one in state.actions if may_know(graph, viewer, one.step))


def sees_details(viewer: str, step: Step | None) -> bool:
    """Whether reasons and notes about a step are told to this role."""
    if step is None:
        return viewer in ALL_SEEING
    return viewer in step.seen_by and viewer in step.details_seen_by


def sees_message(viewer: str, event: Event) -> bool:
    """Whether a message is told to this role: the practice, the hub, sender and addressees."""
    return viewer in ALL_SEEING or viewer == event.party or viewer in event.to


def concerned(step: Step) -> frozenset[str]:
    """The organizations that take part in a step: whose lane it is in, and who may have it."""
    owners = {step.lane, step.owner, *(status.owner for status in step.statuses)}
    return frozenset(role for role in owners if role in ORGANIZATIONS and role in step.seen_by)


def visible_facts(state: JourneyState, viewer: str) -> tuple[Fact, ...]:
    """The undisputed facts this role may see, in the order they were said."""
    seen = (fact for fact in state.facts.values() if sees_fact(viewer, fact.name))
    return tuple(sorted(seen, key=lambda fact: (fact.occurred_at, fact.name)))


def visible_step(graph: Graph, state: StepState, viewer: str) -> StepState:
    """A step's state without what this role may not see; phase, owner and dates are common."""
    step = graph.by_key[state.key]
    shown = state
    if not sees_details(viewer, step):
        shown = shown._replace(reason=None, reason_label="")
    if not sees_step(viewer, step):
        shown = shown._replace(status=None, status_label="", blocked_why="", ref=None)
    if not sees_facts(viewer, state.skipped_by):
        shown = shown._replace(skipped_why="")
    return shown
