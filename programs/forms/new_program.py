"""What a new program begins with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import offer
from programs.domain.studio.ports import journeys


class NewProgramForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the program"),
        max_length=120,
        help_text=_("As practices will see it, for example Veltrana Together."),
        error_messages={"required": _("Say what the program is called.")},
    )
    medicine = forms.CharField(
        label=_("Medicine"),
        max_length=120,
        error_messages={"required": _("Say which medicine it is for.")},
    )
    template = forms.ChoiceField(
        label=_("How the medicine reaches the patient"),
        help_text=_("The journey begins from this; steps, owners and clocks can be changed."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the journey to begin from.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "template", journeys().templates())
