"""Invitations: an administrator asks one e-mail address to join, and its owner accepts once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.core.tokens import digest_of, new_token
from accounts.domain.emailing import Email, send
from accounts.domain.members import join
from accounts.enums import EmailKind
from accounts.models import Invitation, Membership, Organization, User
from accounts.rules import Refused, is_open, require, why_not_these_roles
from accounts.tenancy import current_organization_id, every_tenant

VALID_FOR = timedelta(hours=72)


@dataclass(frozen=True)
class Invited:
    """Whom an administrator wants to invite."""

    email: str
    name: str
    roles: list[str]


@transaction.atomic
def invite(invited: Invited, *, by: Actor, now: datetime) -> Invitation:
    """Invite an address into the actor's organization, and send it the link.

    An earlier open invitation of the address is withdrawn. Nothing here tells whether the
    address has an account. Raises Refused for a wrong role, a member, and when the mail server
    does not take the mail; then nobody was invited.
    """
    organization = Organization.objects.get(id=current_organization_id())
    email = invited.email.lower()
    require(why_not_these_roles(invited.roles, kind=OrganizationKind(organization.kind)))
    members = Membership.objects.filter(organization=organization, active=True)
    if members.filter(user__email__iexact=email).exists():
        raise Refused(_("This person is already a member; change their roles instead."))
    for earlier in Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None):
        withdraw(earlier, by=by, now=now)
    token = new_token()
    invitation: Invitation = Invitation.objects.create(
        organization=organization,
        email=email,
        name=invited.name,
        roles=sorted(invited.roles),
        invited_by_id=by.user_id,
        token_digest=digest_of(token),
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    audit.wrote(invitation, action="invited", fields=["email", "roles"])
    _send(invitation, token=token, by=by)
    return invitation


def _send(invitation: Invitation, *, token: str, by: Actor) -> None:
    """Send the link before the invitation is committed: a link that fails harms nobody."""
    link = settings.SITE_URL + reverse("accept_invitation", args=[token])
    context = {"invitation": invitation, "link": link, "inviter": by.name}
    try:
        send(
            Email(
                kind=EmailKind.INVITATION,
                organization_id=invitation.organization_id,
                to=invitation.email,
                subject=_("Your invitation to Throughline"),
                text=render_to_string("accounts/email/invitation.txt", context),
            ),
            now=invitation.created_at,
        )
    except OSError as error:
        raise Refused(
            _("The mail server did not take the invitation; nobody was invited. Try again later.")
        ) from error


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    """Make an open invitation worthless. One that was settled before stays as it is."""
    if invitation.accepted_at or invitation.withdrawn_at:
        return
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    audit.wrote(invitation, action="invitation_withdrawn")


def find_open(token: str, *, now: datetime) -> Invitation | None:
    """The invitation behind a link while it can be accepted; nothing tells why it cannot."""
    with every_tenant(reason="an invitation is found by its token, before anyone acts"):
        invitation: Invitation | None = (
            Invitation.objects.select_related("organization", "invited_by")
            .filter(token_digest=digest_of(token))
            .first()
        )
    return invitation if invitation and is_open(invitation, now=now) else None


def accept_as_new(token: str, *, name: str, password: str, now: datetime) -> User:
    """Make an account for the invited address, and accept. Raises Refused as `accept`."""
    with every_tenant(reason="the account is made before anyone acts"):
        invitation = _claim(token, now=now)
        if User.objects.filter(email__iexact=invitation.email).exists():
            raise Refused(_("There is an account for this address already: sign in to accept."))
        user = User.objects.create_user(invitation.email, password, name=name)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        _accept(invitation, user=user, now=now)
    return user


def accept(token: str, *, user_id: UUID, now: datetime) -> Invitation:
    """Accept as a person who has an account.

    Raises Refused when the link is used up, expired or withdrawn, and for another address.
    """
    with every_tenant(reason="an invitation is accepted before one acts for its organization"):
        invitation = _claim(token, now=now)
        user = User.objects.get(id=user_id)
        if user.email.lower() != invitation.email.lower():
            raise Refused(_("This invitation was sent to another address."))
        _accept(invitation, user=user, now=now)
    return invitation


def _claim(token: str, *, now: datetime) -> Invitation:
    """Lock the invitation: two presses of the button accept once."""
    invitation: Invitation | None = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(token_digest=digest_of(token))
        .first()
    )
    if invitation is None or not is_open(invitation, now=now):
        raise Refused(_("This invitation cannot be used any more."))
    return invitation


def _accept(invitation: Invitation, *, user: User, now: datetime) -> None:
    join(user_id=user.id, organization_id=invitation.organization_id, roles=invitation.roles)
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    audit.happened(
        "invitation_accepted",
        organization_id=invitation.organization_id,
        user_id=user.id,
        purpose=" ".join(invitation.roles),
    )
