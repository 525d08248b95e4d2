"""The demo's counts are there as soon as it is made, not only after a night."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.tenancy import every_tenant
from enrollment.management.demo.counted import count_world
from journeys.core.events import Event
from journeys.domain.queries.lag import headline
from journeys.domain.recording import record
from journeys.domain.refolding import differing
from journeys.models import FunnelRow, Journey, ProgramPace
from tests.factories.exchange import submitted
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


def test_what_was_reported_in_the_past_is_counted_at_once() -> None:
    now = timezone.now()
    told_at = now - dt.timedelta(days=2)
    journey = submitted(published(), now=now - dt.timedelta(days=3))
    event = Event(
        id="accepted",
        kind="status",
        step="intake_review",
        status="accepted",
        source="northstar",
        role="hub",
        source_name="Northstar",
        occurred_at=told_at,
        received_at=told_at,
    )
    record(journey.id, event, actor=None, now=told_at)
    count_world(now=now)
    with every_tenant(reason="the test looks"):
        assert headline(today=now.date()).events > 0
        assert "intake_review" in str(ProgramPace.objects.get().observed)
        assert not FunnelRow.objects.filter(before__isnull=False).exists()
        assert not Journey.objects.filter(refresh_at__lte=now).exists()
    assert list(differing(now=now)) == []
