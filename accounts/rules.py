"""May this actor do this, and is it in a state to be done. Each rule answers with a sentence."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.core.permissions import KIND_ROLES, OrganizationKind, Role
from accounts.models import Invitation, Membership


class Refused(Exception):
    """The rules say no; the message is a sentence for whoever asked."""


def require(why_not: str) -> None:
    """Go on only when a rule had nothing to say. Raises Refused with its sentence."""
    if why_not:
        raise Refused(why_not)


def why_not_these_roles(roles: Sequence[str], *, kind: OrganizationKind) -> str:
    """An organization gives only the roles of its kind, and each member at least one."""
    if not roles:
        return _("Choose at least one role.")
    if not set(roles) <= {role.value for role in KIND_ROLES[kind]}:
        return _("This organization does not have that role.")
    return ""


def why_not_without(admin: Membership, others: Iterable[Membership]) -> str:
    """Whether the organization still has an administrator when this member is none."""
    if Role.ADMIN.value not in admin.roles:
        return ""
    if any(other.active and Role.ADMIN.value in other.roles for other in others):
        return ""
    return _("Somebody must stay administrator: make another member one first.")


def is_open(invitation: Invitation, *, now: datetime) -> bool:
    """Whether the invitation can still be accepted."""
    settled = invitation.accepted_at or invitation.withdrawn_at
    return settled is None and now < invitation.expires_at
