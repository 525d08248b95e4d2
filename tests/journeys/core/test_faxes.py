"""What is read off the pages of a fax, and which of them are in no part yet."""

from datetime import date

import pytest

from journeys.core.faxes import About, free_pages, pages_in_words, why_not_these

BORN = date(1984, 3, 27)


@pytest.mark.parametrize(
    ("name", "given", "surname"),
    [
        ("Rosa Delgado", "Rosa", "Delgado"),
        ("Delgado, Rosa María", "Rosa María", "Delgado"),
        ("  Rosa  de la Cruz ", "Rosa", "de la Cruz"),
        ("Delgado", "Delgado", "Delgado"),
        ("Delgado, ", "Delgado", "Delgado"),
        (", Rosa", "Rosa", "Rosa"),
    ],
)
def test_a_name_is_read_in_either_order(name: str, given: str, surname: str) -> None:
    traits = About(name=name, born_on=BORN, member_id="MH204-01").traits
    assert (traits.given, traits.surname) == (given, surname)
    assert (traits.member_id, traits.member_suffix, traits.phones) == ("MH204", "01", ())


def test_what_was_read_is_kept_whole() -> None:
    about = About(name="Rosa Delgado", born_on=BORN, phone="6175550142")
    assert About.from_json(about.to_json()) == about


def test_a_page_is_in_one_part_at_most() -> None:
    free = free_pages(5, [[1], [3, 4]])
    assert free == [2, 5]
    assert why_not_these([2, 5], free=free, pages=5) == ""
    assert why_not_these([], free=free, pages=5) == "Choose the pages first."
    assert why_not_these([6], free=free, pages=5) == "This fax has 5 pages."
    assert why_not_these([2], free=[1], pages=1) == "This fax has one page."
    assert why_not_these([2, 3, 4], free=free, pages=5).startswith("Already in another part: 3, 4.")


def test_pages_are_told_in_runs() -> None:
    assert pages_in_words([6, 2, 3, 4]) == "2\u20134, 6"
    assert pages_in_words([1]) == "1"
