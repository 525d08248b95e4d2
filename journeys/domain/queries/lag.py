"""Learn-lag as an organization reads it: over all, and by who reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, QuerySet, Sum

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.prepared import Asked, Prepared, together
from journeys.core.lag import percentile, share_late
from journeys.models import LagCount

DAYS = 28


@dataclass(frozen=True)
class Lag:
    """How many events, how long half and 95 % took at most in seconds, and the share over 5 min."""

    events: int
    half: float | None
    most: float | None
    late: float | None


@dataclass(frozen=True)
class PartnerLag:
    """The same for one source; `kind` is what it is, `own` whether it is the reader's own."""

    name: str
    kind: str
    own: bool
    lag: Lag


def lag_of(counts: Mapping[int, int]) -> Lag:
    return Lag(
        events=sum(counts.values()),
        half=percentile(counts, 0.5),
        most=percentile(counts, 0.95),
        late=share_late(counts),
    )


def headline(*, today: date, days: int = DAYS) -> Lag:
    """Over everything that the acting organization could see in the last days."""
    return lag_of(dict(*together(asking_for_lag(today=today, days=days))))


def asking_for_lag(*, today: date, days: int = DAYS) -> Asked:
    """Asks how many events took how long; `lag_of` reads the answer as a mapping."""
    return _buckets(since=today - timedelta(days=days))


@Prepared
def _buckets(since: date) -> QuerySet[LagCount]:
    rows = LagCount.objects.filter(day__gt=since).values_list("bucket").order_by("bucket")
    found: QuerySet[LagCount] = rows.annotate(Sum("events"))
    return found


def by_partner(actor: Actor, *, today: date, days: int = DAYS) -> list[PartnerLag]:
    """By who reported, the latest first."""
    found = LagCount.objects.filter(day__gt=today - timedelta(days=days))
    rows = (
        found.values_list("source", "bucket")
        .annotate(Sum("events"), Max("source_name"))
        .order_by("source", "bucket")
    )
    counts: dict[str, dict[int, int]] = {}
    names: dict[str, str] = {}
    for source, bucket, events, name in rows:
        counts.setdefault(source, {})[bucket] = events
        names[source] = name
    known = Organization.objects.filter(slug__in=counts).values_list("slug", "id", "kind")
    kinds = {slug: (id_, kind) for slug, id_, kind in known}
    told = [
        PartnerLag(
            name=names[source],
            kind=kinds[source][1] if source in kinds else "",
            own=source in kinds and kinds[source][0] == actor.organization_id,
            lag=lag_of(held),
        )
        for source, held in counts.items()
    ]
    return sorted(told, key=lambda each: (-(each.lag.most or 0), each.name))
