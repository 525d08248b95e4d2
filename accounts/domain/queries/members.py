"""What the members page shows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.enums import role_names
from accounts.models import Invitation, Membership
from accounts.tenancy import current_organization_id

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class Member:
    """One row of the page."""

    id: UUID
    user_id: UUID
    name: str
    email: str
    initials: str
    roles: list[str]
    role_names: str
    last_sign_in: datetime | None
    second_factor: str
    sessions: int


def current_memberships() -> QuerySet[Membership]:
    """The active memberships of the acting organization, by name."""
    return (
        Membership.objects.select_related("user", "organization")
        .filter(organization_id=current_organization_id(), active=True)
        .order_by("user__name", "id")
    )


def members(memberships: Iterable[Membership]) -> list[Member]:
    """The rows, with how each person signs in and on how many devices."""
    memberships = list(memberships)
    people = [membership.user_id for membership in memberships]
    factors: dict[UUID, set[str]] = {}
    for user_id, kind in Authenticator.objects.filter(
        user_id__in=people, type__in=SECOND_FACTORS
    ).values_list("user_id", "type"):
        factors.setdefault(user_id, set()).add(kind)
    devices = Counter(
        UserSession.objects.filter(user_id__in=people).values_list("user_id", flat=True)
    )
    return [
        Member(
            id=membership.id,
            user_id=membership.user_id,
            name=membership.user.name,
            email=membership.user.email,
            initials=membership.user.initials,
            roles=membership.roles,
            role_names=role_names(membership.roles),
            last_sign_in=membership.user.last_login,
            second_factor=_in_words(factors.get(membership.user_id, set())),
            sessions=devices[membership.user_id],
        )
        for membership in memberships
    ]


def _in_words(kinds: set[str]) -> str:
    words = {
        Authenticator.Type.TOTP.value: _("Authenticator app"),
        Authenticator.Type.WEBAUTHN.value: _("Security key"),
    }
    return ", ".join(word for kind, word in words.items() if kind in kinds)


def open_invitations() -> list[Invitation]:
    """Invitations of the acting organization that nobody accepted or withdrew yet."""
    return list(
        Invitation.objects.select_related("invited_by").filter(accepted_at=None, withdrawn_at=None)
    )
