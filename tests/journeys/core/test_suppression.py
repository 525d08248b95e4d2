"""No number from 1 to 10 is shown to a manufacturer, or can be worked out by one."""

from collections import defaultdict
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from journeys.core.suppression import may_be_shown, reached

COUNTS = st.lists(st.integers(min_value=0, max_value=60), min_size=1, max_size=7)


def test_large_counts_are_shown_as_they_are() -> None:
    assert reached([20, 15, 40]) == [75, 55, 40]


def test_a_small_last_stage_is_hidden() -> None:
    assert reached([30, 20, 4]) == [54, 24, None]


def test_a_small_step_between_two_stages_hides_the_second() -> None:
    assert reached([3, 20, 40]) == [63, None, 40]


def test_nobody_anywhere_is_shown_as_nobody() -> None:
    assert reached([0, 0, 0]) == [0, 0, 0]


def test_a_program_with_few_patients_shows_nothing() -> None:
    assert reached([3, 2, 4]) == [None, None, None]


@given(COUNTS)
def test_shown_numbers_and_their_differences_are_never_small(counts: list[int]) -> None:
    shown = [count for count in reached(counts) if count is not None]
    assert all(may_be_shown(count) for count in shown)
    assert all(may_be_shown(abs(one - other)) for one, other in combinations(shown, 2))


@given(COUNTS)
def test_what_is_shown_is_true(counts: list[int]) -> None:
    for index, count in enumerate(reached(counts)):
        assert count is None or count == sum(counts[index:])


def test_a_reader_who_knows_the_rule_still_cannot_work_out_what_is_hidden() -> None:
    """Every input of up to 36 people: what looks alike leaves each hidden number ten values."""
    alike: dict[tuple[int | None, ...], list[list[int]]] = defaultdict(list)
    for counts in (c for c in product(range(37), repeat=3) if sum(c) <= 36):
        alike[tuple(reached(counts))].append([sum(counts[index:]) for index in range(3)])
    for shown, truths in alike.items():
        for index, count in enumerate(shown):
            if count is None:
                assert len({truth[index] for truth in truths}) >= 10, shown
