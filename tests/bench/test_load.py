"""The load process counts whole, ordinary answers and nothing else."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.load import request_bytes, run


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        found = self.path == "/page"
        body = b"x" * 100_000 if found else b""
        self.send_response(200 if found else 302)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        return


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_answers_are_counted_with_their_times(port: int) -> None:
    request = request_bytes("/page", {"Host": "localhost"})
    began = time.perf_counter()
    load = run(port=port, request=request, connections=3, seconds=0.5)
    took = time.perf_counter() - began
    count = len(load.times_ms)
    assert count > 3
    assert count / took <= load.per_s <= count / 0.5
    assert all(0 < time < 10_000 for time in load.times_ms)


def test_a_redirect_is_no_answer(port: int) -> None:
    request = request_bytes("/elsewhere", {"Host": "localhost"})
    with pytest.raises(ValueError, match="not an ordinary page"):
        run(port=port, request=request, connections=1, seconds=0.2)
