"""Journeys by the million: copies of two real ones, loaded by COPY, each row encrypted as its own.

Every copy has its own ids, organizations and days, and opens under the keys of the world; events
of a journey lie as far apart in their table as if others had reported in between. Left out are
the digests that patients are found by, grants, and audit entries.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.rows import dict_row

from accounts.core.envelope import NONCE_BYTES, VERSION, KeyRing, unseal

CHUNK = 5_000
DAYS = 500
# How many journeys an organization has, so that lists are as long at any size of the world.
PER_PRACTICE, PER_HUB = 1_000, 25_000
OPEN_SHARE = 20  # by default one of so many is still open
TABLES = ("journey", "journeyparty", "packet", "delivery", "workitem", "journeyevent")
SEALED = {"patient_name", "patient_born_on", "body"}
# Large, and nothing refers to it: built without a log, as it is thrown away.
UNLOGGED = ("journeys_journeyevent",)
Row = dict[str, Any]


@dataclass(frozen=True)
class Template:
    """The rows of one real journey, by table, what is encrypted opened."""

    rows: Mapping[str, Sequence[Row]]

    @property
    def journey(self) -> Row:
        return self.rows["journey"][0]


@dataclass(frozen=True)
class Share:
    """What one process loads: so many journeys, and the organizations they belong to."""

    url: str
    ring: str
    templates: tuple[Template, Template]
    practices: Sequence[UUID]
    hubs: Sequence[UUID]
    first: int
    count: int
    now: datetime
    per_hub: int = PER_HUB
    open_share: int = OPEN_SHARE
    series: str = "BL"


def template(journey_id: UUID, *, url: str, ring: str) -> Template:
    """Read a journey's rows as the owner, and open them."""
    keys = KeyRing.parse(ring)
    rows: dict[str, list[Row]] = {}
    with _owner(url) as connection, connection.cursor(row_factory=dict_row) as cursor:
        for table in TABLES:
            column = "id" if table == "journey" else "journey_id"
            cursor.execute(
                f"select * from journeys_{table} where {column} = %s",
                [journey_id],
            )
            rows[table] = [_opened(table, row, keys) for row in cursor.fetchall()]
    return Template(rows)


def _opened(table: str, row: Row, keys: KeyRing) -> Row:
    for column in SEALED & row.keys():
        bound = f"journeys_{table}|{column}|{row['id']}|{row['organization_id']}"
        row[column] = unseal(row[column], ring=keys, bound_to=bound).decode()
    return row


def _owner(url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(url)
    connection.execute("select set_config('app.every_tenant', 'on', false)")
    connection.execute("set synchronous_commit = off")
    connection.execute("set maintenance_work_mem = '1GB'")
    return connection


def fill(share: Share, *, processes: int = 2) -> None:
    """Load the share's journeys, then build the indexes and the statistics again."""
    with _owner(share.url) as connection:
        built = _take_down(connection)
    part = -(-share.count // processes)
    parts = [
        replace(share, first=share.first + at, count=min(part, share.count - at))
        for at in range(0, share.count, part)
    ]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(_load, parts))
    with _owner(share.url) as connection:
        for statement in built:
            connection.execute(statement)
    with psycopg.connect(share.url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"vacuum (analyze) journeys_{table}")


def _take_down(connection: psycopg.Connection[Any]) -> list[str]:
    """Drop indexes and references of the tables; the statements that bring them back."""
    names = [f"journeys_{table}" for table in TABLES]
    back: list[str] = []
    references = connection.execute(
        "select conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid)"
        " from pg_constraint where contype in ('f', 'u', 'p')"
        " and (conrelid::regclass::text = any(%s) or confrelid::regclass::text = any(%s))"
        " order by contype",
        [names, names],
    ).fetchall()
    for table, name, kind, how in references:
        # What other tables refer to keeps its key; references are not checked row by row again.
        if kind == "f":
            connection.execute(f'alter table {table} drop constraint "{name}"')
            back.append(f'alter table {table} add constraint "{name}" {how} not valid')
        elif kind == "u" and table == "journeys_journeyevent":
            connection.execute(f'alter table {table} drop constraint "{name}"')
            back.insert(0, f'alter table {table} add constraint "{name}" {how}')
    indexes = connection.execute(
        "select indexname, indexdef from pg_indexes where tablename = any(%s)"
        " and not exists (select from pg_constraint where conname = indexname)",
        [names],
    ).fetchall()
    for name, how in indexes:
        connection.execute(f'drop index "{name}"')
        back.insert(0, how)
    for table in names:
        connection.execute(f"alter table {table} no force row level security")
        back.append(f"alter table {table} force row level security")
    for table in UNLOGGED:
        connection.execute(f"alter table {table} set unlogged")
    return back


def _load(share: Share) -> None:
    copying = _Copying(share)
    with _owner(share.url) as connection, connection.cursor() as cursor:
        for first in range(share.first, share.first + share.count, CHUNK):
            last = min(first + CHUNK, share.first + share.count)
            for table, columns, lines in copying.chunk(range(first, last)):
                named = ", ".join(columns)
                with cursor.copy(f"copy journeys_{table} ({named}) from stdin") as copy:
                    copy.write("".join(lines))
            connection.commit()


@dataclass(frozen=True)
class Copy:
    """One journey to be written: what of the original's ids it has in place of which."""

    number: int
    day: int
    practice: str
    parties: str
    mine: dict[str, str]


class _Copying:
    """Lines for COPY, made of what is the same for all copies of a day and what is not."""

    def __init__(self, share: Share) -> None:
        self.share = share
        ring = KeyRing.parse(share.ring)
        self.key = AESGCM(ring.keys[ring.current])
        self.head = bytes([VERSION, len(ring.current)]) + ring.current.encode()

    def seal(self, text: bytes, bound: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = self.head + nonce + self.key.encrypt(nonce, text, bound.encode())
        return "\\\\x" + sealed.hex()

    def chunk(self, numbers: range) -> Iterator[tuple[str, list[str], list[str]]]:
        """Event after event for all of the journeys, not journey after journey."""
        copies: tuple[list[Copy], list[Copy]] = ([], [])
        for number in numbers:
            kind = 0 if number % self.share.open_share == 0 else 1
            copies[kind].append(self._copy(number, self.share.templates[kind].journey))
        for table in TABLES:
            for its, mine in zip(self.share.templates, copies, strict=True):
                for row in its.rows[table] if mine else ():
                    yield table, _columns(row), self._lines(table, row, mine)

    def _copy(self, number: int, original: Row) -> Copy:
        share = self.share
        mine = {
            str(original["organization_id"]): str(share.practices[number // PER_PRACTICE]),
            str(original["hub_id"]): str(share.hubs[number // share.per_hub]),
            str(original["id"]): _new_id(),
        }
        order = number // share.open_share
        is_open = number % share.open_share == 0
        return Copy(
            number=number,
            day=order % 20 if is_open else 30 + order % DAYS,
            practice=mine[str(original["organization_id"])],
            parties="{" + ",".join(mine.get(str(e), str(e)) for e in original["party_ids"]) + "}",
            mine=mine,
        )

    def _lines(self, table: str, row: Row, copies: Sequence[Copy]) -> list[str]:
        links = [(name, str(row[name])) for name in _links(row)]
        names, plain = sorted(SEALED & row.keys()), _plain(row)
        days: dict[int, tuple[str, list[bytes]]] = {}
        lines = []
        for copy in copies:
            if copy.day not in days:
                shift = -timedelta(days=copy.day)
                same = "\t".join(_text(row[name], shift) for name in plain)
                days[copy.day] = (same, [_moved(row[name], shift).encode() for name in names])
            same, texts = days[copy.day]
            old = str(row["id"])
            id_ = copy.mine.get(old) or _new_id()
            if table == "packet":
                copy.mine[old] = id_
            bound = f"|{id_}|{copy.practice}"
            cells = [same, copy.parties, id_]
            cells += [NULL if link == "None" else copy.mine.get(link, link) for _, link in links]
            cells += [
                self.seal(text, f"journeys_{table}|{name}{bound}")
                for name, text in zip(names, texts, strict=True)
            ]
            if table == "journey":
                cells += [_refresh(row, self.share.now), f"{self.share.series}-{copy.number:07d}"]
            lines.append("\t".join(cells) + "\n")
        return lines


NULL = "\\N"


def _new_id() -> str:
    return str(UUID(bytes=os.urandom(16)))


def _links(row: Row) -> list[str]:
    """Columns that name another row: a copy has its own."""
    return sorted(name for name in row if name.endswith("_id") and name != "source_event_id")


def _special(row: Row) -> list[str]:
    return ["refresh_at", "number"] if "refresh_at" in row else []


def _plain(row: Row) -> list[str]:
    taken = {*_links(row), *SEALED, *_special(row), "id", "party_ids"}
    return sorted(name for name in row if name not in taken)


def _columns(row: Row) -> list[str]:
    """In the order of a line."""
    sealed = sorted(SEALED & row.keys())
    return [*_plain(row), "party_ids", "id", *_links(row), *sealed, *_special(row)]


def _refresh(row: Row, now: datetime) -> str:
    """Nothing is due for a while, whatever the original was."""
    return NULL if row["closed_at"] is not None else str(now + timedelta(days=2))


def _text(value: object, shift: timedelta) -> str:
    match value:
        case None:
            return "\\N"
        case datetime():
            return (value + shift).isoformat()
        case list():
            # The digests of names are left out.
            texts = [str(each) for each in value if not isinstance(each, bytes)]
            return "{" + ",".join(texts) + "}"
        case bytes():
            return "\\\\x" + value.hex()
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", "\\n")


def _moved(text: str, shift: timedelta) -> str:
    """An event's body with its two instants moved; other texts as they are."""
    if not text.startswith("{"):
        return text
    body = json.loads(text)
    for name in ("occurred_at", "received_at"):
        if name in body:
            body[name] = (datetime.fromisoformat(body[name]) + shift).isoformat()
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
