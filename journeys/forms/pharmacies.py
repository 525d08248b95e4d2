"""A pharmacy is picked among those of the program; another one is named by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from journeys.core.worksheet import Values
from journeys.domain.queries.pharmacies import Eligible

# The facts that name a pharmacy, and what it means when none is picked.
NAMING: Mapping[str, str] = {
    "pharmacy_name": "",
    "patient_pharmacy_choice": "No preference",
    "pharmacy_required_by_payer": "None",
}
ANOTHER = "another"


def offered_for(pharmacies: Sequence[Eligible], *, known: Values) -> Sequence[tuple[str, str]]:
    """What is picked from, in the journey's neutral order, and then what was named before."""
    own = [(each.name, _words(each)) for each in pharmacies]
    there = {name.casefold() for name, _label in own}
    before = (str(known.get(fact) or "") for fact in NAMING)
    others = {each: each for each in before if each and each.casefold() not in there}
    return [*own, *others.items()]


def _words(pharmacy: Eligible) -> str:
    if not pharmacy.affiliated_with:
        return pharmacy.name
    return _("{name} (belongs with {whose})").format(
        name=pharmacy.name, whose=pharmacy.affiliated_with
    )


class PharmacyPicker(forms.MultiWidget):
    """A list to pick from, and a box for the name of one that is not in it."""

    template_name = "journeys/pharmacy_picker.html"
    use_fieldset = False

    def __init__(self, offered: Sequence[tuple[str, str]], *, none: str) -> None:
        self.offered = {name.casefold(): name for name, _label in offered}
        another = (ANOTHER, _("Another pharmacy"))
        super().__init__(
            {
                "": forms.Select({"class": "form-select"}, [("", none), *offered, another]),
                "named": forms.TextInput({"autocomplete": "off", "class": "width-20"}),
            }
        )

    def decompress(self, value: str | None) -> list[str]:
        """A name as it was told: picked where it is offered, however it was spelled."""
        if not value:
            return ["", ""]
        there = self.offered.get(value.casefold())
        return [there, ""] if there else [ANOTHER, value]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What was picked, or the name that was written instead."""
        picked, named = super().value_from_datadict(data, files, name)
        return str((named if picked == ANOTHER else picked) or "")

    def id_for_label(self, id_: str) -> str:
        """The list's, for the label and for what is wrong."""
        return f"{id_}_0" if id_ else ""
