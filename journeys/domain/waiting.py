"""What was held until the patient signed, handed over once they did."""

from datetime import datetime
from uuid import UUID

from journeys.core.state import StepState
from journeys.domain.graphs import graph_of
from journeys.domain.parties import cast_of
from journeys.domain.recording import lock_journey, state_of, stored_events
from journeys.domain.sending import queue_delivery


def send_what_waited(journey_id: UUID, *, now: datetime) -> None:
    """Hand over what open steps hand over at their opening, to whom it could not go before.

    What went already does not go twice. The caller has every tenant's scope.
    """
    journey = lock_journey(journey_id)
    graph, cast = graph_of(journey.program_version_id), cast_of(journey)
    state = state_of(cast, graph, stored_events(journey), now=now)
    for step in graph.order:
        if not _in_hand(state.steps[step.key]):
            continue
        for sending in step.sends:
            party = cast.bring_in(sending.to, now=now) if sending.on == "opened" else None
            if party is not None:
                queue_delivery(journey, recipient=party.party, now=now)


def _in_hand(step: StepState) -> bool:
    return step.opened_at is not None and not step.over and step.phase != "blocked"
