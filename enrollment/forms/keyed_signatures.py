"""What somebody of the hub reads off a signed page, beside its picture."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import offer
from accounts.forms.moments import DayBox
from enrollment.core.signed import Statement
from enrollment.domain.keyed_signatures import ReadOff
from enrollment.enums import SignatureKind
from enrollment.forms.paper import SignedForm, Ticked, WhoSigned
from programs.core.consents import LANGUAGES

WORDS = {"en": _("English"), "es": _("Spanish")}


class SignedPageForm(SignedForm):
    """On which page it is signed, and when."""

    page = forms.TypedChoiceField(
        label=_("Signed on page"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say on which page it is signed.")},
    )
    signed_on = forms.DateField(
        label=_("Date beside the signature"),
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        error_messages={
            "required": _("Type the date that stands beside the signature."),
            "invalid": _("Type the date as month/day/year, for example 3/27/2026."),
        },
        widget=DayBox({"class": "width-10"}),
    )

    def __init__(self, data: Any, *, kind: SignatureKind, pages: Sequence[int]) -> None:
        # Two of them stand on one page.
        super().__init__(data, prefix=kind.value)
        self.kind = kind
        offer(self, "page", [(str(each), str(each)) for each in pages])

    def read(self) -> ReadOff:
        """What was read, once the form is valid."""
        given = self.cleaned_data
        return ReadOff(kind=self.kind, page=given["page"], signed_on=given["signed_on"])


class PatientPageForm(SignedPageForm):
    """And who signed for the patient, in whose authority, with which texts ticked."""

    signer_name = forms.CharField(
        label=_("Name of the person who signed"),
        max_length=70,
        error_messages={"required": _("Type the full name of the person who signed.")},
        widget=forms.TextInput({"class": "width-30", "autocomplete": "off"}),
    )
    relationship = WhoSigned()
    language = forms.ChoiceField(
        label=_("The texts are in"), choices=[(each, WORDS[each]) for each in LANGUAGES]
    )
    agreed = Ticked(
        label=_("Ticked on the page"), required=False, widget=forms.CheckboxSelectMultiple
    )

    field_order = ("page", "signer_name", "relationship", "signed_on", "language", "agreed")

    def __init__(self, data: Any, *, shown: Statement, pages: Sequence[int]) -> None:
        super().__init__(data, kind=SignatureKind.PATIENT, pages=pages)
        self.offer_what_is_signed(shown)

    def read(self) -> ReadOff:
        """What was read, once the form is valid."""
        given = self.cleaned_data
        return ReadOff(
            kind=self.kind,
            page=given["page"],
            signed_on=given["signed_on"],
            signer_name=given["signer_name"],
            agreed=given["agreed"],
            language=given["language"],
            relationship=given["relationship"],
        )
