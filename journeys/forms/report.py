"""The form in which a party's staff report a step's result: made from the step itself."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.core.graph import Step
from journeys.domain.reporting import Report
from journeys.forms import facts

FACT = "fact-"
MOMENT = "%Y-%m-%dT%H:%M"


class FactField(forms.CharField):
    """One fact, read as the enrollment form reads such an answer."""

    def __init__(self, name: str) -> None:
        self.name = name
        asked = facts.field_of(name)
        super().__init__(required=False, label=asked.label, widget=_widget(name))

    def to_python(self, value: Any) -> Any:
        return value if value is None else str(value)

    def clean(self, value: Any) -> Any:
        reading = facts.read(self.name, super().clean(value) or "")
        if reading.problem:
            raise forms.ValidationError(reading.problem)
        return reading.value


def _widget(name: str) -> forms.Widget:
    asked = facts.field_of(name)
    if asked.type == "boolean":
        return forms.Select(choices=[("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))])
    if asked.choices:
        known = [(choice.code, choice.label) for choice in asked.choices]
        return forms.Select(choices=[("", _("Not known")), *known])
    width = "width-10" if asked.type in ("number", "money") else "width-20"
    if asked.type == "date":
        return forms.DateInput(attrs={"type": "date"})
    return forms.TextInput(attrs={"autocomplete": "off", "class": width})


class ReportForm(forms.Form):
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    status = forms.ChoiceField(label=gettext_lazy("Result"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)
    occurred_at = forms.DateTimeField(
        label=gettext_lazy("When it happened"),
        input_formats=[MOMENT, f"{MOMENT}:%S"],
        widget=forms.DateTimeInput(
            format=MOMENT, attrs={"type": "datetime-local", "class": "width-20"}
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        statuses = [status for status in step.statuses if not status.calls]
        self.fields["status"].choices = [(each.key, each.label) for each in statuses]  # type: ignore[attr-defined]  # a ChoiceField
        groups = [
            (each.label, [(reason.key, reason.label.capitalize()) for reason in each.reasons])
            for each in statuses
            if each.reasons
        ]
        if groups:
            self.fields["reason"].choices = [("", _("None")), *groups]  # type: ignore[attr-defined]  # as above
        else:
            del self.fields["reason"]
        for name in step.produces:
            self.fields[f"{FACT}{name}"] = FactField(name)
        self.order_fields(
            ["status", "reason", "occurred_at", *(f"{FACT}{name}" for name in step.produces)]
        )

    @classmethod
    def about(cls, step: Step, *, now: datetime) -> "ReportForm":
        """An empty form; most reports are about what has just happened."""
        moment = timezone.localtime(now) - timedelta(minutes=1)
        return cls(step=step, initial={"occurred_at": moment, "token": uuid4()})

    def report(self) -> Report:
        """What was filled in, as the domain takes it. Only after `is_valid`."""
        filled = self.cleaned_data
        return Report(
            token=str(filled["token"]),
            step=self.step.key,
            status=filled["status"],
            reason=filled.get("reason", ""),
            facts={
                name: filled[f"{FACT}{name}"]
                for name in self.step.produces
                if filled[f"{FACT}{name}"] is not None
            },
            occurred_at=filled["occurred_at"],
            note=filled["note"].strip(),
        )
