"""How every partner is reached, for who keeps their endpoints."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from journeys.core.conformance import Standing
from journeys.domain.endpoint_secrets import jwks_of
from journeys.domain.endpoints import receivers
from journeys.domain.queries.sandbox import standings
from journeys.enums import Transport
from journeys.models import Endpoint


@dataclass(frozen=True)
class Reached:
    """One partner; `transport` is empty where nothing is sent to it."""

    id: UUID
    name: str
    kind: str
    transport: str
    host: str
    failing_since: datetime | None
    stands: Standing | None


def endpoints(actor: Actor) -> list[Reached]:
    """Every partner whose endpoint the actor keeps, those that are not reached first."""
    with every_tenant(reason="the operator keeps every partner's endpoint", actor=actor):
        partners = list(receivers(actor).order_by("name"))
        active = Endpoint.objects.filter(active=True, fallback=False, organization__in=partners)
        found = {
            each.organization_id: each
            for each in active.defer("secret", "previous_secret", "next_secret")
        }
        tried = standings([each.pk for each in partners])
    rows = []
    for partner in partners:
        its = found.get(partner.pk)
        rows.append(
            Reached(
                partner.pk,
                partner.name,
                partner.kind,
                str(Transport(its.transport).label) if its else "",
                host_of(its.address) if its else "",
                its.failing_since if its else None,
                tried.get(partner.pk),
            )
        )
    return sorted(rows, key=lambda row: bool(row.transport) and row.failing_since is None)


def public_keys() -> dict[str, list[dict[str, str]]]:
    """A JWK set of everything that we say who we are with, for whoever asks."""
    with every_tenant(reason="public halves of keys are everybody's to know"):
        found = Endpoint.objects.filter(active=True, transport=Transport.FHIR)
        return jwks_of(found.order_by("id"))


def host_of(address: str) -> str:
    """The name of an address, without its path: that may hold a token."""
    return urlsplit(address).hostname or ""
