"""Whom a program can help is decided by the law's rules first, then by its own."""

import pytest

from programs.core.conditions import Condition
from programs.core.definition import Definition
from programs.core.eligibility import findings
from programs.core.facts import FEDERAL, facts
from programs.core.forms import sheet
from programs.core.words import condition_words
from tests.programs.core.samples import COMPLETE, OSSIVUE, RIVASTET, TODAY, VELTRANA, with_changes


def found(definition: Definition = VELTRANA, **answers: object) -> list[tuple[str, str]]:
    changed = {**COMPLETE, **{key.replace("__", "."): value for key, value in answers.items()}}
    known = sheet((definition,), changed, today=TODAY).known
    return [(one.key, one.outcome) for one in findings((definition,), known)]


def test_nothing_stands_in_the_way_of_an_ordinary_enrollment() -> None:
    assert found() == []


@pytest.mark.parametrize("payer", sorted(FEDERAL))
def test_no_program_can_allow_copay_help_with_a_government_payer(payer: str) -> None:
    permissive = with_changes(VELTRANA, eligibility=[])
    assert found(permissive, B5=payer) == [("copay_government", "stops")]
    assert found(permissive, B5=payer, H1=["nurse"]) == []


def test_another_diagnosis_warns_and_does_not_stop() -> None:
    assert found(E1="M08.00") == [("outside_indications", "warns")]
    assert found(E1="") == []


def test_untreated_tuberculosis_warns() -> None:
    assert found(veltrana__tb_result="positive") == [("tuberculosis_untreated", "warns")]


def test_each_finding_names_its_program() -> None:
    answers = {**COMPLETE, "veltrana:E1": "A00.0", "rivastet:E1": "C34.11"}
    known = sheet((VELTRANA, RIVASTET), answers, today=TODAY).known
    assert [(one.program, one.key) for one in findings((VELTRANA, RIVASTET), known)] == [
        ("veltrana", "outside_indications")
    ]


def test_facts_are_told_only_from_what_is_known() -> None:
    assert facts((), {}, today=TODAY) == {}
    assert facts((), {"A5": "2030-01-01", "B5": ""}, today=TODAY) == {}
    assert facts((), {"A5": "1984-03-27", "B5": "va"}, today=TODAY) == {
        "patient.age": 41,
        "coverage.federal": True,
    }


def test_free_medicine_can_end_at_a_multiple_of_the_poverty_line() -> None:
    limit: Condition = {
        "all": [
            {"field": "H1", "op": "in", "value": ["patient_assistance"]},
            {"field": "household.poverty_percent", "op": "greater", "value": "400"},
        ]
    }
    rule = {
        "key": "income", "when": limit, "outcome": "stops", "service": "patient_assistance",
        "field": "H1", "reason": "Free medicine is for incomes up to 400 % of the poverty line.",
    }  # fmt: skip
    program = with_changes(VELTRANA, eligibility=[rule])
    wanted = {"H1": ["patient_assistance"], "H3": "2"}
    # 400 % of 15,960 + 5,680 dollars; in Alaska the line is higher.
    assert found(program, **wanted, H2="86560") == []
    assert found(program, **wanted, H2="86561") == [("income", "stops")]
    assert found(program, **wanted, H2="86561", A11="AK", A12="99501") == []
    assert found(program, **wanted) == found(program, **wanted, H2="86561", A11="") == []
    assert "household income in percent of the federal poverty line" in condition_words(limit)


def test_a_leap_day_child_ages_on_march_first() -> None:
    assert facts((), {"A5": "2008-02-29"}, today=TODAY.replace(month=2, day=28)) == {
        "patient.age": 17
    }
    assert facts((), {"A5": "2008-02-29"}, today=TODAY.replace(month=3, day=1)) == {
        "patient.age": 18
    }


def test_cold_chain_of_any_program_chosen_decides_for_the_shared_address() -> None:
    both = facts((OSSIVUE, RIVASTET), {"rivastet:F1": "99303004060"}, today=TODAY)
    assert both["product.cold_chain"] is True
    assert both["rivastet:product.cold_chain"] is False
