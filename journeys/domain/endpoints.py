"""How a partner's packets reach it: chosen by its own administrator, or by the operator for it.

What was on its way goes on by the new way; what is being sent at that moment still ends on the
old one. One endpoint of an organization is active; an earlier one is kept for what went by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.drawing import ask_for_packets
from journeys.domain.endpoint_secrets import MADE_BY_US, PAIRS, key_id_of, new_secret_for
from journeys.domain.nudges import nudge
from journeys.domain.sending import endpoint_of
from journeys.enums import DeliveryStatus, Transport
from journeys.models import Delivery, Endpoint

RECEIVERS = (OrganizationKind.HUB, OrganizationKind.PHARMACY, OrganizationKind.VENDOR)


class NoEndpoint(LookupError):
    """Nothing is sent to this organization, it is another's to say how, or there is no such way."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """What was chosen. A `secret` that the partner gave replaces the one that is kept."""

    transport: Transport
    address: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    secret: str = field(default="", repr=False)


def receivers(actor: Actor) -> QuerySet[Organization]:
    """Whose endpoint the actor keeps: every partner's for the operator, else their own.

    A practice's is its own system's, which hears by webhook that a journey changed. A partner
    also keeps that of its double in the sandbox.
    """
    found: QuerySet[Organization] = Organization.objects.filter(active=True)
    if actor.is_operator:
        return found.filter(kind__in=RECEIVERS, sandbox_of=None)
    own = (*RECEIVERS, OrganizationKind.PRACTICE)
    own_id = str(actor.organization_id)
    mine = Q(pk=own_id) | Q(sandbox_of=own_id, kind=actor.organization_kind)
    return found.filter(mine, kind__in=own)


def endpoint_for(partner: Organization, *, by: Actor) -> Endpoint | None:
    """The partner's active endpoint, for who may keep it."""
    with every_tenant(reason="the operator keeps every partner's endpoint", actor=by):
        return endpoint_of(partner)


def choose_way(partner_id: UUID, way: Way, *, by: Actor, now: datetime) -> str:
    """Send to the partner this way from now on; the secret to hand over, if one was made for it.

    Raises NoEndpoint.
    """
    with every_tenant(reason="the operator keeps every partner's endpoint", actor=by):
        partner = _locked(partner_id, by)
        before = endpoint_of(partner)
        stays = before is not None and before.transport == way.transport
        after = before if before is not None and stays else _row(partner, way.transport)
        if before is not None and not stays:
            before.active = False
            before.save(update_fields=["active"])
        kept_key = {"key_id": after.options["key_id"]} if "key_id" in after.options else {}
        after.address, after.options = way.address, {**kept_key, **way.options}
        if partner.kind == OrganizationKind.PRACTICE:
            after.options["since"] = now.astimezone(UTC).isoformat()
        after.failures, after.failing_since, after.quiet_until = 0, None, None
        after.active = True
        made = "" if stays and after.secret else _take_secret(after, way)
        if stays and way.secret:
            after.secret, after.previous_secret = way.secret, None
        after.save()
        _lead_over(partner, after, now=now)
        audit.wrote(after, action="endpoint_changed", purpose=f"{partner.name}: {way.transport}")
    return made if way.transport == Transport.WEBHOOK else ""


def stop(partner_id: UUID, *, by: Actor) -> None:
    """Nothing is sent to a practice's own system from now on. Raises NoEndpoint."""
    with every_tenant(reason="a practice's endpoint ends", actor=by):
        partner = _locked(partner_id, by)
        endpoint = _active(partner)
        if partner.kind != OrganizationKind.PRACTICE:
            raise NoEndpoint(str(partner_id))
        endpoint.active = False
        endpoint.save(update_fields=["active"])
        audit.wrote(endpoint, action="endpoint_changed", fields=["active"], purpose=partner.name)


def make_secret(partner_id: UUID, *, by: Actor) -> str:
    """A new secret beside the one in use, which is kept until it is ended; told for a webhook.

    Of a key pair the new one waits until `use_next_key`: first the partner learns its public half.
    Raises NoEndpoint.
    """
    with every_tenant(reason="the operator keeps every partner's endpoint", actor=by):
        endpoint = _active(_locked(partner_id, by))
        if endpoint.transport not in MADE_BY_US:
            raise NoEndpoint(str(partner_id))
        if endpoint.transport in PAIRS:
            endpoint.next_secret = new_secret_for(endpoint.transport)
            endpoint.save(update_fields=["next_secret"])
            audit.wrote(endpoint, action="secret_made", fields=["next_secret"])
            return ""
        before = endpoint.secret
        made = _take_secret(endpoint, Way(transport=Transport(endpoint.transport)))
        endpoint.previous_secret = before
        endpoint.save(update_fields=["secret", "previous_secret", "options"])
        audit.wrote(endpoint, action="secret_made", fields=["secret"])
    return made


def use_next_key(partner_id: UUID, *, by: Actor) -> None:
    """Sign with the key that waits; the one before is listed until it is ended. Raises NoEndpoint.

    Pressed again it changes nothing.
    """
    with every_tenant(reason="the operator keeps every partner's endpoint", actor=by):
        endpoint = _active(_locked(partner_id, by))
        if endpoint.next_secret is None:
            return
        endpoint.previous_secret, endpoint.secret = endpoint.secret, endpoint.next_secret
        endpoint.next_secret = None
        if endpoint.transport == Transport.FHIR:
            endpoint.options = {**endpoint.options, "key_id": key_id_of(endpoint.secret)}
        endpoint.save(update_fields=["secret", "previous_secret", "next_secret", "options"])
        audit.wrote(endpoint, action="secret_used", fields=["secret"])


def end_older_secret(partner_id: UUID, *, by: Actor) -> None:
    """Nothing is signed with the older secret from now on. Raises NoEndpoint."""
    with every_tenant(reason="the operator keeps every partner's endpoint", actor=by):
        endpoint = _active(_locked(partner_id, by))
        endpoint.previous_secret = None
        endpoint.save(update_fields=["previous_secret"])
        audit.wrote(endpoint, action="secret_ended", fields=["previous_secret"])


def _locked(partner_id: UUID, by: Actor) -> Organization:
    """Locked, so that two who press at once do not make two endpoints."""
    partner = receivers(by).select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NoEndpoint(str(partner_id))
    return partner


def _active(partner: Organization) -> Endpoint:
    endpoint = endpoint_of(partner)
    if endpoint is None:
        raise NoEndpoint(str(partner.pk))
    return endpoint


def _row(partner: Organization, transport: Transport) -> Endpoint:
    """The one this way had before, whose batch files go on counting, or a new one."""
    earlier = Endpoint.objects.filter(organization=partner, transport=transport, fallback=False)
    found: Endpoint | None = earlier.first()
    return found or Endpoint(organization=partner, transport=transport)


def _take_secret(endpoint: Endpoint, way: Way) -> str:
    """A secret of its own for a way that is taken up; one that it had long ago is not used."""
    made = new_secret_for(way.transport) if way.transport in MADE_BY_US else ""
    endpoint.secret = made or way.secret or None
    endpoint.previous_secret, endpoint.next_secret = None, None
    if way.transport == Transport.FHIR:
        endpoint.options = {**endpoint.options, "key_id": key_id_of(made)}
    return made


def _lead_over(partner: Organization, endpoint: Endpoint, *, now: datetime) -> None:
    """What waits goes the new way at once; what is being sent does, should it come back."""
    its = Delivery.objects.filter(recipient=partner, endpoint__fallback=False)
    its.filter(status=DeliveryStatus.CLAIMED).update(endpoint=endpoint)
    its.filter(status=DeliveryStatus.PENDING).update(
        endpoint=endpoint, next_attempt_at=now, trouble=""
    )
    nudge("journeys.tasks.send_due_deliveries", queue="routing")
    ask_for_packets()
