"""Count how late events became visible, a minute's worth at a time."""

from datetime import datetime, timedelta

from django.db import connection

from accounts.tenancy import every_tenant
from journeys.core.lag import EDGES
from journeys.models import LagMark

# How far back the very first counting goes, and how long a transaction may take to commit
# before its events would be passed over.
FIRST = timedelta(days=28)
STILL_COMMITTING = timedelta(seconds=20)
COUNT = """
with fresh as (
    select party_ids, source, source_name, (visible_at at time zone 'utc')::date as day,
           width_bucket(greatest(extract(epoch from visible_at - occurred_at), 0)::float8,
                        %(edges)s::float8[]) as bucket
    from journeys_journeyevent
    where visible_at > %(since)s and visible_at <= %(until)s and source <> 'system'
), seen as (
    select unnest(party_ids) as viewer, source, source_name, day, bucket from fresh
    union all
    select operator.id, source, source_name, day, bucket
    from fresh cross join accounts_organization operator where operator.kind = 'operator'
)
insert into journeys_lagcount (id, organization_id, source, source_name, day, bucket, events)
select gen_random_uuid(), viewer, source, max(source_name), day, bucket, count(*)
from seen group by viewer, source, day, bucket
on conflict on constraint lag_counted_once
do update set events = journeys_lagcount.events + excluded.events,
              source_name = excluded.source_name
"""


def count_lag(*, now: datetime) -> None:
    """Count what became visible since the last time; each event once, whoever counts."""
    with every_tenant(reason="every organization's counts come from the same events"):
        until = now - STILL_COMMITTING
        mark = LagMark.objects.select_for_update().first()
        if mark is None:
            mark = LagMark(counted_until=until - FIRST)
        if mark.counted_until >= until:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                COUNT,
                {
                    "since": mark.counted_until,
                    "until": until,
                    "edges": [float(each) for each in EDGES],
                },
            )
        mark.counted_until = until
        mark.save()
