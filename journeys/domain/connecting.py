"""A partner's own system is connected: where it takes webhooks, and the secrets of both ways.

Every secret is told here once. What stood before goes on for a while beside the new one, so that
a partner changes over without a minute's silence.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.scopes import REPORTS_WRITE
from journeys.domain.endpoint_secrets import signing_secret
from journeys.domain.endpoints import RECEIVERS
from journeys.enums import Transport
from journeys.models import Endpoint, PartnerKey

# The one in use, and the one that takes its place.
MOST_KEYS = 2


class UnknownPartner(LookupError):
    """No active hub, pharmacy or vendor has this short name."""


@dataclass(frozen=True)
class Connected:
    """What the partner's engineer needs; `ours` signs what we send, `secret` what they report."""

    key_id: str
    secret: str = field(repr=False)
    ours: str = field(repr=False)


def connect(
    slug: str,
    *,
    address: str,
    now: datetime,
    last_on: date | None = None,
    by: Actor | None = None,
) -> Connected:
    """Send to this address from now on, and make a new secret for each way.

    Without an address it stays as it is, and only the partner's own secret is new. What we send is
    signed with the new and the last secret. Of the partner's own keys the last one stays valid
    too; an older one ends. `last_on` is the new one's last day. Raises UnknownPartner.
    """
    with every_tenant(reason="the operator connects a partner's system", actor=by):
        found = Organization.objects.select_for_update().filter(slug=slug, active=True)
        partner = found.filter(kind__in=RECEIVERS).first()
        if partner is None:
            raise UnknownPartner(slug)
        ours = _send_to(partner, address) if address else ""
        key = _new_key(partner, last_on=last_on, now=now)
    return Connected(key_id=str(key.pk), secret=key.secret, ours=ours)


def _send_to(partner: Organization, address: str) -> str:
    ours = signing_secret()
    endpoint = Endpoint.objects.filter(organization=partner, active=True, fallback=False).first()
    if endpoint is None:
        endpoint = Endpoint(organization=partner)
    endpoint.transport, endpoint.address = Transport.WEBHOOK, address
    endpoint.secret, endpoint.previous_secret = ours, endpoint.secret
    endpoint.failures, endpoint.failing_since, endpoint.quiet_until = 0, None, None
    endpoint.save()
    audit.wrote(endpoint, action="connected", fields=["address", "secret"])
    return ours


def _new_key(partner: Organization, *, last_on: date | None, now: datetime) -> PartnerKey:
    standing = PartnerKey.objects.filter(
        organization=partner, revoked_at=None, scopes=[REPORTS_WRITE]
    ).order_by("-created_at")
    for old in standing[MOST_KEYS - 1 :]:
        old.revoked_at = now
        old.save(update_fields=["revoked_at"])
        audit.wrote(old, action="key_ended")
    key: PartnerKey = PartnerKey.objects.create(
        organization=partner,
        label=f"System, {now:%Y-%m-%d}",
        secret=signing_secret(),
        created_at=now,
        last_on=last_on,
    )
    audit.wrote(key, action="key_made")
    return key
