"""Count at once what workers count by the minute and by night: no page of the demo is empty."""

import datetime as dt

from journeys.domain.counting import count_changes
from journeys.domain.flag_counting import count_flags
from journeys.domain.lag_counting import count_lag
from journeys.domain.pacing import count_paces
from journeys.domain.upkeep import LIMIT, refresh_due


def count_world(*, now: dt.datetime) -> None:
    """Everything that is counted; journeys whose outlook follows a count are looked at again."""
    count_lag(now=now)
    count_paces(now=now)
    while refresh_due(now=now) >= LIMIT:
        continue
    count_flags(now=now)
    while count_changes():
        continue
