"""What somebody new fills in when they accept an invitation."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, User


class NewPersonForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("As colleagues and partners know you."),
        error_messages={"required": _("Say what you are called.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        help_text=_("At least 12 characters. A few words in a row are easy to keep in mind."),
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"name": invitation.name}
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data:
            user = User(email=self.invitation.email, name=data.get("name", ""))
            try:
                validate_password(data["password"], user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data
