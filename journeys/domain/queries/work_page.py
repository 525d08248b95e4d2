"""All that the page of the work list needs besides its rows, asked in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.core.actor import Actor
from accounts.prepared import together
from journeys.domain.queries.lag import Lag, asking_for_lag, lag_of
from journeys.domain.queries.work import WorkCounts
from journeys.domain.queries.work_groups import (
    Facets,
    asking_for_groups,
    counts_among,
    facets,
    groups_of,
)
from journeys.domain.queries.worklists import (
    Filters,
    colleagues_of,
    first_page,
    members,
    saved_views,
)
from journeys.models import SavedView, WorkItem


@dataclass(frozen=True, kw_only=True)
class WorkPage:
    """What stands around the rows; `rows` where it is the first page of the whole list."""

    found: WorkCounts
    choices: Facets
    views: Sequence[SavedView]
    colleagues: Sequence[tuple[str, str]]
    lag: Lag
    rows: Sequence[WorkItem] | None


def work_page(actor: Actor, filters: Filters, *, first: int, now: datetime) -> WorkPage:
    """`first` is how many rows the first page has, where it is wanted."""
    whole = first > 0 and filters == Filters()
    alike, views, people, lag, *rows = together(
        asking_for_groups(actor, now=now),
        saved_views(user=actor.user_id),
        members(),
        asking_for_lag(today=now.date()),
        *([first_page(first)] if whole else []),
    )
    groups = groups_of(alike)
    return WorkPage(
        found=counts_among(groups, actor),
        choices=facets(groups, filters),
        views=views,
        colleagues=colleagues_of(people),
        lag=lag_of(dict(lag)),
        rows=rows[0] if whole else None,
    )
