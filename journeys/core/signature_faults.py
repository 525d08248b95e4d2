"""What is wrong with a signature: which of its parts is not what it was made of.

A signature tells nothing but that it does not fit, so each usual mistake is tried in turn: the one
with which it fits is the one that was made.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Literal

TOLERANCE = timedelta(minutes=5)
# A clock that was read twice is off by little; what is further off was not meant.
NEAR = timedelta(minutes=10)
DIGEST_BYTES = 32
# How JSON is usually written.
_SHAPES: Sequence[Mapping[str, Any]] = (
    {"separators": (",", ":")},
    {"separators": (", ", ": ")},
    {"indent": 2},
    {"indent": 4},
)
PREFIX, VERSION = "whsec_", "v1,"
Part = Literal["", "signature", "timestamp", "id", "body", "secret"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The part that differs and how, as a sentence; no part where the signature is good."""

    part: Part
    said: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One message as its sender signed it: the three headers and the exact body."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def signature_of(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """What stands in webhook-signature: v1, a comma, base64 of the HMAC."""
    return VERSION + base64.b64encode(_digest(_key(secret), message_id, timestamp, body)).decode()


def signed_content(message_id: str, timestamp: str, body: bytes) -> bytes:
    """The bytes under the HMAC (Standard Webhooks 1.0)."""
    return b".".join((message_id.encode(), timestamp.encode(), body))


def faults(
    claim: Claim, *, secrets: Mapping[str, str], others: Mapping[str, str], now: datetime
) -> list[Finding]:
    """Everything that differs; one finding without a part when all is well.

    `secrets` are those that are good, by what they are called; `others` are known and not good
    here. `now` is in UTC.
    """
    found = list(_about_time(claim.timestamp, now=now))
    wanted = _digests(claim.signature)
    if isinstance(wanted, Finding):
        return [*found, wanted]
    name = _fits(claim, wanted, secrets)
    if name:
        return found or [Finding("", f"It is good: signed with {name}.")]
    mistake = next(_mistakes(claim, wanted, {**secrets, **others}, others), None)
    unknown = Finding(
        "secret",
        "It fits no secret that we know, whatever else is tried: most likely the secret is another "
        "one, or the body that was signed is not the one pasted here.",
    )
    return [*found, mistake or unknown]


def _about_time(text: str, *, now: datetime) -> Iterator[Finding]:
    if not (text.isascii() and text.isdigit()):
        said = f"“{text[:40]}” is no whole number of seconds since 1970."
        yield Finding("timestamp", said)
        return
    seconds = int(text)
    if seconds > 10**11:
        yield Finding("timestamp", "This is in milliseconds; it has to be in seconds.")
        return
    off = datetime.fromtimestamp(seconds, UTC) - now
    if abs(off) > TOLERANCE:
        which = "in the future" if off > timedelta(0) else "ago"
        minutes = round(abs(off).total_seconds() / 60)
        said = f"It is {minutes} minutes {which}, and may be off by five. Sign each try anew."
        yield Finding("timestamp", said)


def _digests(header: str) -> list[bytes] | Finding:
    """The digests of a header, or what keeps it from being read."""
    parts = header.split()
    if not parts:
        return Finding("signature", "There is no signature.")
    read = []
    for part in parts:
        if not part.startswith(VERSION):
            return Finding("signature", "Each signature begins with v1 and a comma.")
        text = part.removeprefix(VERSION)
        try:
            digest = base64.b64decode(text, validate=True)
        except ValueError:
            digest = b""
        if len(digest) == DIGEST_BYTES:
            read.append(digest)
        elif len(text) == 2 * DIGEST_BYTES:
            return Finding("signature", "This is hexadecimal; it has to be base64.")
        elif "-" in text or "_" in text or not text.endswith("="):
            return Finding("signature", "This is not standard base64 with its padding.")
        else:
            return Finding("signature", f"This is not {DIGEST_BYTES} bytes in base64.")
    return read


def _fits(claim: Claim, wanted: Sequence[bytes], secrets: Mapping[str, str]) -> str:
    for name, secret in secrets.items():
        if _digest(_key(secret), claim.id, claim.timestamp, claim.body) in wanted:
            return name
    return ""


def _mistakes(
    claim: Claim, wanted: Sequence[bytes], known: Mapping[str, str], others: Mapping[str, str]
) -> Iterator[Finding]:
    """The first is the one that was made: each way of signing is tried with every secret."""
    for name, secret in known.items():
        for key, how in _keys(secret, name, other=name in others):
            for message_id, timestamp, body, finding in _readings(claim):
                if _digest(key, message_id, timestamp, body) in wanted:
                    yield finding if finding and not how else Finding("secret", how or name)
            content = {claim.body: "Only the body was signed: sign id.timestamp.body."}
            for bytes_, said in content.items():
                if hmac.new(key, bytes_, hashlib.sha256).digest() in wanted:
                    yield Finding("id", said)


def _keys(secret: str, name: str, *, other: bool) -> Iterator[tuple[bytes, str]]:
    """The secret as it ought to be read, then as it is read by mistake, and how that is said."""
    wrong = f"It was signed with {name}, which is not good here." if other else ""
    yield _key(secret), wrong
    told = "The secret was used as text: take off whsec_ and decode the rest from base64."
    yield secret.encode(), told
    yield secret.removeprefix(PREFIX).encode(), told


def _readings(claim: Claim) -> Iterator[tuple[str, str, bytes, Finding | None]]:
    """The message as it stands, and as it may have been when it was signed."""
    yield claim.id, claim.timestamp, claim.body, None
    for body, how in _bodies(claim.body):
        yield claim.id, claim.timestamp, body, Finding("body", how)
    for message_id in ("", claim.id.strip(), claim.id.lower(), f"msg_{claim.id}"):
        if message_id != claim.id:
            said = f"It was signed with the id “{message_id}”."
            yield message_id, claim.timestamp, claim.body, Finding("id", said)
    for timestamp in _timestamps(claim.timestamp):
        said = f"It was signed with the timestamp {timestamp}."
        yield claim.id, timestamp, claim.body, Finding("timestamp", said)


def _bodies(body: bytes) -> Iterator[tuple[bytes, str]]:
    changed = "the bytes that are sent have to be the bytes that were signed."
    yield body.strip(), f"White space around the body differs: {changed}"
    yield body + b"\n", f"The body was signed with a line break at its end: {changed}"
    unix = body.replace(b"\r\n", b"\n")
    yield unix, f"The line breaks differ: {changed}"
    yield unix.replace(b"\n", b"\r\n"), f"The line breaks differ: {changed}"
    yield b"", "An empty body was signed."
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return
    written = f"The JSON was written anew after it was signed: {changed}"
    for shape, ascii_, ordered in product(_SHAPES, (True, False), (False, True)):
        text = json.dumps(content, **shape, ensure_ascii=ascii_, sort_keys=ordered)
        yield text.encode(), written


def _timestamps(text: str) -> Iterator[str]:
    yield ""
    if text.isascii() and text.isdigit():
        near, seconds = int(NEAR.total_seconds()), int(text)
        yield str(seconds * 1000)
        yield str(seconds // 1000)
        for off in range(1, near):
            yield from (str(seconds - off), str(seconds + off))


def _digest(key: bytes, message_id: str, timestamp: str, body: bytes) -> bytes:
    content = signed_content(message_id, timestamp, body)
    return hmac.new(key, content, hashlib.sha256).digest()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX))
    except ValueError:
        return secret.encode()
