"""The test database: made by the owner, used by the site's role, as in production."""

import gc
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

import django
import psycopg
import pytest
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from config.runner import demo, paths
from programs.core import references

SITE_ROLE = "throughline_site"
SITE_PASSWORD = os.environ.get("TEST_SITE_PASSWORD", "site")


# The same examples at every run, however long one takes.
hypothesis_settings.load_profile("ci")


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


def make_database(name: str) -> None:
    """Make a database with the tables of this code, empty and owned by the owner."""
    with as_owner("postgres") as owner:
        _copy(owner, name, of=_model(owner))


def _model(owner: psycopg.Connection) -> str:
    """The database that all others are copies of: migrated once, and anew as migrations change.

    The first one migrates, which takes seconds, and the others wait for it.
    """
    owner.execute("set lock_timeout = '2min'")
    owner.execute("select pg_advisory_lock(1)")
    _make_site_role(owner)
    model = f"{os.environ.get('TEST_DATABASE_NAME', 'test')}_model"
    digest = _tables_digest()
    if _comment(owner, model) != digest:
        _copy(owner, model, of="template1")
        variables = {**os.environ, "DATABASE_URL": owner_url(model)}
        demo.manage("migrate --verbosity 0", variables)
        with as_owner(model) as tables:
            # Else the plan that a test reads hangs on whether a few rows were just counted.
            tables.execute("alter table journeys_workitem set (autovacuum_enabled = off)")
        comment = sql.SQL("comment on database {} is {}")
        owner.execute(comment.format(sql.Identifier(model), sql.Literal(digest)))
    return model


def make_model() -> None:
    """Have the tables of this code made before anybody asks for a copy."""
    with as_owner("postgres") as owner:
        _model(owner)


def _tables_digest() -> str:
    """What the tables depend on: the migrations, what they use of ours, and Django itself."""
    files = [*paths.ROOT.glob("*/migrations/*.py"), paths.ROOT / "accounts/tenancy.py"]
    digest = hashlib.sha256(django.__version__.encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(paths.ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def _comment(owner: psycopg.Connection, name: str) -> str | None:
    asked = "select shobj_description(oid, 'pg_database') from pg_database where datname = %s"
    row = owner.execute(asked, [name]).fetchone()
    return row[0] if row else None


def _copy(owner: psycopg.Connection, name: str, *, of: str) -> None:
    database = sql.Identifier(name)
    owner.execute(sql.SQL("drop database if exists {} with (force)").format(database))
    owner.execute(sql.SQL("create database {} template {}").format(database, sql.Identifier(of)))


def _make_site_role(owner: psycopg.Connection) -> None:
    """Give the site's role its login, unless the server is our own and has it already."""
    if "TEST_SITE_PASSWORD" in os.environ:
        # Its owner may not: as in production.
        return
    known = owner.execute("select 1 from pg_roles where rolname = %s", [SITE_ROLE]).fetchone()
    verb = sql.SQL("alter" if known else "create")
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


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`time.time` stands still, so that no minute, nor a code's half of one, ends meanwhile."""
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment)


@pytest.fixture
def midday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site's clock goes on from noon, so that no day ends meanwhile."""
    now = timezone.now
    ahead = timezone.localtime().replace(hour=12, minute=0) - now()
    monkeypatch.setattr(timezone, "now", lambda: now() + ahead)


@pytest.fixture(scope="session")
def database_name(worker_id: str) -> str:
    return f"{os.environ.get('TEST_DATABASE_NAME', 'test')}_{worker_id}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker, database_name: str) -> Iterator[None]:
    """A database of this process' own, made by the owner and used by the site's role."""
    connection = cast(DatabaseWrapper, connections["default"])
    make_database(database_name)
    connection.settings_dict.update(NAME=database_name, USER=SITE_ROLE, PASSWORD=SITE_PASSWORD)
    yield
    with django_db_blocker.unblock():
        connection.close()
        connection.close_pool()


# Folders whose tests share something that takes long to start: one process runs each of them,
# from the beginning and beside the others' files. What waits most comes first.
STARTED_ONCE = tuple(
    f"tests/{folder}/" for folder in ("e2e", "security", "journeys/live", "runner", "faults")
)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Migrate while the processes of the suite still load its tests."""
    config = session.config
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        ahead = threading.Thread(target=make_model)
        ahead.start()
        config.add_cleanup(ahead.join)


def pytest_collection_finish() -> None:
    """What was loaded stays to the end: no collection of garbage looks through it again."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "drill" not in config.option.markexpr:
        drills = [item for item in items if item.get_closest_marker("drill")]
        config.hook.pytest_deselected(items=drills)
        items[:] = [item for item in items if item not in drills]
    places = {folder: place for place, folder in enumerate(STARTED_ONCE)}
    items.sort(key=lambda item: places.get(group_of(item.nodeid), len(places)))


def group_of(nodeid: str) -> str:
    """What one process runs whole: a folder of those above, or else the test's file."""
    file = nodeid.partition("::")[0]
    return next((folder for folder in STARTED_ONCE if file.startswith(folder)), file)


class ByGroup(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives each group to one process, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByGroup:
    config.option.loadscopereorder = False
    return ByGroup(config, log)


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
