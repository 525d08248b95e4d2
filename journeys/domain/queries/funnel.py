"""A program's counts as a manufacturer may read them: a few fixed tables, and nothing else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from journeys.core.changes import Change, newest_change
from journeys.core.deidentified import AGE_BANDS, week_of
from journeys.core.graph import STAGES
from journeys.core.lag import REPORTED
from journeys.core.payers import PAYER_CLASSES
from journeys.core.suppression import STEP, told
from journeys.core.tallies import DATED, DAYS, GROUPS, SEPARATOR, cell, parts_of
from journeys.models import FunnelCount

WEEKS = 12
LONGEST = 20
BUCKETS = tuple(str(number) for number in range(len(DAYS) + 1))
ONLY = ""
UNKNOWN = ""

# A table whose rows are known beforehand shows all of them; any other shows the rows that have a
# number to tell.
KNOWN_ROWS: Mapping[str, Sequence[str]] = {
    "stage": STAGES,
    "stage:payer_class": (*PAYER_CLASSES, UNKNOWN),
    "stage:age_band": AGE_BANDS,
    "therapy": BUCKETS,
    "at_risk": ("any",),
}


@dataclass(frozen=True)
class Line:
    """One row of a table, by its key, and what may be told in each of its columns."""

    key: str
    told: tuple[int | None, ...]


@dataclass(frozen=True)
class Table:
    """One table of counts: its view, the keys of its columns, and its rows."""

    view: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing at all is told in it."""
        return all(told is None for line in self.lines for told in line.told)


@dataclass(frozen=True)
class Alert:
    """A count that changed much: of which view, and about what in it."""

    view: str
    about: tuple[str, ...]
    change: Change


@dataclass(frozen=True)
class Funnel:
    """Every table of a program, by its view, and what changed."""

    tables: Mapping[str, Table]
    alerts: tuple[Alert, ...]


Counts = Mapping[str, Mapping[str, int]]


def funnel_of(program_id: UUID, *, today: date, groups: Iterable[str] = GROUPS) -> Funnel:
    """Read a program's counts, split by the asked groups, as far as the actor's own they are."""
    weeks = _weeks(today)
    counts = _read(program_id, [f"stage:{group}" for group in groups], since=weeks[0])
    tables = {table.view: table for table in _tables(counts, weeks, groups)}
    return Funnel(tables, tuple(_alerts(counts, weeks)))


def _weeks(today: date) -> list[str]:
    """The Mondays of the last twelve weeks, the running one last."""
    last = week_of(today)
    return [(last - timedelta(weeks=back)).isoformat() for back in reversed(range(WEEKS))]


def _read(program_id: UUID, split: Sequence[str], *, since: str) -> Counts:
    found: dict[str, dict[str, int]] = {}
    plain = ("stage", "step", "reason", "risk", "at_risk", "closed", "therapy", "dwell")
    rows = FunnelCount.objects.filter(program_id=program_id)
    wanted = Q(view__in=plain) | Q(view__in=DATED, cell__gte=since)
    for view in split:
        wanted |= Q(view=view, cell__in=_largest(rows.filter(view=view)))
    for view, name, count in rows.filter(wanted).values_list("view", "cell", "count"):
        found.setdefault(view, {})[name] = count
    return found


def _largest(rows: QuerySet[FunnelCount]) -> list[str]:
    """The cells of the groups of which most is told, in every stage."""
    enrolled = rows.filter(cell__startswith=cell(STAGES[0], ""))
    # By what is told, then by name: the true order would tell more.
    found = enrolled.order_by(-(F("count") / STEP), "cell").values_list("cell", flat=True)
    groups = [parts_of(each)[1] for each in found[:LONGEST]]
    return [cell(stage, group) for stage in STAGES for group in groups]


def _tables(counts: Counts, weeks: Sequence[str], groups: Iterable[str]) -> Iterator[Table]:
    for view in ("stage", "at_risk", "risk", "therapy", "step", "closed"):
        yield _table(view, _split(counts, view, by=0), (ONLY,))
    for group in groups:
        yield _table(f"stage:{group}", _split(counts, f"stage:{group}", by=1), STAGES)
    yield _table("dwell", _split(counts, "dwell", by=0), BUCKETS)
    yield _table("reason", _whole(counts, "reason"), (ONLY,))
    enrolled = {week: {ONLY: counts.get("week", {}).get(week, 0)} for week in weeks}
    yield _table("week", enrolled, (ONLY,), rows=weeks)
    yield _table("denied", _summed(counts, "denied", row=2), (ONLY,))
    yield _table("denied:payer", _summed(counts, "denied", row=1), (ONLY,))
    yield _table("returned", _summed(counts, "returned", row=1), (ONLY,))
    yield _table("lag", _summed(counts, "lag", row=1, column=2), REPORTED)


Held = Mapping[str, Mapping[str, int]]


def _table(view: str, held: Held, columns: Sequence[str], rows: Sequence[str] = ()) -> Table:
    rows = rows or KNOWN_ROWS.get(view, ())
    lines = [
        Line(row, tuple(told(held.get(row, {}).get(column, 0)) for column in columns))
        for row in (rows or sorted(held))
    ]
    if not rows:
        # In the order of what is told: the true order would tell more.
        lines = [line for line in lines if any(line.told)]
        lines.sort(key=lambda line: [-(each or 0) for each in line.told])
    return Table(view, tuple(columns), tuple(lines[:LONGEST]))


def _split(counts: Counts, view: str, *, by: int) -> Held:
    """Cells of one or two pieces by the piece `by`, then by the other one."""
    held: dict[str, dict[str, int]] = {}
    for name, count in counts.get(view, {}).items():
        pieces = parts_of(name)
        other = pieces[1 - by] if len(pieces) > 1 else ONLY
        held.setdefault(pieces[by], {})[other] = count
    return held


def _whole(counts: Counts, view: str) -> Held:
    """Each cell by its whole name."""
    return {name: {ONLY: count} for name, count in counts.get(view, {}).items()}


def _summed(counts: Counts, view: str, *, row: int, column: int | None = None) -> Held:
    """Over the weeks, by one of a cell's pieces, or two."""
    held: dict[str, Counter[str]] = {}
    for name, count in counts.get(view, {}).items():
        pieces = parts_of(name)
        held.setdefault(pieces[row], Counter())[ONLY if column is None else pieces[column]] += count
    return held


def _alerts(counts: Counts, weeks: Sequence[str]) -> Iterator[Alert]:
    for view in ("week", "denied", "returned"):
        series: dict[tuple[str, ...], dict[str, int | None]] = {}
        for name, count in counts.get(view, {}).items():
            week, *about = name.split(SEPARATOR)
            series.setdefault(tuple(about), {})[week] = told(count)
        for subject, by_week in sorted(series.items()):
            change = newest_change(weeks, by_week)
            # Fewer denials and returns are no reason to worry anybody.
            if change and (view == "week" or change.word == "doubled"):
                yield Alert(view, subject, change)
