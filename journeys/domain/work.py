"""Taking an open next action, and giving it back. One statement each, so only one can win."""

from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from journeys.domain.recording import announce
from journeys.models import WorkItem


class AlreadyTaken(Exception):
    """Somebody else has the work, or it is no longer open; `by` is their name, if anyone."""

    def __init__(self, by: str = "") -> None:
        super().__init__(by)
        self.by = by


def claim(item_id: UUID, *, by: Actor, now: datetime) -> WorkItem:
    """Take a piece of open work of one's own organization. Raises AlreadyTaken.

    Taking what one already has changes nothing.
    """
    mine = WorkItem.objects.filter(pk=item_id, owner_id=by.organization_id, closed_at=None)
    taken = mine.filter(claimed_by=None).update(claimed_by=by.user_id, claimed_at=now)
    item: WorkItem = WorkItem.objects.select_related("claimed_by", "journey").get(pk=item_id)
    if not taken:
        if item.closed_at is None and item.claimed_by_id == by.user_id:
            return item
        raise AlreadyTaken(item.claimed_by.name if item.claimed_by else "")
    _say(item, "claimed work")
    return item


def release(item_id: UUID, *, by: Actor) -> WorkItem:
    """Give back a piece of work one had taken. Raises AlreadyTaken when it was not one's own."""
    mine = WorkItem.objects.filter(pk=item_id, claimed_by=by.user_id, closed_at=None)
    given = mine.update(claimed_by=None, claimed_at=None)
    item: WorkItem = WorkItem.objects.select_related("claimed_by", "journey").get(pk=item_id)
    if not given:
        raise AlreadyTaken(item.claimed_by.name if item.claimed_by else "")
    _say(item, "released work")
    return item


def _say(item: WorkItem, action: str) -> None:
    audit.wrote(item, action=action, fields=["claimed_by"])
    announce(item.journey)
