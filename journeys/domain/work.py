"""Taking an open next action, giving it back, giving it to a colleague.

One statement each, so that of two who try at once only one can win.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from accounts import audit
from accounts.core.actor import Actor
from journeys.domain.queries.worklists import colleagues
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


class NoColleague(ValueError):
    """The person does not work on this organization's work, or no longer."""


def assign(
    item_ids: Collection[UUID], *, to: UUID | None, by: Actor, now: datetime
) -> list[WorkItem]:
    """Give open work of one's own organization to a colleague, or (None) back to everyone.

    Returns what was given; the rest was over, or another organization's, by now. Raises
    NoColleague.
    """
    if to is not None and str(to) not in dict(colleagues()):
        raise NoColleague
    mine = WorkItem.objects.filter(pk__in=item_ids, owner_id=by.organization_id, closed_at=None)
    items = list(mine.select_related("journey").select_for_update(of=("self",)).order_by("pk"))
    given = WorkItem.objects.filter(pk__in=[item.pk for item in items])
    given.update(claimed_by=to, claimed_at=now if to else None)
    for item in items:
        _say(item, "assigned work" if to else "released work")
    return items


def _say(item: WorkItem, action: str) -> None:
    audit.wrote(item, action=action, fields=["claimed_by"])
    announce(item.journey)
