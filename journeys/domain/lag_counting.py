"""Count how late events became visible, a minute's worth at a time."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.tenancy import every_tenant
from journeys.core.lag import EDGES, REPORTED, REPORTED_EDGES
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

# The same for each program's manufacturer, by partner and week and in coarser buckets: of
# organizations that work for the program, never of a practice, and no payer's or patient's word.
COUNT_BY_PROGRAM = """
with fresh as (
    select program.id as program, program.manufacturer_id as owner, partner.slug as source,
           date_trunc('week', event.visible_at at time zone 'utc')::date as week,
           (%(names)s::text[])[1 + width_bucket(
               greatest(extract(epoch from event.visible_at - event.occurred_at), 0)::float8,
               %(coarse)s::float8[])] as bucket
    from journeys_journeyevent event
    join journeys_journey journey on journey.id = event.journey_id
    join programs_programversion version on version.id = journey.program_version_id
    join programs_program program on program.id = version.program_id
    join accounts_organization partner on partner.slug = event.source
    where event.visible_at > %(since)s and event.visible_at <= %(until)s
        and partner.kind in ('hub', 'pharmacy', 'vendor')
)
insert into journeys_funnelcount (id, organization_id, program_id, view, cell, count)
select gen_random_uuid(), owner, program, 'lag', week || '|' || source || '|' || bucket, count(*)
from fresh group by owner, program, week, source, bucket
on conflict on constraint funnel_counted_once
do update set count = journeys_funnelcount.count + excluded.count
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
            told: dict[str, Any] = {
                "since": mark.counted_until,
                "until": until,
                "edges": [float(each) for each in EDGES],
                "names": list(REPORTED),
                "coarse": [float(each) for each in REPORTED_EDGES],
            }
            cursor.execute(COUNT, told)
            cursor.execute(COUNT_BY_PROGRAM, told)
        mark.counted_until = until
        mark.save()
