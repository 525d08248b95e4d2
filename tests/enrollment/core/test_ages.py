"""How old a known fact may be before somebody is asked again."""

import datetime as dt

import pytest

from enrollment.core.ages import AGES, CLINICAL_AGES, age_of, stale, stale_keys
from programs.core.catalogue import CATALOGUE
from programs.core.forms import union
from tests.programs.core.samples import VELTRANA

TODAY = dt.date(2026, 3, 6)


@pytest.mark.parametrize(
    ("once", "days", "old"),
    [("patient", 90, False), ("patient", 91, True), ("practice", 300, False)],
)
def test_a_fact_grows_old_after_its_days(once: str, days: int, old: bool) -> None:
    assert stale(AGES[once], TODAY - dt.timedelta(days=days), today=TODAY) is old


def test_an_insurance_grows_old_with_the_plan_year() -> None:
    assert stale(AGES["coverage"], dt.date(2025, 12, 31), today=dt.date(2026, 1, 1))
    assert not stale(AGES["patient"], dt.date(2025, 12, 31), today=dt.date(2026, 1, 1))


def test_a_weight_grows_old_before_a_height() -> None:
    weight, height = age_of("clinical", "E10.weight"), age_of("clinical", "E11")
    assert weight is not None
    assert height is not None
    assert weight.days < height.days
    assert age_of("enrollment", "E5") is None
    assert age_of("clinical", "E6") == AGES["clinical"]


def test_every_age_says_why_and_names_a_real_field() -> None:
    assert all(age.why.endswith(".") for age in (*AGES.values(), *CLINICAL_AGES.values()))
    assert set(CLINICAL_AGES) <= set(CATALOGUE)


def test_only_what_came_from_a_record_grows_old() -> None:
    changes = {
        "A1": {"as_of": "2025-01-01"},
        "A3": {"at": "2025-01-01"},
        "E12": {"as_of": "2026-03-01"},
    }
    assert set(stale_keys(union((VELTRANA,)), changes, today=TODAY)) == {"A1"}
