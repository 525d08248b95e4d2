"""`refold_journeys` finds a projection that differs from its events, and mends it."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.recording import record, stored_events
from journeys.domain.refolding import differing
from journeys.models import Journey
from tests.journeys.domain.test_recording import (  # noqa: F401  (its world is this one's)
    hub,
    journey,
    pharmacy,
    practice,
    told,
    version,
)

pytestmark = pytest.mark.django_db


def test_a_projection_that_differs_is_reported_and_mended(
    journey: Journey,  # noqa: F811
    hub: Organization,  # noqa: F811
) -> None:
    record(journey.id, told(hub, "intake_review", "accepted"), actor=None, now=timezone.now())
    call_command("refold_journeys", "--check")
    with every_tenant(reason="the test breaks a projection"):
        Journey.objects.update(stage="on_therapy")
    assert list(differing(now=timezone.now())) == [(journey.id, ["stage"])]
    with pytest.raises(CommandError):
        call_command("refold_journeys", "--check")
    call_command("refold_journeys")
    call_command("refold_journeys", "--check")


def test_what_lists_filter_by_is_part_of_the_projection(
    journey: Journey,  # noqa: F811
    hub: Organization,  # noqa: F811
) -> None:
    record(journey.id, told(hub, "intake_review", "accepted"), actor=None, now=timezone.now())
    with every_tenant(reason="the test looks, and breaks a projection"):
        assert Journey.objects.get(pk=journey.pk).payer_class == "commercial"
        Journey.objects.update(payer_class="", risk_rules=["R9"])
    assert list(differing(now=timezone.now())) == [(journey.id, ["risk_rules", "payer_class"])]


def test_a_side_effect_is_in_nobodys_list(
    journey: Journey,  # noqa: F811
    hub: Organization,  # noqa: F811
) -> None:
    record(journey.id, told(hub, "adverse_event", "captured"), actor=None, now=timezone.now())
    with every_tenant(reason="the test looks"):
        kept = Journey.objects.get(pk=journey.pk)
        story = stored_events(kept)
    assert any(event.step == "adverse_event" for event in story)
    assert kept.at_risk
    assert "R9" not in kept.risk_rules
