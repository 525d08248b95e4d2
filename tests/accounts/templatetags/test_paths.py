"""The path's drawing: where lines turn, and what a reader hears."""

from dataclasses import replace

from django.template import Context, Template

from accounts.templatetags.paths import CELL_WIDTH, journey_path
from accounts.views.gallery_samples import NOTES, PICTURE, Edge, Station


def drawn(source: str = "{% journey_path picture goal='First dose' notes=notes %}") -> str:
    template = Template("{% load paths %}" + source)
    return template.render(Context({"picture": PICTURE, "notes": NOTES}))


def lines(*edges: Edge, stations: tuple[Station, ...]) -> list[str]:
    picture = replace(PICTURE, edges=edges, stations=stations)
    return [edge["line"] for edge in journey_path(picture)["edges"]]


def station(step: str, column: int, row: int) -> Station:
    return Station(step, step, "hub", column, row, "ahead")


def edge(start: Station, end: Station) -> Edge:
    return Edge(start.step, end.step, start.column, start.row, end.column, end.row, True, False)


def test_neighbours_in_a_lane_are_joined_by_a_straight_line() -> None:
    one, two = station("one", 0, 0), station("two", 1, 0)
    assert lines(edge(one, two), stations=(one, two)) == ["M50 19H150"]


def test_a_line_to_another_lane_turns_in_the_gap_between_columns() -> None:
    one, two = station("one", 0, 0), station("two", 1, 1)
    (line,) = lines(edge(one, two), stations=(one, two))
    assert f"Q{CELL_WIDTH} 19 {CELL_WIDTH}" in line


def test_a_line_goes_around_a_station_in_its_way() -> None:
    one, between, two = station("one", 0, 0), station("between", 1, 0), station("two", 2, 0)
    (line,) = lines(edge(one, two), stations=(one, between, two))
    assert "19H" not in line


def test_the_words_of_an_open_step_have_room_above_a_step_that_stands_under_it() -> None:
    one, two = station("one", 0, 0), station("two", 0, 1)
    open_one = replace(one, phase="now", current=True)
    usual, tall = (
        journey_path(replace(PICTURE, edges=(), stations=(first, two))) for first in (one, open_one)
    )
    assert (usual["tall"], tall["tall"]) == (False, True)
    assert tall["height"] > usual["height"]


def test_the_path_is_an_ordered_list_that_says_each_state() -> None:
    html = drawn()
    assert html.count("<li") == len(PICTURE.stations) + 1
    assert 'aria-current="step"' in html
    assert "Meridian Health, 3 days" in html
    assert "First dose expected" in html
    assert " style=" not in html
