"""What the office types from a signed paper, beside its scan."""

from collections.abc import Mapping

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import offer
from accounts.forms.moments import DayBox
from enrollment.core.signed import AUTHORITIES, Statement
from enrollment.domain.paper import CODE_LENGTH, Typed
from enrollment.forms.authorization import Relationship
from programs.core.catalogue import CATALOGUE


class Ticked(forms.MultipleChoiceField):
    """Which boxes of the paper are ticked: the paper decides that, not who copies it."""

    needed_if = _("each box that is ticked there")


class WhoSigned(Relationship):
    """Who signed: the patient, unless whoever copies the page says otherwise."""

    def __init__(self) -> None:
        unless = _("change it if somebody else signed")
        super().__init__(label=_("Who that is"), needed_if=unless, required=False)


class SignedForm(forms.Form):
    """What a signed page shows, whoever copies it."""

    use_required_attribute = False

    def offer_what_is_signed(self, shown: Statement) -> None:
        """Let it be said who signed, and which of the texts that were shown are ticked."""
        others = [
            (each.code, each.label) for each in CATALOGUE["A21"].choices if each.code in AUTHORITIES
        ]
        offer(self, "relationship", [("", _("The patient")), *others])
        offer(self, "agreed", [(each.key, each.title["en"]) for each in shown.consents])

    def say(self, problems: Mapping[str, list[str]]) -> None:
        """Put sentences beside their fields; those of a text beside the boxes."""
        for key, sentences in problems.items():
            place = {"signer": "relationship"}.get(key, key)
            for said in sentences:
                self.add_error(place if place in self.fields else "agreed", said)


class PaperForm(SignedForm):
    """The scan, and who signed when, in whose authority, with which texts ticked."""

    file = forms.FileField(
        label=_("Scan of the signed paper, all pages"),
        help_text=_("JPEG, PNG, TIFF or PDF, up to 10 MB and 50 pages."),
        error_messages={"required": _("Choose the scan of the signed paper first.")},
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/tiff,application/pdf"}),
    )
    code = forms.CharField(
        label=_("Code printed on the paper"),
        max_length=CODE_LENGTH + 4,
        error_messages={"required": _("Type the code that is printed on the paper.")},
        widget=forms.TextInput({"class": "width-10", "autocomplete": "off"}),
    )
    signer_name = forms.CharField(
        label=_("Name of the person who signed"),
        max_length=70,
        error_messages={"required": _("Type the full name of the person who signed.")},
        widget=forms.TextInput({"class": "width-30", "autocomplete": "off"}),
    )
    relationship = WhoSigned()
    signed_on = forms.DateField(
        label=_("Date on the paper"),
        input_formats=["%Y-%m-%d", "%m/%d/%Y"],
        error_messages={
            "required": _("Type the date that stands on the paper."),
            "invalid": _("Type the date as month/day/year, for example 3/27/2026."),
        },
        widget=DayBox({"class": "width-10"}),
    )
    agreed = Ticked(
        label=_("Ticked on the paper"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, shown: Statement, request: HttpRequest | None = None) -> None:
        super().__init__(request.POST if request else None, request.FILES if request else None)
        self.offer_what_is_signed(shown)

    def typed(self) -> Typed:
        """What was filled in, once the form is valid."""
        given = self.cleaned_data
        return Typed(
            signer_name=given["signer_name"],
            signed_on=given["signed_on"],
            agreed=given["agreed"],
            code=given["code"],
            relationship=given["relationship"],
        )

    def ask_again(self) -> None:
        """Say that the scan has to be chosen anew where something else is to be mended: a browser
        keeps what was typed, and no file.
        """
        if self.is_bound and self.errors and "file" not in self.errors:
            self.add_error("file", _("Choose the scan once more: only what was typed is kept."))
