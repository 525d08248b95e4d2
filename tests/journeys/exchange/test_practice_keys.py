"""A practice's administrator makes a key for its own system, and ends it."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Membership
from accounts.tenancy import every_tenant
from journeys.models import Journey
from tests.factories.exchange import practice_named
from tests.factories.people import OrganizationFactory, member, proven, signed_in
from tests.journeys.exchange.test_clients import ask

pytestmark = pytest.mark.django_db
TOLD = re.compile(r"THROUGHLINE_KEY_ID=(\S+)\s+THROUGHLINE_SECRET=(whsec_[A-Za-z0-9+/=]{44})")
READS, POSTS = "status.read", "prefill.write"


def administrator(slug: str, name: str) -> tuple[Membership, Client]:
    admin = member(practice_named(slug, name), Role.ADMIN)
    return admin, proven(signed_in(admin), admin)


def make(browser: Client, practice: UUID, *uses: str, **said: str) -> str:
    address = reverse("endpoint_key_new", args=[practice])
    return browser.post(address, {"uses": uses, **said}, follow=True).content.decode()


def task_of(journey: Journey, token: str) -> Any:
    return Client().get(
        "/api/v1/fhir/Task",
        {"patient": str(journey.patient_id)},
        headers={"authorization": f"Bearer {token}"},
    )


def test_its_system_reads_with_it_until_it_is_ended(journey: Journey) -> None:
    ana, browser = administrator("lakeside", "Lakeside Rheumatology")
    practice = ana.organization_id
    page = make(browser, practice, READS)
    ((key_id, secret),) = TOLD.findall(page)
    assert "THROUGHLINE_URL=http://testserver\n" in page
    shown_again = browser.get(reverse("endpoint", args=[practice])).content.decode()
    assert "Read where our journeys stand" in shown_again
    assert secret not in shown_again
    token = ask(UUID(key_id), secret=secret).json()
    assert token["scope"] == READS
    assert task_of(journey, token["access_token"]).json()["total"] == 1
    assert ask(UUID(key_id), secret=secret, scope=POSTS).json()["error"] == "invalid_scope"

    _, stranger = administrator("harbor", "Harbor Neurology")
    end = reverse("endpoint_key_end", args=[practice, key_id])
    assert stranger.post(end).status_code == 404
    assert "shown this once" not in make(stranger, practice, READS)
    said = browser.post(end, follow=True).content.decode()
    assert "That key is not taken any more." in said
    assert ask(UUID(key_id), secret=secret).status_code == 401
    assert task_of(journey, token["access_token"]).status_code == 401
    with every_tenant(reason="a test reads the audit"):
        told = AuditEntry.objects.filter(action__in=["key_made", "key_ended"])
        assert {(each.action, each.purpose) for each in told} == {
            ("key_made", READS),
            ("key_ended", ""),
        }


def test_what_cannot_be_made_says_why() -> None:
    ana, browser = administrator("lakeside", "Lakeside Rheumatology")
    practice = ana.organization_id
    assert "Choose what the key is for." in make(browser, practice)
    assert "Select a valid choice" in make(browser, practice, "reports.write")
    assert "That day is over." in make(browser, practice, READS, last_on="2020-01-01")
    for _ in range(4):
        assert TOLD.search(make(browser, practice, READS, POSTS))
    refused = make(browser, practice, READS)
    assert "Four keys are valid already. End an older one first." in refused


def test_a_partner_gets_its_keys_from_the_operator() -> None:
    hub = member(OrganizationFactory.create(kind="hub"), Role.ADMIN)
    address = reverse("endpoint_key_new", args=[hub.organization_id])
    browser = proven(signed_in(hub), hub)
    assert browser.post(address, {"uses": READS}).status_code == 403
