"""The last day of a partner's key, as somebody gives it."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from journeys.core.key_ends import has_ended


class LastDayForm(forms.Form):
    """Empty is a key without an end."""

    last_on = forms.DateField(required=False)

    def __init__(self, data: Any, *, now: datetime) -> None:
        super().__init__(data)
        self.now = now

    def clean_last_on(self) -> date | None:
        last_on: date | None = self.cleaned_data["last_on"]
        if has_ended(last_on, now=self.now):
            raise forms.ValidationError(_("That day is over. Choose today or a later day."))
        return last_on

    @property
    def fault(self) -> str:
        """What is wrong with what was given; "" when it can be taken."""
        return "" if self.is_valid() else str(self.errors["last_on"][0])
