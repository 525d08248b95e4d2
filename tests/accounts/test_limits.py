"""A person who searches or exports very often is told to wait, and administrators read it."""

from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import every_tenant
from tests.factories.people import OrganizationFactory, member, proven, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_moment")]


def told() -> list[str]:
    with every_tenant(reason="a test reads the audit"):
        return list(AuditEntry.objects.filter(action="limited").values_list("purpose", flat=True))


@pytest.mark.asvs("2.4.1")
def test_whoever_searches_too_often_waits_and_nobody_else_does(settings: Settings) -> None:
    settings.MOST_BY_A_PERSON = {"search": (3, 86_400)}
    lakeside = OrganizationFactory.create()
    ana = signed_in(member(lakeside, Role.PRACTICE_STAFF))
    for _time in range(3):
        assert ana.post(reverse("find"), {"q": "rosa"}).status_code == 200
    waits = [ana.post(reverse("find"), {"q": "rosa"}) for _time in range(2)]
    assert {answer.status_code for answer in waits} == {429}
    assert 0 < int(waits[0].headers["Retry-After"]) <= 86_400
    assert "Nothing was changed." in waits[0].content.decode()
    assert ana.get(reverse("find")).status_code == 200
    leo = signed_in(member(lakeside, Role.PRACTICE_STAFF))
    assert leo.post(reverse("find"), {"q": "rosa"}).status_code == 200
    assert told() == ["search"]


@pytest.mark.asvs("2.4.1")
def test_exports_of_every_kind_are_counted_together(settings: Settings) -> None:
    settings.MOST_BY_A_PERSON = {"export": (2, 86_400)}
    admin = member(OrganizationFactory.create(), Role.ADMIN, Role.PRACTICE_STAFF)
    client = proven(signed_in(admin), admin)
    addresses = [reverse(name) for name in ("audit_export", "work_export", "audit_export")]
    assert [client.get(each).status_code for each in addresses] == [200, 200, 429]
    assert told() == ["export"]


@pytest.mark.asvs("2.4.1")
def test_papers_saved_are_counted_over_every_kind(settings: Settings) -> None:
    settings.MOST_BY_A_PERSON = {"paper": (3, 86_400)}
    client = signed_in(member(OrganizationFactory.create(), Role.PRACTICE_STAFF))
    nobodys = [reverse(name, args=[uuid4()]) for name in ("document_file", "handed_document")]
    paper = reverse("journey_paper", args=[uuid4(), "benefits"])
    packet = reverse("exchange_packet", args=[uuid4()])
    signed = reverse("signed_copy", args=[uuid4()])
    assert [client.get(each).status_code for each in (*nobodys, paper, packet)] == [404] * 3 + [429]
    assert client.post(signed).status_code == 429
    assert told() == ["paper"]


def test_without_the_counters_people_go_on(settings: Settings) -> None:
    settings.MOST_BY_A_PERSON = {"search": (0, 60)}
    settings.CACHES = {
        **settings.CACHES,
        "counters": {**settings.CACHES["counters"], "LOCATION": "unix:///nowhere.sock"},
    }
    ana = signed_in(member(OrganizationFactory.create(), Role.PRACTICE_STAFF))
    assert ana.post(reverse("find"), {"q": "rosa"}).status_code == 200
