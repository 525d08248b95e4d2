"""What is wrong with one answer is said in a sentence, from the answer, the others and the day."""

from datetime import date, timedelta
from typing import Any

import pytest

from programs.core.catalogue import ANSWERABLE
from programs.core.checks import CHECKS, FITTING, check
from programs.core.fields import Choice, Field
from programs.core.places import STATES, states_of

TODAY = date(2026, 3, 6)


def said(key: str, value: object, **answers: Any) -> list[str]:
    known = {name.replace("__", "."): answer for name, answer in answers.items()}
    return check(ANSWERABLE[key], value, known, today=TODAY)


def test_of_every_check_it_is_known_what_it_can_read() -> None:
    assert FITTING.keys() == CHECKS.keys()


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("A5", "2026-03-07", "The date of birth is in the future."),
        ("A5", "03/05/1905", "This makes the person 121 years old; check the year."),
        ("E3", "2026-03-07", "This date is in the future."),
        ("E5", "2062-04-01", "This date is more than 2 years away; check the year."),
        ("F8", "2023-03-01", "This date is more than 2 years away; check the year."),
        ("F6", "12", "The most this can be is 11; 12 is more."),
        ("F6", "-1", "The least this can be is 0; -1 is less."),
        ("F6", "2.5", "Write a whole number; 2.5 is not one."),
        ("F5", "0", "This must be more than 0."),
        ("F5", "-1", "This must be more than 0."),
        ("E10.weight", "1200", "The most this can be is 1000; 1200 is more."),
        ("E11", "5", "The least this can be is 10 in; 5 is less."),
        ("A23", "12a4", "Write the last 4 digits only."),
        ("A12", "00099", "No US ZIP code starts with 000."),
        ("D4", "123456789", "The NPI has 10 digits; this one has 9."),
    ],
)
def test_one_answer_alone(key: str, value: str, sentence: str) -> None:
    assert said(key, value) == [sentence]


def test_a_birth_today_and_a_120th_birthday_are_possible() -> None:
    assert said("A5", TODAY.isoformat()) == []
    assert said("A5", "1906-03-06") == []
    assert said("A5", "1905-03-07") == []


@pytest.mark.parametrize(
    "name",
    ["Rosa", "Anne-Marie", "O'Brien", "St. John", "Núñez", "Nguyễn", "Jose\u0301", "D\u2019Arcy"],
)
def test_names_as_people_have_them(name: str) -> None:
    assert said("A1", name) == []


@pytest.mark.parametrize(
    "name", ["Rosa🙂", "R2D2", "רוזה", "رنا", "Роза", "Ro<b>", "Rosa;", "a\u0323\u0301\u0302x"]
)
def test_a_name_the_card_cannot_carry_is_refused(name: str) -> None:
    assert "as on the card" in said("A1", name)[0]


def test_a_name_over_35_characters_is_refused_and_not_cut() -> None:
    assert said("A1", "R" * 35) == []
    assert said("A1", "R" * 36) == ["This holds 35 characters; 36 were written. Nothing was cut."]


@pytest.mark.parametrize(
    "street",
    [
        "PO Box 12",
        "P.O. Box 12",
        "p o box 12",
        "12 Main St, P. O. Box 7",
        "Post Office Box 9",
        "Box 12",
        "Apartado 12",
        "Apdo. Postal 12",
    ],
)
def test_a_medicine_that_stays_cold_does_not_go_to_a_po_box(street: str) -> None:
    assert "PO box" in said("A8", street, product__cold_chain=True)[0]
    assert said("A8", street, product__cold_chain=False) == []
    assert said("A8", street) == []


@pytest.mark.parametrize(
    "street",
    ["12 Boxwood Lane", "4 Popo Boxer St", "1 Depot Box Rd", "RR 1 Box 12", "9 Calle Apartado"],
)
def test_a_street_that_only_sounds_like_a_box_is_fine(street: str) -> None:
    assert said("A8", street, product__cold_chain=True) == []


def test_zip_code_and_state_agree() -> None:
    assert said("A12", "60601", A11="IL") == []
    assert said("A12", "60601") == []
    assert said("A12", "60601", A11="TX") == [
        "ZIP code 60601 is in Illinois; the state says Texas."
    ]
    assert said("C7", "06390", C6="NY") == []
    assert said("G6.zip", "10001", G6__state="NJ") != []


def test_every_state_has_zip_codes_and_few_share_a_beginning() -> None:
    homes = {f"{prefix:03}": states_of(f"{prefix:03}00") for prefix in range(1000)}
    assert {state for found in homes.values() for state in found} == {s.code for s in STATES}
    assert {prefix: found for prefix, found in homes.items() if len(found) > 1} == {
        "063": ("CT", "NY"),
        "834": ("ID", "WY"),
        "967": ("HI", "AS"),
        "969": ("GU", "MP"),
    }


def test_a_medicare_number_is_asked_of_medicare_only() -> None:
    assert said("B7", "1EG4-TE5-MK73", B5="medicare") == []
    assert said("B7", "XYZ123456", B5="commercial") == []
    assert said("B7", "XYZ123456", B5="medicare") == [
        "The member ID has 9 characters; Medicare's has 11."
    ]
    assert "never has the letters" in said("B7", "1SG4TE5MK73", B5="medicare")[0]


def test_an_end_is_not_before_its_start() -> None:
    assert said("E7.until", "2025-01-31", **{"E7.from": "2025-02-01"}) == [
        "The end is before the start."
    ]
    assert said("E7.until", "2025-01-31", **{"E7.from": "soon"}) == []


def test_nothing_happened_before_birth() -> None:
    assert said("E3", "1980-01-01", A5="1984-03-27") == [
        "This date is before the patient was born."
    ]
    assert said("E3", "1984-03-27", A5="1984-03-27") == []


def test_a_choice_that_no_longer_goes_with_the_others_is_told() -> None:
    pen = Choice("pen", "By pen", {"field": "F1", "op": "equals", "value": "1"})
    dose = Field(id="F2", section="Prescription", label="Dose", type="pick", choices=(pen,))
    assert check(dose, "pen", {"F1": "1"}, today=TODAY) == []
    assert check(dose, "pen", {"F1": "2"}, today=TODAY) == [
        "“By pen” does not go with the other answers; choose again."
    ]


def test_a_blank_has_no_problem() -> None:
    assert [key for key in ANSWERABLE if said(key, "")] == []


def test_next_dose_may_lie_in_the_near_past() -> None:
    assert said("E5", (TODAY - timedelta(days=30)).isoformat()) == []
