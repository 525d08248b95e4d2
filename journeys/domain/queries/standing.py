"""Whether somebody may still hear of a journey: asked again and again while a page is open."""

from datetime import datetime
from uuid import UUID

from accounts.core.actor import Actor
from accounts.core.permissions import Permission, Role, permissions_of
from accounts.models import Membership
from accounts.tenancy import acting_as
from journeys.domain.queries import faxes
from journeys.domain.queries.work import counts
from journeys.models import Journey, JourneyEvent


def still_may(actor: Actor, permission: Permission) -> bool:
    """Whether the membership that the actor acts by still stands and still grants it."""
    if actor.user_id is None or actor.organization_id is None:
        return False
    membership = Membership.objects.filter(
        user_id=actor.user_id,
        user__is_active=True,
        organization_id=actor.organization_id,
        organization__active=True,
        active=True,
    ).first()
    return membership is not None and permission in permissions_of(
        Role(role) for role in membership.roles
    )


def journey_mark(actor: Actor, journey_id: UUID) -> str | None:
    """A mark that changes with each event of a journey; None when the actor may not see it."""
    with acting_as(actor):
        if not Journey.objects.filter(pk=journey_id).exists():
            return None
        return mark_of_events(JourneyEvent.objects.filter(journey_id=journey_id).count())


def mark_of_events(count: int) -> str:
    return f"e{count}"


def work_mark(actor: Actor, *, now: datetime) -> str:
    """A mark that changes when work of the actor's organization opens, closes or is claimed."""
    with acting_as(actor):
        return counts(actor, now=now, scopes=()).mark


def intake_mark(actor: Actor, *, now: datetime) -> str:
    """A mark that changes with the work of the actor's hub and with its faxes."""
    with acting_as(actor):
        return faxes.mark_with(counts(actor, now=now, scopes=()).mark)
