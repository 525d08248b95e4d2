"""The public code tables are filled as their publishers write them, again and again."""

import datetime as dt
from collections.abc import Mapping

import pytest
from django.db import IntegrityError

from programs.core import references
from programs.domain.loading import DiagnosisRow, Release, load_diagnoses, load_providers
from programs.domain.reference_tables import tables
from programs.models import DiagnosisCode, NpiRecord

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)
APRIL = Release("April 2026", dt.date(2026, 4, 1), dt.date(2026, 9, 30))
OCTOBER = Release("October 2026", dt.date(2026, 10, 1))
ROWS = [
    DiagnosisRow("M05", "", "Rheumatoid arthritis with rheumatoid factor", "", billable=False),
    DiagnosisRow("M05.9", "M05", "Rheumatoid arthritis, unspecified", "", billable=True),
    DiagnosisRow(
        "M05.A", "M05", "Abnormal rheumatoid factor\twithout arthritis", "", billable=True
    ),
]


def npi_row(npi: str, **more: str) -> Mapping[str, str]:
    blank = dict.fromkeys(
        (
            "Entity Type Code",
            "Provider Organization Name (Legal Business Name)",
            "Provider Last Name (Legal Name)",
            "Provider First Name",
            "Provider Middle Name",
            "Provider Name Suffix Text",
            "Provider Business Practice Location Address State Name",
            "NPI Deactivation Date",
            "NPI Reactivation Date",
            "Healthcare Provider Taxonomy Code_1",
        ),
        "",
    )
    return {**blank, "NPI": npi, **more}


def test_a_release_is_loaded_whole_and_a_second_time_changes_nothing(code_tables: None) -> None:
    assert load_diagnoses(ROWS, release=APRIL, now=NOW) == 3
    assert load_diagnoses(ROWS, release=APRIL, now=NOW) == 3
    row = DiagnosisCode.objects.get(code="M05.9")
    assert (row.parent, row.release_id, row.effective_from) == (
        "M05",
        "April 2026",
        dt.date(2026, 4, 1),
    )
    references.use(tables())
    assert references.current().release() == "April 2026"


def test_a_code_that_the_next_release_leaves_out_ends_the_day_before(code_tables: None) -> None:
    load_diagnoses(ROWS, release=APRIL, now=NOW)
    new = DiagnosisRow("M05.B", "M05", "Something found since", "", billable=True)
    load_diagnoses([*ROWS[:2], new], release=OCTOBER, now=NOW)
    ended = DiagnosisCode.objects.get(code="M05.A")
    assert ended.ended_on == dt.date(2026, 9, 30)
    kept, found = (DiagnosisCode.objects.get(code=code) for code in ("M05.9", "M05.B"))
    assert (kept.effective_from, kept.release_id) == (dt.date(2026, 4, 1), "October 2026")
    assert found.effective_from == dt.date(2026, 10, 1)
    heading = references.current().diagnosis("M05")
    assert heading is not None
    assert heading.below == ("M05.9", "M05.B")


def test_a_code_that_returns_holds_again(code_tables: None) -> None:
    load_diagnoses(ROWS, release=APRIL, now=NOW)
    load_diagnoses(ROWS[:2], release=OCTOBER, now=NOW)
    load_diagnoses(ROWS, release=Release("April 2027", dt.date(2027, 4, 1)), now=NOW)
    assert DiagnosisCode.objects.get(code="M05.A").ended_on is None


def test_the_registry_tells_people_and_organizations_apart(code_tables: None) -> None:
    person = npi_row(
        "2000003030",
        **{
            "Entity Type Code": "1",
            "Provider First Name": "MAYA",
            "Provider Last Name (Legal Name)": "OKAFOR",
            "Provider Business Practice Location Address State Name": "MA",
        },
    )
    company = npi_row(
        "2000001018",
        **{
            "Entity Type Code": "2",
            "Provider Organization Name (Legal Business Name)": "LAKESIDE RHEUMATOLOGY PC",
        },
    )
    assert load_providers([person, company]) == 2
    assert load_providers([person, company]) == 2
    known = references.current().provider("2000003030")
    assert known is not None
    assert (known.kind, known.name, known.state) == ("person", "Maya Okafor", "MA")
    assert references.told("npi", "2000001018") == "Lakeside Rheumatology PC"
    assert references.told("npi", "not a number") == ""


@pytest.mark.parametrize(
    ("gone", "back", "since"),
    [("05/03/2024", "", "2024-05-03"), ("05/03/2024", "08/20/2024", ""), ("", "", "")],
)
def test_a_number_that_was_taken_back_into_use_is_in_use(
    code_tables: None, gone: str, back: str, since: str
) -> None:
    dates = {"NPI Deactivation Date": gone, "NPI Reactivation Date": back}
    load_providers([npi_row("2000003030", **{"Entity Type Code": "1"}, **dates)])
    known = references.current().provider("2000003030")
    assert known is not None
    assert known.deactivated_on == since


def test_a_file_of_another_shape_is_refused_whole() -> None:
    with pytest.raises(KeyError):
        load_providers([npi_row("2000003030"), {"NPI": "2000001018"}])
    with pytest.raises(IntegrityError):
        load_providers([npi_row("12")])
    assert not NpiRecord.objects.exists()
