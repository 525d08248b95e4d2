"""A partner whose system reports without pause and repeats what was not acknowledged."""

import threading
from dataclasses import dataclass, field

import httpx

from journeys.models import Journey
from tests.factories.exchange import signed_report, step_report


@dataclass
class Reporter:
    """Reports under ids of its own until it is stopped; the same id again until it is acked."""

    name: str
    address: str
    journey: Journey
    acked: list[str] = field(default_factory=list)
    # What else was answered; 0 where nothing was.
    refused: list[int] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        content = step_report(self.journey, "intake_review", "accepted")
        number = 0
        while not self.ended.is_set():
            message_id = f"{self.name}-{number}"
            body, headers = signed_report(content, partner="northstar", message_id=message_id)
            status = self._post(body, headers)
            if status == 202:
                self.acked.append(message_id)
                number += 1
            else:
                self.refused.append(status)
                self.ended.wait(0.05)

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        told = {**headers, "content-type": "application/json"}
        try:
            url = f"{self.address}/api/v1/reports"
            return httpx.post(url, content=body, headers=told, timeout=20).status_code
        except httpx.TransportError:
            return 0


@dataclass
class Load:
    """Several reporters at once, while the block runs."""

    reporters: list[Reporter]
    threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Load":
        self.threads = [threading.Thread(target=each.run) for each in self.reporters]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for reporter in self.reporters:
            reporter.ended.set()
        for thread in self.threads:
            thread.join()

    @property
    def acked(self) -> list[str]:
        return [each for reporter in self.reporters for each in reporter.acked]

    @property
    def refused(self) -> set[int]:
        return {each for reporter in self.reporters for each in reporter.refused}


def reporting(address: str, journey: Journey, *, named: str, at_once: int = 4) -> Load:
    return Load([Reporter(f"{named}-{each}", address, journey) for each in range(at_once)])
