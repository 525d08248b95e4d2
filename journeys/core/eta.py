"""How long the rest may take: a range of days and the chain of steps that decides it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from journeys.core.clocks import Around
from journeys.core.graph import Graph, Step
from journeys.core.state import Eta, StepState

# Fewer cases than these tell less than what the program promises.
ENOUGH = 20
_MOVING = ("now", "waiting", "at_risk", "conflict")


@dataclass(frozen=True, slots=True)
class ToStart:
    """How many working hours are usually left until the therapy begins.

    `after_open` is how many of them follow the step that is open now on the longest chain to it.
    """

    usually: float
    after_open: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """When the last step should be over, and the steps on the longest chain to it.

    `to_start` is None once the therapy began, and where the journey has no beginning.
    """

    eta: Eta | None
    critical_path: tuple[str, ...]
    to_start: ToStart | None = None


class _Finish(NamedTuple):
    """Working hours from now until a step is over: at best, usually, at worst; its own part."""

    low: float
    high: float
    middle: float = 0
    own: float = 0


_Weight = tuple[float, float, int]


def outlook(around: Around, steps: Mapping[str, StepState]) -> Outlook:
    """The range of days, and the critical path from the first step to the last."""
    finishes: dict[str, _Finish] = {}
    path = around.graph.path
    for step in path:
        finishes[step.key] = _finish(around, step, steps, finishes)
    weights = _weights(around.graph, steps, finishes)
    chain = _chain(around.graph, steps, weights, tuple(step.key for step in path))
    if not path or all(steps[step.key].over for step in path):
        return Outlook(None, chain)
    calendar = around.calendar("practice")
    low = calendar.after_hours(around.now, max(finish.low for finish in finishes.values()))
    high = calendar.after_hours(around.now, max(finish.high for finish in finishes.values()))
    zone = calendar.zone
    days = (low.astimezone(zone).date(), high.astimezone(zone).date())
    eta = Eta(*days, _finished(around, steps))
    return Outlook(eta, chain, _to_start(around, steps, finishes, weights))


def _to_start(
    around: Around,
    steps: Mapping[str, StepState],
    finishes: Mapping[str, _Finish],
    weights: Mapping[str, _Weight],
) -> ToStart | None:
    """What is left until the step with which the therapy begins has brought it about."""
    step = around.graph.beginning
    if step is None or steps[step.key].over or steps[step.key].status == step.begins_with:
        return None
    finish = finishes[step.key]
    # A course begins with its first dose, however long it then goes on.
    course = finish.own if step.begins_with else 0.0
    usually = finish.middle - course + (min(course, usual(around, step)[0]))
    chain = _chain(around.graph, steps, weights, (step.key,))
    first = next((key for key in chain if not steps[key].over), step.key)
    after_open = 0 if first == step.key else usually - finishes[first].own
    return ToStart(usually, max(after_open, 0))


def _finish(
    around: Around, step: Step, steps: Mapping[str, StepState], done: Mapping[str, _Finish]
) -> _Finish:
    state = steps[step.key]
    if state.over:
        return _Finish(0, 0)
    low = high = middle = 0.0
    for before in (done[need] for need in step.needs):
        low, high = max(low, before.low), max(high, before.high)
        middle = max(middle, before.middle)
    if state.phase == "skipped":
        return _Finish(low, high, middle)
    quick, usually, slow = _left(around, step, state)
    for detour in around.graph.detours.get(step.key, ()):
        if not steps[detour.key].over and steps[detour.key].acts:
            low_of, middle_of, high_of = usual(around, detour)
            quick, usually, slow = quick + low_of, usually + middle_of, slow + high_of
    low += 0 if _may_be_skipped(around, step, steps) else quick
    return _Finish(low, high + slow, middle + usually, usually)


def _left(around: Around, step: Step, state: StepState) -> tuple[float, float, float]:
    """Hours still to go on one step: at best, usually, at worst.

    At worst one that overran still takes its quickest time.
    """
    quick, usually, slow = usual(around, step)
    if state.opened_at is None or state.phase not in _MOVING:
        return quick, usually, slow
    calendar = around.calendar(state.acts)
    spent = calendar.hours_between(state.opened_at, around.now, at_most=slow)
    return max(quick - spent, 0), max(usually - spent, 0), max(slow - spent, quick)


def usual(around: Around, step: Step) -> tuple[float, float, float]:
    """How long a step takes at best, usually, at worst: as observed often enough, or promised."""
    seen = around.observed.get(step.key)
    if seen and seen.count >= ENOUGH:
        return seen.low, seen.middle, seen.high
    low, high = step.typical
    return low, (low + high) / 2, high


def weighed(around: Around, steps: Mapping[str, StepState]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each step ahead that was observed at all, what tells how long it may take."""
    for step in around.graph.path:
        seen = around.observed.get(step.key)
        if seen and not steps[step.key].over and steps[step.key].phase != "skipped":
            yield (
                step.key,
                {
                    "observed": [seen.low, seen.middle, seen.high],
                    "finished": seen.count,
                    "enough": ENOUGH,
                    "promised": list(step.typical),
                },
            )


def _finished(around: Around, steps: Mapping[str, StepState]) -> int:
    """How many finished ones the least known of the observed steps ahead rests on."""
    counts = (inputs["finished"] for _, inputs in weighed(around, steps))
    return min((count for count in counts if count >= ENOUGH), default=0)


def _may_be_skipped(around: Around, step: Step, steps: Mapping[str, StepState]) -> bool:
    """Whether something nobody has told yet could make the step unnecessary."""
    return any(
        name not in around.values and not _is_settled(name, steps)
        for _, names in around.graph.skips[step.key]
        for name in names
    )


def _is_settled(name: str, steps: Mapping[str, StepState]) -> bool:
    """Whether a name speaks of a step that is over, so that nothing more will be told of it."""
    kind, _, rest = name.partition(".")
    state = steps.get(rest.partition(".")[0]) if kind == "step" else None
    return state is not None and state.over


def _weights(
    graph: Graph, steps: Mapping[str, StepState], finishes: Mapping[str, _Finish]
) -> Mapping[str, _Weight]:
    """Of each step of the path by what it decides an end: the latest, of the over ones the last."""
    settled = ((key, steps[key].settled_at) for key in finishes)
    place = graph.place
    return {
        key: (finishes[key].high, at.timestamp() if at else 0, place[key]) for key, at in settled
    }


def _chain(
    graph: Graph,
    steps: Mapping[str, StepState],
    weights: Mapping[str, _Weight],
    ends: tuple[str, ...],
) -> tuple[str, ...]:
    """The steps that decide when the last of `ends` is over."""
    chain: list[str] = []
    while ends:
        last = max(ends, key=weights.__getitem__)
        chain.append(last)
        ends = graph.by_key[last].needs
    return tuple(key for key in reversed(chain) if steps[key].phase != "skipped")
