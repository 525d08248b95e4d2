"""Every component in every state, for whoever builds pages. Exists only where DEBUG is on."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import public
from accounts.views import gallery_samples as samples


class SampleForm(forms.Form):
    """One field of each kind, as a program's definition would ask for them."""

    last_name = forms.CharField(label="Last name", help_text="As on the insurance card.")
    npi = forms.CharField(label="Prescriber's NPI", help_text="10 digits.", max_length=10)
    email = forms.EmailField(label="E-mail", required=False)
    born_on = forms.DateField(label="Date of birth", widget=forms.DateInput(attrs={"type": "date"}))
    sex = forms.ChoiceField(
        label="Sex on the insurance card",
        choices=[("f", "Female"), ("m", "Male"), ("x", "Another")],
        widget=forms.RadioSelect,
    )
    tried = forms.MultipleChoiceField(
        label="What has been tried before",
        choices=[("mtx", "Methotrexate"), ("ssz", "Sulfasalazine"), ("none", "Nothing yet")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    site = forms.ChoiceField(
        label="Where it is given", choices=[("", "Choose a place"), ("home", "At home")]
    )
    note = forms.CharField(label="Note to the hub", widget=forms.Textarea, required=False)
    card = forms.FileField(label="Picture of the insurance card", required=False)
    agreed = forms.BooleanField(label="The patient knows that we send this")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["npi"].widget.attrs |= {"class": "width-10", "inputmode": "numeric"}
        self.fields["site"].wanted_by = "Ossivue Path"  # type: ignore[attr-defined]  # read by the label's template


@public(reason="samples only; the URL exists only where DEBUG is on")
def gallery(request: HttpRequest) -> HttpResponse:
    """The gallery; ``?rows=0`` and ``?rows=200`` show its table empty and overfull."""
    now = timezone.now()
    asked = request.GET.get("rows", "6")
    rows = samples.rows(now, count=min(int(asked), 200) if asked.isdigit() else 6)
    return render(
        request,
        "dev/gallery.html",
        {
            "now": now,
            "soon": now + timedelta(hours=3),
            "late": now - timedelta(days=2, hours=3),
            "later": now + timedelta(days=6),
            "rows": rows,
            "page": Paginator(range(412), 25).page(3),
            "form": SampleForm(),
            "wrong_form": SampleForm({"npi": "12345", "email": "ana", "site": "mars"}),
            "facts": samples.FACTS,
            "tabs": samples.TABS,
            "bars": samples.BARS,
            "funnel": samples.FUNNEL,
            "picture": samples.PICTURE,
            "notes": samples.NOTES,
            "troubled": samples.TROUBLED,
            "entries": samples.entries(now),
            "phases": samples.PHASES,
            "found": samples.FOUND,
        },
    )
