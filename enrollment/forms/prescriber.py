"""Who signs in and signs as a prescriber."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PrescriberForm(forms.Form):
    """One choice: the person whose signature counts as this prescriber's."""

    use_required_attribute = False

    def __init__(
        self, people: Sequence[User], linked: UUID | None, data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.fields["signs_as"] = forms.ChoiceField(
            label=_("Who signs as this prescriber"),
            help_text=_("Only this person can sign, after proving again who they are."),
            required=False,
            choices=[("", _("Nobody yet")), *((str(user.id), user.name) for user in people)],
            initial=str(linked or ""),
        )

    @property
    def user_id(self) -> UUID | None:
        """The person chosen, once the form is valid."""
        chosen = self.cleaned_data["signs_as"]
        return UUID(chosen) if chosen else None
