"""HTTP/1.1 on kept connections to one pinned address: what thousands of deliveries go over.

A general client spends most of a delivery's time on what we must not do anyway: redirects,
cookies, proxies, a second look-up of the name. An answer that came whole and holds nothing unusual
is read here; h11 reads every other.
"""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ssl import SSLContext

import h11

from journeys.partners.addresses import Target

READ_BYTES = 64 * 1024
LONGEST_ANSWER_BYTES = 64 * 1024
# What a line of ours may hold: nothing that begins another.
LINE = re.compile(r"[\x20-\x7e]+")
STATUS = re.compile(rb"HTTP/1\.1 ([2-5]\d\d)(?: [\x20-\x7e]*)?")
HEADER = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?|)"
)
# Headers that say more than how long the answer is, and statuses that have no body.
UNUSUAL = frozenset({"transfer-encoding", "connection", "upgrade"})
BODILESS = frozenset({204, 304})
NO_ANSWER = "The connection ended before an answer."


class Broken(Exception):
    """The exchange of one request failed: no connection, no answer, or not HTTP."""


class Unanswered(Broken):
    """The partner was there, and the connection ended before a whole answer."""


@dataclass(frozen=True)
class Answer:
    """What the partner answered: its headers by lower-case names, the beginning of its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Kept:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@dataclass
class Wire:
    """Connections to one address, verified by its name; as many as are asked for at once."""

    target: Target
    trusted: SSLContext | None
    idle: list[Kept] = field(default_factory=list)
    users: int = 0
    used_at: float = 0.0

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to one request. Raises Broken.

        A kept connection that the partner had closed meanwhile is no failure: the same request,
        under the same id, goes over a new one.
        """
        while self.idle:
            kept = self.idle.pop()
            if kept.reader.at_eof() or kept.writer.is_closing():
                kept.writer.close()
                continue
            with suppress(Broken):
                return await self._exchange(kept, body, headers)
            break
        return await self._exchange(await self._connected(), body, headers)

    async def close(self) -> None:
        """Let every connection go."""
        while self.idle:
            self.idle.pop().writer.close()

    async def _connected(self) -> Kept:
        tls = self.target.url.scheme == "https"
        try:
            reader, writer = await asyncio.open_connection(
                self.target.ip,
                self.target.port,
                ssl=self.trusted if tls else None,
                server_hostname=self.target.host if tls else None,
            )
        except OSError as error:
            raise Broken(type(error).__name__) from None
        return Kept(reader, writer)

    async def _exchange(self, kept: Kept, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request on one connection, which is kept only after a whole answer."""
        told = {"host": self.target.authority, **headers, "content-length": str(len(body))}
        path, whole = self.target.url.raw_path, False
        try:
            kept.writer.write(_head(path.decode("ascii"), told) + body)
            read = await kept.reader.read(READ_BYTES)
            answer = plain_answer(read)
            whole = answer is not None
            if answer is None:
                request = h11.Request(method="POST", target=path, headers=list(told.items()))
                answer, whole = await _answer(kept.reader, read, _waiting(request, body))
        except (OSError, h11.RemoteProtocolError) as error:
            raise Unanswered(type(error).__name__) from None
        finally:
            if whole:
                self.idle.append(kept)
            else:
                kept.writer.close()
        return answer


def _head(path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if not all(map(LINE.fullmatch, lines)):
        raise ValueError("A header of ours cannot be sent.")
    return "\r\n".join((*lines, "", "")).encode("ascii")


def plain_answer(read: bytes) -> Answer | None:
    """The one answer that these bytes are, whole and after which the connection goes on.

    None where that is not certain.
    """
    head, _, body = read.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    status = STATUS.fullmatch(first)
    found = [HEADER.fullmatch(line) for line in lines]
    headers: dict[str, str] = {}
    for each in found:
        name = each[1].decode().lower() if each else ""
        if each is None or name in UNUSUAL or name in headers:
            return None
        headers[name] = each[2].decode()
    # Only what has a length ends before the connection does.
    if status is None or headers.get("content-length") != str(len(body)):
        return None
    answer = Answer(int(status[1]), headers, body)
    return None if answer.status in BODILESS else answer


def _waiting(request: h11.Request, body: bytes) -> h11.Connection:
    """HTTP as it stands once a request was sent."""
    http = h11.Connection(h11.CLIENT)
    for event in (request, h11.Data(data=body), h11.EndOfMessage()):
        http.send(event)
    return http


async def _answer(
    reader: asyncio.StreamReader, read: bytes, http: h11.Connection
) -> tuple[Answer, bool]:
    """The answer that begins so, and whether it was read whole, so that the connection goes on."""
    http.receive_data(read)
    status, headers, body = 0, dict[str, str](), bytearray()
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(READ_BYTES))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = {name.decode(): value.decode("latin-1") for name, value in event.headers}
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LONGEST_ANSWER_BYTES:
                return Answer(status, headers, bytes(body[:LONGEST_ANSWER_BYTES])), False
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, headers, bytes(body)), _goes_on(http)
        elif not isinstance(event, h11.InformationalResponse):
            raise Unanswered(NO_ANSWER)


def _goes_on(http: h11.Connection) -> bool:
    over = http.our_state is h11.DONE and http.their_state is h11.DONE
    return over and not http.trailing_data[0]
