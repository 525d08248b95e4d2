"""What somebody says of a key: its last day, and of a practice's own what it is for."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.core.key_ends import has_ended
from journeys.core.scopes import PREFILL_WRITE, STATUS_READ

USES = {
    STATUS_READ: gettext_lazy("Read where our journeys stand"),
    PREFILL_WRITE: gettext_lazy("Post records of our patients, to be proposed in a form"),
}


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


class PracticeKeyForm(LastDayForm):
    """A new key of a practice's own system."""

    uses = forms.MultipleChoiceField(
        choices=tuple(USES.items()),
        error_messages={"required": gettext_lazy("Choose what the key is for.")},
    )
