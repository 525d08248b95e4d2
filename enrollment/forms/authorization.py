"""The patient's signature on the office's screen: whose name, by which authority, to what."""

from collections.abc import Mapping, Sequence

from django import forms
from django.http import QueryDict

from enrollment.domain.signatures import Agreement, Language
from programs.core.catalogue import CATALOGUE
from programs.core.consents import Consent

# The patient reads this page, so its words come with it, whatever language the office works in.
WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "agree": "I agree: {title}",
        "agree_first": "This has to be agreed to before the enrollment can be sent.",
        "mend": "This is not signed yet. What you typed is kept.",
        "signature": "Signature",
        "signer": "Who signs",
        "patient": "The patient",
        "representative": "Somebody who may sign for the patient",
        "relationship": "Authority to sign for the patient",
        "which": "Say by which authority you sign.",
        "name": "Full name of the person who signs",
        "typing": "Typing your name here is your signature.",
        "name_first": "Type the full name of the person who signs.",
        "sign": "Sign",
    },
    "es": {
        "agree": "Acepto: {title}",
        "agree_first": "Hay que aceptar esto antes de poder enviar la inscripción.",
        "mend": "Esto todavía no está firmado. Lo que escribió se conserva.",
        "signature": "Firma",
        "signer": "Quién firma",
        "patient": "El paciente",
        "representative": "Alguien que puede firmar por el paciente",
        "relationship": "Autoridad para firmar por el paciente",
        "which": "Diga con qué autoridad firma.",
        "name": "Nombre completo de la persona que firma",
        "typing": "Escribir su nombre aquí es su firma.",
        "name_first": "Escriba el nombre completo de la persona que firma.",
        "sign": "Firmar",
    },
}


class AuthorizationForm(forms.Form):
    """One box for each text, unticked; the free choices may stay so."""

    use_required_attribute = False

    def __init__(
        self, consents: Sequence[Consent], language: Language, data: QueryDict | None = None
    ) -> None:
        super().__init__(data)
        self.consents, self.language = tuple(consents), language
        self.words = WORDS[language]
        for consent in self.consents:
            self.fields[consent.key] = forms.BooleanField(
                label=self.words["agree"].format(title=consent.title[language]),
                required=consent.required,
                error_messages={"required": self.words["agree_first"]},
                widget=forms.CheckboxInput({"class": "form-check-input"}),
            )
        self._add_signer()

    def _add_signer(self) -> None:
        words = self.words
        self.fields["signer"] = forms.ChoiceField(
            label=words["signer"],
            choices=[(each, words[each]) for each in ("patient", "representative")],
            widget=forms.RadioSelect,
            initial="patient",
        )
        self.fields["relationship"] = forms.ChoiceField(
            label=words["relationship"],
            required=False,
            choices=[("", "—"), *((each.code, each.label) for each in CATALOGUE["A21"].choices)],
        )
        self.fields["signer_name"] = forms.CharField(
            label=words["name"],
            help_text=words["typing"],
            max_length=70,
            error_messages={"required": words["name_first"]},
            widget=forms.TextInput({"class": "width-30", "autocomplete": "off"}),
        )

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        if cleaned.get("signer") == "representative" and not cleaned.get("relationship"):
            self.add_error("relationship", self.words["which"])
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
