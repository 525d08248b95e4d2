"""Who may be the same person, and who never is."""

from dataclasses import replace
from datetime import date

import pytest

from journeys.core.sameness import Traits, likeness_of
from journeys.core.sameness_keys import kept_under, looked_for

ROSA = Traits(
    given="Rosa",
    surname="Núñez",
    born_on=date(1984, 3, 7),
    sex="F",
    phones=("6175550143",),
    member_id="MH204418890",
    member_suffix="01",
    street="14 Alder Street",
    zip_code="02118",
)
BARE = replace(ROSA, phones=(), member_id="", member_suffix="", street="", zip_code="")
ROBERT = replace(BARE, given="Robert", surname="Stephens", sex="M")


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (ROSA, replace(ROSA, surname="Nunez"), "Same last name"),
        (ROSA, replace(ROSA, surname="Delgado"), "Same member ID"),
        (ROSA, replace(ROSA, surname="Nunez-Ortega"), "Part of the last name is the same"),
        (ROBERT, replace(ROBERT, given="Bob"), "Robert and Bob are one name"),
        (ROBERT, replace(ROBERT, surname="Stevens"), "Same first name"),
        (BARE, replace(BARE, born_on=date(1984, 7, 3)), "Day and month of birth swapped"),
        (ROSA, replace(ROSA, born_on=date(1948, 3, 7)), "Two digits of the date of birth swapped"),
        (BARE, replace(BARE, given="Núñez", surname="Rosa"), "First and last name swapped"),
        (ROSA, replace(ROSA, phones=("6175551043",)), "Two digits of the phone swapped"),
        (ROSA, replace(ROSA, member_id="MH204481890"), "Two digits of the member ID swapped"),
        (ROSA, replace(ROSA, street="14 alder st.", zip_code="02118-1234"), "Same address"),
    ],
)
def test_one_person_written_twice_is_found_and_the_reason_told(
    one: Traits, other: Traits, reason: str
) -> None:
    found = likeness_of(one, other)
    assert found.likely, found
    assert reason in found.reasons
    assert kept_under(one) & looked_for(other)
    assert kept_under(other) & looked_for(one)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(ROSA, given="Diego", sex="M", member_suffix="02"), "Other first name"),
        (replace(ROSA, given="Elena", member_suffix="02"), "Other first name"),
        (replace(ROSA, given="Rose", member_suffix="02"), "other place on the card"),
        (replace(ROSA, given="Rose", sex="M"), "other sex"),
        (replace(ROSA, born_on=date(2009, 11, 21)), "Other date of birth"),
    ],
)
def test_twins_and_a_namesake_of_one_household_are_never_the_same(other: Traits, why: str) -> None:
    found = likeness_of(ROSA, other)
    assert found.score == 0
    assert why in found.apart
    assert not found.likely


def test_a_name_alone_is_too_little() -> None:
    other = replace(BARE, given="Rose", surname="Delgado")
    assert not likeness_of(BARE, other).likely


def test_it_is_the_same_from_either_side() -> None:
    other = replace(ROSA, given="Rosie", phones=("6175551043",), born_on=date(1984, 7, 3))
    assert likeness_of(ROSA, other).score == likeness_of(other, ROSA).score
