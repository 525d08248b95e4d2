"""HTTP/1.1 on kept connections to one pinned address: what thousands of deliveries go over.

A general client spends most of a delivery's time on what we must not do anyway: redirects,
cookies, proxies, a second look-up of the name.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ssl import SSLContext

import h11

from journeys.partners.addresses import Target

READ_BYTES = 64 * 1024
LONGEST_ANSWER_BYTES = 64 * 1024
NO_ANSWER = "The connection ended before an answer."


class Broken(Exception):
    """The exchange of one request failed: no connection, no answer, or not HTTP."""


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
    http: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))


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
        whole = False
        try:
            kept.writer.write(self._request(kept.http, body, headers))
            answer, whole = await _answer(kept)
        except (OSError, h11.RemoteProtocolError) as error:
            raise Broken(type(error).__name__) from None
        finally:
            if whole:
                self.idle.append(kept)
            else:
                kept.writer.close()
        return answer

    def _request(self, http: h11.Connection, body: bytes, headers: Mapping[str, str]) -> bytes:
        told = {"host": self.target.authority, **headers, "content-length": str(len(body))}
        request = h11.Request(
            method="POST", target=self.target.url.raw_path, headers=list(told.items())
        )
        parts = (http.send(event) for event in (request, h11.Data(data=body), h11.EndOfMessage()))
        return b"".join(part for part in parts if part)


async def _answer(kept: Kept) -> tuple[Answer, bool]:
    """The answer, and whether it was read whole, so that the connection can go on."""
    status, headers, read = 0, dict[str, str](), bytearray()
    while True:
        event = kept.http.next_event()
        if event is h11.NEED_DATA:
            kept.http.receive_data(await kept.reader.read(READ_BYTES))
        elif isinstance(event, h11.Response):
            status = event.status_code
            headers = {name.decode(): value.decode("latin-1") for name, value in event.headers}
        elif isinstance(event, h11.Data):
            read += event.data
            if len(read) > LONGEST_ANSWER_BYTES:
                return Answer(status, headers, bytes(read[:LONGEST_ANSWER_BYTES])), False
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, headers, bytes(read)), _goes_on(kept)
        elif not isinstance(event, h11.InformationalResponse):
            raise Broken(NO_ANSWER)


def _goes_on(kept: Kept) -> bool:
    if kept.http.our_state is h11.DONE and kept.http.their_state is h11.DONE:
        kept.http.start_next_cycle()
        return True
    return False
