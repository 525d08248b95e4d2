"""From when until when a version holds, and what becomes of the one before."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.enums import Overlap
from programs.models import ProgramDraft


def _day(label: Any, *, required: bool, hint: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=hint, widget=widget)


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

    def __init__(self, draft: ProgramDraft, *args: Any) -> None:
        super().__init__(*args)
        self.initial = {
            "valid_from": draft.definition["valid_from"],
            "valid_until": draft.valid_until,
            "overlap": draft.overlap,
            "overlap_until": draft.overlap_until,
        }
        if draft.program_id is None:
            del self.fields["overlap"], self.fields["overlap_until"]
