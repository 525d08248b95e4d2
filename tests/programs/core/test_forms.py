"""One form for any programs: what is shown, what is missing, what is wrong."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.core.catalogue import ANSWERABLE
from programs.core.conditions import is_present
from programs.core.forms import (
    check_answers,
    fields_once_per,
    missing,
    missing_signatures,
    read_answers,
    sheet,
    signing,
    subject_sheet,
    union,
    visible,
)
from tests.programs.core.samples import (
    COMPLETE,
    DEFINITIONS,
    OSSIVUE,
    PATIENT,
    PRACTICE,
    PRESCRIBER,
    RIVASTET,
    TODAY,
    VELTRANA,
    question,
    with_changes,
)


def shown(answers: dict[str, Any], *definitions: Any) -> set[str]:
    return {item.key for item in visible(definitions or (VELTRANA,), answers, today=TODAY)}


def live(answers: dict[str, Any], *definitions: Any) -> dict[str, Any]:
    """The answers that count."""
    form = sheet(definitions or (VELTRANA,), answers, today=TODAY)
    return {item.key: form.known[item.key] for item in form.shown if item.key in form.known}


def lacking(answers: dict[str, Any], *definitions: Any) -> list[str]:
    return [one.key for one in missing(definitions or (VELTRANA,), answers, today=TODAY)]


def wrong(answers: dict[str, Any], *definitions: Any) -> dict[str, list[str]]:
    return check_answers(definitions or (VELTRANA,), answers, today=TODAY)


def test_a_complete_enrollment_lacks_nothing_and_has_nothing_wrong() -> None:
    assert lacking(COMPLETE) == []
    assert wrong(COMPLETE) == {}
    assert set(live(COMPLETE)) == set(COMPLETE)


@pytest.mark.parametrize("key", [key for key in COMPLETE if ANSWERABLE.get(key)])
def test_whatever_a_program_requires_is_missed_when_absent(key: str) -> None:
    without = {name: value for name, value in COMPLETE.items() if name != key}
    required = sheet((VELTRANA,), COMPLETE, today=TODAY)
    item = next(item for item in required.shown if item.key == key)
    assert (key in lacking(without)) is required.requires(item)


@pytest.mark.parametrize("key", DEFINITIONS)
def test_a_new_patient_of_a_known_practice_needs_33_to_45_answers(key: str) -> None:
    start = {**PRACTICE, **PRESCRIBER, "B1": True, "B5": "commercial"}
    needed = missing((DEFINITIONS[key],), {**start, "H1": ["copay"]}, today=TODAY)
    assert 30 <= len(needed) <= 42, "three of them are answered already"


def test_a_second_program_of_a_known_patient_needs_few() -> None:
    known = {**COMPLETE, **PRACTICE}
    fresh = {key: value for key, value in known.items() if key[0] in "ABCD" or key == "E12"}
    needed = missing((RIVASTET,), {**fresh, "H1": ["prior_authorization"]}, today=TODAY)
    assert len(needed) <= 16


def test_missing_answers_are_told_in_words_in_the_order_of_the_form() -> None:
    without = {k: v for k, v in COMPLETE.items() if k not in ("A13", "D4", "H5.adult")}
    told = missing((VELTRANA,), without, today=TODAY)
    assert [one.sentence for one in told] == [
        "“Phone” has no answer yet.",
        "“Prescriber's own NPI” has no answer yet.",
        "“Copay help: the patient confirms: the patient is 18 or older” has no answer yet.",
    ]
    assert [one.asked_of for one in told] == ["PO", "PO", "PT"]


def test_uninsured_hides_the_coverage_and_copay_help_is_stopped_with_its_reason() -> None:
    answers = {**COMPLETE, "B1": False}
    assert "B7" not in shown(answers)
    assert "the patient has none" in wrong(answers)["H1"][0]
    assert "B7" not in live(answers)


@pytest.mark.parametrize(
    "payer", ["medicare", "medicare_advantage", "medicare_d", "medicaid", "tricare", "va", "ihs"]
)
def test_a_government_payer_stops_copay_help(payer: str) -> None:
    answers = {**COMPLETE, "B5": payer, "B7": "1EG4TE5MK73", "B20": "MEDD"}
    assert "insurance that a government pays for" in wrong(answers)["H1"][0]
    assert "H5.adult" not in shown(answers)
    assert wrong({**answers, "H1": ["benefit_verification"]}) == {}


def test_a_minor_needs_a_guardian_and_gets_no_copay_help() -> None:
    answers = {**COMPLETE, "A5": "2010-03-07"}
    assert lacking(answers) == ["A20", "A21", "A22", "B11"]
    assert "18 or older" in wrong(answers)["H1"][0]
    assert {"A21", "A22"}.isdisjoint(shown(COMPLETE))


def test_the_eighteenth_birthday_is_the_day() -> None:
    assert lacking({**COMPLETE, "A5": "2008-03-06"}) == []
    assert "A20" in lacking({**COMPLETE, "A5": "2008-03-07"})


def test_too_young_for_the_program_is_said_at_the_date_of_birth() -> None:
    assert wrong({**COMPLETE, "A5": "2016-03-06"})["A5"] == [
        "Veltrana Together helps patients who are 12 or older."
    ]


def test_hidden_answers_are_kept_but_count_for_nothing_down_the_chain() -> None:
    trial = {"E17": True, "rivastet.trial_tested": True, "rivastet.biomarker_status": "positive"}
    assert "rivastet.biomarker_on" in shown(trial, RIVASTET)
    # Untested in the trial: the status goes, and the date that hangs on the status with it.
    untested = {**trial, "rivastet.trial_tested": False}
    assert {"rivastet.biomarker_status", "rivastet.biomarker_on"}.isdisjoint(
        shown(untested, RIVASTET)
    )
    assert "rivastet.biomarker_status" not in live(untested, RIVASTET)
    assert "rivastet.biomarker_on" in shown({**untested, "rivastet.trial_tested": True}, RIVASTET)


def test_a_hidden_answer_is_not_called_wrong() -> None:
    assert wrong({**COMPLETE, "E6": "x" * 500}) == {}
    assert "E6" in wrong({**COMPLETE, "veltrana.tried_before": True, "E6": "x" * 500})


@pytest.mark.parametrize("key", ["Z9", "A99", "E10", "ossivue.t_score", "__proto__", "S1", "D6"])
def test_an_answer_to_a_question_nobody_asked_is_refused(key: str) -> None:
    assert wrong({**COMPLETE, key: "1"}) == {key: ["The program does not ask this question."]}
    assert key in read_answers((VELTRANA,), {key: "1"})[1]
    assert key not in live({**COMPLETE, key: "1"})


def test_raw_answers_are_read_and_what_cannot_be_is_kept_as_typed() -> None:
    values, problems = read_answers((VELTRANA,), {"A5": "3/27/1984", "C2": "12", "A9": "\u00a0"})
    assert values == {"A5": "1984-03-27", "C2": "12", "A9": None}
    assert problems == {"C2": ["The NPI has 10 digits; this one has 2."]}


def test_the_dose_follows_the_product_and_the_diagnosis() -> None:
    def doses(**changes: str) -> list[str]:
        form = sheet((VELTRANA,), {**COMPLETE, **changes}, today=TODAY)
        item = next(item for item in form.shown if item.key == "F2")
        return [choice.code for choice in form.choices(item)]

    assert doses() == ["140_pen"]
    assert doses(E1="L40.59") == ["140_pen", "280_pen"]
    assert doses(F1="99101014102") == ["140_syringe"]
    assert "does not go with" in wrong({**COMPLETE, "F2": "280_pen"})["F2"][0]


def test_a_cold_medicine_refuses_a_po_box_before_its_product_is_chosen() -> None:
    boxed = {**PATIENT, "A8": "PO Box 4"}
    assert "PO box" in wrong(boxed)["A8"][0]
    assert "A8" not in wrong(boxed, RIVASTET)


def test_a_controlled_medicine_alone_asks_for_the_dea_number() -> None:
    written = VELTRANA.to_json()
    products = [{**product, "controlled": True} for product in written["products"]]
    controlled = with_changes(VELTRANA, products=products, asks=[*written["asks"], "D6"])
    asking = with_changes(VELTRANA, asks=[*written["asks"], "D6"])
    assert "D6" in shown(COMPLETE, controlled)
    assert "D6" not in shown(COMPLETE, asking)


def test_two_programs_ask_each_shared_question_once_and_their_own_apart() -> None:
    both = union((VELTRANA, OSSIVUE))
    keys = [item.key for item in both]
    assert len(keys) == len(set(keys))
    assert keys.count("A1") == 1
    assert {"veltrana:F1", "ossivue:F1", "veltrana.tb_result", "ossivue.t_score"} <= set(keys)
    assert "F1" not in keys
    wanted = {item.key: item.programs for item in both}
    assert wanted["A1"] == ("veltrana", "ossivue")
    assert wanted["B19"] == ("veltrana",)
    separately = len(union((VELTRANA,))) + len(union((OSSIVUE,)))
    assert len(both) < separately


def test_two_programs_keep_their_answers_apart() -> None:
    shared = {key: value for key, value in COMPLETE.items() if key[0] in "ABCD" or key == "E12"}
    answers = {
        **shared,
        "veltrana:H1": ["copay"],
        "ossivue:H1": ["benefit_verification"],
        "veltrana:F1": "99101014002",
        "ossivue:F1": "99101014002",
    }
    both = shown(answers, VELTRANA, OSSIVUE)
    assert "veltrana:H5.adult" in both
    assert "ossivue:H5.adult" not in both
    assert list(wrong(answers, VELTRANA, OSSIVUE)) == ["ossivue:F1"]
    federal = wrong({**answers, "B5": "medicaid"}, VELTRANA, OSSIVUE)
    assert "veltrana:H1" in federal
    assert "ossivue:H1" not in federal


def test_a_question_one_program_requires_is_required_for_both() -> None:
    eager = with_changes(OSSIVUE, tightens={"A17": {"required": "always"}})
    assert "A17" in lacking({}, VELTRANA, eager)
    assert "A17" in lacking({}, eager, VELTRANA)
    assert "A17" not in lacking({}, VELTRANA, OSSIVUE)


def test_a_question_one_program_always_shows_is_shown_for_both() -> None:
    hidden = with_changes(
        OSSIVUE,
        tightens={"A17": {"shown_when": {"field": "A7", "op": "equals", "value": "fr"}}},
    )
    assert "A17" not in shown({}, hidden)
    assert "A17" in shown({}, hidden, VELTRANA)


def test_signatures_are_signed_and_not_filled_in() -> None:
    assert {"S1", "S2", "S7", "S8"}.isdisjoint(item.key for item in union((VELTRANA,)))
    assert [item.key for item in signing((VELTRANA,))] == [
        "S1", "S2", "S3", "S5", "S6", "S7", "S8",
    ]  # fmt: skip
    unsigned = missing_signatures((VELTRANA,), COMPLETE, {}, today=TODAY)
    assert [one.key for one in unsigned] == ["S1", "S2", "S7", "S8"]
    patient = {"S1": "e2b1", "S2": "2026-03-06"}
    left = missing_signatures((VELTRANA,), COMPLETE, patient, today=TODAY)
    assert [(one.key, one.asked_of) for one in left] == [("S7", "RX"), ("S8", "RX")]
    minor = {**COMPLETE, "A5": "2010-03-07"}
    assert "S3" in [one.key for one in missing_signatures((VELTRANA,), minor, patient, today=TODAY)]


def test_a_subject_has_its_own_page_without_a_program() -> None:
    assert [item.key for item in fields_once_per("prescriber")][:2] == ["D1", "D2"]
    assert "A21" not in {item.key for item in subject_sheet("patient", PATIENT, today=TODAY).shown}
    child = subject_sheet("patient", {**PATIENT, "A5": "2015-01-01"}, today=TODAY)
    assert "A21" in {item.key for item in child.shown}


def test_answers_that_make_no_sense_are_told_and_never_crash() -> None:
    nonsense: dict[str, Any] = {
        "A5": 5,
        "B5": ["medicare"],
        "A8": [{}],
        "H1": {"copay": 1},
        "B1": "perhaps",
    }
    found = wrong(nonsense)
    assert {"A5", "H1"} <= set(found)


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([item.key for item in union((RIVASTET,))]),
        st.sampled_from([True, False, "positive", "1", "2", "2026-01-01", "commercial", ""]),
        max_size=12,
    )
)
def test_answers_that_count_are_settled(answers: dict[str, Any]) -> None:
    counted = live(answers, RIVASTET)
    assert shown(counted, RIVASTET) == shown(answers, RIVASTET)
    assert live(counted, RIVASTET) == counted
    given = {key for key, value in counted.items() if is_present(value)}
    assert given.isdisjoint(lacking(answers, RIVASTET))


def test_a_program_may_ask_by_computation_of_the_day() -> None:
    grown = [
        question("school", required="always", shown_when={
            "field": "patient.age", "op": "at_most", "value": 21,
        })
    ]  # fmt: skip
    asking = with_changes(VELTRANA, questions=grown, tightens={})
    answers = {**COMPLETE, "A5": "2004-06-01"}
    before = visible((asking,), answers, today=date(2026, 5, 31))
    after = visible((asking,), answers, today=date(2026, 6, 1))
    assert "veltrana.school" in {item.key for item in before}
    assert "veltrana.school" not in {item.key for item in after}
