"""What a partner's system shows before it is trusted with patients: the checks of each way."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a partner's system does, and how its engineer shows it."""

    key: str
    title: str
    do: str
    button: str


_SLOW = Check(
    "slow",
    "429 respected",
    "Your next report to us gets 429 with Retry-After: 5. Send the same message again under "
    "the same id, and not before.",
    "Refuse my next report",
)
_RETRY = Check(
    "retry",
    "Retry after 503 accepted once",
    "We send a test enrollment whose expected_outcome is fail. Answer 503 to it, and take it "
    "in when we try again, with one case number.",
    "Send one that fails first",
)
_AMENDMENT = Check(
    "amendment",
    "Amendment applied",
    "We amend the newest confirmed test enrollment: the same journey, a higher version, "
    "another member ID. Answer with the case number that you have.",
    "Amend it",
)
_OUTAGE = Check(
    "outage",
    "Outage recovered",
    "Stop your system, then press. We send three test enrollments. Start it again: all of "
    "them arrive, each confirmed once.",
    "Send three while I am down",
)
_WEBHOOK = (
    Check(
        "signature",
        "Signature verified",
        "We send a message with your signature and one with a wrong one. Answer 2xx to the first "
        "and 401 to the second.",
        "Send both",
    ),
    Check(
        "replay",
        "Replay refused",
        "We send a message signed now, and one whose signature is ten minutes old. Answer 2xx to "
        "the first and 401 to the second.",
        "Send both",
    ),
    Check(
        "duplicate",
        "Duplicate harmless",
        "We send the newest confirmed test enrollment once more, under the same webhook-id. Give "
        "the same answer and open no second case.",
        "Send it again",
    ),
    _SLOW,
    _RETRY,
    _AMENDMENT,
    Check(
        "revocation",
        "Revocation acknowledged",
        "The patient of the newest confirmed test enrollment takes the permission back. Take in "
        "consent.revoked with 2xx, and stop.",
        "Take it back",
    ),
    _OUTAGE,
)
_FHIR = (
    Check(
        "signature",
        "Assertion verified",
        "We ask your token address with an assertion signed by our key, and with one signed by "
        "a key that nobody knows. Give a token for the first; answer 400 or 401 to the second.",
        "Ask for both",
    ),
    Check(
        "replay",
        "Ended assertion refused",
        "We ask with an assertion made now, and with one that ended five minutes ago. Give a "
        "token for the first; answer 400 or 401 to the second.",
        "Ask for both",
    ),
    Check(
        "token",
        "Token required",
        "We ask for a token, then post an empty Bundle with one that you never gave. Answer 401 "
        "to that.",
        "Post without a good token",
    ),
    Check(
        "duplicate",
        "Duplicate harmless",
        "We post the newest confirmed test enrollment once more: the same Bundle.identifier. "
        "Give the same answer and open no second case.",
        "Post it again",
    ),
    _SLOW,
    _RETRY,
    _AMENDMENT,
    Check(
        "revocation",
        "Revocation acknowledged",
        "The patient of the newest confirmed test enrollment takes the permission back. Take in "
        "the Bundle whose Task is cancelled with 2xx, and stop.",
        "Take it back",
    ),
    _OUTAGE,
)
_SFTP = (
    Check(
        "file",
        "File acknowledged",
        "We write a file with three test enrollments. Answer with an acknowledgement file: each "
        "accepted, with a case number of its own.",
        "Write a file",
    ),
    Check(
        "totals",
        "Wrong totals refused",
        "We write a file whose last line does not fit the others. Acknowledge what stands in it "
        "as rejected. The next file has its number again.",
        "Write a broken file",
    ),
    Check(
        "duplicate",
        "Duplicate harmless",
        "We write the last file's number once more, with the newest confirmed test enrollment in "
        "it. Acknowledge it under the case number that it has.",
        "Write it again",
    ),
    _AMENDMENT,
    Check(
        "revocation",
        "Revocation acknowledged",
        "The patient of the newest confirmed test enrollment takes the permission back. "
        "Acknowledge the line of the type revocation as accepted, and stop.",
        "Take it back",
    ),
    Check(
        "outage",
        "Outage recovered",
        "Stop your server, then press. We write three test enrollments. Start it again: all of "
        "them arrive, each acknowledged with a number of its own.",
        "Send three while it is down",
    ),
)
_BY_WAY: Mapping[str, tuple[Check, ...]] = {"webhook": _WEBHOOK, "fhir": _FHIR, "sftp": _SFTP}


def checks_for(way: str) -> tuple[Check, ...]:
    """The checks of a way; none where people take in what is sent."""
    return _BY_WAY.get(way, ())


def keys_for(way: str) -> tuple[str, ...]:
    """Of which kind the trials of a way are."""
    return tuple(check.key for check in checks_for(way))
