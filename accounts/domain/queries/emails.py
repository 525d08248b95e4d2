"""E-mails that were sent, as an administrator reads of them."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import SentEmail

LISTED_FOR = timedelta(days=90)


def emails(*, now: datetime) -> QuerySet[SentEmail]:
    """What the scope may see of the last 90 days, newest first."""
    found: QuerySet[SentEmail] = SentEmail.objects.filter(at__gt=now - LISTED_FOR)
    return found.select_related("organization").order_by("-at", "id")
