"""Every case has an owner at the hub: taken with the intake, given away by a supervisor."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Subquery

from accounts import audit
from accounts.core.actor import Actor
from accounts.models import Membership
from journeys.domain.queries.cases import people
from journeys.domain.recording import announce
from journeys.domain.unowned import settle_unowned
from journeys.models import Journey, WorkItem

# Stated reasons, not free words: they stand in the audit, which holds nothing about a patient.
GIVE_REASONS: Mapping[str, str] = {
    "nobody": "Nobody had it",
    "away": "They are away",
    "load": "They have too many",
    "knows": "It needs what somebody else knows",
    "left": "They no longer do this work",
    "asked": "They asked for it",
}


class NoReason(ValueError):
    """Nothing is taken from a colleague or given to one without saying why."""


class NotAColleague(ValueError):
    """The person cannot have work of this organization, or no longer."""


def take_unowned(journey_id: UUID, *, by: Actor) -> bool:
    """The actor answers for the case from now on, if nobody does; whether they now do."""
    if by.user_id is None or by.organization_id is None:
        return False
    mine = Membership.objects.filter(
        user_id=by.user_id, organization_id=by.organization_id, active=True
    )
    free = Journey.objects.filter(pk=journey_id, hub_id=by.organization_id, case_owner=None)
    owner = Subquery(mine.values("pk")[:1])
    if not free.filter(closed_at=None).update(case_owner=owner, unowned_since=None):
        return False
    settle_unowned([journey_id])
    _say(Journey.objects.get(pk=journey_id), "took the case")
    return True


def give_cases(journey_ids: Collection[UUID], *, to: UUID, reason: str, by: Actor) -> int:
    """Give open cases of one's hub to a colleague (a membership); how many were given.

    What the earlier owner had taken of their open work goes with the case. The reason is kept in
    the audit. Raises NoReason, NotAColleague.
    """
    if reason not in GIVE_REASONS:
        raise NoReason
    receiver = next((each for each in people() if each.pk == to), None)
    if receiver is None:
        raise NotAColleague
    mine = Journey.objects.filter(pk__in=journey_ids, hub_id=by.organization_id, closed_at=None)
    cases = list(mine.exclude(case_owner=to).select_for_update(of=("self",)).order_by("pk"))
    given = [each.pk for each in cases]
    _hand_work_on(cases, receiver)
    Journey.objects.filter(pk__in=given).update(case_owner=receiver, unowned_since=None)
    settle_unowned(given)
    for each in cases:
        _say(each, "gave the case", GIVE_REASONS[reason])
    return len(given)


def _hand_work_on(cases: Collection[Journey], receiver: Membership) -> None:
    owners = {each.case_owner_id for each in cases if each.case_owner_id}
    people_before = Membership.objects.filter(pk__in=owners).values("user_id")
    held = WorkItem.objects.filter(
        journey__in=cases,
        owner_id=receiver.organization_id,
        closed_at=None,
        claimed_by__in=people_before,
    )
    held.update(claimed_by=receiver.user_id)


def _say(journey: Journey, action: str, why: str = "") -> None:
    audit.wrote(journey, action=action, fields=["case_owner"], purpose=why)
    announce(journey)
