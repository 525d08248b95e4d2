"""A partner's system is connected: its packets go there, and it reports with its own key."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.connecting import connect
from journeys.models import Endpoint, Journey, PartnerKey
from tests.factories.exchange import delivery_of
from tests.fakes.hub import Hub
from tests.journeys.exchange.conftest import Turning, deliver
from tests.journeys.exchange.reporting import accepted, post


def test_packets_go_to_the_new_address_signed_with_the_new_secret(
    journey: Journey, hub: Hub, settings: Settings, clock: Turning
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    hub.secret = connect("northstar", address=hub.url, now=timezone.now()).ours
    with every_tenant(reason="a test points the waiting delivery at the partner's system"):
        endpoint = Endpoint.objects.get(organization__slug="northstar", active=True)
    assert endpoint.address == hub.url
    assert delivery_of(journey).endpoint_id == endpoint.pk
    deliver(clock)
    assert len(hub.taken) == 1


def test_both_secrets_are_good_while_the_partner_changes_over(
    journey: Journey, hub: Hub, settings: Settings, clock: Turning
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    first = connect("northstar", address=hub.url, now=timezone.now())
    second = connect("northstar", address=hub.url, now=timezone.now())
    hub.secret = first.ours
    deliver(clock)
    (message,) = hub.taken
    Webhook(second.ours).verify(message.body, message.headers)
    answers = [
        post(accepted(journey), secret=secret, message_id=f"msg_{number}").status_code
        for number, secret in enumerate((first.secret, second.secret))
    ]
    assert answers == [202, 202]


def test_a_third_secret_ends_the_first(journey: Journey, northstar: Organization) -> None:
    made = [connect("northstar", address="http://hub.example", now=timezone.now()) for _ in "123"]
    answers = [
        post(accepted(journey), secret=one.secret, message_id=f"msg_{number}").status_code
        for number, one in enumerate(made)
    ]
    assert answers == [401, 202, 202]
    with every_tenant(reason="a test looks"):
        assert PartnerKey.objects.filter(organization=northstar, revoked_at=None).count() == 2


def test_the_command_prints_what_the_engineer_needs_once(northstar: Organization) -> None:
    out = io.StringIO()
    call_command("connect_partner", "northstar", "https://hub.example/webhooks", stdout=out)
    told = dict(line.split("=", 1) for line in out.getvalue().splitlines())
    assert told["THROUGHLINE_PARTNER"] == "northstar"
    assert told["THROUGHLINE_SECRET"].startswith("whsec_")
    assert told["THROUGHLINE_SECRET"] != told["THROUGHLINE_WEBHOOK_SECRET"]


@pytest.mark.parametrize("slug", ["nobody", "lakeside"])
def test_nobody_else_is_connected(journey: Journey, slug: str) -> None:
    with pytest.raises(CommandError, match="No active hub"):
        call_command("connect_partner", slug, "https://hub.example/webhooks")
