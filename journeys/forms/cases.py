"""Who has a case, how they are reached, and who covers for them."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.core.ids import read_id
from accounts.domain.desks import Desk
from accounts.forms.choices import offer
from accounts.forms.moments import DayBox
from accounts.models import Membership
from journeys.domain.owning import GIVE_REASONS

# A page has 50 rows; more than this nobody picks by hand.
MOST_PICKED = 500


class GiveForm(forms.Form):
    """Cases, who gets them, and why."""

    use_required_attribute = False
    case = forms.TypedMultipleChoiceField(
        coerce=UUID, error_messages={"required": _("Pick at least one case first.")}
    )
    to = forms.TypedChoiceField(
        label=_("Give it to"),
        coerce=UUID,
        error_messages={"required": _("Choose who gets it.")},
    )
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[("", _("Choose a reason")), *GIVE_REASONS.items()],
        error_messages={"required": _("Say why.")},
    )

    def __init__(self, data: QueryDict | None, *, colleagues: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        # Any id of the right form: whether it is the hub's is asked of the rows.
        picked = data.getlist("case")[:MOST_PICKED] if data else []
        offer(self, "case", [(each, each) for each in picked if read_id(each)])
        offer(self, "to", [("", _("Choose a colleague")), *colleagues])


class DeskForm(forms.Form):
    """How one person at a hub is reached, and who covers while they are away."""

    use_required_attribute = False
    phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        help_text=_("Practices and pharmacies see it beside every case you have."),
        error_messages={"required": _("Give the number that people call.")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    hours = forms.CharField(
        label=_("Hours"),
        max_length=80,
        help_text=_("For example: Mon to Fri, 8 am to 4 pm ET."),
        error_messages={"required": _("Say when people can call.")},
    )
    away_from = forms.DateField(label=_("Away from"), required=False, widget=DayBox())
    away_until = forms.DateField(
        label=_("Away until, that day included"),
        required=False,
        widget=DayBox(),
    )
    covered_by = forms.TypedChoiceField(
        label=_("Who covers"), coerce=UUID, required=False, empty_value=None
    )
    after_hours = forms.CharField(
        label=_("After hours, for the whole hub"),
        max_length=160,
        required=False,
        help_text=_("Whom callers reach when nobody is there. Shown beside every case."),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        of: Membership,
        colleagues: Sequence[Membership],
        for_hub: bool,
    ) -> None:
        kept = {name: getattr(of, name) for name in ("phone", "hours", "away_from", "away_until")}
        kept |= {
            "covered_by": of.covered_by_id or "",
            "after_hours": of.organization.after_hours,
        }
        super().__init__(data, initial=kept)
        self.others = [each for each in colleagues if each.pk != of.pk]
        offer(
            self,
            "covered_by",
            [
                ("", _("Nobody")),
                *((str(each.pk), each.user.name) for each in self.others),
            ],
        )
        if not for_hub:
            del self.fields["after_hours"]

    def clean_phone(self) -> str:
        digits = re.sub(r"\D", "", str(self.cleaned_data["phone"]))
        digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
        if len(digits) != 10:
            raise forms.ValidationError(_("A phone number has 10 digits."))
        return digits

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        first, last = told.get("away_from"), told.get("away_until")
        if bool(first) != bool(last):
            self.add_error("away_until", _("Say both the first and the last day away."))
        elif first and last:
            self._check_cover(told, first=first, last=last)
        return told

    def _check_cover(self, told: dict[str, Any], *, first: date, last: date) -> None:
        cover = next((each for each in self.others if each.pk == told.get("covered_by")), None)
        if last < first:
            self.add_error("away_until", _("The last day is before the first."))
        if cover is None:
            self.add_error("covered_by", _("Choose who answers for these cases meanwhile."))
        elif _is_away(cover, first=first, last=last):
            words = _("{name} is away in these days too.")
            self.add_error("covered_by", str(words).format(name=cover.user.name))

    def desk(self) -> Desk:
        """What was said, once the form is valid."""
        names = ("phone", "hours", "away_from", "away_until", "covered_by")
        return Desk(**{name: self.cleaned_data[name] for name in names})


def _is_away(row: Membership, *, first: date, last: date) -> bool:
    """Whether somebody is away on any of these days."""
    if row.away_from is None or row.away_until is None:
        return False
    return row.away_from <= last and row.away_until >= first
