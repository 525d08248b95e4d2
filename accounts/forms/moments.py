"""Days and moments as a browser's own boxes give and take them: ISO 8601 in any language."""

from typing import Any

from django import forms

_DAY = "%Y-%m-%d"
_MOMENT = "%Y-%m-%dT%H:%M"


class DayBox(forms.DateInput):
    """The box of a day."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"type": "date", **(attrs or {})}, format=_DAY)


class MomentField(forms.DateTimeField):
    """A day and a time, on the clock of whoever fills it in."""

    def __init__(self, **kwargs: Any) -> None:
        box = forms.DateTimeInput({"type": "datetime-local", "class": "width-20"}, format=_MOMENT)
        super().__init__(input_formats=[_MOMENT, f"{_MOMENT}:%S"], widget=box, **kwargs)
