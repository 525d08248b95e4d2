"""A permission taken back, or an enrollment withdrawn: everybody who had something is told."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.events import Event
from journeys.domain.disclosing import ASKED_ON, AUTHORIZATION, has_basis
from journeys.domain.parties import leave_without_basis
from journeys.domain.recording import lock_journey, record
from journeys.domain.sending import keep_packet, send_to_earlier_recipients
from journeys.enums import PacketKind, PartyRole
from journeys.models import ConsentGrant, Journey

NOTICE = "throughline.notice/1"
_SENTENCES = {
    PacketKind.REVOCATION: "The patient took back the permission named here. From this moment on, "
    "share nothing more on it and ask for nothing more. What was done before, relying on it, "
    "stays as it is (45 CFR 164.508(b)(5)).",
    PacketKind.WITHDRAWAL: "The practice withdrew this enrollment. Stop work on it and confirm.",
}


class UnknownGrant(LookupError):
    """No permission of the actor's practice has this id."""


def revoke(grant_id: UUID, *, by: Actor, now: datetime) -> ConsentGrant:
    """End one permission from now on, alone; a second time changes nothing.

    In this order: end the grant; put word of it on its way to everyone who had something; end
    the part of whoever had no other ground to take part; tell the journey, which ends when its
    hub has no ground either. Raises UnknownGrant.
    """
    with every_tenant(reason="a revocation concerns everyone who had something", actor=by):
        found = ConsentGrant.objects.filter(pk=grant_id, organization_id=by.organization_id)
        journey_id = found.values_list("journey_id", flat=True).first()
        if journey_id is None:
            raise UnknownGrant(str(grant_id))
        journey = lock_journey(journey_id)
        grant: ConsentGrant = found.get()
        if grant.revoked_at is not None:
            return grant
        grant.revoked_at = now
        grant.save(update_fields=["revoked_at"])
        audit.wrote(grant, action="revoked", fields=["revoked_at"])
        _tell(journey, PacketKind.REVOCATION, _about(grant), now=now)
        leave_without_basis(journey, now=now)
        _record_revoked(journey, grant, by=by, now=now)
        return grant


def withdraw(journey_id: UUID, *, note: str, by: Actor, now: datetime) -> Journey:
    """End a journey because the practice withdraws its enrollment, and tell who had it."""
    with every_tenant(reason="a withdrawal concerns everyone who had something", actor=by):
        journey = lock_journey(journey_id)
        if journey.closed_at is not None:
            return journey
        _tell(journey, PacketKind.WITHDRAWAL, {}, now=now)
        return _close(journey, "withdrawn", note=note, by=by, now=now)


def _about(grant: ConsentGrant) -> dict[str, Any]:
    terms: Mapping[str, Any] = grant.terms
    return {
        "consent": terms.get("consent", ""),
        "text_version": grant.text_version,
        "signed_at": grant.signed_at.astimezone(UTC).isoformat(),
        "recipients": list(terms.get("recipients", ())),
        "data_classes": list(terms.get("data_classes", ())),
        "purposes": list(terms.get("purposes", ())),
    }


def _tell(journey: Journey, kind: PacketKind, about: Mapping[str, Any], *, now: datetime) -> None:
    """Nothing about the patient stands in a notice: our number says whom it concerns."""
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
    send_to_earlier_recipients(
        journey, keep_packet(journey, body, digest, now=now, kind=kind), now=now
    )


def _record_revoked(journey: Journey, grant: ConsentGrant, *, by: Actor, now: datetime) -> None:
    # Whether manufacturer's services may go on is what the grants that are left say.
    facts: dict[str, object] = {AUTHORIZATION: has_basis(journey, PartyRole.VENDOR, at=now)}
    if not facts[AUTHORIZATION]:
        facts[ASKED_ON] = now.date().isoformat()
    told = _said(journey, now=now)
    event = replace(
        told, id=f"revoked:{grant.pk}", kind="authorization", status="revoked", facts=facts
    )
    record(journey.pk, event, actor=by, now=now)
    if not has_basis(journey, PartyRole.HUB, at=now):
        _close(journey, "consent_withdrawn", note="", by=by, now=now)


def _close(journey: Journey, reason: str, *, note: str, by: Actor, now: datetime) -> Journey:
    event = replace(_said(journey, now=now), id=f"closed:{reason}", reason=reason, note=note)
    return record(journey.pk, event, actor=by, now=now)


def _said(journey: Journey, *, now: datetime) -> Event:
    """An event that the practice says: the journey's end, unless it is made another."""
    practice = Organization.objects.get(pk=journey.organization_id)
    return Event(
        id="closed",
        kind="closed",
        source=practice.slug,
        source_name=practice.name,
        role=PartyRole.PRACTICE,
        occurred_at=now,
        received_at=now,
    )
