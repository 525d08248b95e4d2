"""A partner's own system as docs/partners.md asks for it, or careless in one way or another."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from tests.fakes.hub import Server


@dataclass
class PartnerSystem:
    """Verifies, opens one case for each journey, and answers with its number.

    `careless` names what it does wrong: "trusting" believes every signature, "forgetful" opens a
    case for each message, "deaf" never answers 503, "broken" never answers at all.
    """

    secret: str = ""
    url: str = ""
    down: bool = False
    careless: frozenset[str] = frozenset()
    cases: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    taken: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        if self.down:
            return 503, {}
        assert "broken" not in self.careless
        try:
            content = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            if "trusting" not in self.careless:
                return 401, {}
            content = json.loads(body)
        self.taken.append(content)
        data = content["data"]
        if "packet" not in data:
            return 200, {}
        wish = data["packet"]["sandbox"]["expected_outcome"]
        if wish == "fail" and data["delivery"] not in self.failed and "deaf" not in self.careless:
            self.failed.add(data["delivery"])
            return 503, {}
        journey = data["journey"]
        if journey not in self.cases or "forgetful" in self.careless:
            self.cases[journey] = f"NS-{len(self.taken)}"
        return 200, {"case_number": self.cases[journey]}


@contextmanager
def running_system() -> Iterator[PartnerSystem]:
    """A partner's system on a free port until the block ends."""
    system = PartnerSystem()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content = system.answer(headers, body)
            told = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = Server(("127.0.0.1", 0), Handler)
    system.url = f"http://127.0.0.1:{server.server_port}/webhooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
