"""The picture of a journey is laid out in numbers that any drawing can follow."""

from hypothesis import given

from journeys.core.events import Event
from journeys.core.path import layout
from tests.journeys.core.story import (
    PARTIES,
    SELF_INJECTED,
    happy_path,
    quick,
    said,
    stand,
    streams,
)


@quick
@given(streams())
def test_every_step_has_its_own_place_in_its_partys_lane(events: list[Event]) -> None:
    picture = layout(SELF_INJECTED, stand(events), parties=PARTIES)
    places = [(station.column, station.row) for station in picture.stations]
    assert len(places) == len(set(places))
    lanes = {lane.role: lane for lane in picture.lanes}
    for station in picture.stations:
        lane = lanes[station.lane]
        assert lane.row <= station.row < lane.row + lane.rows
        assert station.column < picture.columns
    assert sum(lane.rows for lane in picture.lanes) == picture.rows


def test_time_runs_from_left_to_right() -> None:
    picture = layout(SELF_INJECTED, stand(happy_path(3)))
    assert all(edge.from_column < edge.to_column for edge in picture.edges)


def test_a_detour_is_drawn_only_when_it_was_taken() -> None:
    straight = layout(SELF_INJECTED, stand(happy_path(2)))
    assert "missing_information" not in {station.step for station in straight.stations}
    returned = [*happy_path(1), said("hub", "intake_review", "returned", 1)]
    turned = layout(SELF_INJECTED, stand(returned, now=2))
    station = next(one for one in turned.stations if one.step == "missing_information")
    assert (station.detour, station.current, station.phase) == (True, True, "now")
    assert [edge.back for edge in turned.edges if edge.end == "missing_information"] == [True]


def test_the_critical_path_runs_from_the_first_step_to_the_last() -> None:
    state = stand(happy_path(5), now=30)
    picture = layout(SELF_INJECTED, state, parties=PARTIES)
    assert [one.step for one in picture.stations if one.critical] == [
        "enrollment_submitted",
        "intake_review",
        "benefit_verification",
        "prior_authorization",
        "prior_authorization_determination",
        "pharmacy_triage",
        "pharmacy_intake",
        "delivery",
        "first_dose",
    ]
    assert sum(edge.critical for edge in picture.edges) == 8
    assert picture.eta_low is not None
    assert picture.eta_high is not None
    assert picture.eta_low <= picture.eta_high


def test_lanes_are_called_by_their_parties() -> None:
    picture = layout(SELF_INJECTED, stand(happy_path(1)), parties=PARTIES)
    assert [lane.title for lane in picture.lanes] == [
        "Lakeside Rheumatology",
        "Northstar Access",
        "Crescent Specialty Pharmacy",
        "Copperline Copay",
        "The payer",
        "The patient",
    ]
