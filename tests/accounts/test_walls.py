"""Two walls between organizations: the manager in Python, row-level security in PostgreSQL."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import psycopg
import pytest
from django.db import Error, ProgrammingError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import timezone

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.models import AuditEntry, Invitation, Membership, Organization
from accounts.tenancy import UnscopedQuery, acting_as, current_actor, every_tenant
from enrollment.models import Patient
from tests.factories.enrollments import PatientFactory
from tests.factories.people import OrganizationFactory, actor_of, member

TENANT = "select current_setting('app.organization', true)"


def asked(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row else None


@pytest.mark.django_db
def test_a_query_while_nobody_acts_is_refused() -> None:
    with pytest.raises(UnscopedQuery):
        AuditEntry.objects.count()
    with pytest.raises(UnscopedQuery):
        Patient.objects.first()


@pytest.mark.django_db
def test_somebody_without_an_organization_acts_for_none() -> None:
    nobody = Actor(uuid.uuid4(), None, None, frozenset(), "Robin")
    with pytest.raises(UnscopedQuery), acting_as(nobody):
        pass


def test_the_open_door_asks_for_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"), every_tenant(reason=""):
        pass


@pytest.mark.asvs("8.4.1")
def test_a_practice_sees_its_own_rows_and_nobody_elses(ana: Membership, ben: Membership) -> None:
    own = PatientFactory.create(organization=ana.organization)
    other = PatientFactory.create(organization=ben.organization)
    with acting_as(actor_of(ana)):
        assert list(Patient.objects.all()) == [own]
        assert not Patient.objects.filter(id=other.id).exists()
    with every_tenant(reason="the test looks whether the other row is there"):
        assert Patient.objects.filter(id=other.id).exists()


@pytest.mark.asvs("8.4.1")
def test_raw_sql_without_a_tenant_sees_nothing(ana: Membership) -> None:
    PatientFactory.create(organization=ana.organization)
    assert asked("select count(*) from enrollment_patient") == 0
    with acting_as(actor_of(ana)):
        assert asked("select count(*) from enrollment_patient") == 1


@pytest.mark.asvs("8.4.1")
def test_postgresql_refuses_a_row_for_another_tenant(ana: Membership, ben: Membership) -> None:
    now = timezone.now()
    stray = Invitation(
        organization=ben.organization,
        email="robin@harbor.example",
        name="Robin",
        roles=["admin"],
        invited_by=ana.user,
        token_digest=b"x" * 32,
        created_at=now,
        expires_at=now,
    )
    with (
        pytest.raises(ProgrammingError) as refusal,
        acting_as(actor_of(ana)),
        transaction.atomic(),
    ):
        stray.save(force_insert=True)
    assert cast(psycopg.Error, refusal.value.__cause__).sqlstate == "42501"


@pytest.mark.asvs("8.4.1")
def test_the_sites_role_owns_nothing_and_may_not_step_over_the_wall(db: None) -> None:
    role = "from pg_roles where rolname = current_user"
    assert asked(f"select rolsuper or rolbypassrls or rolcreaterole {role}") is False
    assert asked("select count(*) from pg_tables where tableowner = current_user") == 0
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("alter table enrollment_patient disable row level security")


@pytest.mark.asvs("8.4.1")
def test_every_table_of_a_tenant_has_a_policy_that_binds_its_owner_too(db: None) -> None:
    """The audit's two tables do not bind the owner: its function must read every chain."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, c.relrowsecurity, c.relforcerowsecurity,"
            " exists (select from pg_policy p where p.polrelid = c.oid"
            "         and p.polcmd = '*' and p.polwithcheck is not null)"
            " from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relkind = 'r' and not a.attisdropped"
            " and a.attname in ('organization_id', 'party_ids')"
        )
        walls = {name: wall for name, *wall in cursor.fetchall()}
    # Membership says for whom a person acts, so it is read before anybody does.
    assert walls.pop("accounts_membership") == [False, False, False]
    unforced = {name for name, (_on, forced, _policy) in walls.items() if not forced}
    assert unforced == {"accounts_auditentry", "accounts_auditseal"}
    assert {name for name, (on, _forced, policy) in walls.items() if not (on and policy)} == set()


@pytest.mark.asvs("8.4.1")
def test_scopes_nest_and_the_outer_one_comes_back(ana: Membership, ben: Membership) -> None:
    own, other = str(ana.organization_id), str(ben.organization_id)
    with acting_as(actor_of(ana)):
        with acting_as(actor_of(ben)):
            assert asked(TENANT) == other
        assert asked(TENANT) == own
        with every_tenant(reason="the test opens the door"):
            assert not asked(TENANT)
        with pytest.raises(ZeroDivisionError), acting_as(actor_of(ben)):
            raise ZeroDivisionError
        assert asked(TENANT) == own
        assert current_actor().organization_id == ana.organization_id
    assert not asked(TENANT)


@pytest.fixture
def pool_of_two(committed: None) -> Iterator[None]:
    connections["default"].close()
    wrapper = cast(DatabaseWrapper, connections["default"])
    wrapper.close_pool()
    pool = wrapper.settings_dict["OPTIONS"]["pool"]
    sizes = dict(pool)
    pool.update(min_size=2, max_size=2, timeout=20)
    assert wrapper.pool.max_size == 2
    yield
    wrapper.close()
    wrapper.close_pool()
    pool.update(sizes)


@pytest.mark.asvs("8.4.1")
def test_a_tenant_never_survives_on_a_pooled_connection(pool_of_two: None) -> None:
    """Two hundred requests of two practices on two connections, every third one failing."""
    people = [member(OrganizationFactory.create(), Role.PRACTICE_STAFF) for _ in range(2)]
    for membership in people:
        PatientFactory.create(organization=membership.organization)
    actors = [actor_of(membership) for membership in people]

    def request(number: int) -> tuple[object, int, int]:
        actor = actors[number % 2]
        before = asked(TENANT)
        seen = strangers = 0
        try:
            with acting_as(actor):
                rows = list(Patient.objects.values_list("organization_id", flat=True))
                seen = rows.count(actor.organization_id)
                strangers = len(rows) - seen
                if number % 3 == 0:
                    raise ZeroDivisionError
                if number % 3 == 1:
                    asked("select 1 / 0")
        except (ZeroDivisionError, Error):
            pass
        finally:
            connection.close()
        return before, seen, strangers

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(request, range(200)))
    assert {seen for _before, seen, _strangers in answers} == {1}
    assert {strangers for _before, _seen, strangers in answers} == {0}
    assert {before or "" for before, _seen, _strangers in answers} == {""}


@pytest.mark.asvs("16.4.2")
def test_the_site_can_add_to_the_audit_and_nothing_else(ana: Membership) -> None:
    with acting_as(actor_of(ana)):
        audit.happened("exported")
        for statement in (
            "update accounts_auditentry set action = 'nothing'",
            "delete from accounts_auditentry",
            "truncate accounts_auditentry",
            "insert into accounts_auditseal values (default, null, 1, null, null)",
            "update accounts_auditseal set number = 7",
            "delete from accounts_auditseal",
        ):
            with (
                pytest.raises(ProgrammingError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_organizations_are_visible_to_each_other_by_name_only() -> None:
    """Partners name each other; nothing on the row is about a patient."""
    columns = {field.name for field in Organization._meta.concrete_fields}
    assert columns == {
        "id", "kind", "name", "slug", "phone", "contact_name", "contact_hours", "time_zone",
        "after_hours", "affiliated_with", "active", "heard_at", "heartbeat_hours",
        "unstaffed_since", "sandbox_of",
    }  # fmt: skip
