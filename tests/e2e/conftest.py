"""The whole product running: site, worker with beat, simulator, on a database of their own."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    StorageState,
    expect,
    sync_playwright,
)

from config.runner import demo, environment, redis, site
from config.runner.output import Output
from config.runner.supervisor import Supervisor
from tests.conftest import make_database, owner_url, site_url
from tests.environment import redis_url

CHROMIUM = "/usr/bin/chromium"
# As root Chromium needs the first; the others keep it from calling home.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
JOURNEYS = 12
# How long a page may take with anything, in ms: the machine may be busy. Nothing waits longer than
# it must.
PATIENCE = 60_000
# One of Redis' numbered databases that no process of the suite uses.
WORLDS_REDIS = 15


@dataclass(frozen=True)
class World:
    """The running product: where it answers, what its processes print, what its browsers ask."""

    url: str
    said: Path
    redis_url: str
    asked: list[str] = field(default_factory=list)
    doors: dict[str, StorageState] = field(default_factory=dict)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all of them, gone with the last: its loop would stay in the process."""
    if not Path(CHROMIUM).exists():
        reason = "Chromium is missing: `make test` as root installs it."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A running, seeded site where partners answer within seconds."""
    data = tmp_path_factory.mktemp("world")
    name = f"{os.environ.get('TEST_DATABASE_NAME', 'test')}_e2e"
    make_database(name)
    variables = environment.with_simulator(
        environment.for_django(
            environment.read_secrets(data, required=False),
            database_url=site_url(name),
            owner_url=owner_url(name),
            redis_url=redis_url(WORLDS_REDIS),
            port=redis.free_port(),
        ),
        port=redis.free_port(),
    )
    variables |= {"SIMULATOR_SPEED": "1200", "DEV_SIGN_IN": "true", "EMAIL_URL": "dummymail://"}
    demo.manage(f"seed_demo --journeys {JOURNEYS}", variables)
    # Each raises when it finds anything.
    demo.manage("refold_journeys --check", variables)
    demo.manage("verify_audit", variables)
    said = (data / "said.log").open("w")
    supervisor = Supervisor(Output(stream=said))
    try:
        site.start(data, variables, supervisor)
        yield World(variables["SITE_URL"], data / "said.log", variables["REDIS_URL"])
    finally:
        supervisor.stop(patience=5)
        said.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console complained of; each test ends with none."""
    return []


@pytest.fixture
def signed_in(
    browser: Browser, world: World, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """Open a browser of its own as one of the cast; they come in by the door once for all tests.

    `anew` comes in again, for who signs out or is signed out.
    """
    contexts: list[BrowserContext] = []

    def open_as(email: str, *, scripts: bool = True, anew: bool = False) -> Page:
        known = None if anew else world.doors.get(email)
        context = browser.new_context(
            base_url=world.url, java_script_enabled=scripts, storage_state=known
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda request: world.asked.append(request.url))
        page = context.new_page()
        page.on("console", lambda message: _keep(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if known is None:
            come_in(page, email)
        if not anew:
            world.doors[email] = context.storage_state()
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


def come_in(page: Page, email: str) -> None:
    """By the door of development."""
    page.goto("/dev/cast/")
    page.locator(f'form:has([value="{email}"]) button').first.click()
    page.wait_for_url(lambda url: "/dev/" not in url)


def _keep(message: ConsoleMessage, complaints: list[str]) -> None:
    # htmx reports an abandoned request as an error: somebody moved on before it was answered.
    if message.type in ("error", "warning") and not message.text.startswith("htmx:"):
        complaints.append(message.text)
