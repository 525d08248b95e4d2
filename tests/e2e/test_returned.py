"""A hub returns an enrollment in the portal and gets it again corrected; another works on paper."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.filling import certify
from tests.e2e.looking import under_review, violations

pytestmark = pytest.mark.browser
SENTENCE = "The member ID does not match the card."


def until_drawn(page: Page, address: str) -> None:
    """A worker draws the packet after it was sent; until then a page says so in its place."""
    assert page.evaluate(
        """async address => {
            for (let times = 0; times < 120; times++) {
                const answer = await fetch(address);
                if (answer.headers.get("content-type") === "application/pdf") return true;
                await new Promise(resolve => setTimeout(resolve, 500));
            }
            return false;
        }""",
        address,
    )


def return_it(hub: Page, path: str) -> None:
    """The hub's agent ticks one line, says what is wrong with it, and presses Enter: 3 actions."""
    hub.goto(path.replace("/journeys/", "/intake/"))
    hub.locator("#tick-B7").check()
    expect(hub.locator("#sentence-B7")).to_be_focused()
    hub.keyboard.type(SENTENCE)
    hub.keyboard.press("Enter")
    hub.wait_for_url(f"**{path}")


def correct_it(practice: Page) -> None:
    """The form stands open at the field; as long as nothing changes it cannot be sent."""
    expect(practice.locator(".banner")).to_contain_text(SENTENCE)
    expect(practice.locator("#slot-B7")).to_contain_text(SENTENCE)
    expect(practice.locator("#slot-B7")).to_be_in_viewport()
    assert violations(practice) == []
    practice.get_by_role("button", name="Review and sign").first.click()
    practice.wait_for_url("**/review/")
    expect(practice.get_by_role("main")).to_contain_text("nothing has changed since")
    expect(practice.get_by_role("button", name="Send to hub")).to_have_count(0)
    practice.go_back()
    practice.locator('[name="B7"]').fill("ZQ55512345")
    practice.locator('[name="B7"]').press("Tab")
    unsigned = practice.locator("#unsigned")
    expect(unsigned).to_contain_text("What the prescriber signed has changed")
    expect(unsigned).not_to_contain_text("What the patient signed")


def test_what_a_hub_returns_opens_at_the_field_and_goes_again_once_it_is_signed_anew(
    signed_in: Callable[..., Page],
) -> None:
    ana, jonah = signed_in("ana@lakeside.example"), signed_in("jonah@beacon.example")
    path = under_review(ana, "Ossivue")
    ana.goto(path)
    return_it(jonah, path)
    ana.get_by_role("link", name="Correct the enrollment").click()
    ana.wait_for_url("**/enrollments/**")
    correct_it(ana)
    ana.get_by_role("button", name="Review and sign").first.click()
    ana.get_by_role("button", name="Ask Dr. Maya Okafor to sign").first.click()
    certify(signed_in("maya@lakeside.example", anew=True))
    ana.reload()
    ana.get_by_role("button", name="Send to hub").first.click()
    ana.wait_for_url("**/receipt/")

    jonah.goto(path.replace("/journeys/", "/intake/"))
    expect(jonah.locator("#line-B7")).to_contain_text("changed")
    jonah.get_by_role("button", name="Accept").click()
    ana.goto(path)
    expect(ana.locator(".page-head-sentence")).to_contain_text("Benefit verification")


def test_a_hub_on_paper_downloads_its_packet_confirms_it_by_hand_and_accepts(
    signed_in: Callable[..., Page],
) -> None:
    ben, omar = signed_in("ben@harbor.example"), signed_in("omar@parcel.example")
    ben.goto("/enrollments/")
    ben.locator("tbody tr").filter(has_text="Signed.").locator(".row-link").first.click()
    ben.get_by_role("button", name="Review and sign").first.click()
    ben.get_by_role("button", name="Send to hub").first.click()
    ben.wait_for_url("**/receipt/")
    ben.go_back()
    expect(ben).to_have_url(re.compile("/(review|receipt)/$"))
    ben.reload()
    ben.wait_for_url("**/receipt/")
    path = str(ben.get_by_role("link", name="Open the journey").get_attribute("href"))
    ben.goto(path)

    omar.goto(path)
    omar.get_by_role("button", name="Confirm that you have it").wait_for()
    assert violations(omar) == []
    packet = omar.get_by_role("link", name="Download the packet")
    until_drawn(omar, str(packet.get_attribute("href")))
    with omar.expect_download() as downloading:
        packet.click()
    assert downloading.value.path().read_bytes().startswith(b"%PDF")
    omar.get_by_label("Your case number").fill("PC-3310")
    omar.get_by_role("button", name="Confirm that you have it").click()
    expect(ben.locator("#handed")).to_contain_text("Confirmed")
    expect(ben.get_by_role("main")).to_contain_text("PC-3310")
    omar.goto(path.replace("/journeys/", "/intake/"))
    omar.get_by_role("button", name="Accept").click()
    expect(ben.locator(".page-head-sentence")).to_contain_text("Benefit verification")
