"""A box for a code, with what the code stands for beside it. A script makes it a search."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from programs.core.fields import Choice
from programs.core.references import told


class CodeInput(forms.TextInput):
    """A plain box that works alone; `kind` is the question's type, `listed` what is usual."""

    def __init__(self, kind: str, listed: Sequence[Choice], attrs: dict[str, str]) -> None:
        super().__init__(attrs)
        self.kind, self.listed = kind, tuple(listed)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given = {**self.attrs, **(attrs or {})}
        told_id = f"{given['id']}_told"
        described = " ".join(filter(None, (given.get("aria-describedby", ""), told_id)))
        list_id = f"suggestions-{name}" if self.listed else ""
        box = flatatt(
            {
                "type": "text",
                "name": name,
                **given,
                "aria-describedby": described,
                **({"list": list_id} if list_id else {}),
                **({"value": value} if value else {}),
            }
        )
        return format_html(
            '<div class="code-entry"{}><input{}>{}<output id="{}" class="told" for="{}">{}</output>'
            "</div>",
            *(flatatt(self._asks()), box, self._usual(list_id), told_id, given["id"]),
            told(self.kind, value),
        )

    def _asks(self) -> dict[str, str]:
        """Where the script asks, and what comes first."""
        asks = {"data-code-entry": self.kind, "data-told-url": reverse("code_told")}
        if self.kind == "icd10":
            asks["data-search-url"] = reverse("diagnosis_search")
            asks["data-listed"] = " ".join(choice.code for choice in self.listed)
        return asks

    def _usual(self, list_id: str) -> SafeString:
        if not list_id:
            return SafeString("")
        options = format_html_join(
            "",
            '<option value="{}">{}</option>',
            ((choice.code, choice.label) for choice in self.listed),
        )
        return format_html('<datalist id="{}">{}</datalist>', list_id, options)
