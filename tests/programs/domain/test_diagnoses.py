"""Diagnoses are found by what people type: a code or words, whole or begun."""

import datetime as dt

import pytest

from programs.domain.loading import DiagnosisRow, Release, load_diagnoses
from programs.domain.queries.diagnoses import search
from programs.models import DiagnosisCode

pytestmark = pytest.mark.django_db

WORDS = {
    "M05": "Rheumatoid arthritis with rheumatoid factor",
    "M05.79": "Rheumatoid arthritis with rheumatoid factor of multiple sites",
    "M05.9": "Rheumatoid arthritis with rheumatoid factor, unspecified",
    "M06.9": "Rheumatoid arthritis, unspecified",
    "M08.00": "Unspecified juvenile rheumatoid arthritis of unspecified site",
    "S72.002A": "Fracture of neck of left femur, initial encounter",
    "G20.A1": "Parkinson's disease without dyskinesia",
    "L50.1": "Idiopathic urticaria",
}


@pytest.fixture(autouse=True)
def _codes() -> None:
    rows = [
        DiagnosisRow(code, code[:3], words, "Hives" if code == "L50.1" else "", "." in code)
        for code, words in WORDS.items()
    ]
    release = Release("April 2026", dt.date(2026, 4, 1))
    load_diagnoses(rows, release=release, now=dt.datetime(2026, 4, 2, tzinfo=dt.UTC))


def found(text: str, *listed: str) -> list[str]:
    return [each.code for each in search(text, listed=listed)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("M05", ["M05.9", "M05.79"]),
        ("m0579", ["M05.79"]),
        ("m05.7", ["M05.79"]),
        (" M05 79 ", ["M05.79"]),
        ("S72.002A", ["S72.002A"]),
        ("g20a", ["G20.A1"]),
        ("rheum arth", ["M06.9", "M05.9", "M05.79", "M08.00"]),
        ("ARTHRITIS RHEUMATOID", ["M06.9", "M05.9", "M05.79", "M08.00"]),
        ("fractures left", ["S72.002A"]),
        ("parkinsons", ["G20.A1"]),
        ("hives", ["L50.1"]),
        ("juvenile", ["M08.00"]),
        ("gout", []),
        ("💊 !! &|", []),
        ("' or 1=1 --", []),
        ("%_", []),
    ],
)
def test_what_people_type(text: str, codes: list[str]) -> None:
    assert found(text) == codes


def test_a_heading_cannot_be_billed_and_is_not_offered() -> None:
    assert "M05" not in found("M05")


def test_what_the_program_lists_comes_first() -> None:
    assert found("rheum arth", "M08.00", "M05.79")[:2] == ["M05.79", "M08.00"]
    assert [each.listed for each in search("rheum", listed=["M08.00"])][:2] == [True, False]


def test_before_anything_is_typed_the_programs_own_are_offered_in_its_order() -> None:
    assert found("", "M08.00", "M05.79") == ["M08.00", "M05.79"]
    assert found("M", "M08.00") == ["M08.00"]
    assert found("") == []


def test_a_code_that_has_ended_is_not_offered() -> None:
    DiagnosisCode.objects.filter(code="M05.9").update(ended_on=dt.date(2026, 9, 30))
    assert found("M05") == ["M05.79"]


def test_a_very_long_text_is_cut_and_answered() -> None:
    assert found("rheumatoid " * 500) == found("rheumatoid")
