"""What a patient fills in on their own pages: date of birth, boxes, and the signature."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from enrollment.core.signed import AUTHORITIES
from enrollment.domain.signatures import Language
from enrollment.domain.signing_sessions import Signer
from enrollment.forms.patient_words import WORDS
from programs.core.catalogue import CATALOGUE
from programs.core.spanish import in_spanish

PARTS = {"en": ("month", "day", "year"), "es": ("day", "month", "year")}


class BirthDateForm(forms.Form):
    """Three numbers; `born_on` is the day they name, once the form is valid."""

    use_required_attribute = False
    born_on: date

    def __init__(self, language: Language, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.words = WORDS[language]
        for part in PARTS[language]:
            self.fields[part] = forms.CharField(
                label=self.words[part],
                required=False,
                max_length=4,
                widget=forms.TextInput(
                    {
                        "inputmode": "numeric",
                        "autocomplete": "off",
                        "class": "width-4" if part == "year" else "width-2",
                    }
                ),
            )

    def clean(self) -> dict[str, object]:
        given = self.cleaned_data
        try:
            year, month, day = (int(given.get(part) or "") for part in ("year", "month", "day"))
            self.born_on = date(year, month, day)
        except ValueError:
            raise forms.ValidationError(self.words["no_date"]) from None
        return given


class Relationship(forms.ChoiceField):
    """By which authority somebody signs; `needed_if` says when it is to be chosen."""

    def __init__(self, *, needed_if: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.needed_if = needed_if


class SignerForm(forms.Form):
    """Who signs: the patient, or somebody who says by which authority."""

    use_required_attribute = False

    def __init__(self, language: Language, *, minor: bool, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.words = words = WORDS[language]
        self.minor = minor
        who = ("representative",) if minor else ("patient", "representative")
        self.fields["signer"] = forms.ChoiceField(
            label=words["signer"],
            help_text=words["minor"] if minor else "",
            choices=[(each, words[each]) for each in who],
            widget=forms.RadioSelect,
            initial=who[0],
            error_messages={"required": words["signer"], "invalid_choice": words["minor_first"]},
        )
        self.fields["relationship"] = Relationship(
            label=words["relationship"],
            needed_if=words["if_representative"],
            required=minor,
            choices=[("", "—"), *_relationships(language)],
            error_messages={"required": words["which"]},
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
        given = cleaned.get("relationship") or "relationship" in self.errors
        if cleaned.get("signer") == "representative" and not given:
            self.add_error("relationship", self.words["which"])
        return cleaned

    def signer(self) -> Signer:
        """What was filled in, once the form is valid."""
        given = self.cleaned_data
        by_other = given["signer"] == "representative"
        return Signer(given["signer_name"], given["relationship"] if by_other else "")


def _relationships(language: Language) -> list[tuple[str, str]]:
    asked = CATALOGUE["A21"]
    choices = (in_spanish(asked) if language == "es" else asked).choices
    return [(each.code, each.label) for each in choices if each.code in AUTHORITIES]
