"""What an enrollment takes of a coordinator: the inputs made and the time, in a real browser."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import acting_as
from bench.browser import at_work, require_browser
from bench.office import STAFF, actor_of
from bench.pages import session_of
from bench.results import Row, Unmeasured
from bench.world import World
from enrollment.domain.queries.enrollments import enrollments
from enrollment.domain.sittings import sitting_of
from enrollment.views.standing import work_on
from programs.core.forms import missing

if TYPE_CHECKING:
    from playwright.sync_api import Page

Answers = Mapping[str, str]
NEW, SECOND = "veltrana", "ossivue"
PATIENT: Answers = {
    "A1": "Imogen", "A3": "Halloway", "A5": "03/27/1984", "A6": "F", "A7": "en",
    "A8": "14 Larch Street", "A10": "Quincy", "A11": "MA", "A12": "02169", "A13": "617-555-0133",
    "A14": "mobile", "A18": "call_message",
}  # fmt: skip
INSURANCE: Answers = {
    "B1": "true", "B3": "Meridian Health", "B5": "commercial", "B7": "ME77190442",
    "B18": "MeridianRx", "B19": "610999", "B21": "RXGRP1", "B22": "ME77190442",
}  # fmt: skip
THERAPY: Mapping[str, Answers] = {
    "veltrana": {
        "E1": "M06.9", "E4": "new", "E12": "None known", "veltrana.tb_result": "negative",
        "veltrana.tb_on": "{recently}", "veltrana.tried_before": "false", "F1": "99101014002",
        "F2": "140_pen", "F3": "every_2_weeks", "F5": "2", "F6": "5", "F10": "nurse",
    },
    "ossivue": {
        "E1": "M81.0", "E4": "new", "E10.weight": "64", "E10.unit": "kg", "E10.on": "{recently}",
        "ossivue.t_score": "-2.9", "ossivue.t_score_on": "{recently}",
        "ossivue.fractured": "false", "ossivue.calcium": "normal", "F3": "every_12_months",
        "F5": "1", "F6": "0", "G1": "specialty_pharmacy", "G3": "office", "G5": "11",
    },
}  # fmt: skip
PICKED = frozenset({"radio", "checkbox", "select-one"})
RUNS = 2
FORM = "**/enrollments/*-*/"
REVIEW = re.compile("/(review|together)/$")
# Whether somebody, or the product, has answered the question of these controls already.
ANSWERED = """all => all.some(one => ['radio', 'checkbox'].includes(one.type)
  ? one.checked : one.value !== '')"""


@dataclass
class Hands:
    """What the script did on the pages: an answer typed, or one picked."""

    page: "Page"
    typed: int = 0
    picked: int = 0

    @property
    def inputs(self) -> int:
        return self.typed + self.picked

    def answer(self, name: str, value: str, *, saves: bool) -> None:
        """Answer what the page asks and nobody has answered, by what its control is; where it
        saves itself, go on once it has.
        """
        control = self.page.locator(f'main [name="{name}"]')
        if not control.count() or control.evaluate_all(ANSWERED):
            return
        if not saves:
            self._touch(name, value)
            return
        with self.page.expect_response(lambda told: "/answers/" in told.url):
            self._touch(name, value)
        self.page.wait_for_selector('#save-status[data-state="saved"]')

    def _touch(self, name: str, value: str) -> None:
        control = self.page.locator(f'main [name="{name}"]')
        kind = str(control.first.evaluate("e => e.type"))
        if kind in ("radio", "checkbox"):
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()
        elif kind == "select-one":
            control.select_option(value)
        else:
            control.fill(value)
            control.press("Tab")
        if kind in PICKED:
            self.picked += 1
        else:
            self.typed += 1


def measure(world: World) -> Iterator[Row]:
    """`inputs_new_patient`: answers a coordinator types or picks, on the real pages in a real
    Chromium, from an empty form for a patient to a complete Veltrana form, practice and
    prescriber on file; signatures are the signers' own. `seconds_new_patient`: the time from the
    first page to the last, at the pace of a script that waits for each save.

    `inputs_second_program`, and the typed ones of them, `typed_second_program`: the same patient
    in Ossivue, of another manufacturer. `inputs_two_at_once`: another new patient in both
    programs as one form.

    A row stands only if the product counts the same inputs as the script made, and asks nothing
    more. Each run is a patient of its own; what is only counted is counted once.
    """
    require_browser()
    session = session_of(STAFF)
    new, seconds = [], []
    with at_work(world, session, page="patients") as page:
        for run in range(RUNS):
            began = time.monotonic()
            hands = Hands(page)
            patient = _add_patient(hands, last_name=f"Halloway{'abc'[run]}")
            _enroll(hands, patient, NEW)
            seconds.append(time.monotonic() - began)
            new.append(hands)
        second = Hands(page)
        _enroll(second, patient, SECOND)
        both = Hands(page)
        patient = _add_patient(both, last_name="Quimby")
        _enroll(both, patient, NEW, SECOND)
    yield Row("inputs_new_patient", "inputs", [hands.inputs for hands in new])
    yield Row("seconds_new_patient", "s", seconds)
    yield Row("inputs_second_program", "inputs", [second.inputs])
    yield Row("typed_second_program", "inputs", [second.typed])
    yield Row("inputs_two_at_once", "inputs", [both.inputs])


def _add_patient(hands: Hands, *, last_name: str) -> str:
    """Fill in the patient's page; the patient's id."""
    page = hands.page
    page.goto(reverse("patient_new"))
    for name, value in {**PATIENT, "A3": last_name}.items():
        hands.answer(name, value, saves=False)
    page.get_by_role("button", name="Keep this patient").click()
    page.get_by_role("link", name="Enroll in a program").click()
    page.wait_for_url("**/enrollments/new/**")
    return page.url.partition("patient=")[2][:36]


def _enroll(hands: Hands, patient: str, *programs: str) -> None:
    """Begin the form of these programs and complete it, up to what is signed."""
    page = hands.page
    page.goto(f"{reverse('enrollment_start')}?patient={patient}")
    for program in programs:
        page.get_by_role("checkbox", name=program.capitalize()).check()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(FORM)
    today = timezone.localdate()
    dates = {"soon": today + timedelta(days=20), "recently": today - timedelta(days=20)}
    written = {word: day.strftime("%m/%d/%Y") for word, day in dates.items()}
    for program in programs:
        for name, value in {**INSURANCE, **THERAPY[program], "E5": "{soon}"}.items():
            for asked in (name, f"{program}:{name}"):
                hands.answer(asked, value.format(**written), saves=True)
    draft = UUID(page.url.rstrip("/").rpartition("/")[2])
    page.get_by_role("button", name="Review and sign").first.click()
    page.wait_for_url(REVIEW)
    _agree(hands, draft)


def _agree(hands: Hands, draft: UUID) -> None:
    """Raises Unmeasured unless the product counts what the script did, and misses nothing."""
    with acting_as(actor_of(STAFF)):
        sitting = sitting_of(enrollments().get(id=draft))
        counted = work_on(sitting.rows).inputs
        left = missing(sitting.definitions, sitting.answers, today=timezone.localdate())
    if left:
        raise Unmeasured(f"Still to be answered: {', '.join(each.key for each in left)}.")
    if counted != hands.inputs:
        raise Unmeasured(f"The product counts {counted} inputs, the script made {hands.inputs}.")
