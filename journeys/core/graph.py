"""The journey's shape as plain data: steps, what they need, who has them, and their clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class Moment:
    """A point in time that something known tells: so long after it, or before it.

    `of` names a date (a fact, or one that is worked out), or a step: "step.<key>" is when that
    step opened, "since.<key>" since when it stands as it does.
    """

    of: str
    length: Clock
    before: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """How long a step may take from its opening.

    What the law gives the payer's class (`table`, see journeys.core.payer_clocks) comes before
    the first case that holds, and that before the clock. It is never due after `until`.
    """

    clock: Clock
    cases: tuple[ClockCase, ...] = ()
    table: str = ""
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a status was reported: a stable key and the words people read.

    `action` is what is to be done for this reason, when it is not what the status says.
    """

    key: str
    label: str
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One state a step can be reported in.

    `owner` has the step in this status when it is not the step's own owner; `action` is what
    the organization with the next action does; `due` runs from the moment of the status, or
    what the law gives the payer (`table`); `closes` ends the whole journey; `calls` names a
    handler the product runs once. A status that `comes_at` a moment is set by the clock while
    the step stands in one listed before it. `attempts` counts failed contacts, a `setback`
    sends the step back, and one that is `reasoned` is not taken without its reason.
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
    table: str = ""
    comes_at: Moment | None = None
    attempts: int = 0
    setback: bool = False
    reasoned: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """A condition over what is known under which a step is not needed, and why in words.

    A skip never rests on a fact nobody knows, unless it is `presumed`: then it holds until
    something known says otherwise, or somebody reports the step. A `firm` skip holds whatever
    was reported. One with `at` holds from that moment on. A step beside the path that had
    begun ends in the status `ends_as`.
    """

    when: Condition
    why: str
    firm: bool = False
    presumed: bool = False
    ends_as: str = ""
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """What stops a step that has all it needs: why, and who does what about it."""

    when: Condition
    why: str
    owner: str
    action: str


@dataclass(frozen=True, slots=True)
class Detour:
    """A step that opens only while another step stands in one of some statuses.

    When the detour ends in a status named in `returns`, the other step goes back to the
    status beside it. A status that was given one of the reasons `but_for` does not open it.
    """

    of: str
    opened_by: tuple[str, ...]
    returns: Mapping[str, str]
    unused_why: str
    but_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a step beside the path: a condition over what is known, from a moment on."""

    when: Condition | None = None
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A step beside the path: nothing waits for it, and it may come again.

    It opens by whichever of `openings` is first, or by a report. With `numbered_by` (a fact
    that tells one time from the next) it comes again once it is over. While it is open, each
    step in `holds` stands in the status beside it, unless it was reported later. One that
    `outlives` the journey is finished even when the journey was closed. A `private` one is not
    known to those who may not see its reports.
    """

    openings: tuple[Opening, ...] = ()
    numbered_by: str = ""
    holds: Mapping[str, str] = field(default_factory=dict)
    outlives: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From where on a journey is at risk; a program may set its own.

    `silence` is without a word from anybody, `contacts` failed ones in a row, `setbacks` of one
    step, `out_of_pocket` dollars a fill, `lead` before something runs out, `on_hand` days of
    supply, `appeal_lead` before the last day to appeal.
    """

    silence: Clock = Clock(3, "business_days")
    contacts: int = 3
    setbacks: int = 2
    out_of_pocket: float = 250
    lead: Clock = Clock(14, "days")
    on_hand: Clock = Clock(5, "days")
    appeal_lead: Clock = Clock(14, "days")


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
    aside: Aside | None = None
    gates: tuple[Gate, ...] = ()
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
        known = self.reason(reason)
        return known.label if known else reason.replace("_", " ")

    def reason(self, key: str | None) -> Reason | None:
        """The reason with this key, or None when no status of the step has it."""
        known = (each for status in self.statuses for each in status.reasons)
        return next((each for each in known if each.key == key), None)


@dataclass(frozen=True)
class Graph:
    """Steps in the order a person would tell them, and who settles a disagreement by when."""

    key: str
    title: str
    steps: tuple[Step, ...]
    settled_by: str = "hub"
    settle_within: Clock = Clock(4, "business_hours")
    thresholds: Thresholds = Thresholds()

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
    def openings(self) -> Mapping[str, tuple[Opening, ...]]:
        """The openings of each step beside the path that opens by itself."""
        return {s.key: s.aside.openings for s in self.asides if s.aside and s.aside.openings}

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
    openings = step.aside.openings if step.aside else ()
    conditions = [
        *(skip.when for skip in step.skips),
        *(gate.when for gate in step.gates),
        *(case.when for case in step.due.cases),
        *(opening.when for opening in openings if opening.when is not None),
    ]
    return tuple(fields_of(condition) for condition in conditions)


def before(step: Step) -> tuple[str, ...]:
    """Keys of the steps that come before this one: its needs and the step it is a detour of."""
    return (*step.needs, step.detour.of) if step.detour else step.needs
