"""Cases that nobody answers for: supervisors are told after a quarter of an hour."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.plans import Plan, execution
from accounts.tenancy import every_tenant
from accounts.writing import say
from journeys.enums import NoticeKind, Transport
from journeys.models import Endpoint, Journey, Notice

WAITED = timedelta(minutes=15)
LIMIT = 500
TAKEN = Plan(
    "update journeys_notice set settled = true"
    " where journey_id = any($1) and kind = 'unowned' and not settled"
)


def tell_of_unowned(*, now: datetime) -> int:
    """Tell hubs whose people work here of each case that was unowned for too long, once.

    A hub that is connected otherwise names its people in its own system; its line is the contact.
    Cases of who is no longer active are nobody's again; of one that ended nobody is asked to take
    it. How many were told of.
    """
    with every_tenant(reason="whether every case has an owner is looked at for all hubs"):
        _free_of_the_gone(now=now)
        _settle()
        here = Endpoint.objects.filter(
            organization=OuterRef("hub"), active=True, transport=Transport.PORTAL
        )
        told = Notice.objects.filter(
            organization=OuterRef("hub"), journey=OuterRef("pk"), kind=NoticeKind.UNOWNED
        )
        since = Coalesce("unowned_since", "started_at")
        waiting = Journey.objects.filter(case_owner=None, closed_at=None).annotate(since=since)
        late = waiting.filter(
            Exists(here), ~Exists(told.filter(at__gte=OuterRef("since"))), since__lte=now - WAITED
        )
        found = list(late.order_by("started_at").only("hub_id", "unowned_since")[:LIMIT])
        Notice.objects.bulk_create(
            [_notice(each, now=now) for each in found], ignore_conflicts=True
        )
        return len(found)


def settle_unowned(journey_ids: Iterable[UUID]) -> None:
    """Somebody has these cases now: that nobody had them is no news any more."""
    say(execution(TAKEN, [list(journey_ids)]))


def _settle() -> None:
    over = Q(journey__closed_at__isnull=False) | Q(journey__case_owner__isnull=False)
    told = Notice.objects.filter(over, kind=NoticeKind.UNOWNED, settled=False).values("pk")
    Notice.objects.filter(pk__in=told).update(settled=True)


def _notice(journey: Journey, *, now: datetime) -> Notice:
    since = journey.unowned_since.isoformat() if journey.unowned_since else "its start"
    return Notice(
        organization_id=journey.hub_id,
        journey=journey,
        kind=NoticeKind.UNOWNED,
        key=f"unowned:{since}",
        at=now,
    )


def _free_of_the_gone(*, now: datetime) -> None:
    gone = Q(case_owner__active=False) | Q(case_owner__user__is_active=False)
    left = Journey.objects.filter(gone, closed_at=None).values("pk")
    Journey.objects.filter(pk__in=left).update(case_owner=None, unowned_since=now)
