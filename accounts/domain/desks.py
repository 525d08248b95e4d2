"""How a member is reached at work, and who answers for them while they are away."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Membership, Organization
from accounts.tenancy import current_organization_id


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A number, hours in words, and the days away, both included, with who covers (a membership).

    Without the first day the person is not away.
    """

    phone: str
    hours: str
    away_from: date | None = None
    away_until: date | None = None
    covered_by: UUID | None = None


@transaction.atomic
def set_desk(membership: Membership, desk: Desk, *, by: Actor) -> None:
    """Keep how a member is reached and when they are away; parties see it from now on."""
    membership.phone, membership.hours = desk.phone, desk.hours
    membership.away_from, membership.away_until = desk.away_from, desk.away_until
    membership.covered_by_id = desk.covered_by if desk.away_from else None
    changed = ["phone", "hours", "away_from", "away_until", "covered_by"]
    membership.save(update_fields=changed)
    audit.wrote(membership, action="desk_changed", fields=changed)


@transaction.atomic
def set_after_hours(words: str, *, by: Actor) -> None:
    """Keep whom callers of the actor's organization reach when nobody is there."""
    organization = Organization.objects.get(pk=current_organization_id())
    organization.after_hours = words
    organization.save(update_fields=["after_hours"])
    audit.wrote(organization, action="after_hours_changed", fields=["after_hours"])
