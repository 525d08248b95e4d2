"""One table says what each role may do; these sentences about it must stay true."""

import pytest

from accounts.core.actor import Actor
from accounts.core.permissions import (
    KIND_ROLES,
    ROLE_PERMISSIONS,
    OrganizationKind,
    Permission,
    Role,
    permissions_of,
)
from accounts.enums import ROLE_HINTS, ROLE_NAMES, role_names
from accounts.models import Membership
from tests.factories.people import OrganizationFactory, member, signed_in

IDENTIFIED = {
    Permission.PATIENTS_VIEW,
    Permission.PATIENTS_EDIT,
    Permission.ENROLLMENTS_VIEW,
    Permission.ENROLLMENTS_EDIT,
    Permission.JOURNEYS_VIEW,
    Permission.WORK_VIEW,
    Permission.INTAKE_REVIEW,
}


def holders(permission: Permission) -> set[Role]:
    return {role for role, granted in ROLE_PERMISSIONS.items() if permission in granted}


@pytest.mark.asvs("8.1.1")
def test_every_role_stands_in_the_table_and_has_its_words() -> None:
    assert set(ROLE_PERMISSIONS) == set(ROLE_NAMES) == set(ROLE_HINTS) == set(Role)
    assert {role for roles in KIND_ROLES.values() for role in roles} == set(Role)
    assert set(KIND_ROLES) == set(OrganizationKind)
    assert permissions_of(Role) == set(Permission)
    assert role_names(["admin", "prescriber"]) == "Prescriber, Administrator"


@pytest.mark.asvs("8.2.3")
def test_nobody_at_a_manufacturer_or_the_operator_reads_a_patient() -> None:
    for kind in (OrganizationKind.MANUFACTURER, OrganizationKind.OPERATOR):
        assert not permissions_of(KIND_ROLES[kind]) & IDENTIFIED


@pytest.mark.asvs("8.2.1")
def test_only_a_prescriber_signs_and_no_prescriber_submits() -> None:
    assert holders(Permission.ENROLLMENTS_SIGN) == {Role.PRESCRIBER}
    assert holders(Permission.ENROLLMENTS_SUBMIT) == {Role.PRACTICE_STAFF}


@pytest.mark.asvs("8.2.1")
def test_managing_members_gives_no_sight_of_a_patient() -> None:
    assert holders(Permission.MEMBERS_MANAGE) == holders(Permission.AUDIT_VIEW) == {Role.ADMIN}
    assert not ROLE_PERMISSIONS[Role.ADMIN] & IDENTIFIED


@pytest.mark.asvs("8.2.1")
def test_only_hubs_review_intake_and_only_practices_own_patients() -> None:
    assert holders(Permission.INTAKE_REVIEW) == {Role.HUB_AGENT, Role.HUB_SUPERVISOR}
    assert holders(Permission.PATIENTS_EDIT) == {Role.PRACTICE_STAFF}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_an_actor_may_what_the_table_says(role: Role, permission: Permission) -> None:
    actor = Actor(None, None, None, frozenset({role}), "Robin")
    assert actor.may(permission) == (permission in ROLE_PERMISSIONS[role])


@pytest.mark.asvs("8.3.2")
def test_a_role_taken_away_counts_from_the_next_request_on(ana: Membership) -> None:
    client = signed_in(ana)
    assert client.get("/organization/members/").status_code == 200
    Membership.objects.filter(id=ana.id).update(roles=[Role.PRACTICE_STAFF.value])
    assert client.get("/organization/members/").status_code == 403
    Membership.objects.filter(id=ana.id).update(active=False)
    answer = client.get("/organization/members/")
    assert answer.status_code == 403
    assert "You belong to no organization" in answer.content.decode()


@pytest.mark.asvs("8.3.2")
def test_an_organization_that_was_closed_is_closed_to_its_members(ana: Membership) -> None:
    client = signed_in(ana)
    ana.organization.active = False
    ana.organization.save()
    assert client.get("/organization/members/").status_code == 403


@pytest.mark.asvs("8.2.2")
def test_another_organizations_member_and_nobody_look_alike(
    ana: Membership, ben: Membership
) -> None:
    client = signed_in(ana)
    others = client.get(f"/organization/members/{ben.id}/")
    nobodys = client.get("/organization/members/00000000-0000-4000-8000-000000000000/")
    assert others.status_code == nobodys.status_code == 404
    assert _plain(others.content) == _plain(nobodys.content)
    for way in ("end/", "sessions/end/"):
        assert client.post(f"/organization/members/{ben.id}/{way}").status_code == 404
    assert Membership.objects.get(id=ben.id).active


def _plain(page: bytes) -> bytes:
    """The page without the form token, which is masked anew each time."""
    return b"\n".join(line for line in page.splitlines() if b"csrf" not in line)


@pytest.mark.asvs("16.3.2")
def test_a_refusal_is_kept_in_the_audit(priya: Membership, ana: Membership) -> None:
    from accounts.models import AuditEntry
    from accounts.tenancy import every_tenant

    assert signed_in(priya).get("/organization/members/").status_code == 403
    with every_tenant(reason="the test reads the record"):
        entry = AuditEntry.objects.get(action="refused")
    assert (entry.user_id, entry.purpose) == (priya.user_id, "members.manage GET")


@pytest.mark.django_db
def test_somebody_with_two_organizations_has_only_the_roles_of_the_one_they_act_for() -> None:
    first = OrganizationFactory.create(name="Alder")
    second = OrganizationFactory.create(name="Birch")
    there = member(first, Role.ADMIN)
    Membership.objects.create(
        user=there.user, organization=second, roles=[Role.PRACTICE_STAFF.value]
    )
    client = signed_in(there)
    assert client.get("/organization/members/").status_code == 200
    client.post("/organization/switch/", {"organization": str(second.id)})
    assert client.get("/organization/members/").status_code == 403
