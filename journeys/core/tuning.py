"""A program version's changes to a template: steps left out, other clocks, owners, conditions.

A tuning is JSON: {"drop": [step keys], "steps": {step key: changes}, "thresholds": {name:
number or clock}} (the names are those of journeys.core.graph.Thresholds). Changes may give `due`
and `follow_up` ({"amount", "unit"}), `owner`, `chased_by`, `title`, `action`, `typical` (low and
high business hours), `most` (how often a counted step comes, no more than the template) and
`skip_when` ([{"when": condition, "why": words}], beside the template's).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from journeys.core.graph import (
    ROLES,
    Clock,
    Condition,
    Graph,
    Moment,
    Skip,
    Step,
    Thresholds,
    Unit,
)
from journeys.core.problems import Problem, problems

_UNITS = get_args(Unit)


class TuningError(ValueError):
    """A tuning that does not fit its template; `problems` has every fault."""

    def __init__(self, found: list[Problem]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.why}" for one in found))
        self.problems = found


class _Fault(Exception):
    """One value that is not what its key takes."""


def tuned(graph: Graph, tuning: Mapping[str, Any]) -> Graph:
    """The graph with the tuning applied. Raises TuningError with every fault at once."""
    changed, found = _apply(graph, tuning)
    found = found or problems(changed)
    if found:
        raise TuningError(found)
    return changed


def tuning_problems(graph: Graph, tuning: Mapping[str, Any]) -> list[Problem]:
    """Every fault of the tuning and of the graph it makes."""
    changed, found = _apply(graph, tuning)
    return found + [fault for fault in problems(changed) if fault not in found]


def _apply(graph: Graph, tuning: Mapping[str, Any]) -> tuple[Graph, list[Problem]]:
    found = [Problem(graph.key, f"A tuning has no {key!r}.") for key in tuning if key not in _PARTS]
    drop, steps = tuning.get("drop", []), tuning.get("steps", {})
    if not isinstance(drop, list) or not isinstance(steps, Mapping):
        found.append(Problem(graph.key, "“drop” is a list and “steps” an object."))
        return graph, found
    named = [str(key) for key in (*drop, *steps)]
    unknown = (key for key in named if key not in graph.by_key)
    found.extend(Problem(key, "The template has no such step.") for key in unknown)
    twice = (key for key, count in Counter(named).items() if count > 1)
    found.extend(Problem(key, "It is named more than once.") for key in twice)
    kept = _without(graph, {str(key) for key in drop})
    changed = [_changed(step, steps.get(step.key, {}), found) for step in kept]
    thresholds = _thresholds(graph, tuning.get("thresholds", {}), found)
    return replace(graph, steps=tuple(changed), thresholds=thresholds), found


_PARTS = ("drop", "steps", "thresholds")


def _thresholds(graph: Graph, told: object, found: list[Problem]) -> Thresholds:
    if not isinstance(told, Mapping):
        found.append(Problem(graph.key, "“thresholds” is an object."))
        return graph.thresholds
    values: dict[str, Any] = {}
    for name, value in told.items():
        usual = getattr(graph.thresholds, name, None)
        try:
            if usual is None:
                raise _Fault("there is no such threshold.")
            values[name] = _clock(value) if isinstance(usual, Clock) else _positive(value)
        except _Fault as fault:
            found.append(Problem(graph.key, f"{name}: {fault}"))
    return replace(graph.thresholds, **values)


def _positive(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise _Fault(f"{value!r} is no limit.")
    return value


def _without(graph: Graph, drop: set[str]) -> list[Step]:
    """The steps that stay; what needed a dropped one needs what that one needed."""
    if not drop:
        return list(graph.steps)

    def inherited(need: str) -> tuple[str, ...]:
        if need not in drop or need not in graph.by_key:
            return (need,)
        return tuple(earlier for one in graph.by_key[need].needs for earlier in inherited(one))

    kept = []
    for step in graph.steps:
        if step.key in drop or (step.detour and step.detour.of in drop):
            continue
        needs = dict.fromkeys(earlier for need in step.needs for earlier in inherited(need))
        kept.append(replace(_unread(step, drop), needs=tuple(needs)))
    return kept


def _unread(step: Step, drop: set[str]) -> Step:
    """The step without what could only be told by a dropped one: that is never so."""
    skips = [
        replace(skip, when=when)
        for skip in step.skips
        if not _hangs(skip.at, drop) and (when := _without_steps(skip.when, drop)) is not None
    ]
    if step.aside is None:
        return replace(step, skips=tuple(skips))
    openings = []
    for opening in step.aside.openings:
        when = None if opening.when is None else _without_steps(opening.when, drop)
        if not _hangs(opening.at, drop) and (opening.when is None or when is not None):
            openings.append(replace(opening, when=when))
    aside = replace(step.aside, openings=tuple(openings))
    return replace(step, skips=tuple(skips), aside=aside)


def _hangs(moment: Moment | None, drop: set[str]) -> bool:
    return moment is not None and moment.of.partition(".")[2] in drop


def _without_steps(when: Condition, drop: set[str]) -> Condition | None:
    """The condition when dropped steps stand in no status; None when it never holds then."""
    if "not" in when:
        inner = _without_steps(cast(Condition, when["not"]), drop)
        return _ALWAYS if inner is None else {"not": inner}
    for word in ("all", "any"):
        if word in when:
            told = cast(list[Condition], when[word])
            parts = [part for each in told if (part := _without_steps(each, drop)) is not None]
            never = len(parts) < len(told) if word == "all" else not parts
            return None if never else {word: parts}
    kind, _, key = str(when.get("field", "")).partition(".")
    return None if kind == "step" and key.split(".")[0] in drop else when


_ALWAYS: Condition = {
    "any": [{"field": "urgent", "op": "present"}, {"field": "urgent", "op": "absent"}]
}


def _changed(step: Step, changes: object, found: list[Problem]) -> Step:
    if not isinstance(changes, Mapping):
        found.append(Problem(step.key, "Its changes are an object."))
        return step
    values: dict[str, Any] = {}
    for key, value in changes.items():
        read = _READERS.get(key)
        if read is None:
            found.append(Problem(step.key, f"{key!r} cannot be tuned."))
            continue
        try:
            values.update(read(step, value))
        except _Fault as fault:
            found.append(Problem(step.key, f"{key}: {fault}"))
    return _counted(replace(step, **values)) if values else step


def usual_most(step: Step) -> int:
    """How often the template lets a counted step come; 0 for one that is not counted so."""
    found = [skip.when["value"] for skip in step.skips if _counts(step, skip)]
    return cast(int, found[0]) if found else 0


def _counts(step: Step, skip: Skip) -> bool:
    """Whether it ends a step once that came so often."""
    number = step.aside.numbered_by if step.aside else ""
    return bool(number) and skip.when.get("field") == number and skip.when.get("op") == "at_least"


def _counted(step: Step) -> Step:
    """The step over after as many times as it says it may come."""
    if not step.most or step.most == usual_most(step):
        return step
    why = f"This program gives {step.most} at most"
    return replace(
        step,
        skips=tuple(
            replace(skip, when={**skip.when, "value": step.most}, why=why)
            if _counts(step, skip)
            else skip
            for skip in step.skips
        ),
    )


def _most(step: Step, value: object) -> dict[str, Any]:
    usual = usual_most(step)
    if not usual:
        raise _Fault("this step is not counted.")
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= usual:
        raise _Fault(f"from 1 to {usual}.")
    return {"most": value}


def _clock(value: object) -> Clock:
    if not isinstance(value, Mapping) or set(value) != {"amount", "unit"}:
        raise _Fault("a clock has an amount and a unit.")
    amount, unit = value["amount"], value["unit"]
    if isinstance(amount, bool) or not isinstance(amount, int | float) or amount <= 0:
        raise _Fault(f"{amount!r} is no length of time.")
    if unit not in _UNITS:
        raise _Fault(f"{unit!r} is not one of {', '.join(_UNITS)}.")
    return Clock(amount, unit)


def _role(value: object) -> str:
    if value not in ROLES:
        raise _Fault(f"no party is called {value!r}.")
    return str(value)


def _words(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Fault("words are missing.")
    return value


def _hours(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or not all(type(hours) in (int, float) for hours in value):
        raise _Fault("two numbers of business hours are wanted.")
    if len(value) != 2 or not 0 <= value[0] <= value[1]:
        raise _Fault("the low end comes first and the high end second.")
    return (value[0], value[1])


def _skips(step: Step, value: object) -> tuple[Skip, ...]:
    if not isinstance(value, list):
        raise _Fault("a list of conditions is wanted.")
    added = []
    for one in value:
        if not isinstance(one, Mapping) or set(one) != {"when", "why"}:
            raise _Fault("each has “when” and “why”.")
        if not isinstance(one["when"], Mapping):
            raise _Fault("a condition is an object.")
        added.append(Skip(one["when"], _words(one["why"])))
    return (*step.skips, *added)


def _owner(step: Step, value: object) -> dict[str, Any]:
    """The new owner has the step wherever the old one had it, lane included."""
    owner = _role(value)
    return {"owner": owner, "lane": owner if step.lane == step.owner else step.lane}


_READERS: Mapping[str, Callable[[Step, object], dict[str, Any]]] = {
    "due": lambda step, value: {"due": replace(step.due, clock=_clock(value), cases=())},
    "follow_up": lambda step, value: {"follow_up": _clock(value)},
    "owner": _owner,
    "chased_by": lambda step, value: {"chased_by": _role(value)},
    "title": lambda step, value: {"title": _words(value)},
    "action": lambda step, value: {"action": _words(value)},
    "typical": lambda step, value: {"typical": _hours(value)},
    "most": _most,
    "skip_when": lambda step, value: {"skips": _skips(step, value)},
}
