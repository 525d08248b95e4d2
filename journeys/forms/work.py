"""What is posted from the work list: rows given to somebody, and filters kept under a name."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.core.ids import read_id
from accounts.forms.choices import offer

# A page has 50 rows; more than this nobody picks by hand.
MOST_PICKED = 500
NOBODY = "nobody"


class AssignForm(forms.Form):
    item = forms.TypedMultipleChoiceField(
        coerce=UUID, error_messages={"required": _("Pick at least one row first.")}
    )
    to = forms.ChoiceField(error_messages={"required": _("Choose who gets it.")})

    def __init__(self, data: QueryDict, *, colleagues: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        # Any id of the right form: whether it is the organization's is asked of the rows.
        picked = data.getlist("item")[:MOST_PICKED]
        offer(self, "item", [(each, each) for each in picked if read_id(each)])
        offer(self, "to", [(NOBODY, ""), *colleagues])

    def receiver(self) -> UUID | None:
        """Who gets it; None for everybody again. Only after `is_valid`."""
        to = self.cleaned_data["to"]
        return None if to == NOBODY else UUID(to)


class SaveViewForm(forms.Form):
    name = forms.CharField(
        max_length=60,
        strip=True,
        error_messages={"required": _("Give the view a name.")},
    )
