"""The forms in which people say what a partner's codes mean, and settle its reports."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import offer
from accounts.forms.moments import DayBox
from journeys.core.codes import Meaning
from journeys.domain.mapping import NewLine
from journeys.domain.queries.maps import PERSON, Choices, parsed
from journeys.domain.settling_reports import LONGEST_REASON
from programs.models import Program

CODE = r"^[\w .:/-]+$"
EVERY = "all"
MOST_TRIED = 50


class MeaningForm(forms.Form):
    """What one code of a partner means: from which day on, and for which program."""

    code = forms.RegexField(CODE, max_length=60, label=_("Their status"))
    sub_code = forms.RegexField(CODE, max_length=60, label=_("Their sub-status"), required=False)
    meaning = forms.ChoiceField(
        label=_("What it means here"),
        error_messages={"required": _("Choose what the code means.")},
    )
    program = forms.ChoiceField(label=_("For"))
    starts_on = forms.DateField(
        label=_("From"),
        required=False,
        help_text=_("The first day of this meaning at the partner. Empty: ever since."),
        widget=DayBox(),
    )

    def __init__(
        self,
        *args: Any,
        meanings: Choices,
        programs: Sequence[Program],
        everywhere: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.programs = {program.key: program for program in programs}
        choices = [("", _("Choose")), *meanings, (PERSON, _("A person decides each time"))]
        offer(self, "meaning", choices)
        every = [(EVERY, _("All of their programs"))] if everywhere else []
        named = [(program.key, program.name) for program in programs]
        offer(self, "program", [*named, *every])

    def line(self) -> NewLine:
        """The line as the domain takes it. Only after `is_valid`."""
        filled = self.cleaned_data
        day = filled["starts_on"]
        meaning: Meaning | None = parsed(filled["meaning"])
        return NewLine(
            code=filled["code"],
            sub_code=filled["sub_code"],
            program=self.programs.get(filled["program"]),
            meaning=meaning,
            starts_at=timezone.make_aware(datetime.combine(day, time.min)) if day else None,
        )


class TryForm(forms.Form):
    """Codes to try against a map: one a line, the sub-status after a bar or a comma."""

    rows = forms.CharField(
        label=_("Test rows"),
        required=False,
        max_length=5_000,
        help_text=_("One code a line, with its sub-status after a bar: ACTIVE | SHIPPED"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def codes(self) -> list[tuple[str, str]]:
        """Both levels of each row. Only after `is_valid`."""
        found = []
        for line in self.cleaned_data["rows"].splitlines()[:MOST_TRIED]:
            code, _bar, sub_code = line.replace(",", "|").partition("|")
            if code.strip():
                found.append((code.strip()[:60], sub_code.strip()[:60]))
        return found


class AsideForm(forms.Form):
    why = forms.CharField(
        label=_("Why it is not applied"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say why it is set aside.")},
    )
