"""How long the rest may take: a range of days and the chain of steps that decides it."""

from collections.abc import Mapping
from dataclasses import dataclass

from journeys.core.clocks import Around
from journeys.core.graph import Step
from journeys.core.state import Eta, StepState

_MOVING = ("now", "waiting", "at_risk", "conflict")


@dataclass(frozen=True, slots=True)
class Outlook:
    """When the last step should be over, and the steps on the longest chain to it."""

    eta: Eta | None
    critical_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Finish:
    """Working hours from now until a step is over, at best and at worst."""

    low: float
    high: float


def outlook(around: Around, steps: Mapping[str, StepState]) -> Outlook:
    """The range of days, and the critical path from the first step to the last."""
    finishes: dict[str, _Finish] = {}
    path = around.graph.path
    for step in path:
        finishes[step.key] = _finish(around, step, steps, finishes)
    chain = _chain(path, steps, finishes)
    if not path or all(steps[step.key].over for step in path):
        return Outlook(None, chain)
    calendar = around.calendar("practice")
    low = calendar.after_hours(around.now, max(finish.low for finish in finishes.values()))
    high = calendar.after_hours(around.now, max(finish.high for finish in finishes.values()))
    zone = calendar.zone
    return Outlook(Eta(low.astimezone(zone).date(), high.astimezone(zone).date()), chain)


def _finish(
    around: Around, step: Step, steps: Mapping[str, StepState], done: Mapping[str, _Finish]
) -> _Finish:
    state = steps[step.key]
    if state.over:
        return _Finish(0, 0)
    low = max((done[need].low for need in step.needs), default=0)
    high = max((done[need].high for need in step.needs), default=0)
    if state.phase == "skipped":
        return _Finish(low, high)
    quick, slow = _left(around, step, state)
    for detour in around.graph.detours.get(step.key, ()):
        if not steps[detour.key].over and steps[detour.key].acts:
            quick, slow = quick + detour.typical[0], slow + detour.typical[1]
    return _Finish(low + (0 if _may_be_skipped(around, step) else quick), high + slow)


def _left(around: Around, step: Step, state: StepState) -> tuple[float, float]:
    """Hours still to go on one step; one that overran may still take its quickest time."""
    quick, slow = step.typical
    if state.opened_at is None or state.phase not in _MOVING:
        return quick, slow
    calendar = around.calendar(state.acts)
    spent = calendar.hours_between(state.opened_at, around.now, at_most=slow)
    return max(quick - spent, 0), max(slow - spent, quick)


def _may_be_skipped(around: Around, step: Step) -> bool:
    """Whether a fact nobody has told yet could make the step unnecessary."""
    skips = around.graph.skips[step.key]
    return any(name not in around.values for _, names in skips for name in names)


def _chain(
    path: tuple[Step, ...], steps: Mapping[str, StepState], finishes: Mapping[str, _Finish]
) -> tuple[str, ...]:
    by_key = {step.key: step for step in path}

    def weight(key: str) -> tuple[float, float, int]:
        settled = steps[key].settled_at
        return (finishes[key].high, settled.timestamp() if settled else 0, path.index(by_key[key]))

    chain: list[str] = []
    ends: tuple[str, ...] = tuple(by_key)
    while ends:
        last = max(ends, key=weight)
        chain.append(last)
        ends = by_key[last].needs
    return tuple(key for key in reversed(chain) if steps[key].phase != "skipped")
