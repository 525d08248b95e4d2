"""Which partners are not confirming, told to those whose enrollments wait for them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.core.actor import Actor
from accounts.prepared import Prepared
from journeys.domain.claiming import UNSETTLED
from journeys.domain.queries.exchange import deliveries
from journeys.models import Endpoint


@dataclass(frozen=True)
class Quiet:
    """A partner that is not confirming, since when, and how much of the actor's waits for it."""

    name: str
    since: datetime
    queued: int


def quiet_partners(actor: Actor) -> list[Quiet]:
    """Partners to whom sending fails now, the longest silence first; mostly one query.

    Who fails is asked first: seldom anybody, while there are as many deliveries as there ever were.
    """
    reason = "whoever waits may know that a partner is down"
    since = dict(_failing.alone(reason=reason))
    if not since:
        return []
    waiting = (
        deliveries(actor)
        .filter(status__in=UNSETTLED, endpoint__in=since)
        .order_by()
        .values("endpoint_id", "recipient__name")
        .annotate(queued=Count("pk"), troubled=Count("pk", filter=~Q(trouble="")))
    )
    stuck = {each["endpoint_id"]: each for each in waiting if each["troubled"]}
    return [
        Quiet(stuck[pk]["recipient__name"], began, stuck[pk]["queued"])
        for pk, began in since.items()
        if pk in stuck
    ]


@Prepared
def _failing() -> QuerySet[Endpoint]:
    failing = Endpoint.objects.filter(active=True, failing_since__isnull=False)
    found: QuerySet[Endpoint] = failing.order_by("failing_since").values_list("pk", "failing_since")
    return found
