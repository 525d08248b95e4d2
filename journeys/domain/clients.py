"""Partners' systems that sign in: OAuth2 client credentials on a partner key."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.core.ids import read_id
from accounts.core.tokens import digest_of, new_token
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.key_ends import ends_at
from journeys.core.scopes import covers
from journeys.models import AccessToken, PartnerKey

LIFETIME = timedelta(minutes=15)


class UnknownScope(ValueError):
    """The key was not given what is asked for."""


@dataclass(frozen=True)
class Client:
    """A partner's system, by the key it showed, and what it may do now."""

    organization: Organization
    key_id: UUID
    scopes: tuple[str, ...]


def key_of(client_id: str, secret: str) -> PartnerKey | None:
    """The active key with this id and secret, or None; its last day may be over.

    A key without a secret lets nobody in.
    """
    key_id = read_id(client_id)
    if key_id is None:
        return None
    with every_tenant(reason="a partner shows its key; nobody acts yet"):
        found: PartnerKey | None = (
            PartnerKey.objects.select_related("organization")
            .filter(pk=key_id, revoked_at=None, organization__active=True)
            .first()
        )
    known = found.secret if found else ""
    same = hmac.compare_digest(known.encode(), secret.encode())
    return found if known and same else None


def lifetime(key: PartnerKey, *, now: datetime) -> timedelta:
    """How long a token of this key holds: a quarter hour, or until the key's last day is over."""
    end = ends_at(key.last_on)
    return min(LIFETIME, end - now) if end else LIFETIME


def issue(key: PartnerKey, asked: Sequence[str], *, now: datetime) -> tuple[str, tuple[str, ...]]:
    """A new token of this key and its scopes: those asked for, or all that the key has.

    Raises UnknownScope.
    """
    if any(not covers(key.scopes, scope) for scope in asked):
        raise UnknownScope
    scopes, token = tuple(asked) or tuple(key.scopes), new_token()
    with every_tenant(reason="a partner's key is exchanged; nobody acts yet"):
        AccessToken.objects.filter(key=key, expires_at__lt=now).delete()
        AccessToken.objects.create(
            organization=key.organization,
            key=key,
            digest=digest_of(token),
            scopes=list(scopes),
            expires_at=now + lifetime(key, now=now),
        )
        PartnerKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return token, scopes


def client_of(token: str, *, now: datetime) -> Client | None:
    """Whose token this is, if neither it nor its key has ended."""
    with every_tenant(reason="a partner shows its token; nobody acts yet"):
        found = (
            AccessToken.objects.select_related("organization")
            .filter(
                digest=digest_of(token),
                expires_at__gt=now,
                key__revoked_at=None,
                organization__active=True,
            )
            .first()
        )
    return Client(found.organization, found.key_id, tuple(found.scopes)) if found else None
