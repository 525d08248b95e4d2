"""What an engineer fills in to connect a system: its address, and what a test asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journeys.core.conformance import EXPECTED
from journeys.forms.endpoints import AddressCheck

SCHEMES = ("https",)
WORDS = {
    "approve": _("Approve it"),
    "deny": _("Deny it"),
    "more": _("Ask for more"),
    "silent": _("Go silent"),
}


class AddressForm(forms.Form):
    use_required_attribute = False
    address = forms.CharField(
        label=_("Address of your test system"),
        help_text=_("Begins with https://. It takes our POST."),
        max_length=300,
        error_messages={"required": _("Give the address.")},
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "inputmode": "url", "class": "width-30"}
        ),
    )

    def __init__(self, *args: Any, check: AddressCheck, **options: Any) -> None:
        super().__init__(*args, **options)
        self.check = check

    def clean_address(self) -> str:
        """The address, if it is one we send to; a sentence at the field otherwise."""
        address: str = self.cleaned_data["address"]
        if problem := self.check(address, SCHEMES):
            raise forms.ValidationError(problem)
        return address


class EnrollmentForm(forms.Form):
    """A test enrollment: what the partner's test system shall make of it."""

    urgent = forms.BooleanField(label=_("Urgent: it goes before what waits"), required=False)

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(key, WORDS[key]) for key in EXPECTED[kind]]
        label = _("What your system shall do")
        self.fields["outcome"] = forms.ChoiceField(label=label, choices=choices)
        self.order_fields(["outcome", "urgent"])
