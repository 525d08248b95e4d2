"""What the gallery shows: invented people, invented journeys."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.templatetags.charts import Row

PHASES = (
    ("done", ""),
    ("now", ""),
    ("waiting", "Waiting on Meridian Health"),
    ("ahead", ""),
    ("skipped", "Skipped: no authorization needed"),
    ("at_risk", "At risk: no answer for 6 days"),
    ("blocked", "Blocked: member ID is missing"),
    ("conflict", ""),
)
FACTS = [
    ("Payer", "Meridian Health"),
    ("Member ID", "MRD 4471 0029 18"),
    ("Pharmacy benefit", "BIN 610591, PCN ADV, group RX4471"),
    ("Policy holder", ""),
    ("Address", "4120 Old Mill Pond Road, Apartment 12B, Grand Rapids, MI 49503"),
]
TABS = [
    {"label": "Story", "url": "#story", "current": True, "count": 14},
    {"label": "Documents", "url": "#documents", "current": False, "count": 3},
    {"label": "Messages", "url": "#messages", "current": False, "count": 0},
    {"label": "Enrollment", "url": "#enrollment", "current": False, "count": None},
]
BARS = [
    Row("Northstar Access", 128),
    Row("Beacon Support Hub", 74, note="12 of them later than promised"),
    Row("Parcel Patient Services", 21),
    Row("A hub with quite a long name that has to wrap", None),
]
FUNNEL = [
    Row("Submitted", 412),
    Row("Accepted", 398),
    Row("Verified", 341),
    Row("Authorized", 260),
    Row("Dispensed", 214),
    Row("On therapy", 187),
]
FOUND = [
    {
        "label": "Patients",
        "results": [
            {"label": "Rosa Delgado", "url": "#", "note": "born Apr 2, 1979", "icon": "user-round"},
            {"label": "Theodora Delgado-Whitmore", "url": "#", "note": "", "icon": "user-round"},
        ],
    },
    {
        "label": "Journeys",
        "results": [
            {
                "label": "Veltrana Together, Rosa Delgado",
                "url": "#",
                "note": "Prior authorization",
                "icon": "route",
            }
        ],
    },
]


@dataclass(frozen=True)
class Lane:
    title: str
    row: int
    rows: int = 1


@dataclass(frozen=True)
class Station:
    step: str
    title: str
    lane: str
    column: int
    row: int
    phase: str
    current: bool = False
    critical: bool = True


@dataclass(frozen=True)
class Edge:
    start: str
    end: str
    from_column: int
    from_row: int
    to_column: int
    to_row: int
    critical: bool
    travelled: bool
    back: bool = False


@dataclass(frozen=True)
class Picture:
    lanes: tuple[Lane, ...]
    stations: tuple[Station, ...]
    edges: tuple[Edge, ...]
    columns: int
    rows: int
    eta_low: date | None = None
    eta_high: date | None = None
    finished: int = 0


LANES = (
    Lane("Lakeside Rheumatology", 0),
    Lane("Northstar Access", 1),
    Lane("Crescent Specialty Pharmacy", 2),
    Lane("Copperline Copay", 3),
    Lane("Meridian Health", 4),
    Lane("Patient", 5),
)
STATIONS = (
    Station("submitted", "Enrollment", "practice", 0, 0, "done"),
    Station("missing", "Missing information", "practice", 1, 0, "done", critical=False),
    Station("intake", "Intake review", "hub", 1, 1, "done"),
    Station("benefits", "Benefit verification", "hub", 2, 1, "done"),
    Station("authorization", "Prior authorization", "practice", 3, 0, "done"),
    Station("copay", "Copay enrollment", "vendor", 3, 3, "now", current=True, critical=False),
    Station("decision", "Authorization decision", "payer", 4, 4, "waiting", current=True),
    Station("triage", "Pharmacy choice", "hub", 3, 1, "skipped", critical=False),
    Station("pharmacy", "Pharmacy intake", "pharmacy", 5, 2, "ahead"),
    Station("delivery", "Delivery", "pharmacy", 6, 2, "ahead"),
    Station("dose", "First dose", "patient", 7, 5, "ahead"),
)
LINES = (
    ("submitted", "intake"),
    ("intake", "missing"),
    ("intake", "benefits"),
    ("benefits", "authorization"),
    ("benefits", "copay"),
    ("benefits", "triage"),
    ("authorization", "decision"),
    ("decision", "pharmacy"),
    ("triage", "pharmacy"),
    ("pharmacy", "delivery"),
    ("copay", "delivery"),
    ("delivery", "dose"),
)
NOTES = {"decision": "Meridian Health, 3 days", "copay": "Copperline Copay"}


def _edges(stations: tuple[Station, ...]) -> tuple[Edge, ...]:
    by_key = {station.step: station for station in stations}
    return tuple(
        Edge(
            start=one.step,
            end=other.step,
            from_column=one.column,
            from_row=one.row,
            to_column=other.column,
            to_row=other.row,
            critical=one.critical and other.critical,
            travelled=one.phase == "done" and other.phase != "ahead",
            back=other.step == "missing",
        )
        for one, other in ((by_key[start], by_key[end]) for start, end in LINES)
    )


PICTURE = Picture(LANES, STATIONS, _edges(STATIONS), 8, 6, date(2026, 3, 28), date(2026, 4, 2))
_TROUBLE = {"benefits": "conflict", "copay": "blocked", "decision": "at_risk"}
_TROUBLED = tuple(
    Station(
        station.step,
        station.title,
        station.lane,
        station.column,
        station.row,
        _TROUBLE.get(station.step, station.phase),
        station.current,
        station.critical,
    )
    for station in STATIONS
)
TROUBLED = Picture(LANES, _TROUBLED, _edges(_TROUBLED), 8, 6)


@dataclass(frozen=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True)
class Side:
    who: str
    what: str
    occurred_at: datetime
    received_at: datetime
    backed: bool
    chosen: bool


@dataclass(frozen=True)
class Entry:
    key: str
    kind: str
    what: str
    who: str
    occurred_at: datetime
    received_at: datetime
    learnt_late_by: timedelta | None = None
    set_in_motion: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    columns: tuple[Side, ...] = ()
    proposal: str = ""
    note: str = ""
    transport: str = "portal"
    unplaced_why: str = ""
    read_by: tuple[str, ...] = ()
    unread_by: tuple[str, ...] = ()
    reported: int = 1


def entries(now: datetime) -> list[Entry]:
    """A story over three days, newest first, with a late report and a disagreement."""
    hour = timedelta(hours=1)
    told, late = now - 2 * hour, now - 30 * hour
    return [
        Entry(
            "1",
            "status",
            "Prior authorization: sent to the payer",
            "Ana Whitfield, Lakeside Rheumatology",
            told,
            told,
            set_in_motion=("Authorization decision opened: Meridian Health has it",),
        ),
        Entry(
            "2",
            "status",
            "Benefit verification: two sources differ",
            "Northstar Access and Crescent Specialty Pharmacy",
            now - 5 * hour,
            now - 5 * hour,
            columns=(
                Side(
                    "Northstar Access",
                    "covered, prior authorization needed",
                    late,
                    late,
                    True,
                    False,
                ),
                Side("Crescent Specialty Pharmacy", "not covered", told, told, False, False),
            ),
            proposal="Evidence outranks a status without it: Northstar Access would stand.",
        ),
        Entry(
            "3",
            "fact",
            "Benefit verification: facts reported",
            "Northstar Access",
            late,
            late + 14 * hour,
            learnt_late_by=14 * hour,
            facts=(
                Fact("Copay", "$45.00"),
                Fact("Deductible left", "$310.00"),
                Fact("Prior authorization needed", "yes"),
            ),
            transport="batch",
            set_in_motion=("Prior authorization opened", "Pharmacy choice skipped: one in network"),
            reported=2,
        ),
        Entry(
            "4",
            "message",
            "Message to Northstar Access",
            "Ana Whitfield, Lakeside Rheumatology",
            late - 3 * hour,
            late - 3 * hour,
            note="The patient's plan changed on the first of the month; the new card is attached.",
            read_by=("Northstar Access",),
            unread_by=("Crescent Specialty Pharmacy",),
        ),
        Entry(
            "5",
            "hand_off",
            "Northstar Access confirmed receipt",
            "Northstar Access",
            now - 60 * hour,
            now - 60 * hour,
            transport="webhook",
            unplaced_why="It names a step that this journey does not have, so it moved nothing.",
        ),
    ]


_NAMES = (
    "Rosa Delgado",
    "Theodora Wilhelmina Featherstonehaugh-Castellanos de la Vega",
    "Li Na",
    "Marcus O'Brien",
    "Ingrid Sørensen",
    "Samir Patel",
)
_STEPS = ("Prior authorization", "Intake review", "Delivery", "Benefit verification")


def rows(now: datetime, *, count: int) -> list[dict[str, Any]]:
    """Rows of a worklist, what slips first at the top."""
    return [
        {
            "name": _NAMES[number % len(_NAMES)],
            "program": ("Veltrana Together", "Ossivue Path", "Rivastet Connect")[number % 3],
            "step": _STEPS[number % len(_STEPS)],
            "phase": PHASES[(number * 3 + 5) % len(PHASES)][0],
            "who": ("Northstar Access", "Lakeside Rheumatology", "Crescent Specialty Pharmacy")[
                number % 3
            ],
            "due_at": now + timedelta(hours=number * 7 - 20),
        }
        for number in range(count)
    ]
