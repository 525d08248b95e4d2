"""How fast partners' reports are kept and applied, and how soon each is answered."""

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.floor import plain_transaction
from bench.results import Row, Unmeasured, percentile
from bench.stories import journey_with
from bench.world import World
from journeys.domain.inbound import process_waiting
from journeys.enums import ReportStatus
from journeys.models import InboundReport, Journey, PartnerKey
from journeys.partners.signatures import signed

WARM_UP, REPORTS, JOURNEYS = 20, 240, 6
PER_SECOND = 100
BATCHES, TOGETHER = 4, 60
URL = "/api/v1/reports"


def measure(world: World) -> Iterator[Row]:
    """`inbound_p95_ms`: from a signed report's first byte in the site's code to its 202, the
    report committed; 100 begin each second, in one process without a socket.

    `inbound_per_s`: the same reports kept and then applied, one process and one after the other.
    The floor is a plain psycopg transaction for each that inserts a report's own bytes.

    `inbound_batch_per_s`: as `inbound_per_s`, but sent so many at a time to /reports/batch, as
    a partner does that has hundreds a second to tell. The same floor.
    """
    now = timezone.now()
    journeys = [journey_with(8, seed=60 + number, now=now) for number in range(JOURNEYS)]
    client = Client(SERVER_NAME="localhost")
    _post(client, journeys[0], -1)
    waits: list[float] = []
    bare: list[float] = []
    with plain_transaction([_kept_bytes()]) as write:
        began = time.perf_counter()
        for number in range(WARM_UP + REPORTS):
            until = began + number / PER_SECOND
            time.sleep(max(0.0, until - time.perf_counter()))
            waits.append(_post(client, journeys[number % JOURNEYS], number))
        bare = [write() for _ in range(REPORTS)]
    floor = 1 / statistics.mean(bare)
    share = REPORTS / (WARM_UP + REPORTS + 1)
    yield Row("inbound_per_s", "/s", [REPORTS / (sum(waits[WARM_UP:]) + _apply() * share)], floor)
    milliseconds = [wait * 1000 for wait in waits[WARM_UP:]]
    yield Row("inbound_p95_ms", "ms", [percentile(milliseconds, 0.95)])
    batches = [_sent_together(client, journeys, 1000 + number) for number in range(1 + BATCHES)]
    whole = sum(batches[1:]) + _apply() * BATCHES / (1 + BATCHES)
    yield Row("inbound_batch_per_s", "/s", [BATCHES * TOGETHER / whole], floor)


def _kept_bytes() -> int:
    """How many bytes a report's row is."""
    with every_tenant(reason="the bench weighs a report"), connection.cursor() as cursor:
        cursor.execute("select pg_column_size(kept.*) from journeys_inboundreport kept limit 1")
        return int(cursor.fetchone()[0])


def _apply() -> float:
    """Apply all that waits; seconds. Raises Unmeasured when something could not be."""
    began = time.perf_counter()
    while process_waiting(clock=timezone.now):
        pass
    took = time.perf_counter() - began
    with every_tenant(reason="the bench looks at what became of its reports"):
        if InboundReport.objects.exclude(status=ReportStatus.APPLIED).exists():
            raise Unmeasured("Not every report was applied.")
    return took


def _post(client: Client, journey: Journey, number: int) -> float:
    """Report something new; seconds until it was answered. Raises Unmeasured when refused."""
    return _sent(client, journey, URL, _told(journey, number), f"bench-{number}")


def _sent_together(client: Client, journeys: Sequence[Journey], number: int) -> float:
    """As `_post`, of TOGETHER reports about all of the journeys."""
    told = [_told(journeys[each % JOURNEYS], number * TOGETHER + each) for each in range(TOGETHER)]
    return _sent(client, journeys[0], f"{URL}/batch", {"reports": told}, f"bench-{number}")


def _told(journey: Journey, number: int) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    data = {
        "journey": journey.number,
        "step": "benefit_verification",
        "status": "manual_call",
        "occurred_at": now,
        "note": f"Called the payer, try {number}",
    }
    return {"type": "step.reported", "timestamp": now, "data": data}


def _sent(
    client: Client, journey: Journey, url: str, content: dict[str, Any], message_id: str
) -> float:
    with every_tenant(reason="the bench signs as the hub"):
        key = PartnerKey.objects.select_related("organization").get(organization=journey.hub_id)
    body = json.dumps(content).encode()
    headers = {
        **signed(message_id, body, secrets=[key.secret], now=datetime.now(UTC)),
        "throughline-partner": key.organization.slug,
    }
    began = time.perf_counter()
    answer = client.post(
        url, data=body, content_type="application/json", headers=headers, secure=True
    )
    took = time.perf_counter() - began
    if answer.status_code != 202 or answer.json().get("refused"):
        raise Unmeasured(f"A report was refused; the answer was {answer.status_code}.")
    return took
