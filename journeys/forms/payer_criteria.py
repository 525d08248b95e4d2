"""What a hub writes down of how a payer decides: whom it is about, since when, and what."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms.moments import DayBox
from journeys.core.fact_choices import CHOICES
from journeys.core.payer_criteria import Asked, Sheet
from journeys.domain.payer_criteria import Kept

# A payer's request form asks for some ten things; more than this nobody reads.
MOST = 20
BLANK_ROWS = 3
LONGEST = 200


class WhomForm(forms.Form):
    """Whose criteria they are, of those the program's patients are insured with."""

    use_required_attribute = False
    payer = forms.CharField(
        label=_("Payer"),
        required=False,
        max_length=120,
        help_text=_("As benefit verification names it. Empty: every payer."),
    )
    line = forms.ChoiceField(
        label=_("Line of business"),
        required=False,
        choices=[
            ("", _("Every line of business")),
            *((each.code, each.label) for each in CHOICES["line_of_business"]),
        ],
    )

    def clean_payer(self) -> str:
        return " ".join(str(self.cleaned_data["payer"]).split())


class SheetForm(forms.Form):
    """One version: since when, why, and its rows; a row without words is left out."""

    use_required_attribute = False
    from_on = forms.DateField(
        label=_("Counts from"),
        widget=DayBox({"class": "width-10"}),
        error_messages={"required": _("Give the first day on which it counts.")},
    )
    why = forms.CharField(
        label=_("Where it is from, or what changed"),
        max_length=LONGEST,
        help_text=_("For example: the plan's policy of March 2026."),
        error_messages={"required": _("Say where it is from: others trust it by that.")},
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        sheet: Sheet,
        shown_by: Sequence[tuple[str, str]],
        today: date,
    ) -> None:
        super().__init__(data, initial={"from_on": today})
        self.rows = min(MOST, max(len(sheet.asked), 2) + BLANK_ROWS)
        known = {code for code, _label in shown_by}
        for number in range(self.rows):
            row = sheet.asked[number] if number < len(sheet.asked) else Asked("")
            self.fields[f"words-{number}"] = forms.CharField(
                label=_("Criterion {number}").format(number=number + 1),
                required=False,
                max_length=LONGEST,
                initial=row.words,
            )
            # A question that a later version of the program no longer asks shows nothing.
            first = next((each for each in row.shown_by if each in known), "")
            self.fields[f"shown-{number}"] = forms.ChoiceField(
                label=_("Shown by"),
                required=False,
                choices=[("", _("Nothing on the form")), *shown_by],
                initial=first,
            )

    def drawn(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The rows, to be drawn."""
        return [(self[f"words-{each}"], self[f"shown-{each}"]) for each in range(self.rows)]

    def kept(self, *, program_id: UUID, payer: str, line: str) -> Kept:
        """What was written, once the form is valid."""
        told = self.cleaned_data
        rows = [(told[f"words-{each}"], told[f"shown-{each}"]) for each in range(self.rows)]
        return Kept(
            program_id=program_id,
            payer=payer,
            line=line,
            from_on=told["from_on"],
            asked=[Asked(words, (shown,) if shown else ()) for words, shown in rows if words],
            why=told["why"],
        )


def given_answers(data: QueryDict) -> Mapping[str, str]:
    """What was chosen on the checklist, by the criteria's words."""
    return {
        data.get(f"words-{place}", ""): data.get(f"met-{place}", "") for place in range(MOST + 1)
    }
