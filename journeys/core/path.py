"""The journey as a picture in plain numbers: lanes, stations, lines; drawing is for others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from journeys.core.graph import ROLES, Graph, Step
from journeys.core.sentences import PHASE_WORDS, name_of
from journeys.core.state import JourneyState, Party, StepState
from journeys.core.visibility import may_know

_NOBODY: Mapping[str, Party] = {}
# A lane whose party is chosen on the way, until it is.
_TO_CHOOSE: Mapping[str, str] = {"pharmacy": "Specialty pharmacy"}


@dataclass(frozen=True, slots=True)
class Lane:
    """One party's band: its first row and how many rows it takes."""

    role: str
    title: str
    row: int
    rows: int


@dataclass(frozen=True, slots=True)
class Station:
    """One step at a column and row (both from 0, rows counted over all lanes)."""

    step: str
    title: str
    lane: str
    column: int
    row: int
    phase: str
    phase_word: str
    current: bool
    critical: bool
    detour: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two stations; `back` is the way off the path and back."""

    start: str
    end: str
    from_column: int
    from_row: int
    to_column: int
    to_row: int
    critical: bool
    travelled: bool
    back: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to draw, in columns and rows, and the range of days at its end."""

    lanes: tuple[Lane, ...]
    stations: tuple[Station, ...]
    edges: tuple[Edge, ...]
    columns: int
    rows: int
    eta_low: date | None
    eta_high: date | None
    finished: int = 0


def layout(
    graph: Graph,
    state: JourneyState,
    *,
    parties: Mapping[str, Party] = _NOBODY,
    viewer: str = "",
) -> Picture:
    """Lay the journey out: time runs by column, each party has its lane of rows.

    A detour, a step beside the path and one that is needed only in trouble are drawn only when
    they were taken; a private one only for a `viewer` who may see it.
    """
    steps = [
        step
        for step in graph.order
        if _drawn(step, state.steps[step.key]) and may_know(graph, viewer, step.key)
    ]
    columns = _columns(graph, state)
    lanes, rows = _rows(steps, columns, parties)
    stations = tuple(_station(step, state, columns[step.key], rows[step.key]) for step in steps)
    by_key = {station.step: station for station in stations}
    return Picture(
        lanes=lanes,
        stations=stations,
        edges=tuple(_edge(by_key, *line, state) for line in _lines(steps, by_key)),
        columns=max((station.column for station in stations), default=-1) + 1,
        rows=sum(lane.rows for lane in lanes),
        eta_low=state.eta.low if state.eta else None,
        eta_high=state.eta.high if state.eta else None,
        finished=state.eta.finished if state.eta else 0,
    )


def _drawn(step: Step, state: StepState) -> bool:
    always = step.detour is None and step.aside is None and not _only_in_trouble(step)
    return always or state.phase not in ("ahead", "skipped")


def _only_in_trouble(step: Step) -> bool:
    return any(skip.presumed for skip in step.skips)


def _columns(graph: Graph, state: JourneyState) -> dict[str, int]:
    """The longest way to each step; a detour stands over the step it belongs to.

    What may happen at any time stands where the path has come to.
    """
    columns: dict[str, int] = {}
    for step in sorted(graph.order, key=lambda step: step.aside is not None):
        if step.detour:
            columns[step.key] = columns[step.detour.of]
        elif step.aside and not step.needs:
            here = (columns[each.key] for each in graph.path if not state.steps[each.key].over)
            columns[step.key] = min(here, default=max(columns.values(), default=0))
        else:
            columns[step.key] = max((columns[need] + 1 for need in step.needs), default=0)
    return columns


def _rows(
    steps: list[Step], columns: Mapping[str, int], parties: Mapping[str, Party]
) -> tuple[tuple[Lane, ...], dict[str, int]]:
    """Give each lane as many rows as it has steps in one column."""
    lanes: list[Lane] = []
    rows: dict[str, int] = {}
    top = 0
    for role in ROLES:
        taken: dict[int, int] = {}
        for step in (step for step in steps if step.lane == role):
            column = columns[step.key]
            rows[step.key] = top + taken.get(column, 0)
            taken[column] = taken.get(column, 0) + 1
        if taken:
            unknown = _TO_CHOOSE.get(role) if role not in parties else None
            title = unknown or name_of(role, parties)
            height = max(taken.values())
            lanes.append(Lane(role, title[:1].upper() + title[1:], top, height))
            top += height
    return tuple(lanes), rows


def _station(step: Step, state: JourneyState, column: int, row: int) -> Station:
    phase = state.steps[step.key].phase
    return Station(
        step=step.key,
        title=step.title,
        lane=step.lane,
        column=column,
        row=row,
        phase=phase,
        phase_word=PHASE_WORDS[phase],
        current=step.key in state.current,
        critical=step.key in state.critical_path,
        detour=step.detour is not None,
    )


def _lines(steps: list[Step], drawn: Mapping[str, Station]) -> list[tuple[str, str]]:
    lines = [(need, step.key) for step in steps for need in step.needs if need in drawn]
    return lines + [(step.detour.of, step.key) for step in steps if step.detour]


def _edge(by_key: Mapping[str, Station], start: str, end: str, state: JourneyState) -> Edge:
    one, other = by_key[start], by_key[end]
    path = state.critical_path
    return Edge(
        start=start,
        end=end,
        from_column=one.column,
        from_row=one.row,
        to_column=other.column,
        to_row=other.row,
        critical=(start, end) in pairwise(path),
        travelled=state.steps[start].over and other.phase != "ahead",
        back=other.detour,
    )
