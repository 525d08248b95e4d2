"""A hub that takes signed webhooks: a real HTTP server in a thread, misbehaving on request."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Taken:
    """One message as it arrived."""

    id: str
    body: bytes
    headers: dict[str, str]

    @property
    def content(self) -> Any:
        return json.loads(self.body)


@dataclass
class Hub:
    """What the hub took, and how it answers: `status`, `headers`, `answer`, `hold` in seconds.

    `moods` are statuses for the next answers, one each; messages whose ids are in `fails` get
    500. While `gate` is clear it reads a message and holds its answer back.
    """

    secret: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b'{"case_number": "NS-10422"}'
    hold: float = 0.0
    moods: list[int] = field(default_factory=list)
    fails: set[str] = field(default_factory=set)
    gate: threading.Event = field(default_factory=threading.Event)
    taken: list[Taken] = field(default_factory=list)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    most_at_once: int = 0
    at_once: int = 0
    connections: set[object] = field(default_factory=set)
    url: str = ""

    def wait_for_message(self, seconds: float = 30.0) -> None:
        """Return when one more message has arrived."""
        assert self.arrived.acquire(timeout=seconds), "nothing arrived at the hub"

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.taken]


def handler_of(hub: Hub) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            Webhook(hub.secret).verify(body, headers)  # a third party's implementation
            with lock:
                hub.taken.append(Taken(id=headers["webhook-id"], body=body, headers=headers))
                hub.connections.add(self.client_address)
                hub.at_once += 1
                hub.most_at_once = max(hub.most_at_once, hub.at_once)
                status = hub.moods.pop(0) if hub.moods else hub.status
                status = 500 if headers["webhook-id"] in hub.fails else status
            hub.arrived.release()
            hub.gate.wait(30)
            time.sleep(hub.hold)
            with lock:
                hub.at_once -= 1
            self.send_response(status)
            for name, value in hub.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(hub.answer)))
            self.end_headers()
            self.wfile.write(hub.answer)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or sent what it should not, is its own affair."""


@contextmanager
def running_hub(secret: str, *, port: int = 0) -> Iterator[Hub]:
    """A hub on a free port (or the given one) until the block ends."""
    hub = Hub(secret=secret)
    hub.gate.set()
    server = Server(("127.0.0.1", port), handler_of(hub))
    hub.url = f"http://127.0.0.1:{server.server_port}/webhooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        hub.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
