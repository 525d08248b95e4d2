"""What time alone changes: journeys whose clocks have run on since anybody looked."""

from datetime import datetime

import structlog

from accounts.tenancy import every_tenant
from journeys.domain.recording import refresh
from journeys.models import Journey

log = structlog.get_logger(__name__)
BATCH = 200


def refresh_due(*, now: datetime, limit: int = BATCH) -> int:
    """Refresh the journeys that were to be looked at by now, each on its own; how many."""
    with every_tenant(reason="the clock runs for every practice"):
        due = Journey.objects.filter(refresh_at__lte=now).order_by("refresh_at")
        ids = list(due.values_list("pk", flat=True)[:limit])
    for journey_id in ids:
        try:
            refresh(journey_id, now=now)
        except Exception as error:  # one broken journey must not stop the others
            log.error("refresh_broke", journey=str(journey_id), exc_info=error)
    return len(ids)
