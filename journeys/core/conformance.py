"""When a partner's system passes a check: how each trial ends, and how the partner stands.

Everything here is read from what was sent to the partner's sandbox and what came back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from journeys.core.conformance_checks import keys_for

Pair = tuple[str, str]
# After that long a trial is over, whatever is missing.
PATIENCE = timedelta(hours=1)
OUTAGE_PATIENCE = timedelta(hours=24)
# Nothing that came back by then is silence.
SILENCE = timedelta(minutes=2)
LEAST_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """One message to the partner's sandbox. `failures` are what became of its failed tries."""

    message_id: str
    journey: str
    version: int
    status: Literal["waiting", "taken", "confirmed", "stopped"]
    case_number: str
    failures: tuple[str, ...]
    trouble: str = ""

    @property
    def arrived(self) -> bool:
        return self.status in ("taken", "confirmed")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a trial ended, in a sentence, and by which message that is known."""

    passed: bool
    said: str
    message_id: str = ""


def judged(
    kind: str,
    sent: Sequence[Sent],
    *,
    role: str,
    reported: Sequence[Pair],
    waited: timedelta,
) -> Verdict | None:
    """How a trial ended, or None while it goes on.

    `sent` are the messages of its journeys, the oldest first; `reported` the (step, status) that
    came back from a partner in this role; `waited` the time since it was asked for.
    """
    if stopped := next((each for each in sent if each.status == "stopped"), None):
        return Verdict(False, stopped.trouble or "It was refused.", stopped.message_id)
    known = _JUDGES.get(kind)
    verdict = known(sent) if known else _outcome(kind, sent, role, reported, waited)
    if verdict is None and waited > (OUTAGE_PATIENCE if kind == "outage" else PATIENCE):
        return Verdict(False, "Not everything came back in time.")
    return verdict


def _file(sent: Sequence[Sent]) -> Verdict | None:
    if len(sent) < LEAST_AT_ONCE or any(each.status != "confirmed" for each in sent):
        return None
    last, numbers = sent[-1].message_id, {each.case_number for each in sent}
    if "" in numbers or len(numbers) < len(sent):
        return Verdict(False, "Each enrollment needs a case number of its own.", last)
    return Verdict(True, f"All {len(sent)} were acknowledged, each with its number.", last)


def _retry(sent: Sequence[Sent]) -> Verdict | None:
    first = sent[0]
    if first.status != "confirmed":
        return None
    if not first.failures:
        words = "It was taken in at the first try: answer 503 to that one."
        return Verdict(False, words, first.message_id)
    words = f"Failed {_times(len(first.failures))}, then accepted once{_as(first)}."
    return Verdict(True, words, first.message_id)


def _amendment(sent: Sequence[Sent]) -> Verdict | None:
    first, newest = sent[0], sent[-1]
    if newest.version == first.version or newest.status != "confirmed":
        return None
    if newest.case_number != first.case_number:
        words = f"It was opened anew as {newest.case_number}; the case is {first.case_number}."
        return Verdict(False, words, newest.message_id)
    words = f"Version {newest.version} was taken in{_as(newest)}, the same case."
    return Verdict(True, words, newest.message_id)


def _revocation(sent: Sequence[Sent]) -> Verdict | None:
    newest = sent[-1]
    if newest.version == 1 or not newest.arrived:
        return None
    return Verdict(True, "The end of the permission was taken in.", newest.message_id)


def _outage(sent: Sequence[Sent]) -> Verdict | None:
    if len(sent) < LEAST_AT_ONCE or any(each.status != "confirmed" for each in sent):
        return None
    last = sent[-1].message_id
    if not any(each.failures for each in sent):
        return Verdict(False, "All came through at once: stop your system before you press.", last)
    numbers = [each.case_number for each in sent if each.case_number]
    if len(set(numbers)) < len(numbers):
        return Verdict(False, "Two enrollments have the same case number.", last)
    tries = sum(len(each.failures) for each in sent)
    words = f"After {tries} failed tries all {len(sent)} arrived, each once."
    return Verdict(True, words, last)


_JUDGES: Mapping[str, Callable[[Sequence[Sent]], Verdict | None]] = {
    "file": _file,
    "retry": _retry,
    "amendment": _amendment,
    "revocation": _revocation,
    "outage": _outage,
}

# What a system reports back for each outcome, by what it is.
EXPECTED: Mapping[str, Mapping[str, tuple[Pair, ...]]] = {
    "hub": {
        "approve": (
            ("intake_review", "accepted"),
            ("prior_authorization_determination", "approved"),
        ),
        "deny": (("intake_review", "accepted"), ("prior_authorization_determination", "denied")),
        "more": (("intake_review", "returned"),),
        "silent": (),
    },
    "pharmacy": {
        "approve": (("pharmacy_triage", "accepted"), ("pharmacy_intake", "paid")),
        "deny": (("pharmacy_triage", "rejected"),),
        "silent": (),
    },
    "vendor": {
        "approve": (("copay_enrollment", "enrolled"),),
        "deny": (("copay_enrollment", "not_eligible"),),
        "silent": (),
    },
}


def _outcome(
    kind: str, sent: Sequence[Sent], role: str, reported: Sequence[Pair], waited: timedelta
) -> Verdict | None:
    """Whether what came back is what the test enrollment asked for; None while it may come."""
    first, outcomes = sent[0], EXPECTED[role]
    expected = outcomes[kind]
    others = {pair for pairs in outcomes.values() for pair in pairs} - set(expected)
    if wrong := next((pair for pair in reported if pair in others), None):
        words = f"{_pair(wrong)} came back, which is another outcome."
        return Verdict(False, words, first.message_id)
    if any(pair not in reported for pair in expected) or not first.arrived:
        return None
    if not expected:
        quiet = Verdict(True, "Taken in, and nothing came back.", first.message_id)
        return quiet if waited > SILENCE else None
    told = ", ".join(_pair(pair) for pair in expected)
    return Verdict(True, f"Came back: {told}.", first.message_id)


def refused_well(status: int) -> bool:
    """Whether an answer tells that a message was not believed."""
    return status in (400, 401, 403)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of the checks a partner's system passes, and when the last of them was tried."""

    passed: int
    of: int
    tried_at: datetime | None


def standing(newest: Mapping[str, tuple[bool, datetime]], *, way: str) -> Standing:
    """From the newest finished trial of each kind: whether it was passed, and when it ended."""
    keys = keys_for(way)
    of_checks = {key: told for key, told in newest.items() if key in keys}
    return Standing(
        passed=sum(passed for passed, _ in of_checks.values()),
        of=len(keys),
        tried_at=max((at for _, at in of_checks.values()), default=None),
    )


def _pair(pair: Pair) -> str:
    return f"{pair[0]} {pair[1]}"


def _as(sent: Sent) -> str:
    return f" as {sent.case_number}" if sent.case_number else ""


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
