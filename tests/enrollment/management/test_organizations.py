"""The demo's partners are found again after a restart, but for those with a system of their own."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.tenancy import every_tenant
from enrollment.management.demo.organizations import make_organizations, point_at_simulator
from enrollment.management.scenarios.stage import Stage
from journeys.domain.connecting import connect
from journeys.models import Endpoint, PartnerKey


def test_a_connected_system_stays_connected(stage: Stage, settings: Settings) -> None:
    connect("northstar", address="https://hub.example/webhooks", now=timezone.now())
    settings.SIMULATOR_URL = "http://127.0.0.1:7"
    with every_tenant(reason="a test restarts the demo"):
        by_hand = Endpoint.objects.filter(organization__slug="quarry")
        by_hand.update(address="http://127.0.0.1:9000/webhooks")
        point_at_simulator()
        found = dict(Endpoint.objects.values_list("organization__slug", "address"))
    assert found["northstar"] == "https://hub.example/webhooks"
    assert found["quarry"] == "http://127.0.0.1:9000/webhooks"
    assert found["crescent"] == "http://127.0.0.1:7/crescent"


@pytest.mark.django_db
def test_without_a_simulator_no_partners_key_is_empty(settings: Settings) -> None:
    settings.SIMULATOR_SECRET = ""
    with every_tenant(reason="a test seeds the demo elsewhere"):
        make_organizations(now=timezone.now())
        keys = list(PartnerKey.objects.values_list("secret", flat=True))
    assert keys
    assert all(keys)
