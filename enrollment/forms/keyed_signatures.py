"""What somebody of the hub reads off a signed page, beside its picture."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enrollment.core.signed import AUTHORITIES, Statement
from enrollment.domain.keyed_signatures import ReadOff
from enrollment.enums import SignatureKind
from enrollment.forms.paper import Relationship, Ticked
from programs.core.catalogue import CATALOGUE
from programs.core.consents import LANGUAGES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WORDS = {"en": _("English"), "es": _("Spanish")}


class SignedPageForm(forms.Form):
    """On which page it is signed, and when."""

    use_required_attribute = False

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
        widget=forms.DateInput({"type": "date", "class": "width-10"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any, *, kind: SignatureKind, pages: Sequence[int]) -> None:
        # Two of them stand on one page.
        super().__init__(data, prefix=kind.value)
        self.kind = kind
        self._choose("page", [(str(each), str(each)) for each in pages])

    def _choose(self, name: str, choices: "Sequence[tuple[str, StrOrPromise]]") -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def read(self) -> ReadOff:
        """What was read, once the form is valid."""
        given = self.cleaned_data
        return ReadOff(kind=self.kind, page=given["page"], signed_on=given["signed_on"])

    def say(self, problems: Mapping[str, list[str]]) -> None:
        """Put sentences beside their fields; those of a text beside the boxes."""
        for key, sentences in problems.items():
            place = {"signer": "relationship"}.get(key, key)
            for said in sentences:
                self.add_error(place if place in self.fields else "agreed", said)


class PatientPageForm(SignedPageForm):
    """And who signed for the patient, in whose authority, with which texts ticked."""

    signer_name = forms.CharField(
        label=_("Name of the person who signed"),
        max_length=70,
        error_messages={"required": _("Type the full name of the person who signed.")},
        widget=forms.TextInput({"class": "width-30", "autocomplete": "off"}),
    )
    relationship = Relationship(label=_("Who that is"), required=False)
    language = forms.ChoiceField(
        label=_("The texts are in"), choices=[(each, WORDS[each]) for each in LANGUAGES]
    )
    agreed = Ticked(
        label=_("Ticked on the page"), required=False, widget=forms.CheckboxSelectMultiple
    )

    field_order = ("page", "signer_name", "relationship", "signed_on", "language", "agreed")

    def __init__(self, data: Any, *, shown: Statement, pages: Sequence[int]) -> None:
        super().__init__(data, kind=SignatureKind.PATIENT, pages=pages)
        others = [
            (each.code, each.label) for each in CATALOGUE["A21"].choices if each.code in AUTHORITIES
        ]
        self._choose("relationship", [("", _("The patient")), *others])
        self._choose("agreed", [(each.key, each.title["en"]) for each in shown.consents])

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
