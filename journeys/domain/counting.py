"""Keep the manufacturers' counts: each de-identified row that changed moves a few of them."""

from collections import Counter
from uuid import UUID

from django.db import connection

from accounts.tenancy import every_tenant
from accounts.writing import again_after_deadlock
from journeys.core.tallies import Cell, Fixed, change
from journeys.models import FunnelCount, FunnelRow
from programs.models import Program

# Rows to a transaction: whoever records an event of one of them waits no longer than that takes.
BATCH = 500
Tally = dict[tuple[UUID, UUID], Counter[Cell]]

ADD = """
insert into journeys_funnelcount (id, organization_id, program_id, view, cell, count)
select gen_random_uuid(), organization, program, view, cell, added
from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::int[])
    as told (organization, program, view, cell, added)
order by program, view, cell
on conflict on constraint funnel_counted_once
do update set count = journeys_funnelcount.count + excluded.count
"""


def count_changes(*, limit: int = BATCH) -> int:
    """Bring the counts up to the rows that changed since they were last counted; how many were.

    A row that somebody writes just now is left for the next time.
    """
    return again_after_deadlock(lambda: _count_changes(limit))


def _count_changes(limit: int) -> int:
    with every_tenant(reason="the counts of every manufacturer are kept by one task"):
        changed = FunnelRow.objects.filter(before__isnull=False)
        rows = list(changed.select_for_update(skip_locked=True)[:limit])
        tally: Tally = {}
        for row in rows:
            added = tally.setdefault((row.organization_id, row.program_id), Counter())
            added.update(change(_fixed(row), row.before, row.told))
        _add(tally)
        FunnelRow.objects.filter(pk__in=[row.pk for row in rows]).update(before=None)
        return len(rows)


def recounted(program: Program) -> Counter[Cell]:
    """A program's counts worked out anew from all its rows as they were last counted."""
    total: Counter[Cell] = Counter()
    for row in FunnelRow.objects.filter(program=program).iterator(chunk_size=5_000):
        counted = row.told if row.before is None else row.before
        total.update(change(_fixed(row), {}, counted))
    return total


def off(program: Program) -> list[Cell]:
    """The counts of a program that are not what its rows say."""
    with every_tenant(reason="the counts of a program are compared with its rows"):
        kept = FunnelCount.objects.filter(program=program).exclude(view="lag")
        held = {(view, cell): n for view, cell, n in kept.values_list("view", "cell", "count")}
        total = recounted(program)
    return sorted(name for name in {*held, *total} if held.get(name, 0) != total[name])


def count_anew(program: Program) -> None:
    """Put a program's counts of rows in the place of those that stand."""
    with every_tenant(reason="the counts of a program are made anew from its rows"):
        kept = FunnelCount.objects.filter(program=program).exclude(view="lag")
        total = recounted(program)
        kept.delete()
        _add({(program.manufacturer_id, program.pk): total})


def _fixed(row: FunnelRow) -> Fixed:
    return Fixed(
        week=row.week.isoformat(),
        age_band=row.age_band,
        region=row.region,
        practice_type=row.practice_type,
    )


def _add(tally: Tally) -> None:
    told = [
        (owner, program, view, cell, added)
        for (owner, program), counts in tally.items()
        for (view, cell), added in counts.items()
        if added
    ]
    if told:
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*told, strict=True)])


def uncounted() -> int:
    """How many rows the counts have not followed yet."""
    return int(FunnelRow.objects.filter(before__isnull=False).count())
