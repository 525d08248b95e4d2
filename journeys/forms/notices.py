"""How a person wants to hear of what changed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from journeys.enums import Mailing


class MailingForm(forms.Form):
    mailing = forms.ChoiceField(
        label=_("E-mail to me"),
        choices=Mailing.choices,
        widget=forms.RadioSelect,
        help_text=_("An e-mail says how much changed and where to look, never about whom."),
    )
