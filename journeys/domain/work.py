"""Taking an open next action, giving it back, giving it to a colleague.

One statement each, so that of two who try at once only one can win.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from journeys.domain.owning import NoReason, NotAColleague, take_unowned
from journeys.domain.queries.worklists import colleagues
from journeys.domain.recording import announce
from journeys.models import WorkItem
from journeys.rules import INTAKE


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
    _with_its_case(item, by=by)
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


def _with_its_case(item: WorkItem, *, by: Actor) -> None:
    """Who reviews an enrollment answers for the case, unless somebody does already."""
    if item.key == INTAKE:
        take_unowned(item.journey_id, by=by)


# Stated reasons, not free words: they stand in the audit, which holds nothing about a patient.
TAKE_OVER_REASONS: Mapping[str, str] = {
    "away": "They are away",
    "waiting": "It cannot wait for them",
    "asked": "They asked me to",
}


def take_over(item_id: UUID, *, reason: str, by: Actor, now: datetime) -> WorkItem:
    """Take what a colleague has taken; the reason is kept in the audit.

    Raises NoReason, and AlreadyTaken when it is no longer open.
    """
    if reason not in TAKE_OVER_REASONS:
        raise NoReason
    mine = WorkItem.objects.filter(pk=item_id, owner_id=by.organization_id, closed_at=None)
    if not mine.update(claimed_by=by.user_id, claimed_at=now):
        raise AlreadyTaken
    item: WorkItem = WorkItem.objects.select_related("journey").get(pk=item_id)
    words = TAKE_OVER_REASONS[reason]
    audit.wrote(item, action="took over work", fields=["claimed_by"], purpose=words)
    _with_its_case(item, by=by)
    announce(item.journey)
    return item


def taken_by_another(journey_id: UUID, key: str, *, by: Actor) -> str:
    """The name of the colleague who has this open work, or nothing."""
    held = WorkItem.objects.filter(
        journey=journey_id, key=key, owner_id=by.organization_id, closed_at=None
    )
    other = held.exclude(claimed_by=None).exclude(claimed_by=by.user_id)
    name: str | None = other.values_list("claimed_by__name", flat=True).first()
    return name or ""


def assign(
    item_ids: Collection[UUID], *, to: UUID | None, by: Actor, now: datetime
) -> list[WorkItem]:
    """Give open work of one's own organization to a colleague, or (None) back to everyone.

    What a colleague has taken is given away only by who may. Returns what was given; the rest
    was over, or another's, by now. Raises NotAColleague.
    """
    if to is not None and str(to) not in dict(colleagues()):
        raise NotAColleague
    mine = WorkItem.objects.filter(pk__in=item_ids, owner_id=by.organization_id, closed_at=None)
    if not by.may(Permission.WORK_REASSIGN):
        mine = mine.filter(Q(claimed_by=None) | Q(claimed_by=by.user_id))
    items = list(mine.select_related("journey").select_for_update(of=("self",)).order_by("pk"))
    given = WorkItem.objects.filter(pk__in=[item.pk for item in items])
    given.update(claimed_by=to, claimed_at=now if to else None)
    for item in items:
        _say(item, "assigned work" if to else "released work")
    return items


def _say(item: WorkItem, action: str) -> None:
    audit.wrote(item, action=action, fields=["claimed_by"])
    announce(item.journey)
