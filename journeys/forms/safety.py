"""What a report of a side effect still lacks, as boxes to fill in."""

from collections.abc import Iterable
from typing import Any

from django import forms

from journeys.core.safety import CRITERIA
from journeys.core.worksheet import Question
from journeys.forms.report import FactField


class MissingForm(forms.Form):
    """The facts of the criteria that a report lacks; each may stay unknown."""

    def __init__(self, *args: Any, lacks: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (name for key in lacks for name in CRITERIA[key]):
            self.fields[name] = FactField(Question(fact=name), required=False, initial=None)

    def told(self) -> dict[str, object]:
        """What was filled in. Only after `is_valid`."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}
