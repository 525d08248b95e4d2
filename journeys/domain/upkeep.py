"""What time alone changes: journeys whose clocks have run on since anybody looked."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog

from accounts.tenancy import every_tenant
from accounts.writing import again_after_deadlock, run
from journeys.domain.reading import read_due
from journeys.domain.recording import following_all, refresh
from journeys.domain.twins import RULE
from journeys.domain.worklist import open_work_of
from journeys.models import Journey

log = structlog.get_logger(__name__)
LIMIT = 500
# As many as one transaction holds: whoever reports to one of them waits a tenth of a second.
BATCH = 50


def refresh_due(*, now: datetime, limit: int = LIMIT) -> int:
    """Refresh the journeys that were to be looked at by now; how many were.

    Those that somebody holds just now are left for the next time.
    """
    with every_tenant(reason="the clock runs for every practice"):
        due = Journey.objects.filter(refresh_at__lte=now).order_by("refresh_at")
        ids = list(due.values_list("pk", flat=True)[:limit])
    batches = (ids[first : first + BATCH] for first in range(0, len(ids), BATCH))
    return sum(_refreshed(batch, now=now) for batch in batches)


def _refreshed(ids: Sequence[UUID], *, now: datetime) -> int:
    """Refresh a batch, all or nothing; where that breaks, each on its own."""
    try:
        return again_after_deadlock(partial(_together, ids, now=now))
    except Exception as error:  # one broken journey must not stop the others
        log.warning("refresh_batch_broke", journeys=len(ids), error=type(error).__name__)
    return sum(_alone(journey_id, now=now) for journey_id in ids)


def _together(ids: Sequence[UUID], *, now: datetime) -> int:
    with every_tenant(reason="the clock concerns every party of its journey"):
        found = read_due(ids, open_work_of, now=now)
        # What ends here is told to its twin, which may be held with it: that one is read anew.
        twins = [each.journey.pk for each in found if RULE in each.journey.risk_rules]
        others = [each for each in found if each.journey.pk not in twins]
        run(list(following_all(others, {}, actor=None, now=now)))
        for journey_id in twins:
            refresh(journey_id, now=now)
    return len(found)


def _alone(journey_id: UUID, *, now: datetime) -> int:
    try:
        refresh(journey_id, now=now)
    except Exception as error:  # one journey must not stop the others
        log.error("refresh_broke", journey=str(journey_id), exc_info=error)
        return 0
    return 1
