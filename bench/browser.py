"""A real browser at this machine's own server, signed in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from bench.front import fronting
from bench.pages import HEADERS
from bench.results import Unmeasured
from bench.serving import serving
from bench.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def require_browser() -> None:
    """Raises Unmeasured where there is none."""
    if not Path(CHROMIUM).exists():
        raise Unmeasured(f"There is no browser at {CHROMIUM}.")


@contextmanager
def browsing(port: int, cookie: str) -> Iterator["Page"]:
    """An empty page of a browser with this session; addresses are paths at the port."""
    # Playwright runs a loop of its own in this thread, where the ORM is used as well.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    value = cookie.partition("=")[2]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            context = browser.new_context(base_url=f"http://localhost:{port}")
            context.add_cookies(
                [
                    {
                        "name": settings.SESSION_COOKIE_NAME,
                        "value": value,
                        "domain": "localhost",
                        "path": "/",
                        "secure": True,
                    }
                ]
            )
            yield context.new_page()
        finally:
            browser.close()


@contextmanager
def at_work(world: World, session: str, *, page: str) -> Iterator["Page"]:
    """An empty page of a browser at a server of its own, asked first for the page of this name."""
    headers = {**HEADERS, "Cookie": session}
    with (
        serving(world, "config.wsgi:application", reverse(page), headers) as served,
        fronting(pages=served.port, streams=served.port) as port,
        browsing(port, session) as empty,
    ):
        yield empty
