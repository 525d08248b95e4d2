"""Reaching a patient: ways and what came of each, who asked for silence, when to try again.

Callers to a home keep to 8 am to 9 pm where it stands (47 CFR 64.1200(c)(1)), and who says stop, by
whatever means, is heard for that sender and purpose (47 CFR 64.1200(a)(10)); here at once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from journeys.core.calendar import is_business_day
from programs.core.consents import LANGUAGES
from programs.core.scripts import PURPOSES, Script, filled, script_for
from programs.core.scripts import STOPPED as SAID_ON_STOP

STOPPED = "asked_to_stop"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach somebody, and what can come of it, by code.

    `ours` is false where the patient came to us: that is refused to nobody.
    """

    label: str
    told: str
    outcomes: Mapping[str, str]
    ours: bool = True


_STOP = {STOPPED: "Asked us to stop"}
CHANNELS: Mapping[str, Channel] = {
    "call": Channel(
        "Call",
        "Called the patient",
        {"reached": "Reached", "no_answer": "No answer", "wrong": "Wrong number", **_STOP},
    ),
    "voicemail": Channel(
        "Voicemail", "Voicemail for the patient", {"left": "Left", "full": "Mailbox full"}
    ),
    "text": Channel(
        "Text",
        "Text to the patient",
        {"sent": "Sent", "replied": "Replied", "failed": "Not delivered", **_STOP},
    ),
    "email": Channel(
        "E-mail",
        "E-mail to the patient",
        {"sent": "Sent", "replied": "Replied", "failed": "Came back", **_STOP},
    ),
    "inbound": Channel(
        "They reached us", "The patient reached us", {"talked": "Talked", **_STOP}, ours=False
    ),
}
# What says that nobody was reached.
IN_VAIN = frozenset({"no_answer", "wrong", "left", "full", "sent", "failed"})
EVERYTHING = "all"
# How the enrollment form says a patient may be reached (field A18): the ways that leaves out.
LEFT_OUT: Mapping[str, tuple[Collection[str], str]] = {
    "call_no_message": (("voicemail",), "The patient asked that no message be left"),
    "written": (("call", "voicemail", "text"), "The patient wants e-mail or mail only"),
    "do_not_contact": (
        ("call", "voicemail", "text", "email"),
        "The patient asked not to be contacted",
    ),
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A patient asked a sender, once, to be silent about a purpose."""

    purpose: str
    said_at: datetime
    channel: str


def refusal(channel: str, purpose: str, *, stops: Iterable[Stop], preference: str) -> str:
    """Why the patient may not be contacted so about this, in words; empty when they may be."""
    if not CHANNELS[channel].ours:
        return ""
    for stop in stops:
        if stop.purpose in (purpose, EVERYTHING) or purpose == EVERYTHING:
            about = PURPOSES[stop.purpose].lower()
            return f"The patient asked you to stop on {stop.said_at:%b %-d, %Y}, about {about}"
    ways, why = LEFT_OUT.get(preference, ((), ""))
    return f"{why}, on the enrollment form" if channel in ways else ""


def told(channel: str | None, outcome: str | None) -> str:
    """One contact as a sentence of the story."""
    known = CHANNELS.get(channel or "")
    if known is None:
        return "Contact"
    return f"{known.told}: {known.outcomes.get(outcome or '', 'done').lower()}"


# Hours that are lawful and kind also where a state has two zones, by best time (field A16).
_HOURS: Mapping[str, tuple[time, time]] = {
    "am": (time(9), time(12)),
    "pm": (time(13), time(18)),
    "any": (time(9), time(18)),
}
# Working days until the next attempt, by how many failed; more than this asks another way.
_PAUSES = (0, 1, 2, 5)


def hours_of(best: str) -> tuple[time, time]:
    """When the patient is called, on their own clock."""
    return _HOURS.get(best, _HOURS["any"])


def next_attempt(
    in_vain: int, *, last_at: datetime, now: datetime, zone: str, best: str
) -> datetime:
    """When to try next, within the patient's hours; another time of day after each in vain.

    `last_at` is the last attempt, and counts when there was one in vain.
    """
    opens, closes = hours_of(best)
    here = ZoneInfo(zone)
    day = (last_at if in_vain else now).astimezone(here).date()
    for _ in range(_PAUSES[min(in_vain, len(_PAUSES) - 1)]):
        day = _working_day_after(day)
    third = (closes.hour - opens.hour) // 3
    wanted = datetime.combine(day, time(opens.hour + third * (in_vain % 3)), here)
    at = max(wanted, now.astimezone(here))
    if not is_business_day(at.date()) or at.time() >= closes:
        return datetime.combine(_working_day_after(at.date()), opens, here)
    return max(at, datetime.combine(at.date(), opens, here))


def _working_day_after(day: date) -> date:
    found = day + timedelta(days=1)
    while not is_business_day(found):
        found += timedelta(days=1)
    return found


# The zone most people of a state live in; hours of calling are lawful in its other one too.
_ZONES: Mapping[str, str] = {
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
    "Pacific/Guam": "GU MP",
    "Pacific/Pago_Pago": "AS",
}
_BY_STATE = {state: zone for zone, states in _ZONES.items() for state in states.split()}


def zone_of(state: str) -> str:
    """The time zone in a state, by its two letters; Eastern time for the rest."""
    return _BY_STATE.get(state, "America/New_York")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls for whom: a person of a hub that works for a manufacturer's program."""

    name: str
    hub: str
    program: str
    manufacturer: str


@dataclass(frozen=True, slots=True)
class Said:
    """What is said on one occasion, in one language (ISO 639-1)."""

    occasion: str
    words: str
    language: str


def scripts(
    caller: Caller, own: Sequence[Script], *, purpose: str, language: str
) -> tuple[Said, ...]:
    """What is said, by occasion: the program's own words, else the usual; the patient's tongue
    first, then English.
    """
    script = script_for(own, purpose)
    values = {
        "caller": caller.name,
        "hub": caller.hub,
        "program": caller.program,
        "maker": caller.manufacturer,
    }
    return tuple(
        Said(occasion, filled(words[each], values), each)
        for occasion, words in (
            ("Opening", script.opening),
            ("Asked to stop", SAID_ON_STOP),
            ("Message", script.message),
        )
        for each in dict.fromkeys((language if language in LANGUAGES else "en", "en"))
    )
