"""A made-up patient's enrollment as a packet, for partners' sandboxes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from enrollment.core.packet import packet, sha256
from enrollment.domain.submission import facts_of
from journeys.domain.sandbox_sending import MadeUp
from programs.core.definition import Definition
from programs.core.forms import sheet
from programs.core.made_up import somebody

FIRST_NAMES = ("Robin", "Alex", "Sam", "Kim", "Jo")


def made_up_packet(
    definition: Mapping[str, Any],
    *,
    seed: int,
    changes: Mapping[str, Any],
    marks: Mapping[str, Any],
    now: datetime,
) -> MadeUp:
    """The same seed makes the same patient; `changes` are answers that are others now.

    `marks` go along under `sandbox`, so that nobody takes it for a patient's.
    """
    read, today = Definition.from_json(definition), timezone.localdate(now)
    drawn, _form = somebody(read, seed, today=today)
    name = {"A1": FIRST_NAMES[seed % len(FIRST_NAMES)], "A3": "Sandbox"}
    answers = {**drawn, **name, **INSURED, **changes}
    body = packet(
        read,
        answers,
        signatures=[_signature(kind, who, now) for kind, who in _signers(answers)],
        submitted_at=now,
        today=today,
    )
    told = {**body, "sandbox": dict(marks)}
    known = sheet((read,), answers, today=today).known
    return MadeUp(
        packet=told,
        digest=sha256(told),
        facts=facts_of(known, urgent=bool(marks.get("urgent")), authorized=True),
        name=f"{answers['A1']} {answers['A3']}",
        born_on=date.fromisoformat(answers["A5"]),
    )


# So that every step of a journey can come.
INSURED = {"B1": True, "B5": "commercial", "B7": "SANDBOX001"}


def _signers(answers: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return ("patient", f"{answers['A1']} {answers['A3']}"), ("prescriber", "Dr. Sandbox")


def _signature(kind: str, signer: str, now: datetime) -> dict[str, Any]:
    return {
        "kind": kind,
        "signer": signer,
        "relationship": "",
        "method": "typed",
        "signed_at": now.isoformat(),
        "language": "en",
        "digest": "0" * 64,
        "fields": {},
        "texts": [],
    }
