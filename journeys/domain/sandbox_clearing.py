"""What was tried in sandboxes is cleared after a while: nobody reads it, and it only grows."""

from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings

from accounts import audit
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.sandbox_trials import open_trials
from journeys.models import InboundReport, Journey

AT_ONCE = 200


def kept_for() -> timedelta:
    """How long a test enrollment and its messages stay."""
    return timedelta(days=settings.SANDBOX_DAYS)


def clear_sandboxes(*, now: datetime) -> int:
    """Delete the journeys and reports of sandboxes that are older; how many journeys.

    What a trial that still goes on is about stays. How the checks came out is kept for ever.
    """
    before, cleared = now - kept_for(), 0
    while found := _clear(before):
        cleared += found
    with every_tenant(reason="reports in every sandbox become old"):
        doubles = Organization.objects.exclude(sandbox_of=None)
        InboundReport.objects.filter(organization__in=doubles, received_at__lt=before).delete()
    return cleared


def _clear(before: datetime) -> int:
    """One transaction's worth."""
    with every_tenant(reason="journeys in every sandbox become old"):
        going = {each for trial in open_trials() for each in trial.journeys}
        made_up = Journey.objects.exclude(organization__sandbox_of=None)
        old = made_up.filter(started_at__lt=before).exclude(pk__in=going)
        rows = old.order_by("started_at").values_list("pk", "organization__sandbox_of")[:AT_ONCE]
        found = dict(rows)
        Journey.objects.filter(pk__in=found).delete()
        for partner_id, count in Counter(found.values()).items():
            told = f"{count} test journeys"
            audit.happened("sandbox_cleared", organization_id=partner_id, purpose=told)
        return len(found)
