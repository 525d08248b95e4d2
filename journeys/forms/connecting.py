"""What an engineer fills in to connect a system: its address, and what a test asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journeys.core.conformance import EXPECTED
from journeys.forms.endpoints import AddressCheck
from journeys.forms.wire import MESSAGE_ID

SCHEMES = ("https",)
WORDS = {
    "approve": _("Approve it"),
    "deny": _("Deny it"),
    "more": _("Ask for more"),
    "silent": _("Go silent"),
}


WEBHOOK, OTHER = "webhook", "other"


class AddressForm(forms.Form):
    """How the partner's test system is reached; every other way has a page of its own."""

    use_required_attribute = False
    way = forms.ChoiceField(
        label=_("How your test system takes what is sent"),
        choices=(
            (WEBHOOK, _("Signed webhook, at the address below")),
            (OTHER, _("FHIR R4, or files over SFTP: to be told on the next page")),
        ),
        widget=forms.RadioSelect,
        initial=WEBHOOK,
    )
    address = forms.CharField(
        label=_("Address of your test system"),
        help_text=_("For webhooks: it begins with https:// and takes our POST."),
        max_length=300,
        required=False,
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
        if self.cleaned_data.get("way") == OTHER:
            return ""
        if not address:
            raise forms.ValidationError(_("Give the address."))
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


# What Standard Webhooks ask of a message; every secret is tried on it in many ways.
LONGEST_BODY = 20_000


def _exact(label: Any, hint: Any = "") -> forms.CharField:
    """A body, byte for byte: nothing is stripped."""
    return forms.CharField(
        label=label,
        help_text=hint,
        strip=False,
        max_length=LONGEST_BODY,
        error_messages={"required": _("Paste the body.")},
        widget=ExactText({"rows": 10, "spellcheck": "false", "class": "code-box"}),
    )


class ExactText(forms.Textarea):
    """Browsers send every line break as two characters; what was meant is one."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text = super().value_from_datadict(data, files, name)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class ComposeForm(forms.Form):
    """A report to sign and send."""

    use_required_attribute = False
    body = _exact(_("Body"), _("The report as JSON. It is signed and sent byte for byte."))
    message_id = forms.RegexField(
        rf"^{MESSAGE_ID.pattern}\Z",
        label=_("webhook-id"),
        help_text=_("Yours for this message. Send it twice to see that it counts once."),
        widget=forms.TextInput({"autocomplete": "off", "class": "width-30"}),
        error_messages={"invalid": _("It has 1 to 64 visible ASCII characters.")},
    )


class VerifyForm(forms.Form):
    """A signature made elsewhere, with what it is said to be of."""

    use_required_attribute = False
    way = forms.ChoiceField(
        label=_("Which way"),
        choices=(
            ("theirs", _("You sent it to us")),
            ("ours", _("We sent it to you")),
        ),
        widget=forms.RadioSelect,
        initial="theirs",
    )
    id = forms.CharField(label=_("webhook-id"), max_length=200, strip=False, required=False)
    timestamp = forms.CharField(label=_("webhook-timestamp"), max_length=60, required=False)
    signature = forms.CharField(label=_("webhook-signature"), max_length=500, required=False)
    text = _exact(_("Body as it was sent"))
