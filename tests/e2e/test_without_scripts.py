"""The main job in browsers that run no scripts: slower, and complete."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.filling import answers, authorize, begin, certify, fill_without_scripts

pytestmark = pytest.mark.browser


def test_a_patient_is_enrolled_signed_and_sent_without_scripts(
    signed_in: Callable[..., Page],
) -> None:
    ana = signed_in("ana@lakeside.example", scripts=False, anew=True)
    begin(ana, "veltrana", first_name="Wilhelmina")
    fill_without_scripts(ana, answers("veltrana"))
    ana.get_by_role("button", name="Review and sign").first.click()
    authorize(ana)
    certify(signed_in("maya@lakeside.example", scripts=False, anew=True))
    ana.reload()
    ana.get_by_role("button", name="Send to hub").first.click()
    ana.wait_for_url("**/receipt/")
    ana.get_by_role("link", name="Open the journey").click()
    expect(ana.get_by_role("heading", level=1)).to_have_text("Wilhelmina Brightwater")
