"""What an administrator does with the members of their organization."""

from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.domain import sessions
from accounts.models import Membership, Organization
from accounts.rules import require, why_not_these_roles, why_not_without


def _others(membership: Membership) -> list[Membership]:
    """The other members, with the organization locked: no two changes decide on the same list."""
    Organization.objects.select_for_update().get(id=membership.organization_id)
    return list(
        Membership.objects.filter(organization_id=membership.organization_id).exclude(
            id=membership.id
        )
    )


@transaction.atomic
def change_roles(membership: Membership, *, roles: list[str], by: Actor) -> None:
    """Give a member these roles instead; it counts from their next request on.

    Raises Refused for a role of another kind of organization, and for the last administrator.
    """
    others = _others(membership)
    kind = OrganizationKind(membership.organization.kind)
    require(why_not_these_roles(roles, kind=kind))
    if "admin" not in roles:
        require(why_not_without(membership, others))
    before = set(membership.roles)
    membership.roles = sorted(roles)
    membership.save(update_fields=["roles"])
    change = [f"+{role}" for role in sorted(set(roles) - before)]
    change += [f"-{role}" for role in sorted(before - set(roles))]
    audit.wrote(membership, action="roles_changed", fields=["roles"], purpose=" ".join(change))


@transaction.atomic
def end_membership(membership: Membership, *, by: Actor) -> None:
    """End a membership; it counts from the person's next request on. Their record stays.

    Raises Refused for the last administrator.
    """
    require(why_not_without(membership, _others(membership)))
    membership.active = False
    membership.save(update_fields=["active"])
    audit.wrote(membership, action="membership_ended", fields=["active"])


@transaction.atomic
def end_sessions(membership: Membership, *, by: Actor, but: str | None = None) -> int:
    """Sign a member out everywhere, at once; how many sessions there were.

    `but` keeps one session: the administrator's own, when they sign themselves out elsewhere.
    """
    ended = sessions.end_all(membership.user_id, but=but)
    audit.wrote(membership, action="sessions_ended", purpose=f"{ended} sessions")
    return ended


@transaction.atomic
def join(*, user_id: UUID, organization_id: UUID, roles: list[str]) -> Membership:
    """Make a person a member in these roles, again if they were one before."""
    membership, _created = Membership.objects.update_or_create(
        user_id=user_id,
        organization_id=organization_id,
        defaults={"roles": sorted(roles), "active": True},
    )
    return membership
