"""What is typed into a draft is not lost: without a connection, on another machine, by two."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
ANA = "ana@lakeside.example"


def open_draft(page: Page, *programs: str) -> str:
    """Begin a form for the first patient; its address."""
    page.goto("/patients/")
    page.locator("a.row-link").first.click()
    page.get_by_role("link", name="Enroll in a program").first.click()
    for program in programs:
        page.get_by_role("checkbox", name=program).check()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile(r"/enrollments/[0-9a-f-]{36}/$"))
    return page.url


def test_without_a_connection_what_is_typed_stays_and_is_saved_when_it_returns(
    signed_in: Callable[..., Page], complaints: list[str]
) -> None:
    page = signed_in(ANA)
    address = open_draft(page, "Veltrana Together")
    page.context.set_offline(True)
    page.locator('[name="F5"]').fill("3")
    banner = page.locator("[data-offline]")
    expect(banner).to_contain_text("Not saved yet: 1", timeout=10_000)
    # The browser says that it could not reach the site: that is the point here.
    complaints.clear()
    page.context.set_offline(False)
    expect(page.locator("#save-status")).to_contain_text("Saved", timeout=15_000)
    expect(banner).to_be_hidden()
    complaints.clear()
    stored = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert "F5" not in stored
    elsewhere = signed_in(ANA)
    elsewhere.goto(address)
    expect(elsewhere.locator('[name="F5"]')).to_have_value("3")


def test_two_people_at_one_field_see_both_and_choose(
    signed_in: Callable[..., Page], complaints: list[str]
) -> None:
    first, second = signed_in(ANA), signed_in(ANA)
    address = open_draft(first, "Veltrana Together", "Ossivue Path")
    second.goto(address)
    field = '[name="veltrana:F5"]'
    first.locator(field).fill("2")
    first.locator(field).blur()
    expect(first.locator("#save-status")).to_contain_text("Saved")
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
