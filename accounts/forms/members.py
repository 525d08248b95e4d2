"""What an administrator fills in about members."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.core.permissions import KIND_ROLES, OrganizationKind, Role
from accounts.domain.invitations import Invited
from accounts.enums import ROLE_HINTS, ROLE_NAMES
from accounts.forms.choices import offer


def _choice(role: Role) -> tuple[str, SafeString]:
    words = format_html(
        '{}<span class="form-text">{}</span>', ROLE_NAMES[role], f" {ROLE_HINTS[role]}"
    )
    return role.value, words


class RolesForm(forms.Form):
    """The roles of a member, out of those that their kind of organization has."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )

    def __init__(self, *args: Any, kind: OrganizationKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "roles", [_choice(role) for role in KIND_ROLES[kind]])


class InviteForm(RolesForm):
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Say whom you invite.")}
    )
    email = forms.EmailField(
        label=_("Work e-mail"),
        max_length=254,
        help_text=_("The invitation goes there and can be accepted by its owner only."),
        error_messages={
            "required": _("Say where the invitation goes."),
            "invalid": _("An address looks like name@practice.com."),
        },
    )
    field_order = ("name", "email", "roles")

    def invited(self) -> Invited:
        data = self.cleaned_data
        return Invited(email=data["email"], name=data["name"], roles=data["roles"])
