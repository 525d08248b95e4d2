"""Rules in words: every type, check and comparison that there is has some."""

import pytest

from programs.core.catalogue import ANSWERABLE, CATALOGUE
from programs.core.checks import CHECKS
from programs.core.conditions import OPERATIONS, Condition
from programs.core.facts import DRAWN_FROM, FACTS
from programs.core.fields import FieldType
from programs.core.words import (
    CHECK_WORDS,
    TYPES,
    condition_words,
    required_words,
    validation_words,
)


def test_every_fact_says_what_it_follows_from() -> None:
    assert set(DRAWN_FROM) == set(FACTS)
    assert set().union(*DRAWN_FROM.values()) <= set(ANSWERABLE)


def test_nothing_is_without_words() -> None:
    assert set(FieldType.__args__) == set(TYPES)  # type: ignore[attr-defined]  # a Literal's own
    assert set(CHECKS) == set(CHECK_WORDS)
    for op in OPERATIONS:
        condition = {"field": "A1", "op": op, "value": "x"}
        assert condition_words(condition).startswith("“First name” is")


def test_every_field_of_the_catalogue_can_be_said() -> None:
    for key, field in {**CATALOGUE, **ANSWERABLE}.items():
        said = f"{required_words(field)} {validation_words(field)}"
        assert said.strip(), key
        assert "{" not in said, key
        assert not any(name in said for name in FACTS), f"{key}: facts are said in words"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("A1", "Always"),
        ("A9", "Optional"),
        ("A20", "When age of the patient in whole years is less than 18"),
        ("D6", "When the chosen product is a controlled medicine"),
        ("B7", "Always; asked when “Does the patient have insurance?” is yes"),
        ("D7", "When “Credential” is PA; asked when “Credential” is NP or PA"),
        ("E10.weight", "When a program asks it"),
    ],
)
def test_when_a_field_is_required(key: str, words: str) -> None:
    assert required_words(ANSWERABLE[key]) == words


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("A12", "5 or 9 digits; a ZIP code of “State”"),
        ("F6", "0 to 11; a whole number"),
        ("A14", "Home, Mobile, Work"),
        ("E11", "10 to 110 in"),
    ],
)
def test_what_a_field_may_hold(key: str, words: str) -> None:
    assert validation_words(ANSWERABLE[key]) == words


def test_combinations_keep_their_meaning() -> None:
    one: Condition = {"field": "E4", "op": "equals", "value": "new"}
    two: Condition = {"field": "coverage.federal", "op": "equals", "value": False}
    both: Condition = {"any": [{"all": [one, two]}, {"not": one}]}
    assert condition_words(both) == (
        "(“This therapy is” is New for the patient and not (a government program pays for the "
        "insurance)) or not (“This therapy is” is New for the patient)"
    )
