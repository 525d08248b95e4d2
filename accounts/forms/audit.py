"""The filters of the audit page. An unreadable one is as if it were absent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.domain.queries.audit import Filters
from accounts.forms.choices import offer
from accounts.forms.moments import DayBox


class AuditFilterForm(forms.Form):
    person = forms.ChoiceField(label=_("Person"), required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DayBox())
    until = forms.DateField(label=_("To"), required=False, widget=DayBox())

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        actions: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", [("", _("Everybody")), *people])
        offer(self, "action", [("", _("Everything")), *actions])

    def filters(self) -> Filters:
        self.is_valid()
        data = self.cleaned_data
        return Filters(
            person=data.get("person") or "",
            action=data.get("action") or "",
            since=data.get("since"),
            until=data.get("until"),
        )
