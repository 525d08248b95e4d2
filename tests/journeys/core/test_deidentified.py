"""What is kept of a journey for counting holds nothing that somebody wrote or that names anyone."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.deidentified import age_band, deidentified, week_of
from journeys.core.evaluate import evaluate
from journeys.core.events import Event
from journeys.core.regions import FEW_PEOPLE, SPARSE, UNKNOWN, region_of, region_words
from journeys.core.templates import GRAPHS
from programs.core.places import states_of

GRAPH = GRAPHS["self_injected_pharmacy_benefit"]
BEGUN = dt.datetime(2026, 3, 3, 15, 0, tzinfo=dt.UTC)
SECRET = "Rosa Delgado, born 03/27/1984"
KEYS = {
    *("reached", "step", "status", "reason", "payer_class", "payer", "closed", "risks"),
    *("dwell", "therapy_days", "denials", "returned"),
}


def said(step: str, status: str, hours: float, **more: object) -> Event:
    at = BEGUN + dt.timedelta(hours=hours)
    who = "lakeside" if step == "enrollment_submitted" else "northstar"
    values = {
        "id": f"{step}-{status}-{hours}",
        "kind": "status",
        "step": step,
        "status": status,
        "source": who,
        "role": "practice" if who == "lakeside" else "hub",
        "source_name": SECRET,
        "note": SECRET,
        "occurred_at": at,
        "received_at": at,
    }
    return Event(**{**values, **more})  # type: ignore[arg-type]  # plain keywords of a test


def row(*events: Event) -> dict[str, object]:
    state = evaluate(GRAPH, events, started_at=BEGUN, now=BEGUN + dt.timedelta(days=30))
    return deidentified(GRAPH, state, events, started_at=BEGUN)


STORY = (
    said(
        *("enrollment_submitted", "submitted", 0),
        facts={"line_of_business": "commercial", "payer_name": " MERIDIAN  health"},
    ),
    said(
        *("intake_review", "returned", 1),
        facts={"corrections": [{"field": "B7", "sentence": SECRET}, {"field": SECRET}]},
    ),
    said("missing_information", "provided", 5),
    said("intake_review", "accepted", 26),
    said(
        *("benefit_verification", "complete", 50),
        facts={"prior_authorization_required": True, "payer_reference": SECRET},
    ),
    said("prior_authorization", "submitted", 60),
    said("prior_authorization_determination", "denied", 170, reason="step_therapy"),
)


def test_a_row_says_how_far_why_and_how_long() -> None:
    told = row(*STORY)
    assert set(told) == KEYS
    assert told["reached"] == "verified"
    assert (told["payer_class"], told["payer"]) == ("commercial", "meridian_health")
    assert told["denials"] == [["step_therapy", "2026-03-09"]]
    assert told["returned"] == [["B7", "2026-03-02"], ["other", "2026-03-02"]]
    dwell = told["dwell"]
    assert isinstance(dwell, dict)
    assert dwell["benefit_verification"] == 24


def test_nothing_that_somebody_wrote_gets_in() -> None:
    free = (
        said("enrollment_submitted", "submitted", 0, facts={"payer_name": SECRET}),
        said("intake_review", "accepted", 1, reason=SECRET),
        said("prior_authorization", "submitted", 2),
        said("prior_authorization_determination", "denied", 3, reason=SECRET),
        said("intake_review", "accepted", 4, kind="closed", reason=SECRET),
    )
    for story in (STORY, free):
        for length in range(1, len(story) + 1):
            written = json.dumps(row(*story[:length]))
            assert not any(word in written for word in ("Rosa", "Delgado", "1984", "Okafor"))


def test_safety_is_not_told_to_a_program() -> None:
    end = said("enrollment_submitted", "submitted", 9, kind="closed", reason="deceased")
    assert row(STORY[0], end)["closed"] == "other"


@pytest.mark.parametrize(
    ("born", "band"), [("2009-03-04", "0_17"), ("2008-03-03", "18_34"), ("1930-01-01", "80_on")]
)
def test_ages_are_bands(born: str, band: str) -> None:
    assert age_band(dt.date.fromisoformat(born), on=BEGUN.date()) == band


def test_a_week_begins_on_monday() -> None:
    assert week_of(dt.date(2026, 3, 8)) == week_of(BEGUN) == dt.date(2026, 3, 2)


def test_thinly_settled_areas_are_one_region() -> None:
    assert region_of("02169") == "021"
    assert region_words("021") == "021 (MA)"
    assert {region_of(f"{few}01") for few in FEW_PEOPLE if states_of(few)} == {SPARSE}
    assert region_of("00001") == region_of("") == UNKNOWN


@given(st.text())
def test_any_text_is_a_region_of_the_table_or_none(text: str) -> None:
    region = region_of(text)
    assert region in (SPARSE, UNKNOWN) or (states_of(region) and region not in FEW_PEOPLE)
