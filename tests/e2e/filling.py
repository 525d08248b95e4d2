"""Fill a page's form the way a person does, by what each control is, and sign it."""

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect


def fill(page: Page, answers: Mapping[str, str | list[str]]) -> None:
    """Answer the named questions in order; one that appears by an answer is waited for."""
    for name, answer in answers.items():
        control = page.locator(f'main [name="{name}"]')
        control.first.wait_for()
        kind = str(control.first.evaluate("e => e.type"))
        for value in answer if isinstance(answer, list) else [answer]:
            _answer(page, name, kind, value)


def _answer(page: Page, name: str, kind: str, value: str) -> None:
    control = page.locator(f'main [name="{name}"]')
    if kind in ("radio", "checkbox"):
        page.locator(f'main [name="{name}"][value="{value}"]').check()
    elif kind == "select-one":
        control.select_option(value)
    else:
        control.fill(value)
        control.press("Tab")


def certify(page: Page) -> None:
    """The prescriber reads and signs what waits."""
    page.goto("/signing/")
    page.get_by_role("button", name="Read and sign").first.click()
    expect(page.get_by_role("main")).to_contain_text("certif")
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
    "B7": "ME12345678",
    "B11": "18",
}
PHARMACY_CARD: Mapping[str, str] = {
    "B18": "MeridianRx",
    "B19": "610999",
    "B20": "MRX1",
    "B21": "RXGRP1",
    "B22": "ME12345678",
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
