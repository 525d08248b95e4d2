"""What a program changes in one step of its journey."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import offer
from programs.core.tunings import number
from programs.domain.studio.ports import Journeys, LimitTold, StepTold


class StepForm(forms.Form):
    title = forms.CharField(label=_("Name of the step"), max_length=120, required=False)
    action = forms.CharField(label=_("What its owner does"), max_length=120, required=False)
    owner = forms.ChoiceField(label=_("Who has it"))
    amount = forms.DecimalField(
        label=_("Due after"),
        min_value=0,
        max_value=1000,
        max_digits=6,
        required=False,
        widget=forms.NumberInput(attrs={"class": "width-10"}),
    )
    unit = forms.ChoiceField(label=_("Counted in"))

    def __init__(
        self, step: StepTold, port: Journeys, data: QueryDict | None = None, *, most: int = 0
    ) -> None:
        super().__init__(data, initial=_known(step))
        if most:
            self.fields["most"] = forms.IntegerField(
                label=_("How many times at most"),
                help_text=_("From 1 to {most}, the most that the template allows.").format(
                    most=most
                ),
                min_value=1,
                max_value=most,
                initial=step.most,
                widget=forms.NumberInput(attrs={"class": "width-10"}),
            )
        for name, keys in (("owner", port.roles()), ("unit", port.units())):
            pairs = [(each, each.replace("_", " ").capitalize()) for each in keys]
            offer(self, name, pairs)


class SkipForm(forms.Form):
    known = forms.ChoiceField(
        label=_("It is not needed when"), error_messages={"required": _("Choose what is known.")}
    )
    why = forms.CharField(
        label=_("Why not"),
        max_length=120,
        help_text=_("As everybody reads it at the step."),
        error_messages={"required": _("Say why it is not needed then.")},
    )

    def __init__(self, port: Journeys, data: QueryDict | None = None) -> None:
        super().__init__(data)
        groups = [
            (each.label, [(f"{each.key}={code}", f"{each.label}: {word}")
                          for code, word in each.values])
            for each in port.known()
        ]  # fmt: skip
        offer(self, "known", [("", _("Choose")), *groups])

    def condition(self) -> dict[str, Any]:
        """What was chosen as a condition of the journey. Only after ``is_valid``."""
        name, _equals, code = self.cleaned_data["known"].partition("=")
        return {
            "field": name,
            "op": "equals",
            "value": {"true": True, "false": False}.get(code, code),
        }


class LimitsForm(forms.Form):
    """From where on a journey is at risk, one amount for each rule that has one."""

    def __init__(
        self, limits: Sequence[LimitTold], port: Journeys, data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.limits = limits
        for each in limits:
            self.fields[each.key] = forms.DecimalField(
                label=each.title,
                help_text=_("The template: {usual}.").format(usual=each.usual),
                min_value=1,
                max_value=100_000,
                initial=each.amount,
                widget=forms.NumberInput(attrs={"class": "width-10"}),
            )
            if each.unit:
                pairs = [(unit, unit.replace("_", " ")) for unit in port.units()]
                self.fields[f"{each.key}_unit"] = forms.ChoiceField(
                    label=_("Counted in"), choices=pairs, initial=each.unit
                )

    def thresholds(self, usual: Sequence[LimitTold]) -> dict[str, Any]:
        """What differs from the template. Only after ``is_valid``."""
        made: dict[str, Any] = {}
        for each in usual:
            amount, unit = (
                self.cleaned_data[each.key],
                self.cleaned_data.get(f"{each.key}_unit", ""),
            )
            if (f"{amount:g}", unit) != (each.amount, each.unit):
                told = number(amount)
                made[each.key] = {"amount": told, "unit": unit} if unit else told
        return made


def _known(step: StepTold) -> dict[str, Any]:
    return {name: getattr(step, name) for name in ("title", "action", "owner", "amount", "unit")}
