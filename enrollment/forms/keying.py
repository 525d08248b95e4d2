"""Before a hub keys: whose enrollment it is, into which program, and of a call what it was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import offer
from accounts.forms.moments import MomentField
from enrollment.domain.keying import Call, Wanted
from enrollment.domain.queries.keying import Named
from journeys.core.faxes import About
from journeys.forms.faxes import PartForm
from programs.models import ProgramVersion


class WhoseForm(forms.Form):
    """The prescriber of a practice, among those found by what the page says, and the program."""

    use_required_attribute = False

    words = forms.CharField(
        label=_("NPI of the prescriber or the practice, or name of the practice"),
        help_text=_("Ten digits, or at least three letters of the name."),
        max_length=120,
        error_messages={"required": _("Write the number or the name that is on the page.")},
        widget=forms.TextInput({"autocomplete": "off", "class": "width-30"}),
    )
    prescriber = forms.ChoiceField(
        label=_("Prescriber"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Find the practice, then choose who prescribes.")},
    )
    version = forms.ChoiceField(
        label=_("Program"),
        error_messages={"required": _("Choose the program that the page is for.")},
    )

    def __init__(
        self, data: Any, *, found: Sequence[Named], versions: Sequence[ProgramVersion]
    ) -> None:
        super().__init__(data)
        programs = [(str(each.id), each.program.name) for each in versions]
        prescribers = [
            (
                f"{each.practice_id}:{each.prescriber_id}",
                f"{each.prescriber}, NPI {each.npi or 'unknown'}, {each.practice}",
            )
            for each in found
        ]
        self.found = bool(prescribers)
        offer(self, "prescriber", prescribers)
        offer(self, "version", [("", _("Choose")), *programs])
        if len(found) == 1:
            self.fields["prescriber"].initial = prescribers[0][0]

    def wanted(self) -> Wanted:
        """What was chosen, once the form is valid."""
        practice, _colon, prescriber = self.cleaned_data["prescriber"].partition(":")
        return Wanted(
            practice_id=UUID(practice),
            prescriber_id=UUID(prescriber),
            program_version_id=UUID(self.cleaned_data["version"]),
        )


class CallForm(PartForm):
    """A call: when, who called, and whom it was about."""

    field_order = ("called_at", "caller", "caller_phone", "name", "born_on", "phone", "member_id")

    token = forms.UUIDField(widget=forms.HiddenInput)
    called_at = MomentField(
        label=_("When they called"),
        error_messages={"required": _("Say when they called.")},
    )
    caller = forms.CharField(
        label=_("Who called"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "class": "width-30"}),
        error_messages={"required": _("Write the name of who called.")},
    )
    caller_phone = forms.CharField(
        label=_("From the number"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "class": "width-10", "inputmode": "tel"}),
    )
    note = forms.CharField(
        label=_("What else was said"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": "2"}),
    )

    def __init__(self, data: Any = None, *, now: datetime) -> None:
        super().__init__(data, initial={"called_at": timezone.localtime(now), "token": uuid4()})
        self.fields["name"].help_text = _("As the caller spells it.")
        self.fields["name"].error_messages["required"] = _("Write the name of the patient.")
        self.fields["born_on"].error_messages["required"] = _("Ask for the date of birth.")

    def call(self) -> Call:
        """What was said, once the form is valid."""
        given = self.cleaned_data
        told = ("name", "born_on", "phone", "member_id")
        return Call(
            token=given["token"],
            called_at=given["called_at"],
            caller=given["caller"],
            phone=given["caller_phone"],
            about=About(**{key: given[key] for key in told}),
            note=given["note"],
        )
