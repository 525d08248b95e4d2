"""How the scenarios are told: by the clock they describe, in the practice's time."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from journeys.core.effects import Effect, effects_between
from journeys.core.evaluate import evaluate
from journeys.core.events import Event
from journeys.core.graph import Graph
from journeys.core.state import JourneyState, NextAction, Party, Risk
from journeys.core.timeline import Entry, timeline
from tests.journeys.core.story import NAMES, PARTIES, SELF_INJECTED

NEW_YORK = ZoneInfo("America/New_York")
_ids = count(1)


def at(when: str) -> datetime:
    """A moment in New York: "2026-03-02 09:02"."""
    return datetime.fromisoformat(when).replace(tzinfo=NEW_YORK)


def on(day: str, hour: str = "10:00", *, plus: int = 0) -> str:
    """The moment so many days after a date."""
    return f"{datetime.fromisoformat(day).date() + timedelta(days=plus)} {hour}"


def tells(
    source: str, when: str, step: str | None = None, status: str | None = None, **more: Any
) -> Event:
    """A report of a party, learnt as it happened unless `learnt` says when."""
    learnt = more.pop("learnt", when)
    values: dict[str, Any] = {
        "id": f"s{next(_ids)}",
        "kind": "status" if step and status else "fact",
        "source": source,
        "source_name": NAMES.get(source, source.title()),
        "occurred_at": at(when),
        "received_at": at(learnt),
        "step": step,
        "status": status,
    }
    return Event(**{**values, **more})


class Journey:
    """One journey as its events come in."""

    def __init__(
        self,
        started: str,
        *events: Event,
        graph: Graph = SELF_INJECTED,
        parties: Mapping[str, Party] = PARTIES,
    ) -> None:
        self.started_at, self.graph, self.parties = at(started), graph, parties
        self.events: list[Event] = list(events)

    def learns(self, *events: Event) -> "Journey":
        """Take in more events."""
        self.events += events
        return self

    def stands(self, when: str, events: Iterable[Event] | None = None) -> JourneyState:
        """Where it stands at a moment."""
        told = self.events if events is None else list(events)
        return evaluate(
            self.graph, told, started_at=self.started_at, now=at(when), parties=self.parties
        )

    def phase(self, step: str, when: str) -> str:
        """One step's phase at a moment."""
        return self.stands(when).steps[step].phase

    def story(self, viewer: str, when: str) -> list[Entry]:
        """What a role reads."""
        return timeline(self.graph, self.events, self.stands(when), viewer, parties=self.parties)

    def follows(self, event: Event, when: str) -> list[Effect]:
        """What happens because this event is learnt."""
        before = self.stands(when).steps
        return effects_between(self.graph, before, self.stands(when, [*self.events, event]))


def opened_by(journey: Journey, event: Event, when: str) -> list[NextAction]:
    """The work that is there because this event was learnt."""
    had = {action.key for action in journey.stands(when).actions}
    after = journey.stands(when, [*journey.events, event])
    return [action for action in after.actions if action.key not in had]


def ended_by(journey: Journey, event: Event, when: str) -> list[NextAction]:
    """The work that is gone for everybody because this event was learnt."""
    after = journey.stands(when, [*journey.events, event])
    has = {action.key for action in after.actions}
    return [action for action in journey.stands(when).actions if action.key not in has]


def work_of(state: JourneyState, role: str) -> list[NextAction]:
    """What one party has to do."""
    return [action for action in state.actions if action.owner == role]


def risk_of(state: JourneyState, rule: str) -> Risk | None:
    """The risk a rule sees."""
    return next((risk for risk in state.risks if risk.rule == rule), None)


def accepted(day: str, **facts: object) -> list[Event]:
    """Enrolled at nine on a day, and accepted by the hub an hour later."""
    coverage = {
        "line_of_business": "commercial",
        "payer_name": "Meridian Health",
        "therapy_stage": "new",
        **facts,
    }
    return [
        tells("practice", on(day, "09:00"), "enrollment_submitted", "submitted", facts=coverage),
        tells("hub", on(day, "10:00"), "intake_review", "accepted"),
    ]


def verified(day: str, *, needs_authorization: bool = True, **facts: object) -> Event:
    """Benefits verified at eleven."""
    known = {"prior_authorization_required": needs_authorization, **facts}
    return tells("hub", on(day, "11:00"), "benefit_verification", "complete", facts=known)


def authorized(when: str, number: str = "A-100", until: str = "2027-03-01") -> Event:
    """The payer's approval with its number and dates, as the hub tells it."""
    facts = {
        "authorization_number": number,
        "authorization_starts_on": when[:10],
        "authorization_ends_on": until,
    }
    return tells("hub", when, "prior_authorization_determination", "approved", facts=facts)
