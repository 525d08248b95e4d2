"""Pages of a list that may be very long: only its beginning is counted."""

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

if TYPE_CHECKING:
    _Rows = Paginator[Any]
else:
    _Rows = Paginator

# Longer numbers in an address are nobody's page.
DIGITS = 6


def told(count: int, *, most: int) -> str:
    """A count in words; "2,000+" for what was counted no further."""
    return f"{most:,}+" if count > most else f"{count:,}"


class LongPaginator(_Rows):
    """Counts no further than `most` rows, or one beyond the page that is asked for.

    Every page can be reached, and a page costs what lies above it, however long the list is.
    `count` is a known count, exact up to `most`; without one, or where a page beyond it is asked
    for, rows are counted.
    `told` is what the page says of how many there are.
    """

    def __init__(
        self,
        found: QuerySet[Any],
        per_page: int,
        *,
        asked: str | None,
        most: int,
        count: int | None = None,
    ) -> None:
        super().__init__(found, per_page)
        known = asked if asked and asked.isdecimal() and len(asked) <= DIGITS else "1"
        limit = max(most, int(known) * per_page)
        if count is None or (count > most and limit > most):
            count = found[: limit + 1].count()
        # The one beyond makes the next page.
        self.count = count
        self.told = told(count, most=limit)
