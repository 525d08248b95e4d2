"""The words a journey is told in: the same for every reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from journeys.core.graph import ORGANIZATIONS, Clock, Status, Step
from journeys.core.state import Party, StepState

PHASE_WORDS: Mapping[str, str] = {
    "done": "Done",
    "now": "Now",
    "waiting": "Waiting",
    "ahead": "Ahead",
    "skipped": "Skipped",
    "at_risk": "At risk",
    "blocked": "Blocked",
    "conflict": "Conflict",
}
ROLE_WORDS: Mapping[str, str] = {
    "practice": "the practice",
    "hub": "the hub",
    "pharmacy": "the pharmacy",
    "vendor": "the vendor",
    "payer": "the payer",
    "patient": "the patient",
}
_ZONE_WORDS: Mapping[str, str] = {
    "America/New_York": "ET",
    "America/Detroit": "ET",
    "America/Chicago": "CT",
    "America/Denver": "MT",
    "America/Phoenix": "MT",
    "America/Los_Angeles": "PT",
    "America/Anchorage": "AKT",
    "Pacific/Honolulu": "HT",
}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def name_of(role: str, parties: Mapping[str, Party]) -> str:
    """What a party is called: its own name, or what it is."""
    party = parties.get(role)
    return party.name if party else ROLE_WORDS.get(role, role)


def clock_words(clock: Clock) -> str:
    """How long a clock gives: "4 business hours"."""
    unit = clock.unit.replace("_", " ")
    return f"{clock.amount:g} {unit.removesuffix('s') if clock.amount == 1 else unit}"


def full_moment(instant: datetime, zone: str) -> str:
    """ "Fri, Mar 6, 2:10 pm ET"."""
    local = instant.astimezone(ZoneInfo(zone))
    word = _ZONE_WORDS.get(zone) or local.tzname() or zone
    return f"{_day_of(local)}, {_clock(local)} {word}"


def day_words(day: date) -> str:
    """ "Fri, Mar 6, 2026"."""
    return f"{_day_of(day)}, {day.year}"


def _day_of(day: date) -> str:
    # strftime takes three times as long, and these are asked for with every evaluation.
    return f"{_WEEKDAYS[day.weekday()]}, {_MONTHS[day.month - 1]} {day.day}"


def near_day(instant: datetime, *, now: datetime, zone: str) -> str:
    """The day as people say it: a time today, a weekday this week or just past, else a date."""
    local, today = instant.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    days = (local.date() - today.date()).days
    if days == 0:
        return f"{_clock(local)} today"
    if days in (-1, 1):
        return "yesterday" if days < 0 else "tomorrow"
    if -7 < days < 7 - today.weekday():
        return f"{local:%A}"
    year = f", {local.year}" if local.year != today.year else ""
    return f"{_day_of(local)}{year}"


def _clock(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local.minute:02} {'am' if local.hour < 12 else 'pm'}"


@dataclass(frozen=True, slots=True)
class Days:
    """How a sentence names its days: as seen from `now`, or as dates.

    What is `kept` is read on other days than it was written, when "today" is no longer today.
    """

    now: datetime
    zone: str
    kept: bool = False

    def since(self, instant: datetime) -> str:
        if self.kept:
            return _day_of(instant.astimezone(ZoneInfo(self.zone)))
        return near_day(instant, now=self.now, zone=self.zone)

    def due(self, instant: datetime) -> str:
        if self.kept:
            return full_moment(instant, self.zone)
        return near_day(instant, now=self.now, zone=self.zone)

    def over(self, instant: datetime) -> str:
        """When something ended, with the word before it: "on Friday", "at 2:10 pm today"."""
        if self.kept:
            return f"on {day_words(instant.astimezone(ZoneInfo(self.zone)))}"
        day = near_day(instant, now=self.now, zone=self.zone)
        if day == "yesterday":
            return day
        return f"at {day}" if day.endswith("today") else f"on {day}"


def headline(step: Step, state: StepState, parties: Mapping[str, Party], days: Days) -> str:
    """Where the journey stands and who has it, in one sentence."""
    subject = step.spoken or step.title
    if state.phase == "conflict":
        return f"{subject}: partners disagree since {days.since(state.since or days.now)}"
    if state.phase == "blocked":
        who = name_of(state.acts or "", parties)
        due = _due(state, days)
        return f"{subject} is blocked; {who} has it{', ' if due else ''}{due}"
    owner, status, awaits = state.owner or step.owner, step.status(state.status), step.awaits
    if _stands_in(state, owner, parties):
        owner = state.acts or owner
    elif status:
        subject, awaits = status.spoken or subject, status.awaits or awaits
    at = _had_since(state, status)
    since = f" since {days.since(at)}" if at else ""
    due = _due(state, days)
    awaits = f"{awaits} " if awaits else ""
    return f"{subject} is with {name_of(owner, parties)}{since}" + (
        f"; {awaits}{due}" if due else ""
    )


def _stands_in(state: StepState, owner: str, parties: Mapping[str, Party]) -> bool:
    """Whether somebody stands in, while nobody of ours fills the owner's part."""
    return bool(owner in ORGANIZATIONS and parties and owner not in parties and state.acts)


def _had_since(state: StepState, status: Status | None) -> datetime | None:
    """Since when somebody has it: the clock that goes on to the next attempt moves nothing."""
    by_clock = status is not None and status.comes_at is not None and not status.owner
    return state.opened_at if by_clock and state.opened_at else state.since


def _due(state: StepState, days: Days) -> str:
    if state.due_at is None:
        return ""
    was = "was " if state.due_at < days.now else ""
    return f"{was}due {days.due(state.due_at)}"


def settle_headline(subject: str, who: str, due_at: datetime, days: Days) -> str:
    """The headline while two sources disagree; which said what is told to those who may know."""
    verb = "was to settle it" if due_at < days.now else "settles it"
    return f"Partners disagree about {lower_first(subject)}; {who} {verb} by {days.due(due_at)}"


def follow_up_headline(who: str, due_at: datetime, days: Days) -> str:
    """The headline when only something is open that not every party may know of."""
    was = "was " if due_at < days.now else ""
    return f"{who} has a follow-up, which {was or 'is '}due {days.due(due_at)}"


def next_action(action: str, who: str, due_at: datetime, days: Days) -> str:
    """Who does what by when: "Review the enrollment: Northstar Access, by Friday"."""
    by = "was due" if due_at < days.now else "by"
    return f"{action}: {who}, {by} {days.due(due_at)}"


def closed_headline(who: str, at: datetime, days: Days) -> str:
    """The headline of a journey that ended; the reason is told to those who may know it."""
    return f"Closed by {who} {days.over(at)}"


def completed_headline(at: datetime, days: Days) -> str:
    """The headline of a journey whose every step is over."""
    return f"Every step is done; the last {days.over(at)}"


def lower_first(words: str) -> str:
    """Words as they stand within a sentence."""
    return words[:1].lower() + words[1:]
