"""Copies of a real journey's rows, as COPY reads them in its binary form.

What is the same for all copies of a day and a practice is put together once for them. Ids are
worked out from a secret of the load, so that whoever writes one table knows those in another.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from struct import Struct
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.core.envelope import NONCE_BYTES, VERSION, KeyRing

# A text or number as PostgreSQL sends it, an instant in its microseconds, or nothing.
Cell = bytes | int | None
Row = Mapping[str, Cell]

TABLES = ("journeyevent", "packet", "workitem", "journeyparty", "delivery", "journey")
SEALED = ("body", "patient_born_on", "patient_name")
CHUNK = 5_000
DAYS = 500
# How many journeys an organization has, so that lists are as long at any size of the world.
PER_PRACTICE, PER_HUB = 1_000, 25_000
OPEN_SHARE = 20  # by default one of so many is still open

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
TAG_BYTES = 16
BLOCK = Struct(">IIQ").pack
COUNT, LENGTH, INSTANT = Struct(">h").pack, Struct(">i").pack, Struct(">iq").pack
NULL = LENGTH(-1)
OF_AN_ID = LENGTH(16)


@dataclass(frozen=True)
class Template:
    """The rows of one real journey, by table, what is encrypted opened."""

    rows: Mapping[str, Sequence[Row]]

    @property
    def journey(self) -> Row:
        return self.rows["journey"][0]


@dataclass(frozen=True)
class Share:
    """What is to be loaded: so many journeys, and the organizations they belong to."""

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
    secret: bytes = field(default_factory=partial(os.urandom, 16), repr=False)


@dataclass(frozen=True)
class Alike:
    """Journeys of one practice and hub that happened on the same days; 1 where they have ended."""

    kind: int
    day: int
    practice: bytes
    hub: bytes


@dataclass(frozen=True)
class Secret:
    """An encrypted column: how it begins, its text, and what it is bound to around the row's id."""

    head: bytes
    text: bytes
    before: bytes
    after: bytes


class Copying:
    """A share's rows, table by table."""

    def __init__(self, share: Share) -> None:
        self.share = share
        ring = KeyRing.parse(share.ring)
        self.key = AESGCM(ring.keys[ring.current])
        self.head = bytes([VERSION, len(ring.current)]) + ring.current.encode()
        # An id is one block under a key of its own: nothing secret, and no two alike.
        ids = Cipher(algorithms.AES(share.secret), modes.ECB())
        self.blocks = ids.encryptor()
        self.soon = (share.now + timedelta(days=2) - EPOCH) // timedelta(microseconds=1)

    def chunks(self, table: str) -> Iterator[bytes]:
        """Event after event for thousands of journeys, not journey after journey."""
        end = self.share.first + self.share.count
        for first in range(self.share.first, end, CHUNK):
            parts: list[bytes] = []
            groups = self._groups(range(first, min(first + CHUNK, end)))
            for kind, template in enumerate(self.share.templates):
                for place, row in enumerate(template.rows[table]):
                    for alike, numbers in groups.items():
                        if alike.kind == kind:
                            parts += self._copied(table, place, row, alike, numbers)
            yield b"".join(parts)

    def _groups(self, numbers: range) -> dict[Alike, list[int]]:
        share = self.share
        groups: dict[Alike, list[int]] = {}
        for number in numbers:
            order, rest = divmod(number, share.open_share)
            alike = Alike(
                kind=min(rest, 1),
                day=30 + order % DAYS if rest else order % 20,
                practice=share.practices[number // PER_PRACTICE].bytes,
                hub=share.hubs[number // share.per_hub].bytes,
            )
            groups.setdefault(alike, []).append(number)
        return groups

    def ids(self, table: str, place: int, numbers: Sequence[int]) -> list[bytes]:
        tag = TABLES.index(table)
        blocks = b"".join([BLOCK(tag, place, number) for number in numbers])
        made = self.blocks.update(blocks)
        return [made[at : at + 16] for at in range(0, len(made), 16)]

    def _copied(
        self, table: str, place: int, row: Row, alike: Alike, numbers: Sequence[int]
    ) -> list[bytes]:
        """In the order of `columns`: what is the same, the ids, what is encrypted, the number."""
        own = self.ids(table, place, numbers)
        links = [self.ids(name.removesuffix("_id"), 0, numbers) for name in _links(row)]
        same = self._same(row, alike)
        secrets = self._secrets(table, row, alike)
        nonces = _nonces(len(secrets) * len(numbers))
        parts: list[bytes] = []
        for at, number in enumerate(numbers):
            parts.append(same)
            for ids in (own, *links):
                parts += (OF_AN_ID, ids[at])
            for secret in secrets:
                nonce = next(nonces)
                bound = secret.before + _named(own[at]) + secret.after
                parts += (secret.head, nonce, self.key.encrypt(nonce, secret.text, bound))
            if "number" in row:
                parts.append(self._number(number))
        return parts

    def _same(self, row: Row, alike: Alike) -> bytes:
        """How many columns a row has, and those that all of these share."""
        cells = [_packed(self._own(name, row[name], alike)) for name in _constant(row)]
        return b"".join([COUNT(len(row)), *cells])

    def _own(self, name: str, value: Cell, alike: Alike) -> Cell:
        """An instant as many days earlier, and a copy's practice and hub for the original's."""
        if isinstance(value, int):
            # Nothing is due for a while, whatever the original was.
            return self.soon if name == "refresh_at" else value - alike.day * DAY
        if value is None or not name.endswith(("_id", "_ids")):
            return value
        original = self.share.templates[alike.kind].journey
        for known, mine in (("organization_id", alike.practice), ("hub_id", alike.hub)):
            old = original[known]
            if isinstance(old, bytes):
                value = value.replace(old, mine)
        return value

    def _secrets(self, table: str, row: Row, alike: Alike) -> list[Secret]:
        owner = self._own("organization_id", row["organization_id"], alike)
        found = []
        for name in _sealed(row):
            plain = row[name]
            if not isinstance(plain, bytes) or not isinstance(owner, bytes):
                raise TypeError(f"{table}.{name} is no text.")
            text = _moved(plain, timedelta(days=alike.day))
            size = len(self.head) + NONCE_BYTES + len(text) + TAG_BYTES
            found.append(
                Secret(
                    head=LENGTH(size) + self.head,
                    text=text,
                    before=f"journeys_{table}|{name}|".encode(),
                    after=b"|" + _named(owner),
                )
            )
        return found

    def _number(self, number: int) -> bytes:
        text = f"{self.share.series}-{number:07d}".encode()
        return LENGTH(len(text)) + text


def columns(row: Row) -> list[str]:
    """In the order in which a copy of this row is written."""
    number = ["number"] if "number" in row else []
    return [*_constant(row), "id", *_links(row), *_sealed(row), *number]


def _links(row: Row) -> list[str]:
    """Columns that name another row of the copy."""
    return [name for name in ("journey_id", "packet_id") if name in row]


def _sealed(row: Row) -> list[str]:
    return [name for name in SEALED if name in row]


def _constant(row: Row) -> list[str]:
    taken = {"id", "number", *_links(row), *SEALED}
    return sorted(name for name in row if name not in taken)


def _packed(value: Cell) -> bytes:
    match value:
        case None:
            return NULL
        case int():
            return INSTANT(8, value)
    return LENGTH(len(value)) + value


def _nonces(count: int) -> Iterator[bytes]:
    block = os.urandom(NONCE_BYTES * count)
    return (block[at : at + NONCE_BYTES] for at in range(0, len(block), NONCE_BYTES))


def _named(id_: bytes) -> bytes:
    """An id as it is written out."""
    text = id_.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}".encode()


def _moved(text: bytes, shift: timedelta) -> bytes:
    """An event's body with its two instants moved; other texts as they are."""
    if not text.startswith(b"{"):
        return text
    body = json.loads(text)
    for name in ("occurred_at", "received_at"):
        if name in body:
            body[name] = (datetime.fromisoformat(body[name]) - shift).isoformat()
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
