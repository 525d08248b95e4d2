"""Faults in what a step reads, in its clocks, and in what is beside the path."""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from journeys.core.derived import DERIVED
from journeys.core.facts import FACTS, type_of
from journeys.core.graph import Clock, Condition, Graph, Moment, Step
from journeys.core.payer_clocks import TABLES
from programs.core.conditions import fields_of, problems_of

# Longer than any step may take: two years, the longest authorization there is.
LONGEST_HOURS = 2 * 366 * 24
_HOURS = {
    "business_minutes": 1 / 60 / 10 * 24,
    "business_hours": 1 / 10 * 24,
    "business_days": 24 * 7 / 5,
    "hours": 1,
    "days": 24,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it is, and why it is one."""

    where: str
    why: str


def of_conditions(graph: Graph, step: Step, known: Collection[str]) -> Iterator[Problem]:
    """What a condition reads must be `known` by then: a fact, or a step walked before."""
    for about, condition in _conditions(step):
        for why in problems_of(condition, known):
            yield Problem(step.key, f"{about}: {why}")
        yield from _of_reading(graph, step, about, condition)
    for name in (*step.uses, *step.evidence, *step.produces):
        if name not in FACTS:
            yield Problem(step.key, f"No fact is called {name!r}.")


def _conditions(step: Step) -> Iterator[tuple[str, Condition]]:
    for skip in step.skips:
        yield "When it is not needed", skip.when
    for gate in step.gates:
        yield "When it is stopped", gate.when
    for case in step.due.cases:
        yield "When it is due", case.when
    for opening in step.aside.openings if step.aside else ():
        if opening.when is not None:
            yield "When it opens", opening.when


def readable(graph: Graph) -> frozenset[str]:
    """Every name that a condition of this graph may read."""
    names = {f"step.{key}" for key in graph.by_key}
    return frozenset({*FACTS, *DERIVED, *names, *(f"{name}.reason" for name in names)})


def _of_reading(graph: Graph, step: Step, about: str, condition: Condition) -> Iterator[Problem]:
    """A step of the path may read only steps that are walked before it."""
    try:
        names = fields_of(condition)
    except (KeyError, TypeError, AttributeError):
        return
    if step.aside:
        return
    walked = [each.key for each in graph.path]
    before = walked[: walked.index(step.key)] if step.key in walked else walked
    for key in sorted({name.split(".")[1] for name in names if name.startswith("step.")}):
        if key in graph.by_key and key not in before:
            yield Problem(step.key, f"{about}: it reads {key!r}, which is not over before it.")


def of_clocks(step: Step) -> Iterator[Problem]:
    """A clock runs forward, whole days are whole, and none is longer than two years."""
    clocks = [step.due.clock, *(case.clock for case in step.due.cases)]
    clocks += [status.due for status in step.statuses if status.due]
    clocks += [step.follow_up] if step.follow_up else []
    for clock in clocks:
        why = absurd(clock)
        if why:
            yield Problem(step.key, why)
    low, high = step.typical
    if not 0 <= low <= high < math.inf:
        yield Problem(step.key, f"It cannot take from {low} to {high} hours.")
    for table in (step.due.table, *(status.table for status in step.statuses)):
        if table and table not in TABLES:
            yield Problem(step.key, f"There is no table of clocks called {table!r}.")


def absurd(clock: Clock) -> str:
    """Why a clock makes no sense, or nothing."""
    if not math.isfinite(clock.amount) or clock.amount <= 0:
        return "It is due before it opens."
    if clock.unit not in _HOURS:
        return f"{clock.unit!r} is no unit of time."
    if clock.unit == "business_days" and clock.amount != int(clock.amount):
        return f"{clock.amount} business days are not whole days."
    if clock.amount * _HOURS[clock.unit] > LONGEST_HOURS:
        return f"{clock.amount} {clock.unit.replace('_', ' ')} are more than two years."
    return ""


def _moments(step: Step) -> Iterator[Moment]:
    yield from (each.at for each in (step.aside.openings if step.aside else ()) if each.at)
    yield from (skip.at for skip in step.skips if skip.at)
    yield from (status.comes_at for status in step.statuses if status.comes_at)
    if step.due.until:
        yield step.due.until


def of_aside(graph: Graph, step: Step) -> Iterator[Problem]:
    """Moments that hang on nothing known, times nothing numbers, and holds that hold nothing."""
    for moment in _moments(step):
        yield from _of_moment(graph, step, moment)
    for skip in step.skips:
        if skip.ends_as and step.status(skip.ends_as) is None:
            yield Problem(step.key, f"It has no status {skip.ends_as!r} to end in.")
        if skip.at and step.aside is None:
            yield Problem(step.key, "Only what is beside the path waits for a moment.")
    if step.aside and step.detour:
        yield Problem(step.key, "It is a detour and beside the path at once.")
    if step.aside and step.aside.numbered_by and step.aside.numbered_by not in FACTS:
        yield Problem(step.key, f"No fact is called {step.aside.numbered_by!r}.")
    yield from _of_holds(graph, step)


def _of_holds(graph: Graph, step: Step) -> Iterator[Problem]:
    listed = [each.key for each in graph.steps]
    for key, status in (step.aside.holds if step.aside else {}).items():
        held = graph.by_key.get(key)
        if held is None:
            continue  # A template may leave out what it would hold.
        if held.aside is None or listed.index(key) < listed.index(step.key):
            yield Problem(step.key, f"It cannot hold {key!r}, which is not listed after it.")
        elif held.status(status) is None:
            yield Problem(step.key, f"{held.title} has no status {status!r}.")


def _of_moment(graph: Graph, step: Step, moment: Moment) -> Iterator[Problem]:
    kind, _, key = moment.of.partition(".")
    if kind in ("step", "since"):
        if key not in graph.by_key:
            yield Problem(step.key, f"A moment hangs on {key!r}, which is no step.")
    elif not (moment.of in DERIVED or (moment.of in FACTS and type_of(moment.of).kind == "date")):
        yield Problem(step.key, f"A moment hangs on {moment.of!r}, which is no date.")
    if moment.length.amount and absurd(moment.length):
        yield Problem(step.key, absurd(moment.length))


def of_thresholds(graph: Graph) -> Iterator[Problem]:
    """Limits from which a journey is at risk."""
    for item in fields(graph.thresholds):
        value = getattr(graph.thresholds, item.name)
        why = (
            absurd(value)
            if isinstance(value, Clock)
            else ("" if value > 0 else "It is not positive.")
        )
        if why:
            yield Problem(graph.key, f"{item.name.replace('_', ' ').capitalize()}: {why}")
