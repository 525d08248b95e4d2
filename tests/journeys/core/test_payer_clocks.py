"""How long a payer may take depends on its class and on the day; each row says where it is law."""

from datetime import date, timedelta

import pytest

from journeys.core.payer_clocks import CLOCKS, TABLES, clock_by_law
from tests.journeys.core.story import fact, happy_path, said, stand

DETERMINATION = "prior_authorization_determination"


def hours(table: str, on: date, **known: object) -> str:
    found = clock_by_law(table, known, on=on)
    return f"{found.clock.amount} {found.clock.unit}" if found else "none"


TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("line", "urgent", "expected"),
    [
        ("medicare_d", False, "72 hours"),
        ("medicare_d", True, "24 hours"),
        ("medicare_advantage", False, "7 days"),
        ("medicaid", True, "72 hours"),
        ("commercial", False, "none"),
    ],
)
def test_each_class_has_its_clock(line: str, urgent: bool, expected: str) -> None:
    assert hours("decision", TODAY, line_of_business=line, urgent=urgent) == expected


def test_a_rule_holds_from_its_day_on() -> None:
    line = "medicare_advantage"
    assert hours("decision", date(2025, 12, 31), line_of_business=line) == "14 days"
    assert hours("decision", date(2026, 1, 1), line_of_business=line) == "7 days"
    assert hours("appeal_filing", date(2024, 12, 31), line_of_business=line) == "60 days"
    assert hours("appeal_filing", date(2025, 1, 1), line_of_business=line) == "65 days"


def test_every_row_names_its_source() -> None:
    assert all(row.source and row.lines and row.table in TABLES for row in CLOCKS)
    keys = [
        (row.table, line, row.effective_on, row.benefit) for row in CLOCKS for line in row.lines
    ]
    assert len(keys) == len(set(keys))


def test_nothing_known_gives_no_clock() -> None:
    assert clock_by_law("decision", {}, on=TODAY) is None
    assert clock_by_law("unheard_of", {"line_of_business": "medicaid"}, on=TODAY) is None


@pytest.mark.parametrize(("line", "days"), [("medicare_d", 3), ("medicaid", 7)])
def test_the_decision_is_due_by_the_payers_clock(line: str, days: int) -> None:
    start = said(
        "practice", "enrollment_submitted", "submitted", 0, facts={"line_of_business": line}
    )
    step = stand([start, *happy_path(5)[1:]], now=30).steps[DETERMINATION]
    assert step.since is not None
    assert step.due_at is not None
    # Whole days by the wall clock: one hour less across the change to summer time.
    assert step.due_at - step.since in (
        timedelta(days=days),
        timedelta(days=days) - timedelta(hours=1),
    )


def test_an_urgent_commercial_request_is_due_in_a_day() -> None:
    state = stand([*happy_path(5), fact("practice", 1, urgent=True)], now=30)
    step = state.steps[DETERMINATION]
    assert step.since is not None
    assert step.due_at == step.since + timedelta(hours=24)
