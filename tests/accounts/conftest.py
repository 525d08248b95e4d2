"""What the tests of the door share: quick passwords, the owner's connection, real commits."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connections
from psycopg import sql
from pytest_django import DjangoDbBlocker, Settings

from accounts.core.permissions import OrganizationKind, Role
from accounts.models import Membership, Organization
from tests.conftest import as_owner
from tests.factories.people import PASSWORD, OrganizationFactory, member


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Argon2 takes a fifth of a second each time, on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def lakeside(db: None) -> Organization:
    return OrganizationFactory.create(name="Lakeside Rheumatology", slug="lakeside")


@pytest.fixture
def harbor(db: None) -> Organization:
    return OrganizationFactory.create(name="Harbor Neurology", slug="harbor")


@pytest.fixture
def ana(lakeside: Organization) -> Membership:
    """Coordinator and administrator at Lakeside."""
    return member(
        lakeside, Role.PRACTICE_STAFF, Role.ADMIN, name="Ana Whitfield", password=PASSWORD
    )


@pytest.fixture
def ben(harbor: Organization) -> Membership:
    """The same at another practice."""
    return member(harbor, Role.PRACTICE_STAFF, Role.ADMIN, name="Ben Castillo")


@pytest.fixture
def priya(db: None) -> Membership:
    hub = OrganizationFactory.create(name="Northstar Access", kind=OrganizationKind.HUB.value)
    return member(hub, Role.HUB_AGENT, name="Priya Raman")


@pytest.fixture
def owner(django_db_setup: None, database_name: str) -> Iterator[psycopg.Connection]:
    """The role that owns the tables: who migrates, and whoever has broken into the server."""
    with as_owner(database_name) as connection:
        yield connection


@pytest.fixture
def committed(owner: psycopg.Connection, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Real commits, seen by other connections; afterwards every table is emptied."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    _empty(owner)


def _empty(owner: psycopg.Connection) -> None:
    names = owner.execute(
        "select tablename from pg_tables where schemaname = 'public'"
        " and tablename not in ('django_migrations', 'django_content_type')"
    ).fetchall()
    tables = [sql.Identifier(name) for (name,) in names]
    for table in tables:
        owner.execute(sql.SQL("alter table {} disable trigger user").format(table))
    owner.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(tables)))
    for table in tables:
        owner.execute(sql.SQL("alter table {} enable trigger user").format(table))
