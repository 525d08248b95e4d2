"""Keep the rows that people work from equal to what the journey waits for."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.prepared import Prepared
from accounts.rows import inserting, updating
from accounts.writing import Statement
from journeys.core.state import JourneyState, NextAction
from journeys.domain.parties import Cast
from journeys.models import Delivery, Journey, JourneyEvent, Notice, WorkItem

# Work about a failed delivery opens and closes with the delivery, not with the journey's state.
DELIVERY_KEY = "delivery:"
INTAKE, RETURNED = "intake_review", "missing_information"
MOVED: tuple[str, ...] = ("step", "action", "due_at", "urgent")


@Prepared
def open_work(journey_id: UUID) -> QuerySet[WorkItem]:
    """The open work that follows a journey's state."""
    return _open().filter(journey=journey_id)


@Prepared
def open_work_of(journey_ids: UUID) -> QuerySet[WorkItem]:
    """The same of several journeys."""
    return _open().filter(journey__in=[journey_ids])


def _open() -> QuerySet[WorkItem]:
    standing = WorkItem.objects.filter(closed_at=None)
    found: QuerySet[WorkItem] = standing.exclude(key__startswith=DELIVERY_KEY)
    return found


def close_calls(journey_id: UUID, about: QuerySet[Delivery], *, why: str, now: datetime) -> None:
    """Nobody has to call about these deliveries of a journey any more, and the notices say so."""
    calls = WorkItem.objects.filter(
        journey=journey_id, key__startswith=DELIVERY_KEY, closed_at=None
    )
    if not calls.exists():
        return
    keys = [f"{DELIVERY_KEY}{pk}" for pk in about.values_list("pk", flat=True)]
    calls.filter(key__in=keys).update(closed_at=now, closed_why=why[:200])
    for key in keys:
        told = Notice.objects.filter(journey=journey_id, key__startswith=f"{key}:")
        told.update(settled=True)


def sync_work(
    cast: Cast, state: JourneyState, standing: Iterable[WorkItem], *, now: datetime
) -> list[Statement]:
    """Open what is newly asked for, move what changed its date or words, close what is over.

    Brings in who is to act, and gives what is to be written with the event. Work whose blocker
    is gone disappears for everybody in the same transaction. What goes on with another
    organization is done for the first, and begins for the other.
    """
    left = {item.key: item for item in standing}
    owned = [
        # Where the program names nobody the hub has it: nothing is unowned.
        (action, (cast.bring_in(action.owner, now=now) or cast.parties["hub"]).party_id)
        for action in state.actions
    ]
    written = []
    for action, owner_id in owned:
        item = left.get(action.key)
        if item is not None and item.owner_id == owner_id:
            del left[action.key]
            if not _says_the_same(item, action):
                written.append(_moved(cast.journey, item, action))
        else:
            opened = _opened(cast.journey, action, owner_id, now=now)
            came_back = RETURNED in state.steps and state.steps[RETURNED].over
            if action.key == INTAKE and came_back:
                _give_back(opened, now=now)
            written.append(inserting(opened))
    # Of one key no two are open.
    return [*(_closed(item, state, now=now) for item in left.values()), *written]


def _opened(journey: Journey, action: NextAction, owner_id: UUID, *, now: datetime) -> WorkItem:
    return WorkItem(
        organization_id=journey.organization_id,
        party_ids=journey.party_ids,
        journey=journey,
        owner_id=owner_id,
        key=action.key,
        step=action.step or "",
        action=action.action,
        due_at=action.due_at,
        urgent=action.urgent or journey.urgent,
        opened_at=now,
    )


def _give_back(item: WorkItem, *, now: datetime) -> None:
    """What was returned comes back to the person who returned it."""
    returns = JourneyEvent.objects.filter(
        journey=item.journey, step=INTAKE, status="returned", actor__is_active=True
    )
    reviewer = returns.order_by("-received_at").values_list("actor_id", flat=True).first()
    if reviewer:
        item.claimed_by_id, item.claimed_at = reviewer, now


def _moved(journey: Journey, item: WorkItem, action: NextAction) -> Statement:
    item.step = action.step or ""
    item.action = action.action
    item.due_at = action.due_at
    item.urgent = action.urgent or journey.urgent
    return updating(item, MOVED)


def _closed(item: WorkItem, state: JourneyState, *, now: datetime) -> Statement:
    item.closed_at, item.closed_why = now, state.kept_headline[:200]
    return updating(item, ("closed_at", "closed_why"))


def _says_the_same(item: WorkItem, action: NextAction) -> bool:
    return (item.action, item.due_at, item.step) == (
        action.action,
        action.due_at,
        action.step or "",
    )
