"""What has to happen because a journey moved from one state to another: data, not calls.

Whose work it is and who is told follow from the state itself, which is evaluated each time.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from journeys.core.events import TALK, Event, may_move
from journeys.core.graph import Graph, Step
from journeys.core.state import JourneyState, StepState


@dataclass(frozen=True, slots=True)
class Send:
    """Hand something over to a party; `key` is the same for the same hand-over."""

    key: str
    kind: str
    to: str
    step: str


@dataclass(frozen=True, slots=True)
class CallHandler:
    """Run the handler registered under `name`, once per `data["ref"]`."""

    name: str
    data: Mapping[str, str]


Effect = Send | CallHandler


def effects_between(
    graph: Graph, before: Mapping[str, StepState] | None, after: JourneyState
) -> list[Effect]:
    """Everything to do because the steps of `before` (None for a new journey) became `after`."""
    return list(_between(graph, before, after.steps, going=after.is_open))


def may_have_effects(graph: Graph, event: Event) -> bool:
    """Whether anything may have to be done because of it, by what it is alone.

    A status moves nothing but its own step unless a step that sets something off depends on
    that one; facts move nothing unless such a step reads them.
    """
    if event.kind not in _PLAIN or event.coverage_id:
        return may_move(event)
    weighs = graph.leading_to_effects | graph.closing_steps
    placed = event.kind == "status" and event.step in weighs
    return placed or not graph.facts_of_effects.isdisjoint(event.facts)


# Kinds that report a status or facts, or nothing at all, and touch nothing else of the story.
_PLAIN = frozenset({"status", "fact", *TALK})


def that_may_have_effects(graph: Graph, news: Sequence[Event], after: JourneyState) -> list[Event]:
    """Those of the newest events that may set anything off.

    An event that only passes a step from one open status to another moves nothing else, so it is
    left out. `after` is where the journey stands once all of `news` have been told.
    """
    weighty = [event for event in news if may_have_effects(graph, event)]
    # An event that changes which reports count may move any step.
    if any(_changes_what_counts(graph, event) for event in weighty):
        return weighty
    learnt = {event.ref for event in news}
    told_of = graph.passing.keys() & {event.step for event in weighty}
    passing = {key for key in told_of if _only_passes(graph, key, after.said.get(key, ()), learnt)}
    return [
        event
        for event in weighty
        if event.step not in passing or not graph.facts_of_effects.isdisjoint(event.facts)
    ]


def _changes_what_counts(graph: Graph, event: Event) -> bool:
    plain = event.kind in _PLAIN and not event.coverage_id
    return not plain or (event.kind == "status" and event.step in graph.closing_steps)


def _only_passes(graph: Graph, key: str, said: Sequence[Event], learnt: Container[str]) -> bool:
    """Whether the news of a step only passes it on among open statuses that set nothing off.

    That takes an earlier report of it, and a passing status in the last report of each source
    before the news as well as in every report of the news.
    """
    known = {event.source: event for event in said if event.ref not in learnt}
    last = [*known.values(), *(event for event in said if event.ref in learnt)]
    reasons = f"step.{key}.reason" in graph.facts_of_effects
    return bool(known) and all(
        event.status in graph.passing[key] and not (reasons and event.reason) for event in last
    )


def may_set_off(
    graph: Graph, before: Mapping[str, StepState], after: Mapping[str, StepState]
) -> bool:
    """Whether anything may have to be done, by the steps alone: cheaper than to evaluate it all."""
    if not all(step.key in after for step in graph.setting_off):
        return True
    return any(_between(graph, before, after, going=True))


def _between(
    graph: Graph,
    before: Mapping[str, StepState] | None,
    after: Mapping[str, StepState],
    *,
    going: bool,
) -> Iterator[Effect]:
    for step in graph.setting_off:
        was = before.get(step.key) if before else None
        yield from _of_step(step, was, after[step.key], going=going)


def _of_step(step: Step, was: StepState | None, now: StepState, *, going: bool) -> Iterator[Effect]:
    """Hand-overs and handlers that a change of one step sets off."""
    opened = now.opened_at is not None and (was is None or was.opened_at is None)
    done = now.phase == "done" and now.over and not (was and was.phase == "done" and was.over)
    for sending in step.sends:
        if going and (opened if sending.on == "opened" else done):
            key = f"{sending.kind}:{step.key}:{now.ref or 'opened'}"
            yield Send(key, sending.kind, sending.to, step.key)
    status = step.status(now.status)
    changed = was is None or (was.status, was.ref) != (now.status, now.ref)
    if status and status.calls and changed and now.ref:
        data = {
            "step": step.key,
            "status": status.key,
            "reason": now.reason or "",
            "ref": now.ref,
        }
        yield CallHandler(status.calls, data)
