"""Loads for the pages about an office itself."""

from uuid import UUID

from accounts.core.permissions import Role
from accounts.models import Membership, User
from enrollment.models import PracticeProfile, Prescriber


def profile_of(organization_id: UUID) -> PracticeProfile | None:
    """What the practice says about itself, once it has said so."""
    profile: PracticeProfile | None = PracticeProfile.objects.filter(
        organization_id=organization_id
    ).first()
    return profile


def to_be_offered() -> list[Prescriber]:
    """Who prescribes here now, with the person who signs as them."""
    return list(Prescriber.objects.filter(active=True).select_related("user"))


def people_who_sign(organization_id: UUID) -> list[User]:
    """The members who may sign as a prescriber, by name."""
    members = Membership.objects.filter(
        organization_id=organization_id, active=True, roles__contains=[Role.PRESCRIBER.value]
    )
    return [each.user for each in members.select_related("user").order_by("user__name")]
