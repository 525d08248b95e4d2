"""A partner on this machine: takes signed webhooks over real HTTP and notes when each came."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Partner:
    """When each delivery was first on the wire, by its id and the monotonic clock."""

    came_at: dict[str, float] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, delivery_id: str, *, seconds: float) -> float:
        """The instant at which a delivery came. Raises TimeoutError when it does not."""
        with self.news:
            if not self.news.wait_for(lambda: delivery_id in self.came_at, timeout=seconds):
                raise TimeoutError(f"A delivery did not come within {seconds:.0f} s.")
            return self.came_at[delivery_id]

    def note(self, delivery_id: str, at: float) -> None:
        with self.news:
            self.came_at.setdefault(delivery_id, at)
            self.news.notify_all()


@contextmanager
def listening(port: int) -> Iterator[Partner]:
    """Serve on the loopback address until the block ends."""
    partner = Partner()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def parse_request(self) -> bool:
            # The first line is there; reading the others takes this server a while.
            self.began_at = time.monotonic()
            return super().parse_request()

        def do_POST(self) -> None:
            partner.note(self.headers["webhook-id"], self.began_at)
            self.rfile.read(int(self.headers["content-length"]))
            answer = json.dumps({"case_number": "CS-BENCH"}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server gives it
            return

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield partner
        finally:
            server.shutdown()
            serving.join()
