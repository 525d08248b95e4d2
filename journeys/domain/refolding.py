"""Compare what lists show of each journey with what its events say."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from accounts.tenancy import every_tenant
from journeys.domain.graphs import graph_of
from journeys.domain.parties import cast_of
from journeys.domain.projection import COLUMNS, project
from journeys.domain.recording import state_of, stored_events
from journeys.models import Journey

# Its words name organizations, which are renamed without anything having happened.
COMPARED = tuple(column for column in COLUMNS if column != "headline")


def differing(*, now: datetime) -> Iterator[tuple[UUID, list[str]]]:
    """Each journey whose projection differs from its events, with the columns that do.

    A journey whose clock has run out since it was last looked at is due, not wrong.
    """
    with every_tenant(reason="every journey's projection is compared"):
        ids = list(Journey.objects.order_by("started_at").values_list("pk", flat=True))
    for journey_id in ids:
        with every_tenant(reason="every journey's projection is compared"):
            columns = _differing(journey_id, now=now)
        if columns:
            yield journey_id, columns


def _differing(journey_id: UUID, *, now: datetime) -> list[str]:
    journey: Journey = Journey.objects.select_related("hub", "pharmacy").get(pk=journey_id)
    if journey.refresh_at is not None and journey.refresh_at <= now:
        return []
    stored = {column: getattr(journey, column) for column in COMPARED}
    events = stored_events(journey)
    project(
        journey, state_of(cast_of(journey), graph_of(journey.program_version_id), events, now=now)
    )
    before, after = stored["refresh_at"], journey.refresh_at
    if before is not None and after is not None and before < after:
        # Something was said since: it is looked at once too often, by when it was silent.
        stored["refresh_at"] = after
    return [column for column in COMPARED if getattr(journey, column) != stored[column]]
