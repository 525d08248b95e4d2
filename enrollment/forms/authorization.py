"""The patient's signature on the office's screen: whose name, by which authority, to what."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from enrollment.domain.signatures import Agreement, Language
from programs.core.catalogue import CATALOGUE
from programs.core.consents import Consent

SIGNERS = (("patient", _("The patient")), ("representative", _("Somebody who may sign for them")))


class AuthorizationForm(forms.Form):
    """One box for each text, unticked; the required ones are asked for by the domain."""

    use_required_attribute = False

    signer = forms.ChoiceField(
        label=_("Who signs"), choices=SIGNERS, widget=forms.RadioSelect, initial="patient"
    )
    relationship = forms.ChoiceField(
        label=_("Their authority to sign"),
        help_text=_("Only when it is not the patient who signs."),
        required=False,
        choices=[("", _("Choose"))]
        + [(choice.code, choice.label) for choice in CATALOGUE["A21"].choices],
    )
    signer_name = forms.CharField(
        label=_("Full name of the person who signs"),
        help_text=_("Typing it here is the signature."),
        max_length=70,
        widget=forms.TextInput({"class": "width-30", "autocomplete": "off"}),
    )

    def __init__(
        self, consents: Sequence[Consent], language: Language, data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.consents, self.language = tuple(consents), language
        for consent in self.consents:
            self.fields[consent.key] = forms.BooleanField(
                label=_("Agreed: {title}").format(title=consent.title[language]),
                required=False,
            )

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        if cleaned.get("signer") == "representative" and not cleaned.get("relationship"):
            self.add_error("relationship", _("Say by which authority this person signs."))
        return cleaned

    def agreement(self) -> Agreement:
        """What was filled in, once the form is valid."""
        given = self.cleaned_data
        return Agreement(
            signer_name=given["signer_name"],
            agreed={consent.key for consent in self.consents if given[consent.key]},
            language=self.language,
            relationship=given["relationship"] if given["signer"] == "representative" else "",
        )
