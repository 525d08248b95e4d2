"""Pages that stay open: they follow what happens, and never take what somebody is typing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looking import under_review, violations

pytestmark = pytest.mark.browser


def test_a_decision_moves_the_practices_open_page_and_keeps_its_half_typed_message(
    signed_in: Callable[..., Page],
) -> None:
    hub, practice = signed_in("jonah@beacon.example"), signed_in("ben@harbor.example")
    journey = under_review(practice, "Ossivue")
    practice.goto(journey)
    expect(practice.locator("#live-status")).to_have_attribute("data-live", "live")
    message = practice.get_by_label("Message", exact=True)
    message.fill("Half typed")
    message.focus()
    hub.goto(journey.replace("/journeys/", "/intake/"))
    hub.get_by_role("button", name="Accept").click()
    expect(practice.locator(".page-head-sentence")).to_contain_text("Benefit verification")
    expect(message).to_have_value("Half typed")
    expect(message).to_be_focused()
    assert violations(practice) == []


def test_what_was_told_while_the_line_was_broken_is_read_when_it_is_back(
    signed_in: Callable[..., Page], complaints: list[str]
) -> None:
    hub, practice = signed_in("priya@northstar.example"), signed_in("ana@lakeside.example")
    hub.goto("/journeys/")
    path = hub.locator("tbody .row-link").first.get_attribute("href")
    assert path
    practice.goto(path)
    status = practice.locator("#live-status")
    expect(status).to_have_attribute("data-live", "live")
    # The stream outlives it, as one does on a line that comes back soon: only reading fails.
    practice.context.set_offline(True)
    expect(status).to_have_attribute("data-live", "reconnecting")
    hub.goto(path)
    hub.get_by_label("Message", exact=True).fill("Is there a newer card?")
    with practice.expect_event("requestfailed"):
        hub.get_by_role("button", name="Send", exact=True).click()
    practice.context.set_offline(False)
    expect(practice.get_by_role("main")).to_contain_text("Is there a newer card?")
    expect(status).to_have_attribute("data-live", "live")
    assert all("ERR_INTERNET_DISCONNECTED" in each for each in complaints)
    complaints.clear()


def test_reporting_a_step_by_hand_with_the_keyboard(signed_in: Callable[..., Page]) -> None:
    page = signed_in("jonah@beacon.example")
    page.goto("/worklist/?step=prior_authorization_determination")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/journeys/*-*/")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report/**")
    assert violations(page) == []
    page.get_by_role("link", name="In review").click()
    page.get_by_role("button", name="Report").click()
    page.wait_for_url("**/journeys/*-*/")
    expect(page.locator(".entry-what").first).to_contain_text("in review")


def test_without_scripts_work_is_taken_and_given_back_all_the_same(
    signed_in: Callable[..., Page],
) -> None:
    page = signed_in("lena@beacon.example", scripts=False)
    page.goto("/worklist/?scope=unclaimed")
    page.get_by_role("button", name="Take").first.click()
    page.goto("/worklist/?scope=mine")
    expect(page.get_by_role("button", name="Give back")).to_have_count(1)
    page.get_by_role("button", name="Give back").click()
    page.goto("/worklist/?scope=mine")
    expect(page.get_by_role("button", name="Give back")).to_have_count(0)
