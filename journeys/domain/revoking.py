"""A permission taken back, or an enrollment withdrawn: everybody who had something is told."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys import rules
from journeys.core.closing import CONSENT_WITHDRAWN
from journeys.core.events import Event
from journeys.core.steps_consent import ASKED_ON
from journeys.domain import handlers
from journeys.domain.disclosing import AUTHORIZATION, has_basis
from journeys.domain.parties import leave_last_word, leave_without_basis
from journeys.domain.recording import lock_journey, record
from journeys.domain.reporting import CLOCK_SKEW
from journeys.domain.sending import send_to_earlier_recipients
from journeys.domain.stopping import keep_notice
from journeys.enums import PacketKind, PartyRole
from journeys.models import ConsentGrant, Journey

# Of a caller: fewer tell too little about who calls.
LEAST_IDENTIFIED_BY = 2
_TOLD_IN_MINUTES = timedelta(minutes=1)


class UnknownGrant(LookupError):
    """No permission of the actor's practice has this id."""


class NotAsTold(ValueError):
    """What is said of a telephone call cannot be; `field` names it, the message is a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class PhoneCall:
    """How a patient, or who may sign for one, took a permission back on the telephone.

    `authority` is empty for the patient, else a code of the catalogue's A21; `identified_by` the
    ways in which the caller was recognized; `read_back` the sentence that was read out and that
    the caller said yes to.
    """

    caller: str
    authority: str
    identified_by: tuple[str, ...]
    called_at: datetime
    read_back: str


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
        if grant.revoked_at is None:
            _end(journey, grant, by=by, now=now)
        return grant


def revoke_by_phone(grant_id: UUID, call: PhoneCall, *, by: Actor, now: datetime) -> ConsentGrant:
    """As `revoke`, by the hub for a patient who called it; how it was told is kept.

    Raises NotAsTold; UnknownGrant when no permission of the hub's journeys has this id, or the
    actor may not.
    """
    with every_tenant(reason="a revocation concerns everyone who had something", actor=by):
        found = ConsentGrant.objects.filter(pk=grant_id).select_related("journey")
        known = found.first()
        if known is None or not rules.may_end_consent(by, known.journey):
            raise UnknownGrant(str(grant_id))
        _check(call, known, now=now)
        journey = lock_journey(known.journey_id)
        grant: ConsentGrant = found.get()
        if grant.revoked_at is not None:
            return grant
        grant.revoked_by_phone = {
            **asdict(call),
            "called_at": call.called_at.isoformat(),
            "taken_by": str(by.user_id),
        }
        grant.save(update_fields=["revoked_by_phone"])
        _end(journey, grant, by=by, now=now)
        signed = {"signed_at": grant.signed_at}
        handlers.call("permission_taken_back", journey_id=journey.pk, data=signed, now=now)
        return grant


def _check(call: PhoneCall, grant: ConsentGrant, *, now: datetime) -> None:
    if not call.caller.strip():
        raise NotAsTold("caller", "Write who called.")
    if len(set(call.identified_by)) < LEAST_IDENTIFIED_BY:
        raise NotAsTold("identified_by", "Recognize the caller in at least two ways.")
    if call.called_at > now + CLOCK_SKEW:
        raise NotAsTold("called_at", "This is in the future. Give the time of the call.")
    if call.called_at < grant.signed_at - _TOLD_IN_MINUTES:
        raise NotAsTold("called_at", "This is before the permission was given.")
    if not call.read_back:
        raise NotAsTold("read_back", "Read the sentence out, and hear a yes.")


def _end(journey: Journey, grant: ConsentGrant, *, by: Actor, now: datetime) -> None:
    grant.revoked_at = now
    grant.save(update_fields=["revoked_at"])
    audit.wrote(grant, action="revoked", fields=["revoked_at"])
    _tell(journey, PacketKind.REVOCATION, _about(grant), now=now)
    leave_without_basis(journey, now=now)
    _record_revoked(journey, grant, by=by, now=now)


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
        "title": terms.get("title", ""),
        "text_version": grant.text_version,
        "signed_at": grant.signed_at.astimezone(UTC).isoformat(),
        "recipients": list(terms.get("recipients", ())),
        "data_classes": list(terms.get("data_classes", ())),
        "purposes": list(terms.get("purposes", ())),
    }


def _tell(journey: Journey, kind: PacketKind, about: Mapping[str, Any], *, now: datetime) -> None:
    send_to_earlier_recipients(journey, keep_notice(journey, kind, about, now=now), now=now)
    leave_last_word(journey)


def _record_revoked(journey: Journey, grant: ConsentGrant, *, by: Actor, now: datetime) -> None:
    # Whether manufacturer's services may go on is what the grants that are left say.
    facts: dict[str, object] = {AUTHORIZATION: has_basis(journey, PartyRole.VENDOR, at=now)}
    if not facts[AUTHORIZATION]:
        facts[ASKED_ON] = timezone.localdate(now).isoformat()
    told = _said(journey, by=by, now=now)
    event = replace(
        told, id=f"revoked:{grant.pk}", kind="authorization", status="revoked", facts=facts
    )
    record(journey.pk, event, actor=by, now=now)
    if not has_basis(journey, PartyRole.HUB, at=now):
        _close(journey, CONSENT_WITHDRAWN, note="", by=by, now=now)


def _close(journey: Journey, reason: str, *, note: str, by: Actor, now: datetime) -> Journey:
    event = replace(_said(journey, by=by, now=now), id=f"closed:{reason}", reason=reason, note=note)
    return record(journey.pk, event, actor=by, now=now)


def _said(journey: Journey, *, by: Actor, now: datetime) -> Event:
    """An event that the practice says, or the hub: the journey's end, unless made another."""
    by_hub = by.organization_id == journey.hub_id
    teller = Organization.objects.get(pk=journey.hub_id if by_hub else journey.organization_id)
    return Event(
        id="closed",
        kind="closed",
        source=teller.slug,
        source_name=teller.name,
        role=PartyRole.HUB if by_hub else PartyRole.PRACTICE,
        occurred_at=now,
        received_at=now,
    )
