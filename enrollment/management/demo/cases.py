"""Who at the hubs has which case in the demo world, and how they are reached."""

from collections.abc import Mapping
from itertools import cycle

from accounts.core.permissions import OrganizationKind
from accounts.models import Membership
from accounts.tenancy import every_tenant
from journeys.models import Journey

NUMBERS: Mapping[str, str] = {
    "priya@northstar.example": "8005550111",
    "jonah@beacon.example": "8005550122",
    "lena@beacon.example": "8005550123",
    "omar@parcel.example": "8005550133",
}


def share_cases() -> None:
    """Give every case whose intake is over to the people of its hub in turn."""
    with every_tenant(reason="the demo's cases were given out before anybody acts in it"):
        hubs = Membership.objects.filter(organization__kind=OrganizationKind.HUB, active=True)
        people: dict[object, list[Membership]] = {}
        for each in hubs.order_by("user__email"):
            people.setdefault(each.organization_id, []).append(each)
        for hub_id, colleagues in people.items():
            reviewed = Journey.objects.filter(hub=hub_id).exclude(step="intake_review")
            ids = reviewed.order_by("number").values_list("pk", flat=True)
            shares: dict[object, list[object]] = {each.pk: [] for each in colleagues}
            for journey_id, owner in zip(ids, cycle(colleagues), strict=False):
                shares[owner.pk].append(journey_id)
            for owner_id, cases in shares.items():
                Journey.objects.filter(pk__in=cases).update(case_owner=owner_id)
