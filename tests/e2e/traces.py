"""What a patient leaves behind where nothing may be left: logs, Redis, addresses, the browser."""

import re
from urllib.parse import unquote_plus

import redis
from playwright.sync_api import Page, expect

from tests.e2e.conftest import World
from tests.e2e.filling import COVERAGE, PATIENT

# As they were typed, and as they are stored and shown.
TOLD = (
    *(PATIENT["A3"], PATIENT["A5"], "1986-04-12", "Apr 12, 1986"),
    *(PATIENT["A8"], COVERAGE["B7"], "6175550133", PATIENT["A13"]),
)
KEPT = """async () => JSON.stringify([
    {...localStorage}, {...sessionStorage}, document.cookie, history.state,
    await indexedDB.databases(), await caches.keys(),
])"""


def find(page: Page, name: str) -> None:
    """Look somebody up by name, in the list of patients and in the palette."""
    page.goto("/patients/")
    page.locator('main [name="q"]').fill(name)
    with page.expect_navigation():
        page.locator('main [name="q"]').press("Enter")
    expect(page.locator("tbody tr")).not_to_have_count(0)
    page.keyboard.press("Control+k")
    page.locator("#palette-q").fill(name)
    expect(page.locator("[data-found] a").first).to_contain_text("Brightwater")
    page.locator("#palette").get_by_role("button", name="Close").click()


def sign_out(page: Page) -> None:
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login/**")


def kept_by(page: Page) -> str:
    """Everything that scripts of this browser could read back."""
    return str(page.evaluate(KEPT))


def traces(world: World, kept: str) -> list[str]:
    """Where a patient's values stand who was enrolled in this run, and which."""
    said = world.said.read_text()
    assert re.search("GET /patients/", said), "the log of requests is empty"
    assert "reported" in said, "the log of the partners is empty"
    places = {
        "the logs": said,
        "Redis": _redis(world.redis_url),
        "an address": "\n".join(map(unquote_plus, world.asked)),
        "the browser": kept,
    }
    return [
        f"{value} in {place}" for place, text in places.items() for value in TOLD if value in text
    ]


def _redis(url: str) -> str:
    readers = {
        "string": "get", "list": "lrange", "set": "smembers", "hash": "hgetall", "zset": "zrange"
    }  # fmt: skip
    found = []
    with redis.from_url(url) as client:
        for key in client.scan_iter(count=1000):
            kind = client.type(key).decode()
            if kind == "none":
                # A worker took it meanwhile.
                continue
            ends = (0, -1) if kind in ("list", "zset") else ()
            found.append(f"{key!r} {getattr(client, readers[kind])(key, *ends)!r}")
    return "\n".join(found)
