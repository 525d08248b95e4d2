"""Members: what an administrator sees and does, and what stays out of their reach."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import OrganizationKind, Role
from accounts.domain.members import change_roles, end_membership
from accounts.models import AuditEntry, Membership, Organization
from accounts.rules import Refused
from accounts.tenancy import acting_as
from tests.accounts.door import sign_in
from tests.factories.people import (
    MembershipFactory,
    OrganizationFactory,
    actor_of,
    member,
    signed_in,
)

MEMBERS = "/organization/members/"


@pytest.fixture
def maya(lakeside: Organization) -> Membership:
    return member(lakeside, Role.PRESCRIBER, name="Maya Okafor")


@pytest.fixture
def anas(ana: Membership) -> Client:
    return signed_in(ana)


def recorded(membership: Membership, action: str) -> AuditEntry:
    with acting_as(actor_of(membership)):
        entry: AuditEntry = AuditEntry.objects.get(action=action)
    return entry


def test_the_page_says_who_works_here_in_which_role_and_how_they_sign_in(
    ana: Membership, maya: Membership, ben: Membership, anas: Client
) -> None:
    page = anas.get(MEMBERS).content.decode()
    assert "Maya Okafor" in page
    assert "Prescriber" in page
    assert "Ben Castillo" not in page
    assert "Authenticator app" in page
    assert "1 member signs in with a password alone" in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_the_same_of_the_database_for_one_member_and_for_thirty(
    lakeside: Organization,
    anas: Client,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    MembershipFactory.create_batch(count - 1, organization=lakeside)
    anas.get(MEMBERS)
    with django_assert_num_queries(9):
        anas.get(MEMBERS)


@pytest.mark.asvs("8.3.2")
def test_changed_roles_count_from_the_members_next_page_on(
    ana: Membership, maya: Membership, anas: Client
) -> None:
    mayas = signed_in(maya)
    assert mayas.get("/audit/").status_code == 403
    answer = anas.post(f"{MEMBERS}{maya.id}/", {"roles": ["prescriber", "admin"]})
    assert answer["Location"] == MEMBERS
    assert mayas.get("/audit/").status_code == 200
    entry = recorded(ana, "roles_changed")
    assert (entry.subject_id, entry.purpose) == (maya.id, "+admin")


@pytest.mark.asvs("8.2.1")
@pytest.mark.parametrize("roles", [["hub_agent"], ["operator", "prescriber"], ["no_such_role"], []])
def test_an_organization_gives_only_roles_of_its_kind(
    maya: Membership, anas: Client, roles: list[str]
) -> None:
    answer = anas.post(f"{MEMBERS}{maya.id}/", {"roles": roles})
    assert answer.status_code == 422
    maya.refresh_from_db()
    assert maya.roles == ["prescriber"]
    with acting_as(actor_of(maya)), pytest.raises(Refused):
        change_roles(maya, roles=roles, by=actor_of(maya))


@pytest.mark.asvs("15.3.3")
def test_fields_that_the_form_does_not_have_change_nothing(
    maya: Membership, ben: Membership, anas: Client
) -> None:
    extra = {"organization": str(ben.organization_id), "user": str(ben.user_id), "active": ""}
    anas.post(f"{MEMBERS}{maya.id}/", {"roles": ["prescriber"], **extra})
    stored = Membership.objects.get(id=maya.id)
    assert (stored.organization_id, stored.user_id) == (maya.organization_id, maya.user_id)
    assert stored.active


@pytest.mark.asvs("7.4.2")
def test_an_ended_membership_ends_at_the_next_page(
    ana: Membership, maya: Membership, anas: Client
) -> None:
    mayas = signed_in(maya)
    assert mayas.get("/account/sessions/").status_code == 200
    assert anas.post(f"{MEMBERS}{maya.id}/end/")["Location"] == MEMBERS
    assert mayas.get("/audit/").status_code == 403
    assert (
        "Maya Okafor"
        not in anas.get(MEMBERS, follow=True).content.decode().split("<main")[1].split("table")[2]
    )
    assert recorded(ana, "membership_ended").subject_id == maya.id


@pytest.mark.asvs("2.3.1")
def test_the_last_administrator_stays(ana: Membership, maya: Membership, anas: Client) -> None:
    answer = anas.post(f"{MEMBERS}{ana.id}/", {"roles": ["practice_staff"]})
    assert answer.status_code == 422
    assert "Somebody must stay administrator" in answer.content.decode()
    anas.post(f"{MEMBERS}{ana.id}/end/")
    ana.refresh_from_db()
    assert ana.active
    assert "admin" in ana.roles
    anas.post(f"{MEMBERS}{maya.id}/", {"roles": ["prescriber", "admin"]})
    assert anas.post(f"{MEMBERS}{ana.id}/", {"roles": ["practice_staff"]}).status_code == 302


@pytest.mark.asvs("15.4.2")
def test_two_administrators_who_leave_at_once_leave_one_behind(committed: None) -> None:
    clinic = OrganizationFactory.create()
    both = [member(clinic, Role.ADMIN, name=name) for name in ("Robin", "Sasha")]

    def leave(membership: Membership) -> bool:
        try:
            with acting_as(actor_of(membership)):
                end_membership(membership, by=actor_of(membership))
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as threads:
        left = list(threads.map(leave, both))
    assert sorted(left) == [False, True]
    assert Membership.objects.filter(organization=clinic, active=True).count() == 1


@pytest.mark.asvs("7.5.2")
def test_an_administrator_signs_a_member_out_everywhere(
    ana: Membership, maya: Membership, anas: Client
) -> None:
    office, home = Client(), Client()
    for client in (office, home):
        sign_in(client, maya)
        assert client.get("/account/sessions/").status_code == 200
    anas.post(f"{MEMBERS}{maya.id}/sessions/end/")
    assert office.get("/account/sessions/").status_code == 302
    assert home.get("/account/sessions/").status_code == 302
    assert recorded(ana, "sessions_ended").purpose == "2 sessions"


def test_an_administrator_who_signs_themselves_out_stays_where_they_are(ana: Membership) -> None:
    here, elsewhere = Client(), Client()
    sign_in(here, ana)
    sign_in(elsewhere, ana)
    here.post(f"{MEMBERS}{ana.id}/sessions/end/")
    assert here.get(MEMBERS).status_code == 200
    assert elsewhere.get(MEMBERS).status_code == 302


def test_a_hub_offers_a_hubs_roles(db: None) -> None:
    hub = OrganizationFactory.create(kind=OrganizationKind.HUB.value)
    lena = member(hub, Role.HUB_SUPERVISOR, Role.ADMIN, name="Lena Fischer")
    page = signed_in(lena).get(f"{MEMBERS}{lena.id}/").content.decode()
    assert 'value="hub_agent"' in page
    assert 'value="prescriber"' not in page
