"""Codes and numbers are right when the public tables know them; unknown ones are only warned of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from programs.core import references
from programs.core.catalogue import ANSWERABLE
from programs.core.checks import check
from programs.core.eligibility import findings
from programs.core.forms import check_answers, missing, sheet
from programs.core.names import same_organization, same_person
from programs.core.references import Diagnosis, Provider
from tests.programs.core.samples import COMPLETE, TODAY, VELTRANA

PERSON, COMPANY = "1245319599", "1234567893"


@dataclass
class Known:
    """References that hold what a test needs."""

    diagnoses: dict[str, Diagnosis] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)

    def diagnosis(self, code: str) -> Diagnosis | None:
        return self.diagnoses.get(code)

    def provider(self, npi: str) -> Provider | None:
        return self.providers.get(npi)

    def release(self) -> str:
        return "April 2026" if self.diagnoses else ""


@pytest.fixture
def known() -> Iterator[Known]:
    tables = Known(
        {
            "M05.79": Diagnosis("M05.79", "Rheumatoid arthritis, multiple sites"),
            "M05.7": Diagnosis("M05.7", "Rheumatoid arthritis", False, ("M05.70", "M05.79")),
            "G35": Diagnosis(
                "G35", "Multiple sclerosis", False, tuple(f"G35.{n}" for n in range(9))
            ),
            "M06.1": Diagnosis("M06.1", "Adult-onset disease", ended_on="2025-09-30"),
            "L40.0": Diagnosis("L40.0", "Psoriasis vulgaris"),
        },
        {
            PERSON: Provider(PERSON, "person", "Maya Okafor", "IL"),
            COMPANY: Provider(COMPANY, "organization", "Lakeside Rheumatology PC", "IL"),
        },
    )
    before = references.current()
    references.use(tables)
    yield tables
    references.use(before)


def said(key: str, value: object, **answers: Any) -> list[str]:
    return check(ANSWERABLE[key], value, answers, today=TODAY)


def test_a_heading_is_refused_with_the_diagnoses_under_it(known: Known) -> None:
    assert said("E1", "M05.7") == [
        "M05.7 is a heading over several diagnoses. Choose the one meant: M05.70, M05.79."
    ]
    assert said("E2", "g35")[0].endswith("G35.0, G35.1, G35.2, G35.3, G35.4, G35.5 or 3 more.")


def test_a_code_that_has_ended_is_refused(known: Known) -> None:
    assert said("E1", "M06.1") == ["M06.1 could be used until Sep 30, 2025; choose again."]
    old = date(2025, 9, 30)
    assert check(ANSWERABLE["E1"], "M06.1", {}, today=old) == []


def test_a_code_newer_than_the_table_warns_and_does_not_block(known: Known) -> None:
    answers = {**COMPLETE, "E1": "M05.7B", "E1.reason": "New this fall"}
    assert check_answers([VELTRANA], answers, today=TODAY) == {}
    form = sheet([VELTRANA], answers, today=TODAY)
    warned = {finding.key: finding.reason for finding in findings([VELTRANA], form.known)}
    assert "not in our release of ICD-10-CM" in warned["unknown_diagnosis"]
    assert references.told("icd10", "M05.7B") == (
        "M05.7B is not in the April 2026 release of ICD-10-CM. If it is newer, go on; "
        "if not, choose another."
    )


def test_without_a_table_nothing_is_said() -> None:
    assert said("E1", "M05.7") == []
    assert references.told("icd10", "M05.7") == ""
    assert references.told("npi", PERSON) == ""


def test_what_a_code_stands_for_is_told(known: Known) -> None:
    assert references.told("icd10", "M05.79") == "Rheumatoid arthritis, multiple sites"
    assert references.told("npi", PERSON) == "Maya Okafor, IL"
    assert references.told("npi", None) == ""
    assert references.told("ndc", "99101014002") == ""


def test_a_diagnosis_the_program_does_not_list_asks_why_and_then_goes_through(
    known: Known,
) -> None:
    unlisted = {**COMPLETE, "E1": "L40.0"}
    missed = missing([VELTRANA], unlisted, today=TODAY)
    assert [each.sentence for each in missed] == [
        "“Why is it used for this diagnosis?” has no answer yet."
    ]
    explained = {**unlisted, "E1.reason": "Skin and joints; rheumatology agreed."}
    assert missing([VELTRANA], explained, today=TODAY) == ()
    assert check_answers([VELTRANA], explained, today=TODAY) == {}
    listed = sheet([VELTRANA], {**COMPLETE, "E1": "M05.79"}, today=TODAY)
    assert "E1.reason" not in {item.key for item in listed.shown}
    asked = next(i for i in sheet([VELTRANA], unlisted, today=TODAY).shown if i.key == "E1.reason")
    assert asked.field.hint.startswith("Veltrana Together does not list this diagnosis.")


def test_a_persons_and_an_organizations_numbers_are_told_apart(known: Known) -> None:
    (company,) = said("D4", COMPANY)
    assert company.startswith("This NPI belongs to an organization, Lakeside Rheumatology PC.")
    assert company.endswith("Write the person's own number (type 1).")
    (person,) = said("C2", PERSON)
    assert person.startswith("This NPI belongs to a person, Maya Okafor.")
    assert person.endswith("Write the organization's own number (type 2).")
    assert said("D4", PERSON) == []
    assert said("C2", COMPANY) == []


def test_a_number_out_of_use_says_since_when(known: Known) -> None:
    known.providers[PERSON] = Provider(PERSON, "person", "Maya Okafor", "IL", "2024-05-03")
    assert said("D4", PERSON) == [
        "This NPI was deactivated on May 3, 2024; ask for the one in use."
    ]
    assert said("G6.npi", PERSON) == said("D4", PERSON)


def test_another_name_in_the_registry_is_confirmed_by_writing_it(known: Known) -> None:
    known.providers[PERSON] = Provider(PERSON, "person", "Maya Lindgren", "IL")
    missed = [each.key for each in missing([VELTRANA], COMPLETE, today=TODAY)]
    assert missed == ["D4.registry_name"]
    wrong = {**COMPLETE, "D4.registry_name": "Maya Okafor"}
    assert check_answers([VELTRANA], wrong, today=TODAY) == {
        "D4.registry_name": [
            "The registry has this NPI as Maya Lindgren. Write that name, or another NPI."
        ]
    }
    right = {**COMPLETE, "D4.registry_name": "maya lindgren"}
    assert check_answers([VELTRANA], right, today=TODAY) == {}
    assert missing([VELTRANA], right, today=TODAY) == ()


def test_a_practices_other_name_is_confirmed_too(known: Known) -> None:
    known.providers[COMPANY] = Provider(COMPANY, "organization", "Shoreline Joint Care", "IL")
    assert [m.key for m in missing([VELTRANA], COMPLETE, today=TODAY)] == ["C2.registry_name"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dr. Maya Okafor", "Maya Okafor", True),
        ("M. Okafor", "Maya Okafor", True),
        ("Okafor, Maya", "Maya A. Okafor", True),
        ("Maya Okafor, MD", "MAYA OKAFOR", True),
        ("José Núñez", "Jose Nunez", True),
        ("Maya Okafor", "Maya Lindgren", False),
        ("Maya Okafor", "Ruth Okafor", False),
        ("", "Maya Okafor", True),
    ],
)
def test_names_of_people(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Lakeside Rheumatology", "LAKESIDE RHEUMATOLOGY PC", True),
        ("The Lakeside Rheumatology Group", "Lakeside Rheumatology, LLC", True),
        ("Lakeside Rheumatology", "Shoreline Joint Care", False),
    ],
)
def test_names_of_organizations(one: str, other: str, same: bool) -> None:
    assert same_organization(one, other) is same


def test_an_npi_of_another_state_is_passed_by_saying_why(known: Known) -> None:
    def missed(**more: str) -> list[str]:
        return [each.key for each in missing([VELTRANA], {**COMPLETE, **more}, today=TODAY)]

    assert missed() == []
    known.providers[PERSON] = Provider(PERSON, "person", "Maya Okafor", "WI")
    assert missed() == ["D4.other_state"]
    known.providers[COMPANY] = Provider(COMPANY, "organization", "Lakeside Rheumatology PC", "WI")
    assert missed() == ["C2.other_state", "D4.other_state"]
    why = {"C2.other_state": "The office moved in May.", "D4.other_state": "Works in both states."}
    assert missed(**why) == []
    assert check_answers([VELTRANA], {**COMPLETE, **why}, today=TODAY) == {}
    known.providers[PERSON] = Provider(PERSON, "person", "Maya Okafor")
    assert missed(**{"C2.other_state": "The office moved in May."}) == []
