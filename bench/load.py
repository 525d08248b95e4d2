"""A process of its own that asks for one page over and over, on connections that stay open.

Loopback only, and bounded in time. It asks again on a connection the moment the answer is whole,
and counts only answers that are 200.
"""

import json
import os
import selectors
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field

from config.runner import paths
from config.runner.processes import finish

REQUEST = "BENCH_REQUEST"
LENGTH = b"content-length:"
# A server's workers may still be loading at the first request.
PATIENCE_SECONDS = 25.0


@dataclass(frozen=True)
class Load:
    """What came of it: answers per second, and how long each took, in ms."""

    per_s: float
    times_ms: list[float] = field(repr=False)


@dataclass
class Line:
    """One connection with the answer that is coming in on it."""

    opened: socket.socket
    sent_at: float = 0.0
    read: bytearray = field(default_factory=bytearray)
    expected: int = 0

    def ask(self, request: bytes) -> None:
        self.read.clear()
        self.expected = 0
        self.sent_at = time.perf_counter()
        self.opened.sendall(request)

    def whole(self) -> bool:
        """Take in what has come; whether that was the last of the answer."""
        chunk = self.opened.recv(262_144)
        if not chunk:
            raise ConnectionError("The server closed a connection that was to stay open.")
        self.read += chunk
        if not self.expected:
            self.expected = _expected(self.read)
        return 0 < self.expected <= len(self.read)


def _expected(read: bytearray) -> int:
    """How long the whole answer is, once its head is there. Raises ValueError unless it is 200."""
    end = read.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = bytes(read[:end]).lower()
    status = head.split(b"\r\n", 1)[0].split(b" ", 2)[1]
    at = head.find(LENGTH)
    if status != b"200" or at < 0:
        raise ValueError(f"The answer was not an ordinary page: {head[:300]!r}")
    return end + 4 + int(head[at + len(LENGTH) :].split(b"\r\n", 1)[0])


def request_bytes(path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def run(*, port: int, request: bytes, connections: int, seconds: float) -> Load:
    """Ask for so many seconds. Raises ValueError or OSError at the first answer that is wrong."""
    times: list[float] = []
    with selectors.DefaultSelector() as selector, ExitStack() as undo:
        for _ in range(connections):
            opened = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
            undo.callback(opened.close)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = Line(opened)
            selector.register(opened, selectors.EVENT_READ, line)
            line.ask(request)
        began = now = time.perf_counter()
        while now - began < seconds:
            ready = selector.select(PATIENCE_SECONDS)
            if not ready:
                raise TimeoutError(f"No answer came within {PATIENCE_SECONDS:.0f} s.")
            for key, _ in ready:
                whole = key.data.whole()
                now = time.perf_counter()
                if whole:
                    times.append((now - key.data.sent_at) * 1000)
                    key.data.ask(request)
    return Load(len(times) / (now - began), times)


def from_another_process(
    *, port: int, path: str, headers: Mapping[str, str], connections: int, seconds: float
) -> Load:
    """Run the load in a process of its own. Raises RuntimeError with what it said if it fails."""
    asked = {
        "port": port,
        "path": path,
        "headers": dict(headers),
        "connections": connections,
        "seconds": seconds,
    }
    done = finish(
        [sys.executable, "-m", "bench.load"],
        env={**os.environ, REQUEST: json.dumps(asked)},
        folder=paths.ROOT,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout.strip())
    return Load(**json.loads(done.stdout))


def main() -> None:
    asked = json.loads(os.environ[REQUEST])
    request = request_bytes(asked.pop("path"), asked.pop("headers"))
    print(json.dumps(asdict(run(request=request, **asked))))


if __name__ == "__main__":
    main()
