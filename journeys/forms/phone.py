"""What the hub writes down when a patient takes a permission back on the telephone."""

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import offer
from accounts.forms.moments import MomentField
from journeys.domain.revoking import LEAST_IDENTIFIED_BY, PhoneCall
from journeys.models import ConsentGrant
from programs.core.catalogue import CATALOGUE

READ_BACK = (
    "You take back your permission for {program} to share and use your health information. From "
    "now on nothing more is shared on it. What was shared before stays shared. Is that right?"
)
WAYS = (
    ("birth_date", _("Full name and date of birth")),
    ("address", _("Street address on file")),
    ("phone", _("Called from the phone number on file")),
    ("called_back", _("Called back on the phone number on file")),
    ("member_id", _("Member ID on file")),
)
# Who may take a permission back for a patient is who may give it: 45 CFR 164.502(g).
_NO_AUTHORITY = "caregiver"


class PhoneForm(forms.Form):
    """Which permission, who called, how they were recognized, when, and what was read out."""

    use_required_attribute = False

    grant = forms.ChoiceField(
        label=_("Permission"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the permission that ends.")},
    )
    caller = forms.CharField(
        label=_("Who called"),
        max_length=70,
        widget=forms.TextInput({"class": "width-30", "autocomplete": "off"}),
        error_messages={"required": _("Write who called.")},
    )
    authority = forms.ChoiceField(label=_("Who that is"), required=False)
    identified_by = forms.MultipleChoiceField(
        label=_("Recognized by"),
        help_text=_("At least two."),
        choices=WAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Recognize the caller in at least two ways.")},
    )
    called_at = MomentField(
        label=_("When they called"),
        error_messages={"required": _("Give the time of the call.")},
    )
    read_back = forms.BooleanField(
        label=_("I read this out, and the caller said yes"),
        error_messages={"required": _("Read the sentence out, and hear a yes.")},
    )

    def __init__(
        self,
        data: object = None,
        *,
        grants: Sequence[ConsentGrant],
        program: str,
        now: datetime,
    ) -> None:
        super().__init__(data, initial={"called_at": timezone.localtime(now)})  # type: ignore[arg-type]  # what a request posts
        self.sentence = READ_BACK.format(program=program)
        offer(self, "grant", [(str(each.pk), _grant_words(each)) for each in grants])
        self.initial["grant"] = str(grants[0].pk) if len(grants) == 1 else ""
        others = [
            (each.code, each.label)
            for each in CATALOGUE["A21"].choices
            if each.code != _NO_AUTHORITY
        ]
        offer(self, "authority", [("", _("The patient")), *others])

    def clean_identified_by(self) -> list[str]:
        ways: list[str] = self.cleaned_data["identified_by"]
        if len(ways) < LEAST_IDENTIFIED_BY:
            raise forms.ValidationError(_("Recognize the caller in at least two ways."))
        return ways

    def call(self) -> PhoneCall:
        """What was filled in, once the form is valid."""
        given = self.cleaned_data
        return PhoneCall(
            caller=given["caller"].strip(),
            authority=given["authority"],
            identified_by=tuple(given["identified_by"]),
            called_at=given["called_at"],
            read_back=self.sentence if given["read_back"] else "",
        )


def _grant_words(grant: ConsentGrant) -> str:
    given = timezone.localtime(grant.signed_at)
    return _("Given on {day:%b} {day.day}, {day.year}").format(day=given)
