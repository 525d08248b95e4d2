"""A diagnosis is found by words and chosen with the keyboard; what it is stays beside it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looking import violations
from tests.e2e.test_nothing_lost import open_draft

pytestmark = pytest.mark.browser
BOX = '[name="E1"]'


def test_a_diagnosis_is_searched_pointed_at_and_chosen_without_the_mouse(
    signed_in: Callable[..., Page],
) -> None:
    ana = signed_in("ana@lakeside.example", anew=True)
    path = open_draft(ana)
    box, told = ana.locator(BOX), ana.locator(f".code-entry:has({BOX}) .told")
    box.focus()
    box.press("Control+a")
    box.press_sequentially("rheum mult", delay=20)
    options = ana.get_by_role("option")
    expect(options.first).to_contain_text("M06.09")
    expect(options.first).to_contain_text("Listed by the program")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert violations(ana) == []
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_value("rheum mult")
    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("M06.09")
    expect(told).to_contain_text("multiple sites")
    expect(ana.locator("#save-status")).to_contain_text("Saved")
    ana.goto(path)
    expect(ana.locator(BOX)).to_have_value("M06.09")
    expect(told).to_contain_text("multiple sites")


def test_words_that_nobody_chose_from_are_saved_with_the_sentence_that_says_so(
    signed_in: Callable[..., Page],
) -> None:
    ana = signed_in("ana@lakeside.example")
    open_draft(ana)
    box = ana.locator(BOX)
    box.focus()
    box.press("Control+a")
    box.press_sequentially("rheum", delay=20)
    expect(ana.get_by_role("option").first).to_be_visible()
    box.press("Tab")
    wrong = ana.locator('[data-errors-of="E1"]')
    expect(wrong).to_contain_text("An ICD-10-CM code is a letter")
    ana.get_by_role("combobox", name="Diagnosis").click()
    ana.get_by_role("option").first.click()
    expect(wrong).to_be_empty()
    expect(box).to_be_focused()
