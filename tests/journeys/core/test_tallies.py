"""A row adds one to each of its counts, and a change moves exactly what it must."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from journeys.core.graph import STAGES
from journeys.core.tallies import DAYS, Cell, Fixed, bucket_of, cells, change

FIXED = Fixed(week="2026-03-02", age_band="35_49", region="021", practice_type="207RR0500X")
ROWS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "reached": st.sampled_from(STAGES),
        "step": st.sampled_from(["", "intake_review", "delivery"]),
        "reason": st.sampled_from(["", "step_therapy"]),
        "payer_class": st.sampled_from(["", "commercial"]),
        "payer": st.sampled_from(["other", "meridian_health"]),
        "closed": st.sampled_from(["", "cost"]),
        "risks": st.lists(st.sampled_from(["R1", "R2"]), unique=True),
        "therapy_days": st.none() | st.integers(0, 400),
        "dwell": st.dictionaries(st.sampled_from(["intake_review"]), st.integers(0, 9_000)),
        "denials": st.lists(st.tuples(st.just("step_therapy"), st.just("2026-03-02")), max_size=1),
        "returned": st.lists(st.tuples(st.just("B7"), st.just("2026-03-02")), max_size=1),
    }
)


def test_who_came_far_counts_in_every_stage_before() -> None:
    counted = set(cells(FIXED, {"reached": "verified"}))
    assert {name for view, name in counted if view == "stage"} == {
        *("submitted", "accepted", "verified")
    }
    assert ("stage:region", "verified|021") in counted


def test_who_left_stands_nowhere_any_more() -> None:
    counted = set(cells(FIXED, {"reached": "accepted", "step": "delivery", "closed": "cost"}))
    assert ("closed", "cost") in counted
    assert not any(view == "step" for view, _ in counted)


@given(st.lists(ROWS, min_size=1, max_size=8))
def test_changes_add_up_to_the_last_row(story: list[dict[str, Any]]) -> None:
    total: Counter[Cell] = Counter()
    before: dict[str, Any] = {}
    for row in story:
        total.update(change(FIXED, before, row))
        assert not change(FIXED, row, row), "nothing moves where nothing changed"
        before = row
    assert {name: n for name, n in total.items() if n} == Counter(cells(FIXED, story[-1]))


def test_each_length_has_its_bucket() -> None:
    assert [bucket_of(days) for days in (0, 0.9, 1, 6.9, 7, 111, 112, 5_000)] == [
        *(0, 0, 1, 2, 3, 6, 7, 7)
    ]
    assert bucket_of(DAYS[-1]) == len(DAYS)
