"""What docs/partners.md shows is run as it stands: curl, Python, and the hub on one page."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.utils import timezone
from pytest_django import Settings

from accounts.tenancy import every_tenant
from config.runner.processes import wait_until
from config.runner.redis import free_port
from journeys.core.delivery import Outgoing
from journeys.domain.claiming import route_of
from journeys.domain.connecting import Connected, connect
from journeys.domain.delivering import deliver_due
from journeys.domain.inbound import process_waiting
from journeys.domain.sandbox_judging import TEST, Flaw
from journeys.domain.telling import tell
from journeys.models import Delivery, Endpoint, JourneyEvent
from journeys.partners.registry import CARRIERS
from journeys.partners.trial_messages import send_as_it_is
from tests.journeys.live.conftest import Live

PAGE = configured.BASE_DIR / "docs" / "partners.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WITHIN_SECONDS = 60


def examples(language: str) -> list[str]:
    return [code for found, code in BLOCK.findall(PAGE.read_text()) if found == language]


def variables(live: Live, made: Connected) -> Mapping[str, str]:
    return {
        **os.environ,
        "THROUGHLINE_URL": live.server.address,
        "THROUGHLINE_PARTNER": "northstar",
        "THROUGHLINE_KEY_ID": made.key_id,
        "THROUGHLINE_SECRET": made.secret,
        "THROUGHLINE_WEBHOOK_SECRET": made.ours,
        "JOURNEY": live.journey.number,
        "no_proxy": "*",
        "PYTHONPATH": "",
    }


def told(live: Live) -> list[tuple[str | None, str | None]]:
    """What the hub's system reported of the journey, applied."""
    with live.elsewhere():
        process_waiting(clock=timezone.now)
        with every_tenant(reason="a test looks"):
            events = JourneyEvent.objects.filter(
                journey=live.journey, kind="status", transport="webhook"
            )
            return list(events.order_by("occurred_at").values_list("step", "status"))


def wait_for(live: Live, *reports: tuple[str, str]) -> None:
    ends = time.monotonic() + WITHIN_SECONDS
    while told(live) != list(reports):
        assert time.monotonic() < ends, told(live)
        time.sleep(0.2)


@pytest.fixture
def made(live: Live) -> Connected:
    with live.elsewhere():
        return connect("northstar", address="http://127.0.0.1:9/", now=timezone.now())


@pytest.mark.parametrize("language", ["sh", "python"])
def test_the_example_reports(live: Live, made: Connected, language: str, tmp_path: Path) -> None:
    file = tmp_path / "example"
    file.write_text(examples(language)[0])
    program = "sh" if language == "sh" else sys.executable
    done = subprocess.run(
        [program, str(file)], env=variables(live, made), capture_output=True, text=True, check=True
    )
    assert "problem" not in done.stdout
    wait_for(live, ("intake_review", "accepted"))


def test_the_example_of_a_batch_keeps_every_line(
    live: Live, made: Connected, tmp_path: Path
) -> None:
    file = tmp_path / "example"
    file.write_text(examples("sh")[1])
    argv = ["sh", str(file)]
    told = subprocess.run(
        argv, env=variables(live, made), capture_output=True, text=True, check=True
    )
    answer = json.loads(told.stdout)
    assert (answer["received"], answer["refused"]) == (2, 0), answer


def test_the_hub_on_one_page_takes_an_enrollment_and_reports(
    live: Live, tmp_path: Path, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    port = free_port()
    with live.elsewhere():
        made = connect("northstar", address=f"http://127.0.0.1:{port}/webhooks", now=timezone.now())
    report, hub = examples("python")
    (tmp_path / "report.py").write_text(report)
    (tmp_path / "hub.py").write_text(hub.replace("9000", str(port)))
    with subprocess.Popen(
        [sys.executable, "hub.py"], cwd=tmp_path, env=variables(live, made), stderr=subprocess.PIPE
    ) as running:
        try:
            assert wait_until(lambda: listens(port), seconds=WITHIN_SECONDS)
            _deliver_until_confirmed(live)
            assert _tested(live) == [200, 401]
            wait_for(live, ("intake_review", "accepted"), ("benefit_verification", "complete"))
        finally:
            running.terminate()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _tested(live: Live) -> list[int]:
    """What the hub answers to a test: one that we signed, and one with a wrong signature."""
    with live.elsewhere(), every_tenant(reason="a test looks"):
        endpoint = Endpoint.objects.get(organization__slug="northstar", active=True)
    route, at = route_of(endpoint, "Northstar Access", connections=1), timezone.now()
    flaws: tuple[Flaw, ...] = ("", "secret")
    return [
        send_as_it_is(route, Outgoing("msg_1", "test", TEST, at), flaw).status for flaw in flaws
    ]


def _deliver_until_confirmed(live: Live) -> None:
    with live.elsewhere(), every_tenant(reason="the hub gives its first number to this one"):
        Delivery.objects.exclude(journey=live.journey).delete()
    ends = time.monotonic() + WITHIN_SECONDS
    number = ""
    while number != "NS-10000":
        assert time.monotonic() < ends
        with live.elsewhere():
            deliver_due(carriers=CARRIERS, clock=timezone.now)
            tell(limit=100, now=timezone.now())
            with every_tenant(reason="a test looks"):
                found = Delivery.objects.filter(journey=live.journey)
                number = found.values_list("partner_case_number", flat=True)[0]
        time.sleep(0.2)
