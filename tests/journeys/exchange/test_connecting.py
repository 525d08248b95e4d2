"""A partner's system is connected: its packets go there, and it reports with its own key."""

import io
import re
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.connecting import connect
from journeys.models import Endpoint, Journey, PartnerKey
from tests.factories.exchange import delivery_of
from tests.factories.people import OrganizationFactory, member, proven, signed_in
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
    assert (told["THROUGHLINE_PARTNER"], told["THROUGHLINE_URL"]) == (
        "northstar",
        settings.SITE_URL,
    )
    assert told["THROUGHLINE_SECRET"].startswith("whsec_")
    assert told["THROUGHLINE_SECRET"] != told["THROUGHLINE_WEBHOOK_SECRET"]


def test_the_operator_makes_a_key_in_the_browser_and_the_way_stays(
    journey: Journey, northstar: Organization
) -> None:
    casey = member(OrganizationFactory.create(kind="operator"), Role.ADMIN, Role.OPERATOR)
    browser = proven(signed_in(casey), casey)
    with every_tenant(reason="a test looks"):
        before = Endpoint.objects.get(organization=northstar, active=True)
    address = reverse("endpoint_key_new", args=[northstar.pk])
    assert "That day is over." in post_page(browser, address, last_on="2020-01-01")
    page = post_page(browser, address)
    told = dict(re.findall(r"(THROUGHLINE_\w+)=(\S+?)(?:\n|</code>)", page))
    assert told["THROUGHLINE_PARTNER"] == "northstar"
    assert post(accepted(journey), secret=told["THROUGHLINE_SECRET"]).status_code == 202
    asked = {"grant_type": "client_credentials", "client_id": told["THROUGHLINE_KEY_ID"],
             "client_secret": told["THROUGHLINE_SECRET"]}  # fmt: skip
    form = "application/x-www-form-urlencoded"
    answer = Client().post("/api/v1/oauth/token", urlencode(asked), content_type=form)
    assert answer.status_code == 200
    with every_tenant(reason="a test looks"):
        after = Endpoint.objects.get(organization=northstar, active=True)
    assert (after.transport, after.address) == (before.transport, before.address)
    assert (
        told["THROUGHLINE_SECRET"]
        not in browser.get(reverse("endpoint", args=[northstar.pk])).content.decode()
    )


def post_page(browser: Client, address: str, **data: str) -> str:
    return browser.post(address, data, follow=True).content.decode()


@pytest.mark.parametrize("slug", ["nobody", "lakeside"])
def test_nobody_else_is_connected(journey: Journey, slug: str) -> None:
    with pytest.raises(CommandError, match="No active hub"):
        call_command("connect_partner", slug, "https://hub.example/webhooks")
