"""Simulated partners at work: they take webhooks, and report at their own pace."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import structlog
from standardwebhooks import Webhook

from journeys.core.clocks import DEFAULT_ZONE
from journeys.core.templates import GRAPHS
from journeys.management.simulator.desk import Desk, Taken
from journeys.management.simulator.scripts import Case, Turn, turns_of
from programs.definitions import load_definitions

log = structlog.get_logger(__name__)
RETRY_SECONDS = 3.0
# What a partner may be told that means "not now" rather than "never".
TRY_AGAIN = {429, 500, 502, 503, 504}
PREFIXES = {"northstar": "NS", "copperline": "CC"}


@dataclass
class World:
    """All partners: the key they share, how fast they live, and what they have on their desks."""

    site_url: str
    secret: str
    speed: float = 1.0
    seed: int = 1
    down: bool = False
    desk: Desk = field(default_factory=Desk)
    working: set[asyncio.Task[None]] = field(default_factory=set)
    posted: int = 0
    # Journeys that a scenario plays: they are confirmed, and nothing is reported of them here.
    held: set[str] = field(default_factory=set)

    def take(self, partner: str, message_id: str, body: bytes) -> str:
        """Open a case for what came, once per message id; the partner's own case number."""
        if message_id not in self.desk.cases:
            content = json.loads(body)
            data = content["data"]
            if content["type"] == "connection.tested":
                return ""
            # Word that something ended: knowing it is all there is. A scenario tells the rest.
            if "packet" not in data or data["journey"] in self.held:
                return number_of(partner, data["journey"])
            taken = Taken(
                message_id=message_id,
                partner=partner,
                kind=content["type"],
                journey=data["journey"],
                version=data["version"],
                program=data["packet"]["program"]["key"],
                taken_on=datetime.now(ZoneInfo(DEFAULT_ZONE)).date().isoformat(),
                before=self.desk.seen(partner),
            )
            self.desk.take(taken)
            self._begin(taken)
        return number_of(partner, self.desk.cases[message_id].journey)

    def resume(self) -> None:
        """Go on with every case, from the first report that was not told."""
        for taken in self.desk.cases.values():
            self._begin(taken)

    def _begin(self, taken: Taken) -> None:
        task = asyncio.create_task(self._work(taken))
        self.working.add(task)
        task.add_done_callback(self.working.discard)

    def _case(self, taken: Taken) -> Case:
        return Case(
            journey=taken.journey,
            number=number_of(taken.partner, taken.journey),
            version=taken.version,
            steps=steps_of(taken.program),
            today=date.fromisoformat(taken.taken_on),
            chance=Random(f"{self.seed}:{taken.partner}:{taken.before}"),  # noqa: S311  # not for secrets
            smooth=taken.before == 0,
            pharmacies=pharmacies_of(taken.program),
        )

    async def _work(self, taken: Taken) -> None:
        case, partner = self._case(taken), taken.partner
        held: list[dict[str, Any]] = []
        async with httpx.AsyncClient(base_url=self.site_url, timeout=15) as client:
            for index, turn in enumerate(turns_of(taken.kind, case)):
                if index < taken.told:
                    continue
                await asyncio.sleep(turn.minutes * 60 / self.speed)
                report = _report(case, turn)
                report_id = f"{case.number}-{case.version}-{index}"
                if turn.late:
                    held.append({"id": report_id, "report": report})
                    continue
                for _ in range(1 + turn.again):
                    await self._post(client, partner, report_id, report)
                for one in held:
                    await self._post(client, partner, one["id"], one["report"])
                held.clear()
                self.desk.tell(taken.message_id, index + 1)

    async def _post(
        self, client: httpx.AsyncClient, partner: str, report_id: str, report: dict[str, Any]
    ) -> None:
        """Post one report until the site has it. While a partner is down it reports nothing."""
        body = json.dumps(report)
        while True:
            try:
                if not self.down:
                    answer = await client.post(
                        "/api/v1/reports",
                        content=body,
                        headers=signed(self.secret, partner, report_id, body),
                    )
                    if answer.status_code not in TRY_AGAIN:
                        break
            except httpx.HTTPError:
                log.info("site_unreachable", partner=partner)
            await asyncio.sleep(RETRY_SECONDS)
        self.posted += 1
        said = {"partner": partner, "step": report["data"]["step"]}
        log.info("reported", **said, status=report["data"]["status"], answer=answer.status_code)


def signed(secret: str, partner: str, message_id: str, body: str) -> dict[str, str]:
    """The headers of a report that this partner signs now."""
    now = datetime.now(UTC)
    return {
        "content-type": "application/json",
        "throughline-partner": partner,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body),
    }


@lru_cache(maxsize=64)
def steps_of(program: str) -> frozenset[str]:
    """The steps of a demo program's journeys: partners know the programs they work for."""
    known = load_definitions().get(program)
    graph = GRAPHS[known.journey.template if known else "self_injected_pharmacy_benefit"]
    return frozenset(graph.by_key)


def pharmacies_of(program: str) -> dict[str, str]:
    """The names of the pharmacies that a demo program has, by their codes."""
    known = load_definitions().get(program)
    return {each.code: each.label for each in known.route.pharmacies} if known else {}


def number_of(partner: str, journey: str) -> str:
    """A partner's own number of a case, the same for the same journey."""
    letters = PREFIXES.get(partner, partner[:2].upper())
    return f"{letters}-{10_000 + zlib.crc32(f'{partner}{journey}'.encode()) % 90_000}"


def _report(case: Case, turn: Turn) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    data: dict[str, Any] = {
        "journey": case.journey,
        "step": turn.step,
        "status": turn.status,
        "occurred_at": now,
        "facts": dict(turn.facts),
        "corrections": list(turn.corrections),
        "case_number": case.number,
    }
    if turn.reason:
        data["reason"] = turn.reason
    if turn.note:
        data["note"] = turn.note
    return {"type": "step.reported", "timestamp": now, "data": data}
