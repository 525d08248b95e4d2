"""What is said of a fax, of a part of one, and whose that part is."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import offer
from accounts.forms.moments import MomentField
from journeys.core.faxes import About
from journeys.domain.faxes import Arrival
from journeys.domain.owning import GIVE_REASONS
from journeys.forms.which_journey import WhichJourneyForm
from programs.core.catalogue import CATALOGUE
from programs.core.values import normalize, parse_date


def _phone(text: str) -> str:
    read = normalize(CATALOGUE["A13"], text)
    if read.problem:
        raise forms.ValidationError(read.problem)
    return str(read.value or "")


class FaxForm(forms.Form):
    """A fax as it came."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("The fax"),
        help_text=_("PDF, TIFF or a picture, up to 10 MB and 50 pages, all patients in it."),
        widget=forms.ClearableFileInput({"accept": ".pdf,.tif,.tiff,.jpg,.jpeg,.png"}),
        error_messages={"required": _("Choose the file of the fax.")},
    )
    received_at = MomentField(
        label=_("When it came"),
        help_text=_("Its clock of eight business hours runs from then."),
        error_messages={"required": _("Say when it came.")},
    )
    from_number = forms.CharField(
        label=_("From the number"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"class": "width-10", "autocomplete": "off", "inputmode": "tel"}),
    )
    urgent = forms.BooleanField(label=_("It says that it is urgent"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, now: datetime) -> None:
        super().__init__(data, files, initial={"received_at": timezone.localtime(now)})

    def clean_from_number(self) -> str:
        """Ten digits, or nothing where the fax does not say."""
        return _phone(self.cleaned_data["from_number"])

    def arrival(self) -> Arrival:
        """How it came, once the form is valid."""
        given = self.cleaned_data
        return Arrival(
            received_at=given["received_at"],
            from_number=given["from_number"],
            urgent=given["urgent"],
        )


class GiveFaxForm(forms.Form):
    """Who gets the fax, and why."""

    use_required_attribute = False

    to = forms.TypedChoiceField(coerce=UUID, error_messages={"required": _("Choose who gets it.")})
    reason = forms.ChoiceField(
        choices=GIVE_REASONS.items(), error_messages={"required": _("Say why.")}
    )

    def __init__(self, data: Any, *, colleagues: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        offer(self, "to", colleagues)


class PartForm(forms.Form):
    """What stands on the chosen pages about their patient."""

    use_required_attribute = False

    name = forms.CharField(
        label=_("Name of the patient"),
        help_text=_("As it is written on the pages."),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Write the name that is on the pages.")},
    )
    born_on = forms.CharField(
        label=_("Date of birth"),
        help_text=_("MM/DD/YYYY"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "class": "width-10"}),
        error_messages={"required": _("Write the date of birth that is on the pages.")},
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "class": "width-10", "inputmode": "tel"}),
    )
    member_id = forms.CharField(
        label=_("Member ID"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "class": "width-10"}),
    )

    def clean_name(self) -> str:
        """Something that can be a name."""
        name: str = self.cleaned_data["name"]
        if not any(each.isalpha() for each in name):
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return name

    def clean_born_on(self) -> date:
        """A day that has been."""
        read = parse_date(self.cleaned_data["born_on"])
        if read.problem:
            raise forms.ValidationError(read.problem)
        born_on = date.fromisoformat(str(read.value))
        if born_on.year <= 1900 or born_on > timezone.localdate():
            raise forms.ValidationError(_("Nobody alive was born on this day."))
        return born_on

    def clean_phone(self) -> str:
        """Ten digits, or nothing."""
        return _phone(self.cleaned_data["phone"])

    def about(self) -> About:
        """Once the form is valid."""
        return About(**self.cleaned_data)


class FileForm(WhichJourneyForm):
    """Whose the part is, and what it is."""

    note = forms.CharField(
        label=_("What it is"),
        help_text=_("The practice and everyone who reads of the intake see this."),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
