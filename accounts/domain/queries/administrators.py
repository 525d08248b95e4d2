"""Whom to write to about an organization as a whole."""

from accounts.core.permissions import Role
from accounts.models import Membership, Organization


def administrators_of(organization: Organization) -> list[str]:
    """The addresses of its administrators who can sign in."""
    members = Membership.objects.filter(
        organization=organization, active=True, user__is_active=True, roles__contains=[Role.ADMIN]
    )
    return list(members.order_by("user__email").values_list("user__email", flat=True))
