"""Which partners are not confirming, told to those whose enrollments wait for them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
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
    """Partners to whom sending fails now, the longest silence first; mostly one query."""
    waiting = (
        deliveries(actor)
        .filter(status__in=UNSETTLED)
        .order_by()
        .values("endpoint_id", "recipient__name")
        .annotate(queued=Count("pk"), troubled=Count("pk", filter=~Q(trouble="")))
    )
    stuck = {each["endpoint_id"]: each for each in waiting if each["troubled"]}
    if not stuck:
        return []
    with every_tenant(reason="whoever waits may know that a partner is down", actor=actor):
        failing = Endpoint.objects.filter(pk__in=stuck, active=True, failing_since__isnull=False)
        since = dict(failing.order_by("failing_since").values_list("pk", "failing_since"))
    return [
        Quiet(stuck[pk]["recipient__name"], began, stuck[pk]["queued"])
        for pk, began in since.items()
    ]
