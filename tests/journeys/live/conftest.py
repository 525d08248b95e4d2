"""A real server on a database of its own, whose rows are committed: streams see nothing less."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import cast

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.core.permissions import Role
from accounts.models import Membership, Organization
from config.runner.redis import free_port
from journeys.core.events import Event
from journeys.domain.recording import record
from journeys.models import Journey
from tests.conftest import make_database, site_url
from tests.factories.exchange import practice_named, submitted
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.factories.programs import published

MOST_STREAMS = 6
POOL_SIZE = 2
# A block whose rows go to the server's database and are committed there.
Elsewhere = Callable[[], AbstractContextManager[None]]


@dataclass
class Server:
    """Where uvicorn answers, and its process."""

    address: str
    process: subprocess.Popen[bytes]
    database: str

    def client(self, session: str) -> httpx.Client:
        cookies = {settings.SESSION_COOKIE_NAME: session}
        return httpx.Client(base_url=self.address, cookies=cookies, timeout=10)


@dataclass
class Party:
    membership: Membership
    session: str


@dataclass
class Live:
    """One committed journey, and who may hear of it."""

    server: Server
    journey: Journey
    ana: Party
    priya: Party
    ben: Party
    elsewhere: Elsewhere
    count: int = 0

    def happens(self) -> None:
        """The hub says something on the journey, committed."""
        self.count += 1
        now = timezone.now()
        event = Event(
            id=f"live-{self.count}-{now.timestamp()}",
            kind="follow_up",
            step="intake_review",
            source="northstar",
            source_name="Northstar",
            role="hub",
            occurred_at=now,
            received_at=now,
        )
        with self.elsewhere():
            record(self.journey.id, event, actor=None, now=now)


@pytest.fixture(scope="session")
def database(worker_id: str) -> str:
    name = f"{os.environ.get('TEST_DATABASE_NAME', 'test')}_live_{worker_id}"
    make_database(name)
    return name


@pytest.fixture(scope="session")
def elsewhere(database: str, django_db_blocker: DjangoDbBlocker) -> Elsewhere:
    """In-process code on the server's database, outside of any test's transaction."""

    @contextmanager
    def there() -> Iterator[None]:
        connection = cast(DatabaseWrapper, connections["default"])
        before = dict(connection.settings_dict)
        connection.close()
        connection.close_pool()
        connection.settings_dict.update(NAME=database, USER="throughline_site")
        connection.settings_dict["PASSWORD"] = site_url(database).split(":")[2].split("@")[0]
        try:
            with django_db_blocker.unblock():
                yield
        finally:
            connection.close()
            connection.close_pool()
            connection.settings_dict.clear()
            connection.settings_dict.update(before)

    return there


@contextmanager
def serving(database: str, **variables: str) -> Iterator[Server]:
    port = free_port()
    arguments = [
        *("-m", "uvicorn", "config.asgi:application", "--host", "127.0.0.1"),
        *("--port", str(port), "--timeout-graceful-shutdown", "3", "--log-level", "warning"),
    ]
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={
            **os.environ,
            "DATABASE_URL": site_url(database),
            "DATABASE_POOL_SIZE": str(POOL_SIZE),
            "LIVE_STREAMS_MAX": str(MOST_STREAMS),
            "LIVE_PING_SECONDS": "0.4",
            "LIVE_RECHECK_SECONDS": "0.8",
            **variables,
        },
    )
    server = Server(f"http://127.0.0.1:{port}", process, database)
    try:
        _wait_until("/healthz", "ok", server)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


def _wait_until(path: str, says: str, server: Server) -> None:
    """Ask until the server answers so; earlier pages' streams may take a moment to end."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        try:
            if says in httpx.get(server.address + path).text:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail(f"{path} never said {says!r}")


@pytest.fixture(scope="session")
def server(database: str) -> Iterator[Server]:
    with serving(database) as running:
        yield running


@pytest.fixture
def live(server: Server, elsewhere: Elsewhere) -> Live:
    _wait_until("/metrics", "throughline_live_streams 0.0", server)
    with elsewhere():
        Organization.objects.filter(slug="lakeside").update(slug=f"old-{time.monotonic_ns()}")
        practice = practice_named("lakeside", "Lakeside Rheumatology")
        earlier = timezone.now() - dt.timedelta(minutes=30)
        journey = submitted(published(), practice=practice, now=earlier)
        hub = Organization.objects.get(slug="northstar")
        ana, priya, ben = (
            Party(each, signed_in(each).session.session_key or "")
            for each in (
                member(practice, Role.PRACTICE_STAFF),
                member(hub, Role.HUB_AGENT),
                member(OrganizationFactory.create(), Role.PRACTICE_STAFF),
            )
        )
    return Live(server, journey, ana, priya, ben, elsewhere)


@pytest.fixture
def activity(server: Server) -> Iterator[Callable[[], list[tuple[str, str]]]]:
    """What the server's connections do: (name, state) of each."""
    with psycopg.connect(site_url(server.database), autocommit=True) as watcher:

        def look() -> list[tuple[str, str]]:
            return watcher.execute(
                "select application_name, state from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
                # PostgreSQL's own vacuum comes by when it likes.
                " and backend_type = 'client backend'"
            ).fetchall()

        yield look
