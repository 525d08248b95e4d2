"""The main job, as the cast does it in their browsers, with partners that answer over HTTP.

A coordinator creates a patient and fills the form made from the program's definition; the
prescriber signs; it is sent; the hub's system takes it and partners report; and the timeline
moves in everybody's open page. The manufacturer sees counts and nobody's name.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import World
from tests.e2e.filling import answers, authorize, begin, certify, fill
from tests.e2e.looking import violations
from tests.e2e.traces import find, kept_by, sign_out, traces

pytestmark = pytest.mark.browser
People = Callable[..., Page]


def start(page: Page, program: str, *, first_name: str) -> None:
    """From a new patient to a filled-in form."""
    begin(page, program, first_name=first_name)
    fill(page, answers(program))
    expect(page.locator("#save-status")).to_contain_text("Saved")
    page.get_by_role("button", name="Review and sign").first.click()


def send(page: Page) -> str:
    """Send to the hub, and go to the journey's page; its path."""
    page.reload()
    page.get_by_role("button", name="Send to hub").first.dblclick()
    page.wait_for_url("**/receipt/")
    page.get_by_role("link", name="Open the journey").click()
    page.wait_for_url("**/journeys/*-*/")
    return urlsplit(page.url).path


def enrolled(signed_in: People, program: str, *, first_name: str) -> tuple[Page, str]:
    ana = signed_in("ana@lakeside.example", anew=True)
    start(ana, program, first_name=first_name)
    authorize(ana)
    certify(signed_in("maya@lakeside.example", anew=True))
    return ana, send(ana)


def test_a_hub_with_its_own_system_takes_it_and_everyones_timeline_moves(
    signed_in: People, world: World
) -> None:
    ana, path = enrolled(signed_in, "veltrana", first_name="Elena")
    priya, grace = signed_in("priya@northstar.example"), signed_in("grace@crescent.example")
    priya.goto(path)
    for page in (ana, priya):
        page.evaluate("window.sameDocument = true")
        expect(page.get_by_role("main")).to_contain_text("Benefit verification")
        expect(page.get_by_role("main")).to_contain_text("Pharmacy choice: accepted")
    grace.goto(path)
    for page in (ana, priya, grace):
        expect(page.get_by_role("main")).to_contain_text("First injection: taken")
    for page in (ana, priya):
        assert page.evaluate("window.sameDocument") is True
    assert violations(ana) == []

    nadia = signed_in("nadia@aldertree.example")
    nadia.goto("/programs/veltrana/")
    assert "Brightwater" not in nadia.content()
    refused = nadia.request.get(path)
    assert refused.status == 403
    assert "Brightwater" not in refused.text()

    find(ana, "Brightw")
    sign_out(ana)
    assert traces(world, kept_by(ana)) == []


def test_another_practice_finds_no_such_page(signed_in: People) -> None:
    ana = signed_in("ana@lakeside.example")
    ana.goto("/enrollments/")
    path = ana.locator("tbody a").first.get_attribute("href")
    assert path
    ruth = signed_in("ruth@harbor.example")
    assert ruth.request.get(path).status == 404
