"""The journey's shape as plain data: its steps in order, and what follows from how they hang."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from journeys.core.step import (
    ORGANIZATIONS,
    OUTSIDERS,
    ROLES,
    STAGES,
    Aside,
    Clock,
    ClockCase,
    Condition,
    Detour,
    Due,
    Gate,
    Moment,
    Opening,
    Reason,
    Sending,
    Skip,
    Status,
    StatusKind,
    Step,
    Thresholds,
    Unit,
)
from programs.core.conditions import comparisons_of, each_of, fields_of

# Whoever reads a graph reads its steps: they are had from one place.
__all__ = [
    "ORGANIZATIONS",
    "OUTSIDERS",
    "ROLES",
    "STAGES",
    "Aside",
    "Clock",
    "ClockCase",
    "Condition",
    "Detour",
    "Due",
    "Gate",
    "Graph",
    "Moment",
    "Opening",
    "Reason",
    "Sending",
    "Skip",
    "Status",
    "StatusKind",
    "Step",
    "Thresholds",
    "Unit",
    "before",
    "conditions_of",
]

# What the conditions of the path may read is worked out from these (journeys.core.derived).
_WORKED_OUT_FROM = ("next_coverage_on", "next_coverage_verified", "rems_authorized_until_on")
_SETTLE_WITHIN = Clock(4, "business_hours")
_USUAL = Thresholds()


@dataclass(frozen=True)
class Graph:
    """Steps in the order a person would tell them, and who settles a disagreement by when."""

    key: str
    title: str
    steps: tuple[Step, ...]
    settled_by: str = "hub"
    settle_within: Clock = _SETTLE_WITHIN
    thresholds: Thresholds = _USUAL

    @cached_property
    def by_key(self) -> Mapping[str, Step]:
        """Each step under its key."""
        return {step.key: step for step in self.steps}

    @cached_property
    def order(self) -> tuple[Step, ...]:
        """The steps, each after everything it needs; steps caught in a cycle are left out."""
        placed: dict[str, Step] = {}
        waiting = list(self.steps)
        while waiting:
            ready = [s for s in waiting if all(need in placed for need in before(s))]
            if not ready:
                break
            placed.update((step.key, step) for step in ready)
            waiting = [step for step in waiting if step.key not in placed]
        return tuple(placed.values())

    @cached_property
    def path(self) -> tuple[Step, ...]:
        """The ordered steps that are neither detours nor beside the path."""
        return tuple(s for s in self.order if s.detour is None and s.aside is None)

    @cached_property
    def asides(self) -> tuple[Step, ...]:
        """The steps beside the path, as listed: a later one may look at an earlier one."""
        return tuple(step for step in self.steps if step.aside)

    @cached_property
    def held_by(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """For each step that others may hold: their keys, and the status it then stands in."""
        found: dict[str, tuple[tuple[str, str], ...]] = {}
        for step in self.asides:
            for key, status in (step.aside.holds if step.aside else {}).items():
                found[key] = (*found.get(key, ()), (step.key, status))
        return found

    @cached_property
    def outliving(self) -> frozenset[str]:
        """Keys of the steps that are finished even when the journey was closed."""
        return frozenset(step.key for step in self.asides if step.aside and step.aside.outlives)

    @cached_property
    def private(self) -> frozenset[str]:
        """Keys of the steps that are not known to those who may not see their reports."""
        return frozenset(step.key for step in self.asides if step.aside and step.aside.private)

    @cached_property
    def any_time(self) -> Mapping[str, frozenset[str]]:
        """Steps that only a report opens, at any time, each with the roles that may report it."""
        only = (step for step in self.asides if step.aside and not step.aside.openings)
        return {s.key: frozenset(s.seen_by) & frozenset(s.details_seen_by) for s in only}

    @cached_property
    def renewable(self) -> frozenset[str]:
        """Facts that each time of a step which comes again tells anew."""
        again = (step for step in self.asides if step.aside and step.aside.numbered_by)
        return frozenset(name for step in again for name in step.produces)

    @cached_property
    def renewing(self) -> Mapping[str, str]:
        """Steps whose times are told apart, each with the step it counts as.

        Those beside the path and those that tell a renewable fact; a detour counts as the step
        it is of.
        """
        found = [s for s in self.steps if s.aside or self.renewable.intersection(s.produces)]
        return {step.key: step.detour.of if step.detour else step.key for step in found}

    @cached_property
    def watched(self) -> frozenset[str]:
        """Keys of the steps whose status some condition of this graph reads."""
        names = [name for step in self.steps for names in conditions_of(step) for name in names]
        return frozenset(name.split(".")[1] for name in names if name.startswith("step."))

    @cached_property
    def setbacks(self) -> Mapping[str, frozenset[str]]:
        """For each step that may be sent back, the statuses that do it."""
        found = {s.key: frozenset(x.key for x in s.statuses if x.setback) for s in self.steps}
        return {key: keys for key, keys in found.items() if keys}

    @cached_property
    def openings(self) -> Mapping[str, tuple[tuple[Opening, frozenset[str]], ...]]:
        """The openings of each step beside the path that opens by itself, with what they read."""
        by_itself = {s.key: s.aside.openings for s in self.asides if s.aside and s.aside.openings}
        return {
            key: tuple((one, fields_of(one.when) if one.when else frozenset()) for one in openings)
            for key, openings in by_itself.items()
        }

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where on the path each of its steps comes."""
        return {step.key: index for index, step in enumerate(self.path)}

    @cached_property
    def roots(self) -> frozenset[str]:
        """Keys of the steps that need none, and so begin the journey."""
        return frozenset(s.key for s in self.steps if not s.needs and s.detour is None)

    @cached_property
    def milestones(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the steps that each stage takes."""
        stages = {step.stage for step in self.order if step.stage}
        return {s: tuple(step.key for step in self.order if step.stage == s) for s in stages}

    @cached_property
    def setting_off(self) -> tuple[Step, ...]:
        """The steps that set something off, in their order."""
        return tuple(s for s in self.order if s.sends or any(one.calls for one in s.statuses))

    @cached_property
    def leading_to_effects(self) -> frozenset[str]:
        """Keys of the steps that set something off, and of all that where they stand hangs on.

        Every step when one beside the path does.
        """
        if any(step.aside for step in self.setting_off):
            return frozenset(self.by_key)
        return self._with_what_they_hang_on(step.key for step in self.setting_off)

    def _with_what_they_hang_on(self, keys: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        left = list(keys)
        while left:
            key = left.pop()
            if key in self.by_key and key not in found:
                found.add(key)
                # A detour that is over sends its step on.
                left += [*_hangs_on(self.by_key[key]), *(d.key for d in self.detours.get(key, ()))]
        return frozenset(found)

    @cached_property
    def facts_of_effects(self) -> frozenset[str]:
        """Names of the facts that can move a step which leads to effects.

        They are what such a step reads, rests on or brings about.
        """
        steps = [self.by_key[key] for key in self.leading_to_effects]
        read = (name for step in steps for names in conditions_of(step) for name in names)
        rest_on = (name for step in steps for name in (*step.uses, *step.evidence, *step.produces))
        moments = (moment.of for step in steps for moment in _moments(step))
        return frozenset({*read, *rest_on, *moments, *_WORKED_OUT_FROM})

    @cached_property
    def passing(self) -> Mapping[str, frozenset[str]]:
        """For steps that lead to effects, the open statuses between which a move changes nothing.

        No condition of a step that leads to effects names one of them, and no moment asks since
        when a step stands in one.
        """
        if any(step.aside for step in self.setting_off):
            return {}
        steps = [self.by_key[key] for key in self.leading_to_effects]
        told_apart = {
            (each["field"], word)
            for step in steps
            for condition in _conditions(step)
            for each in comparisons_of(condition)
            for word in each_of(each.get("value"))
        }
        told_apart |= {
            (f"step.{d.of}", word) for s in steps if (d := s.detour) for word in d.opened_by
        }
        timed = (moment.of.split(".") for step in steps for moment in _moments(step))
        asked_when = self._with_what_they_hang_on(of[1] for of in timed if len(of) > 1)
        apart = {*asked_when, *self.closing_steps, *(step.key for step in self.setting_off)}
        return {
            step.key: frozenset(
                status.key
                for status in step.statuses
                if status.kind == "open" and (f"step.{step.key}", status.key) not in told_apart
            )
            for step in steps
            if step.key not in apart and step.detour is None
        }

    @cached_property
    def beginning(self) -> Step | None:
        """The step of the path with which the therapy begins, if it has one."""
        return next((step for step in self.path if "first_dose_on" in step.produces), None)

    @cached_property
    def detours(self) -> Mapping[str, tuple[Step, ...]]:
        """The detours of each step that has any."""
        found: dict[str, tuple[Step, ...]] = {}
        for step in self.steps:
            if step.detour:
                found[step.detour.of] = (*found.get(step.detour.of, ()), step)
        return found

    @cached_property
    def closing_steps(self) -> frozenset[str]:
        """Keys of the steps that have a status which ends the journey."""
        return frozenset(s.key for s in self.steps if any(status.closes for status in s.statuses))

    @cached_property
    def skips(self) -> Mapping[str, tuple[tuple[Skip, frozenset[str]], ...]]:
        """Each step's skips with the facts they rest on."""
        return {s.key: tuple((k, fields_of(k.when)) for k in s.skips) for s in self.steps}

    @cached_property
    def producer(self) -> Mapping[str, str]:
        """For each fact, the last step of the path that produces it, else one beside it."""
        steps = sorted(self.order, key=lambda step: step.aside is None)
        return {name: step.key for step in steps for name in step.produces}


def conditions_of(step: Step) -> tuple[frozenset[str], ...]:
    """What each condition of a step reads."""
    return tuple(fields_of(condition) for condition in _conditions(step))


def _conditions(step: Step) -> list[Condition]:
    openings = step.aside.openings if step.aside else ()
    return [
        *(skip.when for skip in step.skips),
        *(gate.when for gate in step.gates),
        *(case.when for case in step.due.cases),
        *(opening.when for opening in openings if opening.when is not None),
    ]


def _hangs_on(step: Step) -> Iterator[str]:
    """Keys of the steps without which one cannot be placed."""
    yield from before(step)
    names = [moment.of for moment in _moments(step)]
    for name in (*names, *(name for names in conditions_of(step) for name in names)):
        kind, _, rest = name.partition(".")
        if kind in ("step", "since"):
            yield rest.partition(".")[0]


def _moments(step: Step) -> list[Moment]:
    """The moments that a step hangs on."""
    found = (step.due.until, *(skip.at for skip in step.skips))
    return [each for each in (*found, *(one.comes_at for one in step.statuses)) if each]


def before(step: Step) -> tuple[str, ...]:
    """Keys of the steps that come before this one: its needs and the step it is a detour of."""
    return (*step.needs, step.detour.of) if step.detour else step.needs
