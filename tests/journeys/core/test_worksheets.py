"""Worksheets: sound data, and every rule of theirs broken by hand."""

from datetime import date

import pytest

from journeys.core.derived import DERIVED
from journeys.core.fact_choices import CHOICES
from journeys.core.facts import FACTS
from journeys.core.graph import Graph, Step
from journeys.core.templates import GRAPHS
from journeys.core.worksheet import (
    Told,
    Worksheet,
    facts_of,
    faults,
    known_to,
    stopped,
)
from journeys.core.worksheets import WORKSHEETS, worksheet_of
from programs.core.conditions import problems_of
from programs.core.poverty import GUIDELINES, compared, guideline_on, line_of
from tests.journeys.core.story import happy_path, stand

# Two results of these ask for the same thing.
TWICE = ("appeal", "foundation_referral")
STEPS: dict[str, Step] = {step.key: step for graph in GRAPHS.values() for step in graph.steps}
TODAY = "2026-03-10"
KNOWN: dict[str, object] = {
    "today": TODAY,
    "line_of_business": "commercial",
    "therapy_stage": "new",
    "step.prior_authorization.owner": "practice",
    "step.prior_authorization_determination": "pending",
}
VERIFIED: dict[str, object] = {
    "payer_name": "Meridian Health",
    "line_of_business": "commercial",
    "coverage_active": True,
    "benefit": "pharmacy",
    "verified_by": "electronic",
}
SENT: dict[str, object] = {
    "submitted_by": "practice",
    "submission_method": "electronic",
    "submitted_on": "2026-03-09",
}
AUTHORIZED: dict[str, object] = {
    "authorization_number": "A-100",
    "authorization_starts_on": "2026-03-04",
    "authorization_ends_on": "2027-03-03",
}
APPEALED: dict[str, object] = {"appeal_sent_on": "2026-03-09", "submission_method": "fax"}
CARD: dict[str, object] = {
    "copay_bin": "610020",
    "copay_pcn": "CPL",
    "copay_group": "G1",
    "copay_member_id": "M1",
    "copay_year": 2026,
    "copay_maximum": "12000.00",
}
HOUSE: dict[str, object] = {
    "household_size": 2,
    "household_income": "60000.00",
    "household_place": "contiguous",
}
HELPED: dict[str, object] = {
    **HOUSE,
    "income_limit_percent": 400,
    "income_proof": "pay_stubs",
    "assistance_program": "Open Door",
    "assistance_ends_on": "2026-12-31",
}
FUND: dict[str, object] = {
    "foundation_name": "Lantern Fund",
    "foundation_fund": "open",
    "foundation_referred_on": "2026-03-09",
}
FREE: dict[str, object] = {"bridge_fill_number": 1, "ship_on": "2026-03-11", "days_supply": 28}
SITE: dict[str, object] = {
    "site_name": "Elm Street Infusion",
    "site_type": "office",
    "acquisition": "buy_and_bill",
}
ROUTED: dict[str, object] = {
    "patient_choice_asked_on": "2026-03-09",
    "patient_pharmacy_choice": "Crescent Specialty Pharmacy",
    "pharmacy_name": "Crescent Specialty Pharmacy",
    "routing_reason": "patient_choice",
}


def told(
    step: str, status: str, answers: dict[str, object], reason: str = "", **known: object
) -> list[str]:
    """What stops this result, in sentences."""
    values = {**KNOWN, **{name.replace("__", "."): value for name, value in known.items()}}
    result = Told(status=status, reason=reason, answers=answers)
    found = faults(worksheet_of(STEPS[step]), STEPS[step], result, known=values)
    return [fault.why for fault in found]


@pytest.mark.parametrize("worksheet", WORKSHEETS.values(), ids=lambda each: each.step)
def test_a_worksheet_reads_and_asks_only_what_there_is(worksheet: Worksheet) -> None:
    step = STEPS[worksheet.step]
    steps = {f"step.{key}" for key in STEPS}
    extra = {f"{name}{part}" for name in steps for part in (".reason", ".owner")}
    readable = {*FACTS, *DERIVED, *steps, *extra, "status", "reason", "today"}
    conditions = [stop.when for stop in worksheet.stops]
    conditions += [part.asked for part in worksheet.parts if part.asked]
    conditions += [each.when for each in worksheet.given]
    conditions += [each.when for each in worksheet.compared if each.when]
    questions = [each for part in worksheet.parts for each in part.questions]
    conditions += [each.needed for each in questions if not isinstance(each.needed, bool)]
    assert [why for each in conditions for why in problems_of(each, readable)] == []
    assert set(worksheet.facts) <= set(FACTS)
    assert {stop.at for stop in worksheet.stops} - {""} <= set(worksheet.facts)
    assert all(step.status(key) for key in worksheet.reasoned)
    assert len(worksheet.facts) == len(set(worksheet.facts)) or worksheet.step in TWICE


def test_every_choice_has_its_words() -> None:
    chosen = {name for name, kind in FACTS.items() if kind.kind == "choice"}
    assert chosen == set(CHOICES)


GOOD = [
    ("benefit_verification", "complete", VERIFIED, "covered"),
    ("benefit_verification", "manual_call", {}, ""),
    ("prior_authorization", "submitted", SENT, ""),
    ("prior_authorization_determination", "approved", AUTHORIZED, ""),
    ("prior_authorization_determination", "denied", {}, "step_therapy"),
    ("appeal", "submitted", APPEALED, "appeal"),
    ("copay_enrollment", "enrolled", CARD, ""),
    ("patient_assistance", "approved", HELPED, ""),
    ("foundation_referral", "referred", FUND, ""),
    ("bridge", "shipped", FREE, ""),
    ("site_of_care", "scheduled", {**SITE, "infusion_on": "2026-03-20"}, ""),
    ("pharmacy_triage", "sent", ROUTED, ""),
]


@pytest.mark.parametrize(("step", "status", "answers", "reason"), GOOD)
def test_what_is_complete_is_taken(
    step: str, status: str, answers: dict[str, object], reason: str
) -> None:
    assert told(step, status, answers, reason) == []


BV, PA, DECISION = (
    "benefit_verification",
    "prior_authorization",
    "prior_authorization_determination",
)


@pytest.mark.parametrize(
    ("step", "status", "answers", "reason", "known", "why"),
    [
        (BV, "complete", VERIFIED, "", {}, "Give the reason"),
        (BV, "complete", VERIFIED | {"verified_by": "call"}, "covered", {}, "reference is needed"),
        (BV, "complete", VERIFIED, "step_therapy", {}, "Say whether prior authorization"),
        (
            BV,
            "complete",
            VERIFIED | {"prior_authorization_required": True},
            "covered",
            {},
            "cannot both be",
        ),
        (
            BV,
            "complete",
            VERIFIED | {"prior_authorization_required": True},
            "pharmacy_required",
            {},
            "Pharmacy the payer requires is needed",
        ),
        (BV, "complete", VERIFIED | {"coverage_active": False}, "covered", {}, "not active"),
        (
            BV,
            "complete",
            VERIFIED | {"deductible": "500.00", "deductible_met": "501.00"},
            "covered",
            {},
            "More of the deductible",
        ),
        (
            BV,
            "complete",
            VERIFIED | {"line_of_business": "medicare", "accumulator": True},
            "covered",
            {},
            "is not asked for",
        ),
        (BV, "manual_call", {"deductible": "500.00"}, "", {}, "is not asked for"),
        (PA, "submitted", SENT | {"submitted_by": "hub"}, "", {}, "only the practice"),
        (PA, "submitted", SENT | {"submitted_on": "2026-03-11"}, "", {}, "in future"),
        (PA, "more_info_requested", {"payer_question": "Labs?"}, "", {}, "Answer by is needed"),
        (DECISION, "approved", {}, "", {}, "Authorization number is needed"),
        (
            DECISION,
            "approved",
            AUTHORIZED | {"authorization_ends_on": "2026-03-01"},
            "",
            {},
            "ends before it begins",
        ),
        (
            DECISION,
            "approved",
            AUTHORIZED
            | {"authorization_starts_on": "2025-03-01", "authorization_ends_on": "2026-03-01"},
            "",
            {},
            "ended already",
        ),
        (DECISION, "partially_approved", AUTHORIZED, "", {}, "What was approved is needed"),
        (DECISION, "denied", {}, "", {}, "Give the reason"),
        ("appeal", "submitted", APPEALED, "", {}, "Give the reason"),
        (
            "appeal",
            "submitted",
            APPEALED,
            "appeal",
            {"appeal_deadline_on": "2026-03-08"},
            "last day to appeal",
        ),
        ("appeal", "second_level", APPEALED, "", {"step__appeal": "submitted"}, "after the first"),
        ("appeal", "external", APPEALED, "", {"step__appeal": "drafting"}, "the plan's own levels"),
        ("appeal", "exhausted", {}, "", {"step__appeal": "upheld"}, "levels left"),
        ("appeal", "overturned", AUTHORIZED, "", {"step__appeal": "drafting"}, "be won"),
        ("appeal", "overturned", {}, "", {"step__appeal": "submitted"}, "number is needed"),
        ("copay_enrollment", "enrolled", CARD, "", {"line_of_business": "medicare_d"}, "never"),
        ("copay_enrollment", "eligible", {}, "", {"line_of_business": "tricare"}, "never"),
        (
            "copay_enrollment",
            "enrolled",
            CARD,
            "",
            {"line_of_business": "uninsured"},
            "no coverage",
        ),
        ("copay_enrollment", "enrolled", CARD | {"copay_bin": ""}, "", {}, "BIN is needed"),
        (
            "copay_enrollment",
            "enrolled",
            CARD | {"copay_remaining": "12000.01"},
            "",
            {},
            "More is left",
        ),
        (
            "patient_assistance",
            "approved",
            HELPED | {"income_proof": ""},
            "",
            {},
            "Proof of income",
        ),
        (
            "patient_assistance",
            "approved",
            HELPED | {"household_income": "86561"},
            "",
            {},
            "over this limit",
        ),
        ("patient_assistance", "approved", HELPED, "", {"today": "2023-12-31"}, "poverty line"),
        ("patient_assistance", "applied", HOUSE | {"household_size": 0}, "", {}, "at least one"),
        ("patient_assistance", "documents_needed", {}, "missing_proof", {}, "What is missing"),
        ("patient_assistance", "inconclusive", {}, "", {}, "could not tell"),
        ("foundation_referral", "referred", FUND | {"foundation_fund": "closed"}, "", {}, "closed"),
        ("foundation_referral", "granted", {"foundation_name": "Lantern"}, "", {}, "Grant until"),
        ("foundation_referral", "no_help", {}, "", {}, "Give the reason"),
        ("bridge", "shipped", FREE, "", {"therapy_stage": "continuing"}, "new to the therapy"),
        ("bridge", "eligible", {}, "", {"line_of_business": "medicaid"}, "commercial coverage"),
        ("bridge", "shipped", FREE | {"bridge_fill_number": 3}, "", {}, "at most two"),
        ("bridge", "shipped", FREE | {"days_supply": 31}, "", {}, "at most 30 days"),
        ("bridge", "shipped", FREE, "", {"step__delivery": "shipped"}, "never both"),
        (
            "bridge",
            "requested",
            {},
            "",
            {"step__prior_authorization_determination__reason": "missing_information"},
            "send the request again",
        ),
        (
            "site_of_care",
            "chosen",
            SITE | {"site_type": "hospital"},
            "",
            {"site_of_care_policy": "not_hospital"},
            "say why",
        ),
        ("site_of_care", "accepted", SITE | {"site_type": "home"}, "", {}, "at a patient's home"),
        ("site_of_care", "declined", {}, "", {}, "Give the reason"),
        (
            "pharmacy_triage",
            "sent",
            ROUTED | {"patient_choice_asked_on": ""},
            "",
            {},
            "Patient was asked on is needed",
        ),
        (
            "pharmacy_triage",
            "sent",
            ROUTED | {"pharmacy_name": "Quarry Street Pharmacy"},
            "",
            {},
            "not the pharmacy that the patient chose",
        ),
        (
            "pharmacy_triage",
            "sent",
            ROUTED,
            "",
            {"pharmacy_required_by_payer": "Meridian Home Rx"},
            "requires another pharmacy",
        ),
        (
            "pharmacy_triage",
            "sent",
            ROUTED | {"routing_reason": "payer_mandate"},
            "",
            {},
            "found no pharmacy",
        ),
        (
            "pharmacy_triage",
            "sent",
            ROUTED | {"routing_reason": "no_preference"},
            "",
            {},
            "has a preference",
        ),
        ("pharmacy_triage", "accepted", {}, "", {}, "Report first that the patient was asked"),
    ],
)
def test_a_rule_broken_by_hand_stops_the_result(
    step: str,
    status: str,
    answers: dict[str, object],
    reason: str,
    known: dict[str, object],
    why: str,
) -> None:
    assert any(why in sentence for sentence in told(step, status, answers, reason, **known))


def test_what_follows_is_told_with_the_result() -> None:
    worksheet = worksheet_of(STEPS[BV])
    result = Told(status="complete", reason="covered", answers=VERIFIED)
    assert facts_of(worksheet, result, known=KNOWN)["prior_authorization_required"] is False
    result = Told(status="approved", reason="", answers=HELPED)
    following = facts_of(WORKSHEETS["patient_assistance"], result, known=KNOWN)
    assert (following["income_percent"], following["poverty_year"]) == (278, 2026)


def test_a_result_that_nothing_could_make_true_is_known_before_it_is_filled_in() -> None:
    worksheet = WORKSHEETS["copay_enrollment"]
    medicare = {**KNOWN, "line_of_business": "medicare"}
    assert "never given" in stopped(worksheet, "enrolled", known=medicare)
    assert stopped(worksheet, "not_eligible", known=medicare) == ""
    assert stopped(worksheet, "enrolled", known=KNOWN) == ""


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda each: each.key)
def test_every_step_has_a_worksheet(graph: Graph) -> None:
    assert all(worksheet_of(step).step == step.key for step in graph.steps)


def test_what_is_known_is_read_with_where_the_steps_stand() -> None:
    known = known_to(stand(happy_path(5)), today=date(2026, 3, 4))
    assert known["line_of_business"] == "commercial"
    assert known["step.prior_authorization"] == "submitted"
    assert known["step.prior_authorization_determination.owner"] == "payer"
    assert known["today"] == "2026-03-04"


def test_the_poverty_line_is_that_of_its_year_and_place() -> None:
    assert guideline_on(date(2024, 1, 10)) is None
    assert [guideline_on(date(year, 6, 1)) for year in (2024, 2025, 2026)] == list(GUIDELINES)
    assert line_of(GUIDELINES[2], people=4, place="contiguous") == 33_000
    assert line_of(GUIDELINES[1], people=1, place="alaska") == 19_550
    june, july = date(2025, 6, 1), date(2026, 7, 1)
    assert compared(HOUSE, june) == {"income_percent": 284, "poverty_year": 2025}
    assert compared(HOUSE, july) == {"income_percent": 278, "poverty_year": 2026}
    assert compared({**HOUSE, "household_place": "hawaii"}, july)["income_percent"] == 242
    assert compared({"household_size": 2}, july) == {}
