"""From when until when a version holds, and what becomes of the one before."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.moments import DayBox
from programs.enums import Overlap
from programs.models import ProgramDraft


def _day(label: Any, *, required: bool, hint: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=hint, widget=DayBox())


class DatesForm(forms.Form):
    valid_from = _day(_("Holds from"), required=True)
    valid_until = _day(
        _("Holds until"), required=False, hint=_("Empty: until another version takes its place.")
    )
    overlap = forms.ChoiceField(
        label=_("The version before"),
        choices=[each for each in Overlap.choices if each[0]],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what becomes of the version before.")},
    )
    overlap_until = _day(_("Until that day"), required=False)

    def __init__(self, draft: ProgramDraft, *args: Any, today: date) -> None:
        super().__init__(*args)
        self.today = today
        self.initial = {
            "valid_from": draft.definition["valid_from"],
            "valid_until": draft.valid_until,
            "overlap": draft.overlap,
            "overlap_until": draft.overlap_until,
        }
        if draft.program_id is None:
            del self.fields["overlap"], self.fields["overlap_until"]

    def clean_valid_from(self) -> date:
        """What was published already is never another's; nothing begins in the past."""
        day: date = self.cleaned_data["valid_from"]
        if day < self.today:
            raise forms.ValidationError(_("Choose today or a later day."))
        return day

    def clean(self) -> None:
        """Whoever lets both hold says until when."""
        told = self.cleaned_data
        unsaid = told.get("overlap") == Overlap.UNTIL and not told.get("overlap_until")
        # A day that could not be read has its own sentence.
        if unsaid and "overlap_until" not in self.errors:
            self.add_error("overlap_until", _("Say until which day."))
