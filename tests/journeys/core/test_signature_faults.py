"""A signature that does not fit is told apart by what was done wrong with it."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from journeys.core.signature_faults import Claim, Finding, faults, signature_of

NOW = datetime(2026, 3, 6, 19, 10, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OURS = "whsec_" + base64.b64encode(b"o" * 32).decode()
BODY = json.dumps({"type": "step.reported", "data": {"journey": "TL-8KDW2MF"}}).encode()
SECONDS = str(int(NOW.timestamp()))


def signed(**changes: object) -> Claim:
    good = Claim("msg_1", SECONDS, Webhook(SECRET).sign("msg_1", NOW, BODY.decode()), BODY)
    return replace(good, **changes)  # type: ignore[arg-type]  # fields by name


def made_with(key: bytes, content: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def told(claim: Claim) -> list[Finding]:
    known = {"the webhook secret": OURS}
    return faults(claim, secrets={"your secret": SECRET}, others=known, now=NOW)


def test_a_third_partys_signature_is_good_and_ours_is_the_same() -> None:
    assert [each.part for each in told(signed())] == [""]
    assert signed().signature == signature_of(SECRET, "msg_1", SECONDS, BODY)


OLD = NOW - timedelta(minutes=12)
COMPACT = json.dumps(json.loads(BODY), separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("claim", "part", "said"),
    [
        (signed(body=COMPACT), "body", "written anew"),
        (signed(body=BODY + b"\n"), "body", "White space"),
        (signed(id="MSG_1"), "id", "“msg_1”"),
        (signed(timestamp=str(int(SECONDS) + 2)), "timestamp", SECONDS),
        (signed(timestamp=SECONDS + "000"), "timestamp", "milliseconds"),
        (signed(timestamp="2026-03-06"), "timestamp", "no whole number"),
        (
            signed(
                timestamp=str(int(OLD.timestamp())),
                signature=Webhook(SECRET).sign("msg_1", OLD, BODY.decode()),
            ),
            "timestamp",
            "12 minutes ago",
        ),
        (signed(signature=Webhook(OURS).sign("msg_1", NOW, BODY.decode())), "secret", "not good"),
        (
            signed(signature=made_with(SECRET.encode(), f"msg_1.{SECONDS}.".encode() + BODY)),
            "secret",
            "used as text",
        ),
        (signed(signature=made_with(b"k" * 32, BODY)), "id", "Only the body"),
        (signed(signature="v1," + "ab" * 32), "signature", "hexadecimal"),
        (signed(signature="sha256=abc"), "signature", "begins with v1"),
        (signed(signature=""), "signature", "no signature"),
        (signed(body=b'{"another": "one"}'), "secret", "no secret that we know"),
    ],
)
def test_the_part_that_differs_is_named(claim: Claim, part: str, said: str) -> None:
    found = told(claim)[0]
    assert (found.part, said in found.said) == (part, True), found
