"""What people paste and mistype, each with the sentence they read or the value that is kept."""

from datetime import date
from typing import Any

import pytest

from programs.core.catalogue import ANSWERABLE
from programs.core.checks import check
from programs.core.forms import check_answers, missing, read_answers, sheet
from programs.core.values import normalize
from tests.programs.core.samples import COMPLETE, DEFINITIONS, TODAY, VELTRANA

FORM = "Write the date as YYYY-MM-DD or MM/DD/YYYY"
ANY_ORDER = f"{FORM}, with 4 digits for the year"
ICD10 = (
    "An ICD-10-CM code is a letter and 2 characters, then up to 4 more after a point, "
    "such as M05.79"
)
TEN_DIGITS = "Ten digits without hyphens can mean three different products"
NAME = "Write the name as on the card, in letters, spaces, hyphens, apostrophes and periods"


def wide(text: str) -> str:
    """The letters and digits as an East Asian keyboard writes them."""
    return "".join(chr(ord(one) + 0xFEE0) if one.isalnum() else one for one in text)


def said(key: str, value: object, **answers: Any) -> list[str]:
    known = {name.replace("__", "."): answer for name, answer in answers.items()}
    return check(ANSWERABLE[key], value, known, today=TODAY)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        # Dates in other orders are never guessed.
        ("A5", "31/12/1990", f"{FORM}; 31/12/1990 has no month 31."),
        ("A5", "31.12.1990", f"{ANY_ORDER}; “31.12.1990” is neither."),
        ("A5", "12/31/90", f"{ANY_ORDER}; “12/31/90” is neither."),
        ("A5", "Dec 31, 1990", f"{ANY_ORDER}; “Dec 31, 1990” is neither."),
        ("A5", "19901231", f"{ANY_ORDER}; “19901231” is neither."),
        ("A5", "02/30/1990", f"{FORM}; February 1990 has no day 30."),
        ("A5", "0000-01-01", f"{FORM}; January 0 has no day 1."),
        # Ages that cannot be.
        ("A5", "03/07/2026", "The date of birth is in the future."),
        ("A5", "1905-03-05", "This makes the person 121 years old; check the year."),
        # Names that no card carries.
        ("A1", "Rosa 🙂", f"{NAME}; “🙂” is none of these."),
        ("A3", "دلغادو", f"{NAME}; “د” is none of these."),
        ("A3", "Delgado2", f"{NAME}; “2” is none of these."),
        ("A1", "R" * 36, "This holds 35 characters; 36 were written. Nothing was cut."),
        # Weights in the units of elsewhere.
        (
            "E10.weight",
            "11 st 4 lb",
            "“11 st 4 lb” is 158 lb, or 71.7 kg; write one of these numbers and choose its unit.",
        ),
        (
            "E10.weight",
            "11 stone",
            "“11 stone” is 154 lb, or 69.9 kg; write one of these numbers and choose its unit.",
        ),
        ("E10.weight", "68.5 kg", "Write the number alone, such as 68.5; “68.5 kg” is not one."),
        ("E10.weight", "about 70", "Write the number alone, such as 68.5; “about 70” is not one."),
        ("E10.weight", "1e3", "Write the number alone, such as 68.5; “1e3” is not one."),
        ("E10.unit", "stone", "“stone” is not one of the choices."),
        # Numbers that have a form of their own.
        ("A12", "6060", "The ZIP code has 5 or 9 digits; this one has 4."),
        ("A13", "555-0142", "A phone number has 10 digits; this one has 7."),
        ("A13", "call me", "A phone number has 10 digits, area code first, and no words."),
        ("A13", "055 555 0142", "The area code of a phone number cannot start with 0."),
        ("A17", "rosa@", "An email address looks like name@example.com; “rosa@” does not."),
        ("B19", "12345", "The Rx BIN has 6 or 8 digits; this one has 5."),
        ("B20", "PCN 12345678", "This holds 10 characters; 12 were written. Nothing was cut."),
        ("B20", "MRX💊", "Use letters and digits only; a hyphen, period or comma may divide."),
        ("C3", "12-34567", "The tax ID has 9 digits; this one has 7."),
        ("D4", "123456789O", "The NPI has 10 digits and nothing else; “123456789O” has more."),
        ("D4", "3234567893", "An NPI starts with 1 or 2; this one starts with 3."),
        (
            "D4",
            "1234567894",
            "One digit of this NPI is wrong or two are swapped; compare it with the source.",
        ),
        ("D6", "AB1234567", "One character of this DEA number is wrong; compare it again."),
        ("D6", "1234567", "A DEA number is 2 letters and 7 digits; “1234567” is not."),
        (
            "E1",
            "rheumatoid",
            f"{ICD10}; “rheumatoid” is not.",
        ),
        (
            "F1",
            "9910101402",
            f"{TEN_DIGITS}; write the NDC with its hyphens.",
        ),
        ("F1", "991010140", "An NDC has 10 or 11 digits; this one has 9."),
        ("H2", "45k", "Write the amount in dollars, such as 45,000; “45k” is not one."),
        ("H2", "45.123", "An amount has at most 2 digits after the point."),
        ("H2", "-100", "Write the amount in dollars, such as 45,000; “-100” is not one."),
        ("B1", "perhaps", "Answer yes or no."),
        ("A6", "X", "“X” is not one of the choices."),
        ("A6", {"$gt": ""}, "“{'$gt': ''}” is not one of the choices."),
        ("A1", ["Rosa"], "Write this as text."),
        ("A1", True, "Write this as text."),
        ("H1", [["copay"]], "Choose from the list."),
    ],
)
def test_what_is_refused_says_why(key: str, value: object, sentence: str) -> None:
    assert said(key, value) == [sentence]


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("A1", "\u00a0Rosa\u00a0 María\u200b ", "Rosa María"),
        ("A1", "Jose\u0301", "José"),
        ("A1", wide("Rosa"), "Rosa"),
        ("A3", "\u202eO\u2019Brien\u202c", "O'Brien"),
        ("A5", " 3/7/1984\u00a0", "1984-03-07"),
        ("A5", wide("1984-03-27"), "1984-03-27"),
        ("A12", wide("60601"), "60601"),
        ("A12", "60601\u20131234", "60601-1234"),
        ("A13", "+1 (312) 555\u20110142", "3125550142"),
        ("A13", "٣١٢٥٥٥٠١٤٢", "3125550142"),
        ("B7", "1EG4\u00a0TE5\u00a0MK73", "1EG4 TE5 MK73"),
        ("D4", "1234 567 893", "1234567893"),
        ("E1", wide("m05.79"), "M05.79"),
        ("E1", " m0579", "M05.79"),
        ("E10.weight", wide("68.5"), "68.5"),
        ("F1", "65597-407-20", "65597040720"),
        ("F1", "0002-8215-01", "00002821501"),
        ("F1", "50242\u2013040\u201362", "50242004062"),
        ("F1", "12345-6789-1", "12345678901"),
        ("H2", "$45,000", "45000.00"),
        ("A1", "\u00a0\u200b ", None),
    ],
)
def test_what_is_only_written_differently_is_kept_in_one_form(
    key: str, value: str, kept: str | None
) -> None:
    reading = normalize(ANSWERABLE[key], value)
    assert (reading.value, reading.problem) == (kept, "")


def test_a_leap_day_is_a_birthday() -> None:
    assert said("A5", "02/29/1984") == []
    assert said("A5", "02/29/1985") == [f"{FORM}; February 1985 has no day 29."]


def test_an_answer_of_thousands_of_characters_is_refused_whole() -> None:
    assert said("E12", "x" * 301) == [
        "This holds 300 characters; 301 were written. Nothing was cut."
    ]


def test_contradictions_are_told_where_they_stand() -> None:
    contradicting = {
        **COMPLETE,
        "A11": "TX",
        "B5": "medicare",
        "B7": "MH440172",
        "H1": ["copay"],
        "E7.from": "2025-05-01",
    }
    wrong = check_answers([VELTRANA], contradicting, today=TODAY)
    assert wrong["A12"] == ["ZIP code 60601 is in Illinois; the state says Texas."]
    assert wrong["B7"] == ["The member ID has 8 characters; Medicare's has 11."]
    assert wrong["H1"] == [
        (
            "Copay help cannot be used with insurance that a government pays for. "
            "Take copay help off the services wanted; everything else can go on."
        )
    ]
    assert wrong["E7.from"] == ["The program does not ask this question."]


@pytest.mark.parametrize("written", ["99101-0140-02", "99101-140-02", " 99101014002 "])
def test_a_product_is_recognized_however_its_ndc_is_hyphenated(written: str) -> None:
    values, wrong = read_answers([VELTRANA], {"F1": written})
    assert (values["F1"], wrong) == ("99101014002", {})


@pytest.mark.parametrize(
    "payer", ["medicare", "medicare_advantage", "medicare_d", "medicaid", "tricare", "va", "ihs"]
)
@pytest.mark.parametrize("key", [key for key, each in DEFINITIONS.items() if each.copay])
def test_no_program_helps_with_the_copay_of_a_federal_payer(key: str, payer: str) -> None:
    answers = {"A5": "1984-03-27", "B1": True, "B5": payer, "H1": ["copay"]}
    wrong = check_answers([DEFINITIONS[key]], answers, today=TODAY)
    assert "a government pays for" in wrong["H1"][0]


@pytest.mark.parametrize("key", DEFINITIONS)
def test_a_minor_needs_a_guardian_in_every_program(key: str) -> None:
    child = {"A5": "2015-01-01"}
    needed = {each.key for each in missing([DEFINITIONS[key]], child, today=TODAY)}
    assert {"A20", "A21", "A22"} <= needed
    grown = {"A5": "1984-03-27"}
    needed = {each.key for each in missing([DEFINITIONS[key]], grown, today=TODAY)}
    assert not {"A20", "A21", "A22"} & needed


def test_no_cold_medicine_goes_to_a_po_box_however_it_is_written() -> None:
    for street in ("PO Box 12", "P.O.Box 12", wide("PO BOX 12"), "po\u00a0box 12", "POBOX 12"):
        wrong = check_answers([VELTRANA], {**COMPLETE, "A8": street}, today=TODAY)
        assert wrong["A8"] == [
            (
                "A PO box cannot take this medicine: it must stay cold and is handed to a person. "
                "Write a street address."
            )
        ], street


def test_the_dea_number_is_asked_for_a_controlled_medicine_only() -> None:
    for key, definition in DEFINITIONS.items():
        asked = {item.key for item in sheet([definition], {}, today=TODAY).shown}
        assert ("D6" in asked) is (key == "wakelle")


def test_an_answer_to_a_question_this_version_does_not_have_is_refused() -> None:
    posted = {"veltrana.old_question": "yes", "csrfmiddlewaretoken": "x", "A1": "Rosa"}
    values, wrong = read_answers([VELTRANA], posted)
    assert values == {"A1": "Rosa"}
    assert wrong == {
        "veltrana.old_question": ["The program does not ask this question."],
        "csrfmiddlewaretoken": ["The program does not ask this question."],
    }


def test_a_tampered_choice_is_told_and_counts_for_nothing_else() -> None:
    tampered = {**COMPLETE, "F2": "9000_pen", "G2.pharmacy": "a-pharmacy-nobody-routes-to"}
    wrong = check_answers([VELTRANA], tampered, today=TODAY)
    assert wrong["F2"] == ["“9000_pen” is not one of the choices."]
    assert wrong["G2.pharmacy"] == ["“a-pharmacy-nobody-routes-to” is not one of the choices."]


def test_a_hidden_input_that_is_posted_changes_nothing_that_counts() -> None:
    """Somebody uninsured has no member ID, whatever a script puts into the hidden box."""
    hidden = {**COMPLETE, "B1": False, "H1": ["benefit_verification"], "B7": "MH440172"}
    known = sheet([VELTRANA], hidden, today=TODAY).known
    assert "B7" not in known
    assert "coverage.federal" not in known


def test_today_decides_not_the_machine() -> None:
    assert check(ANSWERABLE["F8"], "2026-03-07", {}, today=date(2026, 3, 6)) == [
        "This date is in the future."
    ]
    assert check(ANSWERABLE["F8"], "2026-03-07", {}, today=date(2026, 3, 7)) == []
