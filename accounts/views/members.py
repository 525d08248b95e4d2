"""An organization's members and open invitations."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_visible_or_404, requires
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Permission
from accounts.domain import invitations
from accounts.domain import members as domain
from accounts.domain.queries.members import current_memberships, members, open_invitations
from accounts.forms.members import InviteForm, RolesForm
from accounts.models import Invitation, Membership
from accounts.rules import Refused, is_open
from accounts.tenancy import current_actor


def _kind(actor: Actor) -> OrganizationKind:
    # `requires` lets nobody pass who acts for no organization.
    return actor.organization_kind or OrganizationKind.PRACTICE


def _membership_or_404(membership: UUID) -> Membership:
    """A current member of the actor's own organization."""
    return get_visible_or_404(current_memberships(), id=membership)


@requires(Permission.MEMBERS_MANAGE)
@require_safe
def member_list(request: HttpRequest) -> HttpResponse:
    """Everybody who works here, how they sign in, and whom we wait for."""
    now = timezone.now()
    found = members(current_memberships())
    context = {
        "members": found,
        "without_second_factor": sum(not member.second_factor for member in found),
        "invitations": [
            {"row": invitation, "expired": not is_open(invitation, now=now)}
            for invitation in open_invitations()
        ],
    }
    return render(request, "accounts/members.html", context)


@requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "POST"])
def invite_member(request: HttpRequest) -> HttpResponse:
    """Invite one address; the answer is the same whether it has an account or not."""
    actor = current_actor()
    given = request.POST if request.method == "POST" else None
    form = InviteForm(given, kind=_kind(actor))
    if form.is_valid():
        try:
            invited = invitations.invite(form.invited(), by=actor, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = _("The invitation is on its way to {email}; it is good for 72 hours.")
            messages.success(request, words.format(email=invited.email))
            return redirect("members")
    return render(request, "accounts/invite.html", {"form": form}, status=_status(form))


@requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, membership: UUID) -> HttpResponse:
    """One member: change their roles, sign them out, end the membership."""
    actor = current_actor()
    row = _membership_or_404(membership)
    given = request.POST if request.method == "POST" else None
    form = RolesForm(given, initial={"roles": row.roles}, kind=_kind(actor))
    if form.is_valid():
        try:
            domain.change_roles(row, roles=form.cleaned_data["roles"], by=actor)
        except Refused as refusal:
            form.add_error("roles", str(refusal))
        else:
            words = _("Saved. {name}'s roles count from their next page on.")
            messages.success(request, words.format(name=row.user.name))
            return redirect("members")
    context = {"member": members([row])[0], "form": form, "is_self": row.user_id == actor.user_id}
    return render(request, "accounts/member.html", context, status=_status(form))


@requires(Permission.MEMBERS_MANAGE)
@require_POST
def end_membership(request: HttpRequest, membership: UUID) -> HttpResponse:
    row = _membership_or_404(membership)
    try:
        domain.end_membership(row, by=current_actor())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("member", membership=membership)
    messages.success(request, _("{name} is no longer a member.").format(name=row.user.name))
    return redirect("members")


@requires(Permission.MEMBERS_MANAGE)
@require_POST
def end_member_sessions(request: HttpRequest, membership: UUID) -> HttpResponse:
    actor = current_actor()
    row = _membership_or_404(membership)
    own = request.session.session_key if row.user_id == actor.user_id else None
    ended = domain.end_sessions(row, by=actor, but=own)
    words = ngettext(
        "{name} was signed out of {count} device.",
        "{name} was signed out of {count} devices.",
        ended,
    )
    messages.success(request, words.format(name=row.user.name, count=ended))
    return redirect("member", membership=membership)


@requires(Permission.MEMBERS_MANAGE)
@require_POST
def withdraw_invitation(request: HttpRequest, invitation: UUID) -> HttpResponse:
    row = get_visible_or_404(Invitation.objects.all(), id=invitation)
    invitations.withdraw(row, by=current_actor(), now=timezone.now())
    messages.success(request, _("The invitation can no longer be used."))
    return redirect("members")


def _status(form: RolesForm) -> int:
    return 422 if form.errors else 200
