"""No number from 1 to 10 is shown to a manufacturer, or can be worked out by one."""

from collections import defaultdict
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from journeys.core.suppression import STEP, range_of, told

COUNTS = st.lists(st.integers(min_value=0, max_value=500), min_size=1, max_size=12)


def test_counts_are_told_in_steps_of_twenty() -> None:
    assert [told(count) for count in (0, 1, 10, 19, 20, 39, 40, 1_000_019)] == [
        *(None, None, None, None, 20, 20, 40, 1_000_000)
    ]


@given(st.integers(min_value=0, max_value=2_000_000))
def test_the_true_count_lies_within_what_is_told(count: int) -> None:
    low, high = range_of(told(count))
    assert low <= count <= high < low + STEP


@given(COUNTS, st.lists(st.integers(min_value=-3, max_value=3), min_size=13, max_size=13))
def test_no_sum_or_difference_of_shown_numbers_is_small(
    counts: list[int], factors: list[int]
) -> None:
    """Cells with their total, put together in any way."""
    shown = [told(each) or 0 for each in (*counts, sum(counts))]
    worked_out = sum(factor * each for factor, each in zip(factors, shown, strict=False))
    assert not 1 <= abs(worked_out) <= 10


def test_a_reader_who_knows_the_rule_cannot_work_out_a_small_number() -> None:
    """Every table of three cells of up to 44 with its total: what looks alike leaves each of its
    numbers that is small ten values at least."""
    alike: dict[tuple[int | None, ...], list[tuple[int, ...]]] = defaultdict(list)
    shown = [told(count) for count in range(3 * 45)]
    for counts in product(range(45), repeat=3):
        one, other, third = counts
        look = (shown[one], shown[other], shown[third], shown[one + other + third])
        alike[look].append(counts)
    for truths in alike.values():
        for index in range(3):
            values = {truth[index] for truth in truths}
            assert len(values) >= 10 or min(values) > 10


def bounds_of_cells(cells: int, above: int) -> tuple[int, int]:
    """The least and the most that one of so many cells may hold beyond what is told of it, where
    the total is told to be `above` steps more than the cells together."""
    least = max(0, above * STEP - (cells - 1) * (STEP - 1))
    most = min(STEP - 1, above * STEP + STEP - 1)
    return least, most


def test_however_many_cells_a_table_has_a_small_one_may_be_any_of_ten() -> None:
    for cells in range(1, 200):
        for above in range(cells):
            least, most = bounds_of_cells(cells, above)
            assert most - least >= 9 or least > 10


@given(st.lists(st.integers(min_value=0, max_value=2), min_size=1, max_size=400))
def test_watching_each_number_while_it_grows_tells_no_small_one(arrivals: list[int]) -> None:
    """Somebody reads after every arrival and so learns, when a number moves on, what it truly is:
    at any moment a multiple of twenty, and so is everything it is set against."""
    cells = [0, 0, 0]
    for arrival in arrivals:
        before = [told(each) for each in (*cells, sum(cells))]
        cells[arrival] += 1
        now = [*cells, sum(cells)]
        moved = [each for each, was in zip(now, before, strict=True) if told(each) != was]
        assert all(each % STEP == 0 for each in moved)
