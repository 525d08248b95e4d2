"""What is typed into a draft is not lost: without a connection, on another machine, by two."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.filling import answers, begin, fill

pytestmark = pytest.mark.browser
DRAFT = re.compile(r"/enrollments/[0-9a-f-]{36}/$")
ANA = "ana@lakeside.example"


def open_draft(page: Page, *programs: str) -> str:
    """Begin a form for the first patient; its address."""
    page.goto("/patients/")
    page.locator("a.row-link").first.click()
    page.get_by_role("link", name="Enroll in a program").first.click()
    for program in programs:
        page.get_by_role("checkbox", name=program).check()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(DRAFT)
    return page.url


def test_without_a_connection_what_is_typed_stays_and_is_saved_when_it_returns(
    signed_in: Callable[..., Page], complaints: list[str]
) -> None:
    page = signed_in(ANA)
    address = open_draft(page, "Veltrana Together")
    page.context.set_offline(True)
    page.locator('[name="F5"]').fill("3")
    banner = page.locator("[data-offline]")
    expect(banner).to_contain_text("Not saved yet: 1")
    # The browser says that it could not reach the site: that is the point here.
    complaints.clear()
    page.context.set_offline(False)
    expect(page.locator("#save-status")).to_contain_text("Saved")
    expect(banner).to_be_hidden()
    complaints.clear()
    stored = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert "F5" not in stored
    elsewhere = signed_in(ANA)
    elsewhere.goto(address)
    expect(elsewhere.locator('[name="F5"]')).to_have_value("3")


def test_on_a_slow_line_typing_ahead_of_the_answers_loses_nothing(
    signed_in: Callable[..., Page],
) -> None:
    page = signed_in(ANA)
    begin(page, "veltrana", first_name="Odalys")
    # Each answer comes back when several more have been typed.
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1},
    )
    fill(page, answers("veltrana"))
    page.get_by_role("button", name="Review and sign").first.click()
    page.wait_for_url("**/review/")
    expect(page.get_by_role("main")).to_contain_text("Filled in, and waiting for the signature")


def test_two_people_at_one_field_see_both_and_choose(
    signed_in: Callable[..., Page], complaints: list[str]
) -> None:
    first, second = signed_in(ANA), signed_in(ANA)
    address = open_draft(first, "Veltrana Together", "Ossivue Path")
    second.goto(address)
    field = '[name="veltrana:F5"]'
    # The page says "Saved" of what was saved before, too.
    with first.expect_response(lambda answer: answer.ok and "/answers/" in answer.url):
        first.locator(field).fill("2")
        first.locator(field).blur()
    # Saving another field is not having seen what stands in this one now.
    with second.expect_response(lambda answer: answer.ok and "/answers/" in answer.url):
        second.locator('[name="veltrana:F6"]').fill("1")
        second.locator('[name="veltrana:F6"]').blur()
    with second.expect_response(lambda answer: answer.status == 409):
        second.locator(field).fill("4")
        second.locator(field).blur()
    expect(second.locator(".field-conflict")).to_contain_text("Theirs")
    # The browser notes the refused save in its console, as it should be refused.
    complaints.clear()
    second.get_by_role("button", name="Keep yours").click()
    expect(second.locator("#save-status")).to_contain_text("Saved")
    first.reload()
    expect(first.locator(field)).to_have_value("4")


def test_what_an_answer_makes_wrong_is_told_in_the_field_that_somebody_went_on_to(
    signed_in: Callable[..., Page],
) -> None:
    page = signed_in(ANA)
    begin(page, "veltrana", first_name="Ottoline")
    page.goto(f"{page.url}?open=patient")
    page.locator('[name="A11"]').select_option("TX")
    page.locator('[name="A12"]').focus()
    wrong = page.locator('[data-errors-of="A12"]')
    expect(wrong).to_contain_text("the state says Texas")
    expect(wrong.locator(".icon")).to_be_visible()
    expect(page.locator('[name="A12"]')).to_be_focused()
