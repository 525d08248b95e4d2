"""Keep the rows that people work from equal to what the journey waits for."""

from datetime import datetime
from uuid import UUID

from journeys.core.state import JourneyState, NextAction
from journeys.domain.parties import Cast
from journeys.models import Journey, WorkItem

# Work about a failed delivery opens and closes with the delivery, not with the journey's state.
DELIVERY_KEY = "delivery:"


def sync_work(journey: Journey, cast: Cast, state: JourneyState, *, now: datetime) -> None:
    """Open what is newly asked for, move what changed its owner or date, close what is over.

    Work whose blocker is gone disappears for everybody in the same transaction.
    """
    standing = WorkItem.objects.filter(journey=journey, closed_at=None)
    opened = {item.key: item for item in standing.exclude(key__startswith=DELIVERY_KEY)}
    for action in state.actions:
        # Where the program names nobody the hub has it: nothing is unowned.
        owner = cast.bring_in(action.owner, now=now) or cast.parties["hub"]
        item = opened.pop(action.key, None)
        if item is None:
            item = WorkItem(
                organization_id=journey.organization_id,
                journey=journey,
                key=action.key,
                opened_at=now,
            )
        elif _says_the_same(item, action, owner.party_id):
            continue
        if item.owner_id != owner.party_id:
            item.claimed_by = item.claimed_at = None
        item.party_ids = journey.party_ids
        item.owner_id = owner.party_id
        item.step = action.step or ""
        item.action = action.action
        item.due_at = action.due_at
        item.urgent = action.urgent or journey.urgent
        item.save()
    over = [item.pk for item in opened.values()]
    if over:
        WorkItem.objects.filter(pk__in=over).update(closed_at=now, closed_why=state.headline[:200])


def _says_the_same(item: WorkItem, action: NextAction, owner_id: UUID) -> bool:
    return (item.owner_id, item.action, item.due_at, item.step) == (
        owner_id,
        action.action,
        action.due_at,
        action.step or "",
    )
