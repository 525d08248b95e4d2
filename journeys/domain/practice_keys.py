"""The keys of a practice's own system: with one it reads where journeys stand, and posts records.

Its administrator makes and ends them: nobody else speaks for a practice.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from journeys.core.key_ends import has_ended
from journeys.core.scopes import PREFILL_WRITE, STATUS_READ
from journeys.domain.endpoint_secrets import signing_secret
from journeys.domain.endpoints import receivers
from journeys.domain.key_ends import MadeKey, NoKey, TooManyKeys
from journeys.models import PartnerKey

USES = (STATUS_READ, PREFILL_WRITE)
# Two systems, each with the key in use and the one that takes its place.
MOST_KEYS = 4


def make_key(
    practice_id: UUID, uses: Sequence[str], *, by: Actor, now: datetime, last_on: date | None = None
) -> MadeKey:
    """A key for these of USES, good through `last_on` if given. Raises NoKey, TooManyKeys."""
    # Locked, so that two who press at once do not both make the last one.
    practice = _own(practice_id, by).select_for_update().first()
    if practice is None:
        raise NoKey(str(practice_id))
    valid = PartnerKey.objects.filter(organization=practice, revoked_at=None)
    if sum(not has_ended(each.last_on, now=now) for each in valid) >= MOST_KEYS:
        raise TooManyKeys
    secret = signing_secret()
    key = PartnerKey.objects.create(
        organization=practice,
        label=f"System, {now:%Y-%m-%d}",
        secret=secret,
        scopes=[use for use in USES if use in uses],
        created_at=now,
        last_on=last_on,
    )
    audit.wrote(key, action="key_made", fields=["scopes"], purpose=" ".join(key.scopes))
    return MadeKey(key.pk, secret)


def end_key(key_id: UUID, *, practice_id: UUID, by: Actor, now: datetime) -> None:
    """No token is given for the key from now on. Raises NoKey."""
    mine = PartnerKey.objects.filter(organization__in=_own(practice_id, by), revoked_at=None)
    key = mine.select_for_update(of=("self",)).filter(pk=key_id).first()
    if key is None:
        raise NoKey(str(key_id))
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    audit.wrote(key, action="key_ended")


def _own(practice_id: UUID, actor: Actor) -> QuerySet[Organization]:
    return receivers(actor).filter(pk=practice_id, kind=OrganizationKind.PRACTICE)
