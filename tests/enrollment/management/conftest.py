"""The demo world with nothing in it yet, its partners on a real port, and workers at a nod."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import httpx
import pytest
import uvicorn
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from enrollment.management.demo.world import open_world
from enrollment.management.scenarios.stage import Stage
from journeys.domain.delivering import deliver_due
from journeys.domain.inbound import process_waiting
from journeys.domain.telling import tell
from journeys.management.simulator.partners import World
from journeys.management.simulator.server import application
from journeys.management.simulator.voice import Voice
from journeys.partners.registry import CARRIERS
from tests.factories.exchange import SECRET

Play = Callable[..., Stage]


class Server(uvicorn.Server):
    """Ends when it is told to; signals are the test runner's."""

    def install_signal_handlers(self) -> None:
        """Nothing: it runs beside the tests."""


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    """The simulated partners at a free port; they report nothing by themselves."""
    world = World(site_url="http://127.0.0.1:1", secret=SECRET)
    config = uvicorn.Config(application(world), lifespan="off", log_config=None, access_log=False)
    server = Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


class Workers:
    """Workers at a nod: what was waited for has passed on their clock, and nobody waits."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def clock(self) -> datetime:
        return timezone.now() + self.ahead

    def work(self, seconds: float) -> None:
        """What they would do meanwhile."""
        self.ahead += timedelta(seconds=seconds)
        deliver_due(carriers=CARRIERS, clock=self.clock)
        tell(limit=1000, now=self.clock())
        process_waiting(clock=self.clock)


def through_django(request: httpx.Request) -> httpx.Response:
    """The site itself answers, without a socket between."""
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    answer = Client().post(
        request.url.path, data=request.content, content_type="application/json", headers=headers
    )
    return httpx.Response(answer.status_code, content=answer.content)


@pytest.fixture
def stage(db: None, simulator: str, settings: Settings) -> Iterator[Stage]:
    settings.SIMULATOR_URL, settings.SIMULATOR_SECRET = simulator, SECRET
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    open_world(now=timezone.now())
    with (
        httpx.Client(
            transport=httpx.MockTransport(through_django), base_url="http://testserver"
        ) as site,
        httpx.Client(base_url=simulator) as partners,
    ):
        yield Stage(Voice(site, partners, SECRET), 1, Workers().work, print, speed=1e6)
