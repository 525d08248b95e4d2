"""When each partner's own system last told us anything, and whether that is too long ago."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.core.actor import Actor
from accounts.models import Organization
from journeys.core.calendar import calendar_of
from journeys.core.graph import Clock
from journeys.models import JourneyParty


@dataclass(frozen=True)
class Feed:
    """One partner's system; `silent_since` is when it should have spoken at the latest."""

    name: str
    kind: str
    heard_at: datetime | None
    hours: int | None
    silent_since: datetime | None


def feeds(actor: Actor, *, now: datetime) -> list[Feed]:
    """Of those one shares journeys with, for the operator of all; the longest silent first.

    Who never reported by a system of its own, and is not expected to, is left out.
    """
    found = Organization.objects.filter(active=True).filter(
        Q(heard_at__isnull=False) | Q(heartbeat_hours__isnull=False), sandbox_of=None
    )
    if not actor.is_operator:
        shared = JourneyParty.objects.filter(party=OuterRef("pk"), until=None)
        found = found.filter(Exists(shared)).exclude(pk=str(actor.organization_id))
    told = [_feed(each, now=now) for each in found.order_by("name")]
    return sorted(told, key=lambda feed: (feed.silent_since is None, feed.silent_since or now))


def _feed(partner: Organization, *, now: datetime) -> Feed:
    silent_since = None
    if partner.heard_at and partner.heartbeat_hours:
        clock = Clock(partner.heartbeat_hours, "business_hours")
        by = calendar_of(partner.time_zone).after(partner.heard_at, clock)
        silent_since = by if by < now else None
    return Feed(partner.name, partner.kind, partner.heard_at, partner.heartbeat_hours, silent_since)
