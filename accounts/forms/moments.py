"""Days and moments as a browser's own boxes give and take them: ISO 8601 in any language."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime

_DAY = "%Y-%m-%d"
_MOMENT = "%Y-%m-%dT%H:%M"
# Django's own code for an hour that is there twice, or not at all.
_TWICE_OR_NEVER = "ambiguous_timezone"


class DayBox(forms.DateInput):
    """The box of a day."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"type": "date", **(attrs or {})}, format=_DAY)


class MomentField(forms.DateTimeField):
    """A day and a time, on the clock of whoever fills it in.

    Of an hour that clocks show twice in autumn the second is meant, or the first while the second
    is still to come. One that they leave out in spring is refused.
    """

    def __init__(self, **kwargs: Any) -> None:
        box = forms.DateTimeInput({"type": "datetime-local", "class": "width-20"}, format=_MOMENT)
        super().__init__(input_formats=[_MOMENT, f"{_MOMENT}:%S"], widget=box, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except forms.ValidationError as refused:
            told = parse_datetime(str(value).strip()) if refused.code == _TWICE_OR_NEVER else None
            if told is None:
                raise
            zone = timezone.get_current_timezone()
            first, second = (
                told.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
            )
            if second < first:
                raise
            return second if second <= timezone.now() else first
