"""The test database: made by the owner, used by the site's role, as in production."""

import os
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql

from programs.core import references

SITE_ROLE = "throughline_site"
SITE_PASSWORD = os.environ.get("TEST_SITE_PASSWORD", "site")


def owner_url(name: str) -> str:
    """The owner's address of a database on the suite's server."""
    return urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{name}").geturl()


def site_url(name: str) -> str:
    """The site's role's address of the same database."""
    parts = urlsplit(owner_url(name))
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{SITE_ROLE}:{SITE_PASSWORD}@{place}").geturl()


def as_owner(name: str) -> psycopg.Connection:
    """The owner's own connection. A transaction left open elsewhere fails it: it never waits."""
    return psycopg.connect(owner_url(name), autocommit=True, options="-c lock_timeout=10s")


def make_database(name: str, *, keep: bool = False) -> None:
    """Make an empty database owned by the owner, and give the site's role its login.

    `keep` leaves a database that is there already as it is.
    """
    with as_owner("postgres") as owner:
        database = sql.Identifier(name)
        known = "select 1 from pg_database where datname = %s"
        if keep and owner.execute(known, [name]).fetchone():
            return
        owner.execute(sql.SQL("drop database if exists {} with (force)").format(database))
        owner.execute(sql.SQL("create database {}").format(database))
        if "TEST_SITE_PASSWORD" in os.environ:
            # Our own server made the role already, and its owner may not: as in production.
            return
        owner.execute("select pg_advisory_lock(1)")
        if owner.execute("select 1 from pg_roles where rolname = %s", [SITE_ROLE]).fetchone():
            verb = sql.SQL("alter")
        else:
            verb = sql.SQL("create")
        owner.execute(
            sql.SQL("{} role {} login password {} nosuperuser nobypassrls").format(
                verb, sql.Identifier(SITE_ROLE), sql.Literal(SITE_PASSWORD)
            )
        )


@pytest.fixture(autouse=True)
def _unknown_codes() -> None:
    """No public code table answers, so that no test counts its queries: see `code_tables`."""
    references.use(references.Nothing())


@pytest.fixture
def code_tables(_unknown_codes: None, db: None) -> None:
    """The rules ask the public code tables, as in production."""
    from programs.domain.reference_tables import tables

    references.use(tables())


@pytest.fixture(scope="session")
def database_name(worker_id: str) -> str:
    return f"{os.environ.get('TEST_DATABASE_NAME', 'test')}_{worker_id}"


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_blocker: "pytest.FixtureRequest", database_name: str, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Migrate as the owner, then connect as the site's role.

    With --reuse-db the database of the last run is kept and only migrated further; it has to be
    on a server of your own (DATABASE_OWNER_URL), since ours goes away with the run.
    """
    keep = request.config.getoption("reuse_db") and not request.config.getoption("create_db")
    connection = cast(DatabaseWrapper, connections["default"])
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # pytest-django's own type is private
        make_database(database_name, keep=bool(keep))
        connection.settings_dict["NAME"] = database_name
        call_command("migrate", verbosity=0)
        connection.close()
        connection.close_pool()
        connection.settings_dict.update(USER=SITE_ROLE, PASSWORD=SITE_PASSWORD)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]  # as above
        connection.close()
        connection.close_pool()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Give each report the ASVS requirements that its test holds, also across processes."""
    ids = [number for mark in item.iter_markers("asvs") for number in mark.args]
    item.user_properties += [("asvs", number) for number in ids]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which ASVS requirements are held: every test that names one has passed."""

    def named(outcome: str) -> set[str]:
        reports = terminalreporter.stats.get(outcome, [])
        return {
            value
            for each in reports
            for name, value in getattr(each, "user_properties", ())
            if name == "asvs"
        }

    held = named("passed") - named("failed") - named("error")
    if held:
        numbers = sorted(held, key=lambda text: [int(part) for part in text.split(".")])
        terminalreporter.write_line(f"ASVS 5.0: {len(held)} held: {' '.join(numbers)}")
