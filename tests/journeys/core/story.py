"""How these tests tell a journey: short words for events, parties and moments."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from journeys.core.evaluate import evaluate
from journeys.core.events import Event
from journeys.core.graph import Graph
from journeys.core.state import JourneyState, Party
from journeys.core.templates import GRAPHS

# The suite takes the same few streams every time; CORE_EXAMPLES=2000 looks for new ones.
_EXAMPLES = os.environ.get("CORE_EXAMPLES")
quick = settings(
    max_examples=int(_EXAMPLES or 12),
    deadline=None,
    database=None,
    derandomize=_EXAMPLES is None,
    suppress_health_check=list(HealthCheck),
)

SELF_INJECTED = GRAPHS["self_injected_pharmacy_benefit"]
MONDAY = datetime(2026, 3, 2, 14, tzinfo=UTC)  # 9:00 am in New York
NAMES = {
    "practice": "Lakeside Rheumatology",
    "hub": "Northstar Access",
    "pharmacy": "Crescent Specialty Pharmacy",
    "vendor": "Copperline Copay",
}
PARTIES = {role: Party(role, name) for role, name in NAMES.items()}
AUTHORIZED: dict[str, object] = {
    "authorization_number": "A-100",
    "authorization_starts_on": "2026-03-04",
    "authorization_ends_on": "2027-03-03",
}
_ids = count(1)


def at(hours: float) -> datetime:
    """The moment this many hours after Monday 9:00 am."""
    return MONDAY + timedelta(hours=hours)


def said(source: str, step: str | None, status: str | None, hours: float, **more: Any) -> Event:
    """An event of a source (a party role unless `role` is given), learnt as it happened."""
    values: dict[str, Any] = {
        "id": f"e{next(_ids)}",
        "kind": "status",
        "source": source,
        "source_name": NAMES.get(source, source.title()),
        "occurred_at": at(hours),
        "received_at": at(hours),
        "step": step,
        "status": status,
    }
    return Event(**{**values, **more})


def fact(source: str, hours: float, **facts: object) -> Event:
    """A source tells facts and nothing else."""
    return said(source, None, None, hours, kind="fact", facts=facts)


def settled(chosen: Event, key: str, hours: float, *, by: str = "hub", **more: Any) -> Event:
    """A person settles a disagreement."""
    return said(
        by, None, None, hours, kind="conflict_settled", conflict=key, chosen=chosen.ref, **more
    )


def late(event: Event, hours: float) -> Event:
    """The same event, learnt this many hours later."""
    return replace(event, received_at=event.received_at + timedelta(hours=hours))


def stand(
    events: Iterable[Event], *, now: float = 400, graph: Graph = SELF_INJECTED
) -> JourneyState:
    """Where the journey stands this many hours after Monday 9:00 am."""
    return evaluate(graph, events, started_at=MONDAY, now=at(now), parties=PARTIES)


def phases(state: JourneyState) -> Mapping[str, str]:
    """The phase of every step."""
    return {key: step.phase for key, step in state.steps.items()}


def happy_path(steps: int | None = None) -> list[Event]:
    """A journey in which all goes well: its first so many events."""
    coverage = {"line_of_business": "commercial", "payer_name": "Meridian Health"}
    story = [
        said("practice", "enrollment_submitted", "submitted", 0, facts=coverage),
        said("hub", "intake_review", "accepted", 2),
        said(
            "hub",
            "benefit_verification",
            "complete",
            5,
            facts={"prior_authorization_required": True},
        ),
        said("vendor", "copay_enrollment", "enrolled", 6),
        said("practice", "prior_authorization", "submitted", 24),
        said("hub", "prior_authorization_determination", "approved", 50, facts=AUTHORIZED),
        said("pharmacy", "pharmacy_triage", "accepted", 53),
        said("pharmacy", "pharmacy_intake", "paid", 72),
        said("pharmacy", "delivery", "delivered", 96),
        said("hub", "first_dose", "confirmed", 120),
    ]
    return story[:steps]


_SPECIAL = {
    "patient_assistance": said("hub", "patient_assistance", "approved", 30),
    "rems": said("practice", "rems", "authorized", 30),
    "site_of_care": said("practice", "site_of_care", "scheduled", 30),
    "infusion_course": said("practice", "infusion_course", "completed", 100),
    "home_delivery": said("pharmacy", "home_delivery", "delivered", 110),
}


def good_story(graph: Graph) -> list[Event]:
    """All goes well on any template: an event for each step that does not wait for trouble."""
    told = {event.step or "": event for event in happy_path()} | _SPECIAL
    story = [told[step.key] for step in graph.order if step.key in told]
    return sorted(story, key=lambda event: event.order)


_STATUSES = [(step.key, status.key) for step in SELF_INJECTED.steps for status in step.statuses]
_FACTS: list[dict[str, object]] = [
    {},
    {"line_of_business": "commercial"},
    {"line_of_business": "medicare"},
    {"prior_authorization_required": False},
    {"prior_authorization_required": True},
    {"pharmacy_required_by_payer": "Meridian Home Rx"},
    AUTHORIZED,
    {"days_supply": 28},
    {"days_supply": 28, "fill_number": 1},
    {"therapy_stage": "new"},
    {"start_by_on": "2026-03-20", "out_of_pocket_estimate": "900"},
]
_SOURCES = ["practice", "hub", "pharmacy", "vendor", "northstar", "system"]


_TURNS, _HOURS = 13, 146
_SAYINGS = _TURNS * len(_FACTS) * _HOURS * len(_SOURCES) * len(_STATUSES)


def _noise(place: int, drawn: int, earlier: Sequence[Event]) -> Event:
    """One of all that partners may say: a single number is drawn far quicker than its parts."""
    drawn, turn = divmod(drawn, _TURNS)
    drawn, facts = divmod(drawn, len(_FACTS))
    drawn, hours = divmod(drawn, _HOURS)
    drawn, source = divmod(drawn, len(_SOURCES))
    step, status = _STATUSES[drawn]
    more: dict[str, Any] = {"id": f"n{place}", "facts": _FACTS[facts]}
    if turn == 0 and earlier:
        key = f"status:{step}" if place % 2 else "fact:line_of_business"
        more |= {"kind": "conflict_settled", "conflict": key, "chosen": earlier[0].ref}
    elif turn == 1:
        more |= {"kind": "coverage_changed", "coverage_id": f"c{place}"}
    elif turn == 2:
        more |= {"kind": "follow_up"}
    elif turn == 3:
        more |= {"confirmed": False}
    elif turn == 4:
        more |= {"kind": "fact"}
    return said(_SOURCES[source], step, status, hours - 5, **more)


@st.composite
def streams(draw: st.DrawFn, *, closing: bool = True) -> list[Event]:
    """Any stream of events: the beginning of a good journey and whatever partners may say."""
    events = happy_path(draw(st.integers(0, 10)))
    events = [replace(event, id=f"p{place}") for place, event in enumerate(events)]
    drawn = draw(st.lists(st.integers(0, _SAYINGS - 1), max_size=8))
    for place, one in enumerate(drawn):
        events.append(_noise(place, one, events))
    if closing and draw(st.integers(0, 5)) == 0:
        hours = draw(st.integers(0, 140))
        events.append(said("hub", None, None, hours, id="z", kind="closed", reason="cost"))
    return events
