"""Journeys by the million: copies of two real ones, loaded by COPY, each row encrypted as its own.

Every copy has its own ids, organizations and days, and opens under the keys of the world; events
of a journey lie as far apart in their table as if others had reported in between. Left out are
the digests that patients are found by, grants, and audit entries.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from struct import Struct
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from accounts.core.envelope import KeyRing, unseal
from bench.copies import SEALED, TABLES, Cell, Copying, Row, Share, Template, columns
from bench.results import Unmeasured
from bench.world import World
from config.runner import databases
from config.runner.processes import wait_until

PROCESSES = 2
TIMESTAMPTZ, DIGESTS = 1184, 1001
NO_DIGESTS = Struct(">iii").pack(0, 0, 17)
BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = Struct(">h").pack(-1)
# Of the server while a million are loaded: there is nothing in the world that a power cut could
# spoil, and what a table gets in the transaction that emptied it needs no log.
CARELESS = {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "autovacuum": "off",
}
READY_WITHIN_SECONDS = 300.0
KEYS = {"p": "primary key", "u": "unique"}


def template(journey_id: UUID, *, url: str, ring: str) -> Template:
    """Read a journey's rows as the owner, and open them."""
    keys = KeyRing.parse(ring)
    with _owner(url) as connection, connection.cursor(binary=True) as cursor:
        return Template({table: _rows(cursor, table, journey_id, keys) for table in TABLES})


def _rows(cursor: psycopg.Cursor[Any], table: str, journey_id: UUID, keys: KeyRing) -> list[Row]:
    column = "id" if table == "journey" else "journey_id"
    cursor.execute(f"select * from journeys_{table} where {column} = %s", [journey_id])
    result = cursor.pgresult
    if result is None:
        raise Unmeasured(f"journeys_{table} did not answer.")
    rows = []
    for number in range(result.ntuples):
        row: dict[str, Cell] = {}
        for at in range(result.nfields):
            name = (result.fname(at) or b"").decode()
            row[name] = _cell(result.get_value(number, at), result.ftype(at))
        rows.append(_opened(table, row, keys))
    return rows


def _cell(value: bytes | None, kind: int) -> Cell:
    if value is None:
        return None
    if kind == TIMESTAMPTZ:
        return int.from_bytes(value, signed=True)
    return NO_DIGESTS if kind == DIGESTS else value


def _opened(table: str, row: dict[str, Cell], keys: KeyRing) -> Row:
    for column in row.keys() & set(SEALED):
        sealed, *ids = row[column], row["id"], row["organization_id"]
        id_, owner = (UUID(bytes=each) for each in ids if isinstance(each, bytes))
        if isinstance(sealed, bytes):
            bound = f"journeys_{table}|{column}|{id_}|{owner}"
            row[column] = unseal(sealed, ring=keys, bound_to=bound)
    return row


def _owner(url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(url)
    connection.execute("select set_config('app.every_tenant', 'on', false)")
    connection.execute("set synchronous_commit = off")
    connection.commit()
    return connection


@contextmanager
def careless(world: World) -> Iterator[None]:
    """The world's server without its promises; afterwards all is on disk, and it keeps them."""
    _restarted(world, [f"alter system set {name} = '{to}'" for name, to in CARELESS.items()])
    try:
        yield
    finally:
        _restarted(world, [f"alter system reset {name}" for name in CARELESS])
        os.sync()


def _restarted(world: World, statements: Sequence[str]) -> None:
    its = world.services
    administrator = databases.as_role(
        its.database_owner_url, "postgres", its.secrets["POSTGRES_PASSWORD"]
    )
    with psycopg.connect(administrator, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
    connections.close_all()
    os.kill(its.supervisor.pid("postgres"), signal.SIGINT)

    def revived() -> bool:
        its.supervisor.revive()
        return databases.answers(administrator)

    if not wait_until(revived, seconds=READY_WITHIN_SECONDS):
        raise Unmeasured("PostgreSQL did not start again.")


def fill(share: Share) -> None:
    """Load the share's journeys, then build the indexes and the statistics again."""
    with _owner(share.url) as connection:
        indexes, rest = _take_down(connection)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(partial(_load, share), TABLES))
    _run(share.url, indexes)
    with _owner(share.url) as connection:
        for statement in rest:
            connection.execute(statement)
    _run(share.url, [f"vacuum (analyze) journeys_{table}" for table in TABLES])


def _run(url: str, statements: Sequence[str]) -> None:
    """One after the other on each of two connections: neighbours read the same table together."""

    def run(statement: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("set maintenance_work_mem = '1GB'")
            connection.execute("set max_parallel_maintenance_workers = 0")
            connection.execute(statement)

    with ThreadPoolExecutor(PROCESSES) as threads:
        list(threads.map(run, statements))


def _take_down(connection: psycopg.Connection[Any]) -> tuple[list[str], list[str]]:
    """Drop indexes, keys and references of the tables; the statements that bring them back."""
    names = [f"journeys_{table}" for table in TABLES]
    indexes = connection.execute(
        "select indexname, indexdef from pg_indexes where tablename = any(%s)"
        " order by array_position(%s, tablename::text), indexname",
        [names, names],
    ).fetchall()
    back: list[str] = []
    constraints = connection.execute(
        "select conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid)"
        " from pg_constraint where contype in ('f', 'u', 'p')"
        " and (conrelid::regclass::text = any(%s) or confrelid::regclass::text = any(%s))"
        " order by contype",
        [names, names],
    ).fetchall()
    for table, name, kind, how in constraints:
        connection.execute(f'alter table {table} drop constraint "{name}"')
        # References are not checked row by row again.
        again = f"{how} not valid" if kind == "f" else f'{KEYS[kind]} using index "{name}"'
        back.insert(
            len(back) if kind == "f" else 0, f'alter table {table} add constraint "{name}" {again}'
        )
    for name, _how in indexes:
        connection.execute(f'drop index if exists "{name}"')
    for table in names:
        connection.execute(f"alter table {table} no force row level security")
        back.append(f"alter table {table} force row level security")
    return [how for _name, how in indexes], back


def _load(share: Share, table: str) -> None:
    """All of a table in one transaction, which empties it first: so its pages are written once,
    as every transaction can see them. What was there comes after.
    """
    named = ", ".join(columns(share.templates[0].rows[table][0]))
    with _owner(share.url) as connection, connection.cursor() as cursor:
        cursor.execute(f"create temporary table kept as table journeys_{table}")
        cursor.execute(f"truncate journeys_{table}")
        into = f"copy journeys_{table} ({named}) from stdin (format binary, freeze)"
        with cursor.copy(into) as copy:
            copy.write(BEGIN)
            for chunk in Copying(share).chunks(table):
                copy.write(chunk)
            copy.write(END)
        cursor.execute(f"insert into journeys_{table} table kept")
