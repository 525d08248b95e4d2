"""Word that something ended, for who had something: it holds nothing about the patient."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from journeys.domain.sending import keep_packet
from journeys.enums import PacketKind
from journeys.models import Journey, Packet

NOTICE = "throughline.notice/1"
_SENTENCES = {
    PacketKind.REVOCATION: "The patient took back the permission named here. From this moment on, "
    "share nothing more on it and ask for nothing more. What was done before, relying on it, "
    "stays as it is (45 CFR 164.508(b)(5)).",
    PacketKind.WITHDRAWAL: "The practice withdrew this enrollment. Stop work on it and confirm.",
    PacketKind.TRANSFER: "The referral went to another pharmacy. Stop work on it and confirm.",
}


def keep_notice(
    journey: Journey, kind: PacketKind, about: Mapping[str, Any], *, now: datetime
) -> Packet:
    """Keep such word as the journey's next packet: our number says whom it concerns.

    The caller holds the journey's lock.
    """
    version = journey.program_version
    body = {
        "schema": NOTICE,
        "kind": kind.value,
        "program": {"key": version.program.key, "name": version.program.name},
        "at": now.astimezone(UTC).isoformat(),
        "sentence": _SENTENCES[kind],
        **about,
    }
    written = json.dumps(body, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(written.encode()).hexdigest()
    return keep_packet(journey, body, digest, now=now, kind=kind)
