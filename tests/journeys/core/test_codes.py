"""What partners' codes mean: whose line counts, since when, and on which journey."""

import datetime as dt
from typing import Any

import pytest

from journeys.core.codes import Line, Meaning, folded, look_up, on_graph
from journeys.core.default_codes import DEFAULTS
from journeys.core.templates import GRAPHS

SELF_INJECTED = GRAPHS["self_injected_pharmacy_benefit"]
JANUARY, JUNE = (dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (1, 6))
FULFILLMENT = Meaning("pharmacy_intake", "clinical_review")
FUTURE = Meaning("delivery", "scheduled")


def line(meaning: Meaning | None, **changes: Any) -> Line:
    return Line(
        **{
            "code": "P5",
            "sub_code": "",
            "program": "",
            "meaning": meaning,
            "starts_at": None,
            "noted_at": JANUARY,
            **changes,
        }
    )


def meaning(*lines: Line, code: str = "p5", at: dt.datetime = JUNE) -> Meaning | None:
    found = look_up(lines, code=code, sub_code="", program="veltrana", at=at)
    return found.meaning if found else None


@pytest.mark.parametrize("key", DEFAULTS, ids=" / ".join)
def test_every_code_that_we_explain_is_a_status_of_some_journey(key: tuple[str, str]) -> None:
    means = Meaning(*DEFAULTS[key])
    assert any(on_graph(means, graph) for graph in GRAPHS.values())
    assert key == tuple(folded(part) for part in key)


@pytest.mark.parametrize("code", ["PENDING-PAYER", "pending payer", " Pending_Payer "])
def test_case_spaces_and_hyphens_make_no_other_code(code: str) -> None:
    found = look_up([], code=code, sub_code="pa needed", program="x", at=JUNE)
    assert found is not None
    assert (found.meaning, found.by) == (Meaning("prior_authorization", "needed"), "default")


def test_a_code_that_nobody_explained_is_unknown() -> None:
    assert look_up([], code="P5", sub_code="", program="x", at=JUNE) is None
    assert look_up([], code="PENDING-PAYER", sub_code="", program="x", at=JUNE) is None


def test_the_same_code_means_another_thing_in_another_program() -> None:
    general, own = line(FULFILLMENT), line(FUTURE, program="veltrana")
    assert meaning(general, own) == meaning(own, general) == FUTURE
    found = look_up([general, own], code="P5", sub_code="", program="other", at=JUNE)
    assert found is not None
    assert (found.meaning, found.by) == (FULFILLMENT, "partner")


def test_a_line_holds_from_its_day_on() -> None:
    before, after = line(FULFILLMENT), line(FUTURE, starts_at=JUNE)
    assert meaning(before, after, at=JUNE - dt.timedelta(seconds=1)) == FULFILLMENT
    assert meaning(after, before, at=JUNE) == FUTURE


def test_of_two_lines_of_one_day_the_later_one_stands() -> None:
    wrong, mended = line(FULFILLMENT), line(FUTURE, noted_at=JUNE)
    assert meaning(mended, wrong) == FUTURE


def test_a_partners_own_line_replaces_the_default_also_by_asking_a_person() -> None:
    asked = line(None, code="ACTIVE", sub_code="SHIPPED")
    found = look_up([asked], code="ACTIVE", sub_code="SHIPPED", program="x", at=JUNE)
    assert found is not None
    assert found.meaning is None


def test_a_later_fills_delivery_is_a_refill() -> None:
    shipped = Meaning("delivery", "shipped")
    assert on_graph(shipped, SELF_INJECTED, fill_number=0) == shipped
    assert on_graph(shipped, SELF_INJECTED, fill_number=2) == Meaning("refill", "shipped")
    exception = Meaning("delivery", "exception", "weather")
    assert on_graph(exception, SELF_INJECTED, fill_number=2) == exception


@pytest.mark.parametrize(
    "means",
    [
        Meaning("rems", "blocked"),
        Meaning("delivery", "lost"),
        Meaning("delivery", "exception", "x"),
    ],
)
def test_what_a_journey_does_not_have_is_not_guessed(means: Meaning) -> None:
    assert on_graph(means, SELF_INJECTED) is None
