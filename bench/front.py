"""One origin before two servers, by path: streams to the one, pages to the other."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bench.results import Unmeasured

HEAD_BYTES = 65_536
STREAMS = b"/live/"
FROM = (b"origin:", b"referer:")


@contextmanager
def fronting(*, pages: int, streams: int) -> Iterator[int]:
    """Serve on a free port of the loopback address until the block ends; the port."""
    loop = asyncio.new_event_loop()
    ready: list[int] = []
    started = threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(
            lambda reader, writer: _pass_on(reader, writer, pages=pages, streams=streams),
            "127.0.0.1",
            0,
            limit=HEAD_BYTES,
        )
        ready.append(server.sockets[0].getsockname()[1])
        started.set()

    asyncio.run_coroutine_threadsafe(serve(), loop)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    if not started.wait(10):
        raise Unmeasured("The front did not listen.")
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, pages: int, streams: int
) -> None:
    """One request a connection: its head decides where it goes, the rest is bytes."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        port = streams if head.split(b" ", 2)[1].startswith(STREAMS) else pages
        lines = [
            # The browser is not told that the servers believe it came by TLS.
            line.replace(b"http://", b"https://") if line.lower().startswith(FROM) else line
            for line in head[:-4].split(b"\r\n")
            if not line.lower().startswith((b"connection:", b"x-forwarded-proto:"))
        ]
        behind, to = await asyncio.open_connection("127.0.0.1", port)
        to.write(
            b"\r\n".join([*lines, b"Connection: close", b"X-Forwarded-Proto: https", b"", b""])
        )
        await asyncio.gather(_pump(reader, to), _pump(behind, writer))
    except (OSError, asyncio.IncompleteReadError):
        writer.close()


async def _pump(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    try:
        while chunk := await source.read(65_536):
            to.write(chunk)
            await to.drain()
    except OSError:
        pass
    finally:
        if to.can_write_eof() and not to.is_closing():
            to.close()
