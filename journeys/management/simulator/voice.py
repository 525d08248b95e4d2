"""One partner's system as a scenario plays it: signed reports out, and the simulator's switches."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from journeys.management.simulator.partners import signed

REPORTS = "/api/v1/reports"


class NotTaken(Exception):
    """The site refused a report; the text is its answer."""


@dataclass(frozen=True)
class Voice:
    """Speaks for every simulated partner, with the key they share; `simulator` has the switches."""

    site: httpx.Client
    simulator: httpx.Client
    secret: str

    def report(self, partner: str, message_id: str, data: Mapping[str, Any]) -> None:
        """Post one signed report of what a step came to. Raises NotTaken."""
        # The same message has the same body, however often it is sent.
        told = {"type": "step.reported", "timestamp": data["occurred_at"], "data": data}
        body = json.dumps(told)
        headers = signed(self.secret, partner, message_id, body)
        answer = self.site.post(REPORTS, content=body, headers=headers)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise NotTaken(answer.text)

    def hold(self, journey: str) -> None:
        """Partners confirm what comes of this journey, and say no more of it by themselves."""
        self._control(hold=journey)

    def outage(self, *, down: bool) -> None:
        """All partners' systems go down, or come back."""
        self._control(down=down)

    def _control(self, **switches: object) -> None:
        self.simulator.post("/control", json=switches).raise_for_status()


class NobodyThere(Exception):
    """The site or the simulator does not answer."""


@contextmanager
def speaking(site_url: str, simulator_url: str, secret: str) -> Iterator[Voice]:
    """A voice at a running product, until the block ends. The block raises NobodyThere."""
    with (
        httpx.Client(base_url=site_url, timeout=30) as site,
        httpx.Client(base_url=simulator_url, timeout=30) as simulator,
    ):
        try:
            yield Voice(site, simulator, secret)
        except httpx.TransportError as error:
            raise NobodyThere from error
