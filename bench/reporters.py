"""What one of two processes does that take partners' reports and apply them."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.floor import plain_transaction
from bench.results import Unmeasured
from bench.together import Works
from config.wsgi import application
from journeys.domain.inbound import process_waiting
from journeys.models import Journey, PartnerKey
from journeys.partners.signatures import signed

URL = "/api/v1/reports"


@dataclass(frozen=True)
class Part:
    """How many reports a round, sent alone or so many together, about which journeys in turn; and
    how many bytes a kept one is.
    """

    name: str
    journeys: Sequence[UUID]
    reports: int
    batches: int
    together: int
    size: int


@dataclass(frozen=True)
class Told:
    """A signed request, ready to be sent."""

    environ: dict[str, Any]
    body: bytes

    def answered(self) -> dict[str, Any]:
        """Hand it to the site as its web server does. Raises Unmeasured unless all is kept."""
        status: list[str] = []

        def start(said: str, _headers: object, _error: object = None, /) -> Callable[..., None]:
            status.append(said)
            return lambda _: None

        answer = application({**self.environ, "wsgi.input": BytesIO(self.body)}, start)
        try:
            content: dict[str, Any] = json.loads(b"".join(answer))
        finally:
            answer.close()
        if not status[0].startswith("202") or content.get("refused"):
            raise Unmeasured(f"A report was refused; the answer was {status[0]}.")
        return content


class Reporter:
    """A hub that has news of some journeys, over and over."""

    def __init__(self, name: str, journeys: Sequence[UUID]) -> None:
        with every_tenant(reason="the bench signs as the hub"):
            found = Journey.objects.in_bulk(journeys)
            self.journeys = [found[each] for each in journeys]
            keys = PartnerKey.objects.select_related("organization")
            self.key = keys.get(organization=self.journeys[0].hub_id)
        self.name, self.numbers = f"{name}-{uuid4().hex[:8]}", count()

    def told(self, together: int = 0) -> Told:
        """Something new, signed now: alone, or so many of one request."""
        if not together:
            return self._signed(URL, self._news())
        return self._signed(f"{URL}/batch", {"reports": [self._news() for _ in range(together)]})

    def _news(self) -> dict[str, Any]:
        number = next(self.numbers)
        now = datetime.now(UTC).isoformat()
        data = {
            "journey": self.journeys[number % len(self.journeys)].number,
            "step": "benefit_verification",
            "status": "manual_call",
            "occurred_at": now,
            "note": f"Called the payer, try {number} of {self.name}",
        }
        return {"type": "step.reported", "timestamp": now, "data": data}

    def _signed(self, url: str, content: dict[str, Any]) -> Told:
        body = json.dumps(content).encode()
        message_id = f"{self.name}-{next(self.numbers)}"
        headers = {
            **signed(message_id, body, secrets=[self.key.secret], now=datetime.now(UTC)),
            "throughline-partner": self.key.organization.slug,
        }
        return Told(_environ(url, len(body), headers), body)


def _environ(url: str, length: int, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": url,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(length),
        "HTTP_HOST": "localhost",
        "HTTP_X_FORWARDED_PROTO": "https",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }


def apply_all() -> None:
    """Apply what waits and nobody else has."""
    while process_waiting(clock=timezone.now):
        pass


@contextmanager
def reporting(part: Part) -> Iterator[Works]:
    """Rounds of: "write" reports, "answer" them, the same together, "apply" what was kept, and
    "floor", so many plain transactions."""
    reporter = Reporter(part.name, part.journeys)
    written: list[Told] = []

    def writing(count: int, together: int = 0) -> Callable[[], object]:
        return lambda: written.extend(reporter.told(together) for _ in range(count))

    def answer() -> None:
        for each in written:
            each.answered()
        written.clear()

    with plain_transaction([part.size]) as write:
        yield {
            "write": writing(part.reports),
            "write together": writing(part.batches, part.together),
            "answer": answer,
            "apply": apply_all,
            "floor": lambda: [write() for _ in range(part.reports)],
        }
