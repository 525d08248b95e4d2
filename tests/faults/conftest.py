"""A database with committed rows, a broker and a worker of the tests' own."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest
from celery import current_app
from django.db import connections
from environ import Env
from psycopg import sql
from pytest_django import DjangoDbBlocker

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.enums import DeliveryStatus
from journeys.models import Delivery, Endpoint
from tests.conftest import as_owner, site_url
from tests.factories.exchange import SECRET, endpoint, partner_key
from tests.factories.programs import published
from tests.fakes.hub import Hub, running_hub
from tests.faults.processes import Broker, Process, Worker, beat, broker, worker


@pytest.fixture(scope="session")
def committed(
    django_db_setup: None, database_name: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A copy of the suite's empty database, in which tests commit; dropped afterwards."""
    name = f"{database_name}_committed"
    copy, source = sql.Identifier(name), sql.Identifier(database_name)
    with django_db_blocker.unblock():
        use(database_name)
    with as_owner("postgres") as owner:
        drop(owner, name)
        owner.execute(sql.SQL("create database {} template {}").format(copy, source))
    yield name
    with as_owner("postgres") as owner:
        drop(owner, name)


END = (
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
    " where datname = %s and usename = current_user and pid <> pg_backend_pid()"
)


def drop(owner: psycopg.Connection, name: str) -> None:
    """Drop a database, though servers that were killed left sessions in it.

    What the site began its own role alone may end, unless the owner is a superuser: `with (force)`
    would refuse. Without it PostgreSQL waits for who is just leaving.
    """
    if owner.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        with psycopg.connect(site_url(name), autocommit=True) as its:
            its.execute(END, [name])
        owner.execute(END, [name])
        owner.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))


def use(name: str) -> None:
    """Let go of every connection, and connect to this database from now on."""
    connection = connections["default"]
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's connections have one
    connection.settings_dict["NAME"] = name


@contextmanager
def connected(url: str) -> Iterator[None]:
    """This process uses the database of an address while the block runs."""
    connection = connections["default"]
    before, config = dict(connection.settings_dict), Env.db_url_config(url)
    there = {name: config[name] for name in ("NAME", "USER", "PASSWORD", "PORT")}
    options = {**before["OPTIONS"], **config.get("OPTIONS", {})}
    use(config["NAME"])
    connection.settings_dict.update(there, HOST=unquote(config["HOST"]), OPTIONS=options)
    try:
        yield
    finally:
        use(before["NAME"])
        connection.settings_dict.update(before)


@pytest.fixture
def database(
    committed: str, database_name: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Commit for real in this test; what it leaves behind is put to rest."""
    with django_db_blocker.unblock():
        use(committed)
        yield committed
        with every_tenant(reason="the next test starts with nothing under way"):
            Delivery.objects.update(status=DeliveryStatus.ABANDONED)
            Endpoint.objects.update(active=False)
        use(database_name)


@contextmanager
def without_room(database: str, table: str) -> Iterator[None]:
    """PostgreSQL refuses new rows of a table as it does when its disk is full."""
    name = sql.Identifier(table)
    with as_owner(database) as owner:
        owner.execute(
            "create function no_room() returns trigger language plpgsql as"
            " $$ begin raise exception 'no room' using errcode = '53100'; end $$"
        )
        trigger = "create trigger no_room before insert on {} for each row execute function {}()"
        owner.execute(sql.SQL(trigger).format(name, sql.Identifier("no_room")))
        try:
            yield
        finally:
            owner.execute(sql.SQL("drop trigger no_room on {}").format(name))
            owner.execute("drop function no_room()")


@pytest.fixture(scope="session")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of the fault tests' own, which this process uses as well."""
    own = broker(tmp_path_factory.mktemp("broker"))
    before = current_app.conf.broker_url
    try:
        own.start()
        point_at(own.url.replace("unix://", "redis+socket://"))
        yield own
    finally:
        own.kill()
        point_at(before)


@pytest.fixture
def redis(own_redis: Broker) -> Broker:
    """The broker, running whatever the test before did to it."""
    if own_redis.running is None:
        own_redis.start()
    return own_redis


def point_at(url: str) -> None:
    """Send this process's nudges to another broker."""
    if current_app._pool is not None:
        current_app._pool.force_close_all()
    current_app._pool = None
    current_app.conf.broker_url = current_app.conf.broker_write_url = url
    current_app.amqp._producer_pool = None


@pytest.fixture(scope="session")
def own_worker(
    tmp_path_factory: pytest.TempPathFactory, committed: str, own_redis: Broker
) -> Iterator[Worker]:
    """A worker on the tests' database and broker; one for all tests, for it starts slowly."""
    own = worker(tmp_path_factory.mktemp("worker"), variables(site_url(committed), own_redis))
    yield own
    own.kill()


@pytest.fixture
def dispatchers(
    tmp_path: Path, committed: str, database: str, redis: Broker
) -> Iterator[Callable[..., Worker]]:
    """Workers of one drill, ready, each with a beat of its own beside it, as production has it."""
    started: list[Process] = []

    def one(*, lease_seconds: int) -> Worker:
        told = variables(site_url(committed), redis, DELIVERY_LEASE_SECONDS=str(lease_seconds))
        folder = tmp_path / f"dispatcher-{len(started)}"
        folder.mkdir()
        own, clock = worker(folder, told, beat=False), beat(folder, told)
        started.extend([own, clock])
        clock.start()
        own.ensure_ready()
        return own

    yield one
    for each in started:
        each.kill()


def variables(url: str, redis: Broker, **more: str) -> dict[str, str]:
    """What a process of the site is told that works on a database and broker of the tests'."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": redis.url,
        # The fakes listen on this machine, which only development may send to.
        "DEBUG": "true",
        "ALLOW_PRIVATE_ENDPOINTS": "true",
        "LOG_JSON": "false",
        **more,
    }


@pytest.fixture
def celery(own_worker: Worker, database: str, redis: Broker) -> Worker:
    """The worker, ready whatever the test before did to it."""
    own_worker.ensure_ready()
    return own_worker


@pytest.fixture
def hub(database: str) -> Iterator[Hub]:
    """Northstar, which takes webhooks here and holds a key to report with."""
    with running_hub(SECRET) as running:
        published("veltrana")
        northstar = Organization.objects.get(slug="northstar")
        endpoint(northstar, address=running.url)
        if not Organization.objects.filter(pk=northstar.pk, name="Northstar Access").exists():
            Organization.objects.filter(pk=northstar.pk).update(name="Northstar Access")
            partner_key(northstar)
        yield running
