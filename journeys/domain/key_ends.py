"""The last day of partners' keys: set by who keeps the endpoint, told ahead, refused afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.core.actor import Actor
from accounts.domain.emailing import Email, send
from accounts.domain.queries.administrators import administrators_of
from accounts.enums import EmailKind
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.key_ends import TOLD_AHEAD, days_left, has_ended, to_tell
from journeys.domain.endpoints import receivers
from journeys.models import PartnerKey

log = structlog.get_logger(__name__)


class NoKey(LookupError):
    """There is no such key, or it is another's to keep."""


class TooManyKeys(Exception):
    """As many keys are valid as there may be: one has to end before another is made."""


@dataclass(frozen=True)
class MadeKey:
    """What a system signs with, or asks for a token; the secret is told this once."""

    id: UUID
    secret: str = field(repr=False)


@dataclass(frozen=True)
class HeldKey:
    """A key as its keeper sees it: never its secret."""

    id: UUID
    label: str
    created_at: datetime
    last_used_at: datetime | None
    last_on: date | None
    left: int | None
    scopes: tuple[str, ...]

    @property
    def ended(self) -> bool:
        return self.left is not None and self.left < 0

    @property
    def ends_soon(self) -> bool:
        return self.left is not None and 0 <= self.left <= TOLD_AHEAD[0]


def held(key: PartnerKey, *, now: datetime) -> HeldKey:
    left = days_left(key.last_on, now=now)
    used = key.last_used_at
    scopes = tuple(key.scopes)
    return HeldKey(key.pk, key.label, key.created_at, used, key.last_on, left, scopes)


def keys_of(partner: Organization, *, by: Actor, now: datetime) -> list[HeldKey]:
    """The keys that a partner's system reports with, the oldest first; the caller may keep them."""
    with every_tenant(reason="the operator keeps every partner's keys", actor=by):
        found = PartnerKey.objects.filter(organization=partner, revoked_at=None)
        rows = found.defer("secret").order_by("created_at")
        return [held(each, now=now) for each in rows]


def set_last_day(key_id: UUID, *, partner_id: UUID, last_on: date | None, by: Actor) -> None:
    """The key is good through this day; for ever with None. Raises NoKey."""
    with every_tenant(reason="the operator keeps every partner's keys", actor=by):
        partner = receivers(by).filter(pk=partner_id).first()
        its = PartnerKey.objects.filter(organization=partner, revoked_at=None)
        key = its.select_for_update().filter(pk=key_id).first() if partner else None
        if key is None:
            raise NoKey(str(key_id))
        key.last_on, key.told_ahead = last_on, None
        key.save(update_fields=["last_on", "told_ahead"])
        audit.wrote(key, action="key_end_set", fields=["last_on"], purpose=str(last_on or "none"))


def tell_of_ends(*, clock: Callable[[], datetime]) -> int:
    """Write to the administrators of whose key ends soon, once 30 and once 7 days ahead.

    How many keys were told of. The mark is kept first: a letter is not sent twice.
    """
    now = clock()
    with every_tenant(reason="keys of every partner end"):
        ending = PartnerKey.objects.filter(
            revoked_at=None,
            organization__active=True,
            organization__sandbox_of=None,
            last_on__range=(now.date() - timedelta(days=1), now.date() + _FARTHEST),
        )
        rows = list(ending.select_for_update(skip_locked=True, of=("self",)).order_by("last_on"))
        due = [each for each in rows if to_tell(each.last_on, each.told_ahead, now=now)]
        for each in due:
            each.told_ahead = to_tell(each.last_on, each.told_ahead, now=now)
        PartnerKey.objects.bulk_update(due, ["told_ahead"])
        letters = [(each, each.organization) for each in due]
    for key, partner in letters:
        _write(key, partner, now=now)
    return len(due)


_FARTHEST = timedelta(days=TOLD_AHEAD[0] + 1)


def _write(key: PartnerKey, partner: Organization, *, now: datetime) -> None:
    context: dict[str, Any] = {
        "key": key,
        "organization": partner.name,
        "left": days_left(key.last_on, now=now),
        "link": settings.SITE_URL + reverse("endpoint", args=[partner.pk]),
    }
    text = render_to_string("journeys/email/key_ends.txt", context)
    for address in administrators_of(partner):
        letter = Email(
            kind=EmailKind.KEY,
            organization_id=partner.pk,
            to=address,
            subject=_("Throughline: a key of your system ends soon"),
            text=text,
        )
        try:
            send(letter, now=now)
        except OSError as error:
            # The page says it too, and the list of e-mails that this one did not go out.
            log.warning("key_letter_not_sent", key=str(key.pk), error=type(error).__name__)


def refusal(key: PartnerKey, *, now: datetime) -> str:
    """Why a key that was shown is not taken any more; "" when it is taken."""
    if not has_ended(key.last_on, now=now):
        return ""
    return (
        f"The last day of this key was {key.last_on}. An administrator of your organization"
        " finds your keys under Endpoints; a new one is made by whoever gave you this one."
    )
