"""Fill a page's form the way a person does, by what each control is, and sign it."""

import datetime as dt
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from accounts.cast import CAST_PASSWORD


def fill(page: Page, answers: Mapping[str, str | list[str]]) -> None:
    """Answer the named questions in order; one that appears by an answer is waited for."""
    for name, answer in answers.items():
        control = page.locator(f'main [name="{name}"]')
        control.first.wait_for()
        kind = str(control.first.evaluate("e => e.type"))
        for value in answer if isinstance(answer, list) else [answer]:
            _answer(page, name, kind, value)


def fill_without_scripts(page: Page, answers: Mapping[str, str | list[str]]) -> None:
    """Answer what the page asks and save, until it asks nothing more of what is known."""
    left = dict(answers)
    while asked := [name for name in left if page.locator(f'main [name="{name}"]').count()]:
        fill(page, {name: left.pop(name) for name in asked})
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_load_state()
    assert left == {}


def _answer(page: Page, name: str, kind: str, value: str) -> None:
    control = page.locator(f'main [name="{name}"]')
    if kind in ("radio", "checkbox"):
        page.locator(f'main [name="{name}"][value="{value}"]').check()
    elif kind == "select-one":
        control.select_option(value)
    else:
        control.fill(value)
        control.press("Tab")


def begin(page: Page, program: str, *, first_name: str) -> None:
    """From a new patient to the form of a program, nothing answered in it yet."""
    page.goto("/patients/new/")
    fill(page, {**PATIENT, "A1": first_name})
    page.get_by_role("button", name="Keep this patient").click()
    page.get_by_role("link", name="Enroll in a program").click()
    page.get_by_role("checkbox", name=program.capitalize()).check()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/enrollments/*-*/")


def authorize(page: Page) -> None:
    """The patient signs on the office's screen, which the office then takes back."""
    page.get_by_role("button", name="Sign on this screen").click()
    while page.locator('[name="signer_name"]').count() == 0:
        page.locator('[name="agree"]').check()
        heading = page.locator("h1").inner_text()
        page.locator("main .button-primary").click()
        expect(page.locator("h1")).not_to_have_text(heading)
        page.wait_for_load_state()
    page.locator('[name="signer_name"]').fill("Elena Brightwater")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("link", name="Office: go back to work").click()
    page.locator('[name="password"]').fill(CAST_PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Ask Dr. Maya Okafor to sign").first.click()


def certify(page: Page) -> None:
    """The prescriber reads and signs what waits."""
    page.goto("/signing/")
    page.get_by_role("button", name="Read and sign").first.click()
    expect(page.get_by_role("main")).to_contain_text("certif")
    page.wait_for_load_state()
    for box in page.locator('[name="sign"]').all():
        box.check()
    page.get_by_role("button", name="Sign as Dr. Maya Okafor").first.click()
    expect(page).to_have_url(re.compile(r"/signing/$"))


PATIENT: Mapping[str, str] = {
    "A1": "Elena",
    "A3": "Brightwater",
    "A5": "04/12/1986",
    "A6": "F",
    "A7": "en",
    "A8": "12 Larch Street",
    "A10": "Quincy",
    "A11": "MA",
    "A12": "02169",
    "A13": "617-555-0133",
    "A14": "mobile",
    "A18": "call_message",
}
COVERAGE: Mapping[str, str] = {
    "B1": "true",
    "B3": "Meridian Health",
    "B5": "commercial",
    "B7": "ME77190442",
    "B11": "18",
}
PHARMACY_CARD: Mapping[str, str] = {
    "B18": "MeridianRx",
    "B19": "610999",
    "B20": "MRX1",
    "B21": "RXGRP1",
    "B22": "ME77190442",
}
CLINICAL: Mapping[str, Mapping[str, str | list[str]]] = {
    "veltrana": {
        "E1": "M06.9",
        "E4": "new",
        "E12": "None known",
        "veltrana.tb_result": "negative",
        "veltrana.tb_on": "01/05/2026",
        "veltrana.tried_before": "false",
        "F1": "99101014002",
        "F2": "140_pen",
        "F3": "every_2_weeks",
        "F5": "2",
        "F6": "5",
        "F10": "nurse",
        "G1": "specialty_pharmacy",
        "G3": "home",
        "H1": ["benefit_verification", "prior_authorization"],
    },
}


def answers(program: str) -> dict[str, str | list[str]]:
    """What an office in Massachusetts knows, with dates that are right where it is."""
    today = dt.datetime.now(tz=ZoneInfo("America/New_York")).date()
    dates = {"F8": today, "E5": today + dt.timedelta(days=20)}
    written = {key: day.strftime("%m/%d/%Y") for key, day in dates.items()}
    card = {} if program == "ossivue" else PHARMACY_CARD
    return {**COVERAGE, **card, **CLINICAL[program], **written}
