"""Nothing typed is lost: a session that ends meanwhile, and two people in one form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import come_in
from tests.e2e.filling import PATIENT, fill

pytestmark = pytest.mark.browser
ALLERGIES = '[name="E12"]'


def open_draft(page: Page) -> str:
    """The filled-in draft that the demo has at Lakeside; its path."""
    page.goto("/enrollments/")
    row = page.locator("tbody tr").filter(has_text="signature of the patient and Dr. Maya Okafor")
    path = row.locator(".row-link").first.get_attribute("href")
    assert path
    page.goto(path)
    return path


def forget(complaints: list[str], *statuses: int) -> None:
    """The browser reports each refused request by itself, however well the page tells of it."""
    told = tuple(f"status of {status}" for status in statuses)
    complaints[:] = [each for each in complaints if not any(text in each for text in told)]


def test_what_was_typed_while_the_session_ended_is_saved_after_signing_in_again(
    signed_in: Callable[..., Page], complaints: list[str]
) -> None:
    ana = signed_in("ana@lakeside.example", anew=True)
    open_draft(ana)
    ana.context.clear_cookies(name="sessionid")
    ana.locator(ALLERGIES).fill("Penicillin since childhood")
    ana.locator(ALLERGIES).press("Tab")
    expect(ana.locator("#idle")).to_contain_text("You were signed out")
    again = ana.context.new_page()
    come_in(again, "ana@lakeside.example")
    ana.bring_to_front()
    ana.get_by_role("button", name="I have signed in").click()
    expect(ana.locator("#save-status")).to_contain_text("Saved")
    expect(ana.locator("#idle")).to_be_hidden()
    ana.reload()
    expect(ana.locator(ALLERGIES)).to_have_value("Penicillin since childhood")
    forget(complaints, 401)


def test_a_form_sent_without_its_session_comes_back_and_is_sent_after_signing_in(
    signed_in: Callable[..., Page], complaints: list[str]
) -> None:
    ana = signed_in("ana@lakeside.example", scripts=False, anew=True)
    ana.goto("/patients/new/")
    fill(ana, {**PATIENT, "A1": "Perpetua"})
    ana.context.clear_cookies(name="sessionid")
    ana.get_by_role("button", name="Keep this patient").click()
    expect(ana.get_by_role("heading", level=1)).to_contain_text("signed out before")
    come_in(ana.context.new_page(), "ana@lakeside.example")
    ana.get_by_role("button", name="Send what I filled in").click()
    expect(ana.get_by_role("heading", level=1)).to_have_text("Send it once more")
    ana.get_by_role("button", name="Send what I filled in").click()
    expect(ana.get_by_role("heading", level=1)).to_contain_text("Perpetua Brightwater")
    forget(complaints, 401, 403)


def test_the_second_of_two_people_is_told_and_overwrites_nothing(
    signed_in: Callable[..., Page], complaints: list[str]
) -> None:
    ana, leo = signed_in("ana@lakeside.example"), signed_in("leo@lakeside.example")
    path = open_draft(ana)
    leo.goto(path)
    # The page says "Saved" of what was saved before, too.
    with ana.expect_response(lambda answer: answer.request.method == "POST"):
        ana.locator(ALLERGIES).fill("Sulfa drugs")
        ana.locator(ALLERGIES).press("Tab")
    expect(ana.locator("#save-status")).to_contain_text("Saved")
    leo.locator(ALLERGIES).fill("Latex")
    leo.locator(ALLERGIES).press("Tab")
    conflict = leo.locator(".field-conflict")
    expect(conflict).to_contain_text("Ana Whitfield")
    expect(conflict).to_contain_text("Sulfa drugs")
    ana.reload()
    expect(ana.locator(ALLERGIES)).to_have_value("Sulfa drugs")
    conflict.get_by_role("button").last.click()
    expect(leo.locator("#save-status")).to_contain_text("Saved")
    ana.reload()
    expect(ana.locator(ALLERGIES)).to_have_value("Latex")
    forget(complaints, 409)
