"""What is asked when a patient's insurance changed: which, since when, and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms.moments import DayBox
from enrollment.domain.covering import Change
from enrollment.models import Coverage

NEW = "new"
REASONS = (
    ("", _("Choose a reason")),
    ("employer", _("The employer changed plans")),
    ("job", _("The patient changed jobs")),
    ("plan_year", _("A new plan year began")),
    ("government", _("Medicare, Medicaid or another government plan began")),
    ("lost", _("The insurance was lost")),
    ("other", _("Another reason")),
)
LONGEST = 300


class ChangeForm(forms.Form):
    """One that is known already, or one typed below; since when; why."""

    use_required_attribute = False

    which = forms.ChoiceField(
        label=_("Insurance the patient has, or will have"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the insurance.")},
    )
    starts_on = forms.DateField(
        label=_("Counts from"),
        help_text=_("A day to come too: everyone is told now, and it counts from then on."),
        input_formats=["%Y-%m-%d"],
        widget=DayBox({"class": "width-10"}),
        error_messages={"required": _("Give the first day on which it counts.")},
    )
    reason = forms.ChoiceField(
        label=_("Why it changed"),
        choices=REASONS,
        error_messages={"required": _("Choose why it changed.")},
    )
    note = forms.CharField(
        label=_("What the others should know"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The practice and the hub read it."),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        known: Sequence[Coverage],
        standing: Coverage | None,
        today: date,
    ) -> None:
        super().__init__(data, initial={"which": NEW, "starts_on": today})
        choices = [(str(each.id), _words(each, standing)) for each in known]
        which = cast(forms.ChoiceField, self.fields["which"])
        which.choices = [*choices, (NEW, _("Another one, typed below"))]

    def types_it(self, data: QueryDict | None) -> bool:
        """Whether what is typed below counts."""
        return data is not None and data.get("which") == NEW

    def change(self, details: Mapping[str, Any]) -> Change:
        """What was filled in, once the form is valid."""
        chosen, said = self.cleaned_data["which"], self.cleaned_data
        why = str(dict(REASONS)[said["reason"]])
        return Change(
            coverage_id=None if chosen == NEW else UUID(chosen),
            details=details,
            starts_on=said["starts_on"],
            why=f"{why}. {said['note'].strip()}".strip(),
        )


def _words(coverage: Coverage, standing: Coverage | None) -> str:
    name = coverage.details.get("B3") or _("No insurance")
    member = coverage.details.get("B7") or ""
    told = f"{name}, {member}" if member else str(name)
    counts = standing is not None and coverage.id == standing.id
    return _("{told} (counts today)").format(told=told) if counts else told
