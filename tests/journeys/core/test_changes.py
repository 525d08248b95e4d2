"""An alert says only what the told numbers certainly say."""

from hypothesis import given
from hypothesis import strategies as st

from journeys.core.changes import change_of, newest_change
from journeys.core.suppression import told

COUNT = st.integers(min_value=0, max_value=400)


@given(COUNT, COUNT)
def test_what_is_called_doubled_or_halved_truly_is(before: int, after: int) -> None:
    word = change_of(told(before), told(after))
    if word == "doubled":
        assert after >= 2 * before
    if word == "halved":
        assert before >= 2 * after


def test_the_running_week_may_have_doubled_but_never_halved() -> None:
    weeks = ["2026-03-02", "2026-03-09", "2026-03-16"]
    up = newest_change(weeks, {"2026-03-09": 20, "2026-03-16": 80})
    assert up is not None
    assert (up.word, up.week, up.before, up.after) == ("doubled", "2026-03-16", 20, 80)
    assert newest_change(weeks, {"2026-03-02": 80, "2026-03-09": 80}) is None
    down = newest_change(weeks, {"2026-03-02": 80})
    assert down is not None
    assert (down.word, down.week) == ("halved", "2026-03-09")


def test_few_are_no_news() -> None:
    assert newest_change(["2026-03-02", "2026-03-09"], {"2026-03-09": 20}) is None
