"""What a patient signs on a phone: everything inside its width, and large enough for a thumb."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.filling import answers, begin, fill

pytestmark = pytest.mark.browser
PHONE_WIDTH, PHONE_HEIGHT = 390, 844
THUMB = 44
# By how many pixels anything reaches beyond the column of the page.
BEYOND = """() => {
  const edge = document.querySelector("main").getBoundingClientRect().right;
  const all = [...document.querySelectorAll("main *")];
  return Math.max(...all.map((each) => each.getBoundingClientRect().right)) - edge;
}"""


def looked_at(page: Page) -> None:
    # Before its stylesheet nothing has its size yet.
    page.wait_for_load_state()
    assert page.evaluate(BEYOND) <= 0.5
    for touched in page.locator("main .form-check, main .button").all():
        box = touched.bounding_box()
        assert box
        assert box["height"] >= THUMB


def test_the_pages_that_are_signed_fit_a_phone_in_spanish(
    signed_in: Callable[..., Page],
) -> None:
    page = signed_in("ana@lakeside.example", anew=True)
    begin(page, "veltrana", first_name="Eulalia")
    fill(page, answers("veltrana"))
    page.get_by_role("button", name="Review and sign").first.click()
    page.get_by_role("button", name="Sign on this screen").click()
    page.set_viewport_size({"width": PHONE_WIDTH, "height": PHONE_HEIGHT})
    page.get_by_role("link", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    while page.locator('[name="signer_name"]').count() == 0:
        looked_at(page)
        page.locator('[name="agree"]').check()
        heading = page.locator("h1").inner_text()
        page.locator("main .button-primary").click()
        expect(page.locator("h1")).not_to_have_text(heading)
        page.wait_for_load_state()
    looked_at(page)
    page.locator('[name="signer_name"]').fill("Eulalia Brightwater")
    page.get_by_role("button", name="Firmar", exact=True).click()
    expect(page.locator("h1")).to_have_text("Gracias. Está firmado.")
    looked_at(page)
