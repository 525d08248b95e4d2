"""What people type or paste becomes one written form, or is refused with the reason; never a
guess."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.core.catalogue import ANSWERABLE
from programs.core.display import as_typed, display
from programs.core.fields import Choice, Field, FieldType
from programs.core.text import lines, one_line
from programs.core.values import normalize


def question(kind: FieldType, *codes: str) -> Field:
    choices = tuple(Choice(code, code.upper()) for code in codes)
    return Field(id="x", section="Clinical", label="Question", type=kind, choices=choices)


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "\u00a0 Rosa\u00a0\u2009Marín \u200b", "Rosa Marín"),
        ("text", "Jose\u0301", "José"),
        ("text", "O\u2019Brien", "O'Brien"),
        ("text", full_width("Rosa"), "Rosa"),
        ("text", "\u202eecila\u202c Ng", "ecila Ng"),
        ("text", "one\ttwo\x00\nthree", "one two three"),
        ("text", 42, "42"),
        ("long_text", " penicillin \r\n\r\nlatex\u00a0", "penicillin\n\nlatex"),
        ("long_text", "קליסין 💊", "קליסין 💊"),
        ("date", "03/27/1984", "1984-03-27"),
        ("date", "3/7/1984", "1984-03-07"),
        ("date", "1984-3-7", "1984-03-07"),
        ("date", "\u00a002/29/2024 ", "2024-02-29"),
        ("date", full_width("03/27/1984"), "1984-03-27"),
        ("date", "1984\u201303\u201327", "1984-03-27"),
        ("phone", "(312) 555-0142", "3125550142"),
        ("phone", "+1 312.555.0142", "3125550142"),
        ("phone", full_width("3125550142"), "3125550142"),
        ("zip", "60601", "60601"),
        ("zip", "606011234", "60601-1234"),
        ("npi", "1234-567 893", "1234567893"),
        ("ndc", "65597-407-20", "65597040720"),
        ("ndc", "0002-8215-01", "00002821501"),
        ("ndc", "12345-6789-1", "12345678901"),
        ("ndc", "99101-0140-02", "99101014002"),
        ("ndc", "99101014002", "99101014002"),
        ("tin", "12-3456789", "123456789"),
        ("bin", "004336", "004336"),
        ("bin", "00433612", "00433612"),
        ("dea", "ab1234563", "AB1234563"),
        ("icd10", "m0579", "M05.79"),
        ("icd10", "M80.08XA", "M80.08XA"),
        ("icd10", "C7A.1", "C7A.1"),
        ("money", "$45,000", "45000.00"),
        ("money", "12.5", "12.50"),
        ("number", "68.50", "68.5"),
        ("number", "1,200", "1200"),
        ("number", "-2.7", "-2.7"),
        ("number", "000", "0"),
        ("number", 7, "7"),
        ("email", " rosa@clinic.example ", "rosa@clinic.example"),
        ("state", "new york", "NY"),
        ("state", "pr", "PR"),
        ("boolean", "Yes", True),
        ("boolean", "0", False),
        ("boolean", False, False),
        ("agreement", "on", True),
        ("agreement", False, None),
        ("agreement", "false", None),
        ("code", " 3923-01 ", "3923-01"),
    ],
)
def test_one_written_form(kind: FieldType, typed: object, kept: object) -> None:
    reading = normalize(question(kind), typed)
    assert (reading.value, reading.problem) == (kept, "")


DATES = "Write the date as YYYY-MM-DD or MM/DD/YYYY"


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("date", "31/12/1990", f"{DATES}; 31/12/1990 has no month 31."),
        ("date", "1990-31-12", f"{DATES}; 1990-31-12 has no month 31."),
        ("date", "02/30/2024", f"{DATES}; February 2024 has no day 30."),
        ("date", "02/29/2023", "February 2023 has no day 29."),
        ("date", "00/10/1990", "has no month 0."),
        ("date", "03/27/84", "with 4 digits for the year; “03/27/84” is neither."),
        ("date", "27.03.1984", "is neither."),
        ("date", "March 27, 1984", "is neither."),
        ("date", "19840327", "is neither."),
        ("date", "0000-01-01", "has no day 1."),
        ("npi", "123456789", "The NPI has 10 digits; this one has 9."),
        ("npi", "5234567893", "An NPI starts with 1 or 2; this one starts with 5."),
        ("npi", "1234567890", "One digit of this NPI is wrong"),
        ("npi", "12345 6789A", "The NPI has 10 digits and nothing else"),
        ("ndc", "6559740720", "Ten digits without hyphens can mean three different products"),
        ("ndc", "655974072", "An NDC has 10 or 11 digits; this one has 9."),
        ("ndc", "123-4567-89", "Write the NDC as on the package"),
        ("phone", "555-0142", "A phone number has 10 digits; this one has 7."),
        ("phone", "044 20 7946 0958", "this one has 13."),
        ("phone", "112 555 0142", "area code"),
        ("phone", "312 055 0142", "middle three digits"),
        ("phone", "call the nurse", "no words"),
        ("zip", "6060", "The ZIP code has 5 or 9 digits; this one has 4."),
        ("zip", "SW1A 1AA", "nothing else"),
        ("tin", "12-345678", "The tax ID has 9 digits; this one has 8."),
        ("bin", "0043367", "The Rx BIN has 6 or 8 digits; this one has 7."),
        ("dea", "AB1234567", "One character of this DEA number is wrong"),
        ("dea", "1234567", "2 letters and 7 digits"),
        ("icd10", "rheumatism", "such as M05.79"),
        ("icd10", "U0", "such as M05.79"),
        ("number", "11 stone 4", "is 158 lb, or 71.7 kg"),
        ("number", "12,5", "Write the number alone"),
        ("number", "1e9", "Write the number alone"),
        ("number", "9" * 16, "Write the number alone"),
        ("number", "\u0663\u066b\u0665", "Write the number alone"),
        ("money", "-5", "Write the amount in dollars"),
        ("money", "5.999", "at most 2 digits"),
        ("email", "rosa@clinic", "name@example.com"),
        ("email", "rosa@@clinic.example", "name@example.com"),
        ("email", "röså@clinic.example", "name@example.com"),
        ("email", "ro sa@clinic.example", "name@example.com"),
        ("state", "Ontario", "“Ontario” is not a US state or territory."),
        ("boolean", "maybe", "Answer yes or no."),
        ("boolean", 1, "Answer yes or no."),
        ("code", "A🙂1", "letters and digits only"),
        ("text", {"first": "Rosa"}, "Write this as text."),
        ("text", True, "Write this as text."),
        ("date", ["1984-03-27"], "Write this as text."),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(
    kind: FieldType, typed: object, said: str
) -> None:
    reading = normalize(question(kind), typed)
    assert said in reading.problem
    assert reading.value == typed


@pytest.mark.parametrize("blank", [None, "", "  ", "\u00a0", []])
@pytest.mark.parametrize("kind", ["text", "date", "npi", "multi", "boolean", "number"])
def test_a_blank_is_no_answer_and_no_mistake(kind: FieldType, blank: object) -> None:
    reading = normalize(question(kind), blank)
    assert (reading.value, reading.problem) == (None, "")


def test_only_invisible_characters_are_no_answer() -> None:
    assert normalize(question("text"), "\u200b\u202e").value is None


def test_choices_come_in_the_order_offered_and_strangers_are_refused() -> None:
    several = question("multi", "a", "b", "c")
    assert normalize(several, ["c", "a", "c"]).value == ["a", "c"]
    assert normalize(several, "b").value == ["b"]
    assert normalize(several, ["a", "z"]).problem == "“z” is not one of the choices."
    assert normalize(several, [["a"]]).problem == "Choose from the list."
    one = question("pick", "a", "b")
    assert normalize(one, " b ").value == "b"
    assert normalize(one, "B").problem == "“B” is not one of the choices."
    assert normalize(one, True).problem
    assert normalize(one, {"a": 1}).problem


def test_a_long_paste_is_quoted_short() -> None:
    assert len(normalize(question("number"), "x" * 5000).problem) < 120


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=30),
    st.lists(st.text(max_size=5), max_size=3), st.dictionaries(st.text(max_size=3), st.none()),
)  # fmt: skip


@settings(max_examples=50)
@given(st.sampled_from(sorted(ANSWERABLE)), anything)
def test_nothing_typed_crashes_and_reading_twice_is_reading_once(key: str, typed: Any) -> None:
    field = ANSWERABLE[key]
    once = normalize(field, typed)
    if not once.problem:
        assert normalize(field, once.value) == once
        display(field, once.value)
        assert normalize(field, as_typed(field, once.value)).value == once.value


@settings(max_examples=15)
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_date_reads_the_same_in_both_orders(day: date) -> None:
    field = question("date")
    assert normalize(field, f"{day:%m/%d/%Y}").value == day.isoformat()
    assert normalize(field, day.isoformat()).value == day.isoformat()
    assert normalize(field, as_typed(field, day.isoformat())).value == day.isoformat()


@settings(max_examples=15)
@given(st.text(max_size=40))
def test_cleaning_text_twice_changes_nothing_more(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)
    assert lines(lines(text)) == lines(text)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("A5", "1984-03-27", "Mar 27, 1984"),
        ("A13", "3125550142", "(312) 555-0142"),
        ("A6", "F", "Female"),
        ("B1", False, "No"),
        ("H5.adult", True, "Agreed"),
        ("H1", ["copay", "nurse"], "Copay help, Nurse training and support"),
        ("H2", "45000.00", "$45,000.00"),
        ("E11", "64", "64 in"),
        ("F1", "99101014002", "99101-0140-02"),
        ("C3", "123456789", "12-3456789"),
        ("A5", "not a date", "not a date"),
        ("A5", None, ""),
    ],
)
def test_an_answer_is_shown_in_words(key: str, value: object, words: str) -> None:
    assert display(ANSWERABLE[key], value) == words
