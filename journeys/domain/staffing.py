"""Organizations that nobody speaks for any more: noticed here, told on their journeys as R11."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, Organization
from accounts.tenancy import every_tenant
from journeys.enums import PartyRole, Transport
from journeys.models import Endpoint, Journey, WorkItem

# What goes there lies here until somebody signs in.
_NEEDS_PEOPLE = (Transport.PORTAL, Transport.PACKET)


def watch_staffing(*, now: datetime) -> int:
    """Note who has nobody left, or somebody again; of how many organizations that changed.

    Somebody speaks for an organization when a person of it can sign in, when its system ever
    reported, or when what goes to it reaches it elsewhere, by fax for example. The open journeys
    on which it has a next action are looked at anew.
    """
    with every_tenant(reason="whether anybody is there concerns everyone on a journey"):
        silent = unspoken_for()
        left = _changed(silent.filter(unstaffed_since=None))
        come = _changed(
            _parties().exclude(unstaffed_since=None).exclude(pk__in=silent.values("pk"))
        )
        Organization.objects.filter(pk__in=left).update(unstaffed_since=now)
        Organization.objects.filter(pk__in=come).update(unstaffed_since=None)
        changed = [*left, *come]
        if changed:
            _look_anew(changed, now=now)
    return len(changed)


def unspoken_for() -> QuerySet[Organization]:
    """Parties that nobody speaks for, neither a person nor a system nor a way elsewhere."""
    with_nobody = ~Exists(_people()) & ~Exists(_elsewhere()) & Q(heard_at=None)
    found: QuerySet[Organization] = _parties().filter(with_nobody)
    return found


def _parties() -> QuerySet[Organization]:
    found: QuerySet[Organization] = Organization.objects.filter(
        kind__in=PartyRole.values, active=True, sandbox_of=None
    )
    return found


def _changed(found: QuerySet[Organization]) -> list[UUID]:
    return list(found.values_list("pk", flat=True))


def _people() -> QuerySet[Membership]:
    return Membership.objects.filter(organization=OuterRef("pk"), active=True, user__is_active=True)


def _elsewhere() -> QuerySet[Endpoint]:
    its = Endpoint.objects.filter(organization=OuterRef("pk"), active=True)
    found: QuerySet[Endpoint] = its.exclude(transport__in=_NEEDS_PEOPLE)
    return found


def _look_anew(organizations: Collection[UUID], *, now: datetime) -> None:
    theirs = WorkItem.objects.filter(owner__in=organizations, closed_at=None)
    Journey.objects.filter(pk__in=theirs.values("journey"), closed_at=None).update(refresh_at=now)
