"""A partner whose server misbehaves on the wire itself: below what an HTTP server can be told."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Manner = Callable[[socket.socket], None]


def _hang(peer: socket.socket) -> None:
    """Reads, and never says a word."""
    peer.settimeout(10)
    while peer.recv(65536):
        pass


def _drip(peer: socket.socket) -> None:
    """Answers a byte now and then, for ever."""
    peer.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    for _ in range(200):
        peer.sendall(b"x")
        time.sleep(0.05)


def _break_off(peer: socket.socket) -> None:
    """Promises more than it sends."""
    peer.sendall(b'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"case_')


def _garbage(peer: socket.socket) -> None:
    """Speaks no HTTP."""
    peer.sendall(b"\x00\xffSSH-2.0-nothing\r\n" * 20)


def _endless_headers(peer: socket.socket) -> None:
    """Never ends its headers."""
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(4000):
        peer.sendall(b"x-more: " + b"y" * 1000 + b"\r\n")


def _close(peer: socket.socket) -> None:
    """Hangs up at once."""


MANNERS: dict[str, Manner] = {
    "hangs": _hang,
    "drips": _drip,
    "breaks off": _break_off,
    "talks garbage": _garbage,
    "never ends its headers": _endless_headers,
    "hangs up": _close,
}


@dataclass
class Rude:
    """Where it listens, and how often it was spoken to."""

    url: str
    spoken_to: list[float] = field(default_factory=list)


@contextmanager
def rude_partner(manner: Manner, *, certificate: Path | None = None) -> Iterator[Rude]:
    """Treats every connection in one manner, after its request, until the block ends."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    scheme = "https" if certificate else "http"
    rude = Rude(url=f"{scheme}://localhost:{listening.getsockname()[1]}/hook")

    def serve(peer: socket.socket) -> None:
        with suppress(OSError), peer:
            spoken = context.wrap_socket(peer, server_side=True) if context else peer
            spoken.settimeout(5)
            spoken.recv(65536)
            rude.spoken_to.append(time.monotonic())
            manner(spoken)

    def accept() -> None:
        with suppress(OSError):
            while True:
                peer, _ = listening.accept()
                threading.Thread(target=serve, args=(peer,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield rude
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
