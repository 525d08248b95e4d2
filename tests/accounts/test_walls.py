"""Two walls between organizations: the manager in Python, row-level security in PostgreSQL."""

import uuid

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import UnscopedQuery, acting_as, every_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def lakeside() -> Organization:
    return Organization.objects.create(kind="practice", name="Lakeside", slug="lakeside")


def actor_at(organization: Organization) -> Actor:
    return Actor(
        user_id=uuid.uuid4(),
        organization_id=organization.id,
        organization_kind=OrganizationKind(organization.kind),
        roles=frozenset({Role.PRACTICE_STAFF}),
        name="Ana",
    )


def test_a_query_while_nobody_acts_is_refused() -> None:
    with pytest.raises(UnscopedQuery):
        AuditEntry.objects.count()


def test_the_audit_is_chained_and_append_only(lakeside: Organization) -> None:
    with acting_as(actor_at(lakeside)):
        audit.happened("exported")
        audit.happened("exported")
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        assert audit.broken_links() == []
        assert audit.chain_heads()[0].number == 2
        with pytest.raises(ProgrammingError), transaction.atomic():
            AuditEntry.objects.update(action="nothing")


def test_raw_sql_without_a_tenant_sees_nothing(lakeside: Organization) -> None:
    with acting_as(actor_at(lakeside)):
        audit.happened("exported")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from accounts_auditentry")
        assert cursor.fetchone() == (0,)
    with every_tenant(reason="the test counts them all"):
        assert AuditEntry.objects.count() == 1
