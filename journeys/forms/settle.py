"""The form in which a person settles a disagreement: its sides are the choices."""

from collections.abc import Sequence
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms.choices import offer
from journeys.core.timeline import Entry
from journeys.domain.settling import LONGEST, Settlement


class SettleForm(forms.Form):
    token = forms.UUIDField(widget=forms.HiddenInput)
    conflict = forms.CharField(widget=forms.HiddenInput)
    chosen = forms.ChoiceField(
        label=_("Which side stands"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the side that stands.")},
    )
    other_coverage = forms.BooleanField(
        label=_("The other side is true too, of another coverage"), required=False
    )
    why = forms.CharField(
        label=_("Why it stands"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everyone who sees the disagreement reads this."),
        error_messages={"required": _("Say why this side stands.")},
    )

    def __init__(self, data: QueryDict | None = None, *, entry: Entry) -> None:
        start = {"token": uuid4(), "conflict": entry.key}
        super().__init__(data, initial=start, auto_id=f"{entry.key}-%s")
        self.entry = entry
        self.weighed: Sequence[str] = [column.ref for column in entry.columns]
        offer(
            self,
            "chosen",
            [(column.ref, f"{column.who}: {column.what}") for column in entry.columns],
        )

    def settlement(self, *, weighed: Sequence[str]) -> Settlement:
        """What was decided, as the domain takes it. Only after `is_valid`."""
        filled = self.cleaned_data
        return Settlement(
            token=str(filled["token"]),
            conflict=filled["conflict"],
            chosen=filled["chosen"],
            weighed=tuple(weighed),
            why=filled["why"],
            other_coverage=filled["other_coverage"],
        )
