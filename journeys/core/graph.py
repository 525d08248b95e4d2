"""The journey's shape as plain data: steps, what they need, who has them, and their clocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from programs.core.conditions import fields_of

Condition = Mapping[str, object]
Unit = Literal["business_minutes", "business_hours", "business_days", "hours", "days"]
StatusKind = Literal["open", "done", "skipped", "failed"]

ORGANIZATIONS = ("practice", "hub", "pharmacy", "vendor")
OUTSIDERS = ("payer", "patient")
ROLES = ORGANIZATIONS + OUTSIDERS
STAGES = ("submitted", "accepted", "verified", "authorized", "dispensed", "on_therapy")


@dataclass(frozen=True, slots=True)
class Clock:
    """A length of time; business units count only the working hours of a calendar."""

    amount: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class ClockCase:
    """The clock that replaces the usual one when a condition over facts holds."""

    when: Condition
    clock: Clock


@dataclass(frozen=True, slots=True)
class Due:
    """How long a step may take from its opening; the first case that holds decides."""

    clock: Clock
    cases: tuple[ClockCase, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a status was reported: a stable key and the words people read."""

    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One state a step can be reported in.

    `owner` has the step in this status when it is not the step's own owner; `action` is what
    the organization with the next action does; `due` runs from the moment of the status;
    `closes` ends the whole journey; `calls` names a handler the product runs once.
    """

    key: str
    label: str
    kind: StatusKind = "open"
    owner: str | None = None
    action: str | None = None
    due: Clock | None = None
    closes: bool = False
    calls: str | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """A condition over known facts under which a step is not needed, and why in words.

    A skip never rests on a fact nobody knows. A `firm` skip holds whatever was reported.
    """

    when: Condition
    why: str
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Detour:
    """A step that opens only while another step stands in one of some statuses.

    When the detour ends in a status named in `returns`, the other step goes back to the
    status beside it.
    """

    of: str
    opened_by: tuple[str, ...]
    returns: Mapping[str, str]
    unused_why: str


@dataclass(frozen=True, slots=True)
class Sending:
    """What is handed to a party when a step opens or is done."""

    on: Literal["opened", "done"]
    kind: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One station of a journey.

    `lane` is the party it is drawn with, `owner` the party that has it; an owner outside the
    product (payer, patient) is followed up by `chased_by`. `typical` is low and high business
    hours. `produces` and `uses` name facts; `evidence` names facts that outrank status text.
    `spoken` is the subject of the headline and `awaits` what is due ("decision"). Its reports
    are told to the roles of `seen_by`; reasons and notes only to those of `details_seen_by`.
    """

    key: str
    title: str
    lane: str
    owner: str
    action: str
    statuses: tuple[Status, ...]
    due: Due
    typical: tuple[float, float]
    needs: tuple[str, ...] = ()
    skips: tuple[Skip, ...] = ()
    chased_by: str | None = None
    follow_up: Clock | None = None
    produces: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    per_coverage: bool = False
    detour: Detour | None = None
    sends: tuple[Sending, ...] = ()
    stage: str | None = None
    spoken: str = ""
    awaits: str = ""
    seen_by: tuple[str, ...] = ORGANIZATIONS
    details_seen_by: tuple[str, ...] = ("practice", "hub", "pharmacy")

    def status(self, key: str | None) -> Status | None:
        """The status with this key, or None when the step does not have it."""
        return next((status for status in self.statuses if status.key == key), None)

    def acting(self, owner: str) -> str:
        """The organization role with the next action while `owner` has the step."""
        if owner in ORGANIZATIONS:
            return owner
        return self.chased_by or self.owner

    def label_of(self, reason: str | None) -> str:
        """The words of a reason key; an unknown key is shown as it was reported."""
        if reason is None:
            return ""
        labels = (r.label for status in self.statuses for r in status.reasons if r.key == reason)
        return next(labels, reason.replace("_", " "))


@dataclass(frozen=True)
class Graph:
    """Steps in the order a person would tell them, and who settles a disagreement by when."""

    key: str
    title: str
    steps: tuple[Step, ...]
    settled_by: str = "hub"
    settle_within: Clock = Clock(4, "business_hours")

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
        """The ordered steps that are no detours."""
        return tuple(step for step in self.order if step.detour is None)

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
        """For each fact, the last step of the path that produces it."""
        return {name: step.key for step in self.order for name in step.produces}


def before(step: Step) -> tuple[str, ...]:
    """Keys of the steps that come before this one: its needs and the step it is a detour of."""
    return (*step.needs, step.detour.of) if step.detour else step.needs
