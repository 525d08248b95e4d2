"""Which journey somebody means: one of those proposed, or another by its number."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.core.ids import read_id


class WhichJourneyForm(forms.Form):
    """A journey chosen or numbered; the number goes before the choice."""

    journey = forms.CharField(required=False, max_length=36)
    number = forms.CharField(
        label=_("Another journey, by its number"),
        required=False,
        max_length=12,
        widget=forms.TextInput({"autocomplete": "off", "class": "width-10"}),
    )

    def meant(self) -> dict[str, Any] | None:
        """What to look the journey up by; None where nothing that can be one was given."""
        if not self.is_valid():
            return None
        if number := self.cleaned_data["number"].strip().upper():
            return {"number": number}
        chosen = read_id(self.cleaned_data["journey"])
        return {"pk": chosen} if chosen else None
