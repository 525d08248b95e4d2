"""One step as plain data: what it needs, who has it, its statuses, its clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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
    the organization with the next action does, or `unfilled` who stands in while nobody has the
    owner's part, and `elsewhere` once it is told that somebody has it who takes no part here
    (what the step `produces` is known); `due` runs from the moment of the status, or what the
    law gives the payer (`table`); `closes` ends the whole journey; `calls` names a
    handler the product runs once. A status that `comes_at` a moment is set by the clock while
    the step stands in one listed before it. `attempts` counts failed contacts, a `setback`
    sends the step back, and one that is `reasoned` is not taken without its reason. `spoken` and
    `awaits` are as the step's, where the headline says something else in this status.
    """

    key: str
    label: str
    kind: StatusKind = "open"
    owner: str | None = None
    action: str | None = None
    unfilled: str = ""
    elsewhere: str = ""
    due: Clock | None = None
    closes: bool = False
    calls: str | None = None
    reasons: tuple[Reason, ...] = ()
    table: str = ""
    comes_at: Moment | None = None
    attempts: int = 0
    setback: bool = False
    reasoned: bool = False
    spoken: str = ""
    awaits: str = ""


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
    """What stops a step that has all it needs: why, and who does what about it.

    While the step `kept_by` is open that one is the work, and there is nothing to do here.
    """

    when: Condition
    why: str
    owner: str
    action: str
    kept_by: str = ""


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
    `spoken` is the subject of the headline and `awaits` what is due ("decision"). In the status
    `begins_with` the therapy has begun, though the step is not over. Its reports
    are told to the roles of `seen_by`; reasons and notes only to those of `details_seen_by`.
    `most` is how often a counted step may come, where a program says less than its template.
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
    begins_with: str = ""
    seen_by: tuple[str, ...] = ORGANIZATIONS
    details_seen_by: tuple[str, ...] = ("practice", "hub", "pharmacy")
    most: int = 0

    def status(self, key: str | None) -> Status | None:
        """The status with this key, or None when the step does not have it."""
        # Asked for each event: a plain loop takes half as long as a generator.
        for status in self.statuses:
            if status.key == key:
                return status
        return None

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
