"""What a program changes in one step of its journey."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from programs.domain.studio.ports import Journeys, StepTold


class StepForm(forms.Form):
    title = forms.CharField(label=_("Name of the step"), max_length=120, required=False)
    action = forms.CharField(label=_("What its owner does"), max_length=120, required=False)
    owner = forms.ChoiceField(label=_("Who has it"))
    amount = forms.DecimalField(
        label=_("Due after"), min_value=0, max_value=1000, max_digits=6, required=False
    )
    unit = forms.ChoiceField(label=_("Counted in"))

    def __init__(self, step: StepTold, port: Journeys, data: QueryDict | None = None) -> None:
        super().__init__(data, initial=_known(step))
        for name, keys in (("owner", port.roles()), ("unit", port.units())):
            pairs = [(each, each.replace("_", " ").capitalize()) for each in keys]
            self.fields[name].choices = pairs  # type: ignore[attr-defined]  # a ChoiceField


def _known(step: StepTold) -> dict[str, Any]:
    return {name: getattr(step, name) for name in ("title", "action", "owner", "amount", "unit")}
