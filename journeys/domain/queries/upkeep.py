"""What the operator reads of the nightly check."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from journeys.models import UpkeepIssue

CLOSED_FOR = timedelta(days=14)


def issues(*, now: datetime) -> QuerySet[UpkeepIssue]:
    """The acting operator's open issues, then what was mended lately, newest first."""
    lately = Q(closed_at=None) | Q(closed_at__gt=now - CLOSED_FOR)
    found: QuerySet[UpkeepIssue] = UpkeepIssue.objects.filter(lately)
    return found.order_by(F("closed_at").desc(nulls_first=True), "-opened_at", "id")
