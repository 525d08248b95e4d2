"""The floor of a change in the database: the same rows' bytes by one plain transaction."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.json import Json, Jsonb

from accounts.plans import in_full

TABLE = (
    "create table if not exists bench_row "
    "(id uuid primary key default gen_random_uuid(), body bytea not null)"
)
INSERT = "insert into bench_row (body) values (%s)"
WRITES = ("INSERT", "UPDATE")


def written_bytes(work: Callable[[], object]) -> list[int]:
    """Do the work; how many bytes each of its writing statements carried to PostgreSQL."""
    sizes: list[int] = []

    def note(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        at, given = 0, list(params or ())
        # What goes to PostgreSQL in one round trip is still a row each.
        for statement, whole in zip(sql.split("; "), in_full(sql), strict=True):
            places = statement.count("%s")
            if whole.lstrip().upper().startswith(WRITES):
                sizes.append(max(1, _size(given[at : at + places])))
            at += places
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return sizes


def _size(value: object) -> int:
    match value:
        case None:
            return 0
        case str():
            return len(value.encode())
        case bytes() | bytearray() | memoryview():
            return len(value)
        case Json() | Jsonb():
            return len(json.dumps(value.obj, default=str))
        case list() | tuple():
            return sum(_size(each) for each in value)
    return len(str(value))


@contextmanager
def plain_transaction(sizes: Sequence[int]) -> Iterator[Callable[[], float]]:
    """A function that writes rows of these sizes in one transaction and tells its seconds.

    One connection, one table with a primary key, psycopg and nothing else; fsync as in the world.
    """
    # What is stored is mostly encrypted: it must not shrink on its way to the disk.
    rows = [(os.urandom(size),) for size in sizes]
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as opened:
        with opened.transaction():
            # Two processes that make it at once would both find that it is not there.
            opened.execute("select pg_advisory_xact_lock(hashtext('bench_row'))")
            opened.execute(TABLE)

        def write() -> float:
            began = time.perf_counter()
            with opened.transaction(), opened.cursor() as cursor:
                cursor.executemany(INSERT, rows)
            return time.perf_counter() - began

        yield write
