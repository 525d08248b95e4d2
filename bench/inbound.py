"""How fast partners' reports are kept and applied, and how soon each is answered."""

import json
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from django.test import Client
from django.utils import timezone

from accounts.tenancy import every_tenant
from bench.floor import plain_transaction, written_bytes
from bench.results import Row, Unmeasured, percentile
from bench.stories import journey_with
from bench.world import World
from journeys.domain.inbound import process_waiting
from journeys.enums import ReportStatus
from journeys.models import InboundReport, Journey, PartnerKey
from journeys.partners.signatures import signed

WARM_UP, REPORTS, JOURNEYS = 20, 240, 6
PER_SECOND = 100
URL = "/api/v1/reports"


def measure(world: World) -> Iterator[Row]:
    """`inbound_p95_ms`: from a signed report's first byte in the site's code to its 202, the
    report committed; 100 begin each second, in one process without a socket.

    `inbound_per_s`: the same reports kept and then applied, one process and one after the other.
    The floor is a plain psycopg transaction for each that inserts a report's own bytes.
    """
    now = timezone.now()
    journeys = [journey_with(8, seed=60 + number, now=now) for number in range(JOURNEYS)]
    client = Client(SERVER_NAME="localhost")
    sizes = written_bytes(lambda: _post(client, journeys[0], -1))
    waits: list[float] = []
    bare: list[float] = []
    with plain_transaction(sizes[:1]) as write:
        began = time.perf_counter()
        for number in range(WARM_UP + REPORTS):
            until = began + number / PER_SECOND
            time.sleep(max(0.0, until - time.perf_counter()))
            waits.append(_post(client, journeys[number % JOURNEYS], number))
        bare = [write() for _ in range(REPORTS)]
    kept = sum(waits[WARM_UP:])
    began = time.perf_counter()
    while process_waiting(clock=timezone.now):
        pass
    applied = (time.perf_counter() - began) * REPORTS / (WARM_UP + REPORTS + 1)
    with every_tenant(reason="the bench looks at what became of its reports"):
        if InboundReport.objects.exclude(status=ReportStatus.APPLIED).exists():
            raise Unmeasured("Not every report was applied.")
    floor = 1 / statistics.mean(bare)
    yield Row("inbound_per_s", "/s", [REPORTS / (kept + applied)], floor)
    milliseconds = [wait * 1000 for wait in waits[WARM_UP:]]
    yield Row("inbound_p95_ms", "ms", [percentile(milliseconds, 0.95)])


def _post(client: Client, journey: Journey, number: int) -> float:
    """Report something new; seconds until it was answered. Raises Unmeasured when refused."""
    with every_tenant(reason="the bench signs as the hub"):
        key = PartnerKey.objects.select_related("organization").get(organization=journey.hub_id)
    now = datetime.now(UTC)
    data = {
        "journey": journey.number,
        "step": "benefit_verification",
        "status": "manual_call",
        "occurred_at": now.isoformat(),
        "note": f"Called the payer, try {number}",
    }
    content = {"type": "step.reported", "timestamp": now.isoformat(), "data": data}
    body = json.dumps(content).encode()
    headers = {
        **signed(f"bench-{number}", body, secrets=[key.secret], now=now),
        "throughline-partner": key.organization.slug,
    }
    began = time.perf_counter()
    answer = client.post(
        URL, data=body, content_type="application/json", headers=headers, secure=True
    )
    took = time.perf_counter() - began
    if answer.status_code != 202:
        raise Unmeasured(f"A report was answered with {answer.status_code}.")
    return took
