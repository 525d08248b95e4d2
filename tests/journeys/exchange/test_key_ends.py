"""A partner's key has a last day: set on the page, told ahead by e-mail, refused afterwards."""

import base64
import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import Organization, SentEmail
from accounts.tenancy import every_tenant
from journeys.core.key_ends import days_left
from journeys.domain.key_ends import tell_of_ends
from journeys.models import Journey, PartnerKey
from tests.factories.exchange import SECRET, partner_key
from tests.factories.people import OrganizationFactory, member, proven, signed_in
from tests.journeys.exchange.reporting import accepted, post

pytestmark = pytest.mark.django_db
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()


@pytest.fixture
def northstar(journey: Journey) -> Organization:
    return Organization.objects.get(slug="northstar")


@pytest.fixture
def key(northstar: Organization) -> PartnerKey:
    with every_tenant(reason="a test looks"):
        found: PartnerKey = PartnerKey.objects.get(label="test")
        return found


def administrator(organization: Organization) -> Client:
    admin = member(organization, Role.ADMIN)
    return proven(signed_in(admin), admin)


def in_days(days: int) -> str:
    today = timezone.now()
    left = days_left(today.date(), now=today) or 0
    return (today.date() + dt.timedelta(days=days - left)).isoformat()


def ending(key: PartnerKey, days: int) -> None:
    with every_tenant(reason="time passes"):
        PartnerKey.objects.filter(pk=key.pk).update(last_on=in_days(days))


def test_its_administrators_set_it_and_are_told_ahead_once_each_time(
    northstar: Organization, key: PartnerKey
) -> None:
    lena = administrator(northstar)
    address = reverse("endpoint_key_last_day", args=[northstar.pk, key.pk])
    page = lena.post(address, {"last_on": in_days(30)}, follow=True).content.decode()
    assert "The last day of that key is kept." in page
    assert "Ends soon: its last day is" in page
    assert SECRET not in page
    over = lena.post(address, {"last_on": in_days(-1)}, follow=True).content.decode()
    assert "That day is over. Choose today or a later day." in over
    other = administrator(OrganizationFactory.create(kind="hub"))
    assert other.post(address, {"last_on": ""}).status_code == 404

    told = []
    for days in (31, 30, 29, 8, 7, 6, 0, -1):
        ending(key, days)
        told.append(tell_of_ends(clock=timezone.now))
        assert tell_of_ends(clock=timezone.now) == 0
    assert told == [0, 1, 0, 0, 1, 0, 0, 0]
    first, second = mail.outbox
    assert 'The key "test" of' in first.body
    assert "ends in 30 days" in first.body
    assert "ends in 7 days" in second.body
    assert reverse("endpoint", args=[northstar.pk]) in second.body
    with every_tenant(reason="a test looks"):
        assert {row.kind for row in SentEmail.objects.all()} == {"key"}


def test_after_it_a_partner_is_told_why_and_its_other_key_is_taken(
    northstar: Organization, key: PartnerKey, journey: Journey
) -> None:
    partner_key(northstar, OTHER)
    ending(key, 0)
    assert post(accepted(journey), message_id="on-the-day").status_code == 202
    ending(key, -1)
    refused = post(accepted(journey), message_id="after")
    assert refused.status_code == 401
    assert refused.json()["errors"][0]["code"] == "key_ended"
    assert f"The last day of this key was {in_days(-1)}." in refused.json()["detail"]
    basic = base64.b64encode(f"{key.pk}:{SECRET}".encode()).decode()
    token = Client().post(
        "/api/v1/oauth/token",
        "grant_type=client_credentials",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Basic {basic}"},
    )
    assert token.status_code == 401
    assert "The last day of this key was" in token.json()["error_description"]
    assert post(accepted(journey), message_id="after", secret=OTHER).status_code == 202
    assert (
        "Not taken any more"
        in administrator(northstar).get(reverse("endpoint", args=[northstar.pk])).content.decode()
    )
