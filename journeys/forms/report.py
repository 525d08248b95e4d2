"""The form in which a party's staff report a step's result: made from the step's worksheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.choices import offer
from accounts.forms.moments import DayBox, MomentField
from journeys.core.graph import Status, Step
from journeys.core.payer_criteria import FACT, NOT_MET, words_of
from journeys.core.visibility import sees_fact, sees_step
from journeys.core.worksheet import Question, Told, Values, asked, faults, needed
from journeys.core.worksheets import worksheet_of
from journeys.domain.queries.pharmacies import Eligible
from journeys.domain.reporting import Report
from journeys.enums import LearntBy
from journeys.forms import facts
from journeys.forms.pharmacies import NAMING, PharmacyPicker, offered_for

BOX = "fact-"
Offered = Sequence[tuple[str, str]]


class FactField(forms.CharField):
    """One fact, read as the enrollment form reads such an answer."""

    def __init__(
        self, question: Question, *, required: bool, initial: object, offered: Offered = ()
    ) -> None:
        self.name = question.fact
        label = facts.field_of(question.fact).label
        super().__init__(
            required=required,
            label=label,
            help_text=question.hint,
            initial=facts.typed(question.fact, initial),
            widget=_widget(question.fact, required=required, offered=offered),
            error_messages={"required": _("{label} is needed here.").format(label=label)},
        )

    def to_python(self, value: Any) -> Any:
        return value if value is None else str(value)

    def clean(self, value: Any) -> Any:
        reading = facts.read(self.name, super().clean(value) or "")
        if reading.problem:
            raise forms.ValidationError(reading.problem)
        return reading.value


def _widget(name: str, *, required: bool, offered: Offered = ()) -> forms.Widget:
    field = facts.field_of(name)
    open_ = ("", _("Choose") if required else _("Not known"))
    if offered and name in NAMING:
        return PharmacyPicker(offered, none=_("Choose") if required else _(NAMING[name]))
    if field.type == "boolean":
        offered = [("yes", _("Yes")), ("no", _("No"))]
    if known := offered or [(choice.code, choice.label) for choice in field.choices]:
        return forms.Select(choices=[open_, *known])
    if field.type == "long_text":
        return forms.Textarea(attrs={"rows": 3})
    width = "width-10" if field.type in ("number", "money") else "width-20"
    if field.type == "date":
        return DayBox()
    return forms.TextInput(attrs={"autocomplete": "off", "class": width})


@dataclass(frozen=True)
class Drawn:
    """One part of the worksheet with the boxes to draw in it."""

    title: str
    fields: tuple[forms.BoundField, ...]


class ReportForm(forms.Form):
    """What one result of a step is told by: only the questions that this result asks.

    `known` is what the journey knows (journeys.domain.reporting.known_of); what `viewer` may
    see of it stands in the boxes already. `pharmacies` are the program's, where one is asked for.
    """

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    status = forms.ChoiceField(label=gettext_lazy("Result"), widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), required=False)
    occurred_at = MomentField(
        label=gettext_lazy("When it happened"),
    )
    transport = forms.ChoiceField(
        label=gettext_lazy("How you learnt it"),
        choices=LearntBy.choices,
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        step: Step,
        status: str,
        known: Values,
        viewer: str,
        pharmacies: Sequence[Eligible] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.step, self.known = step, known
        self.worksheet = worksheet_of(step)
        offer(self, "status", [(each.key, each.label) for each in choosable(step, viewer)])
        self._offer_reasons(status)
        if self.worksheet.moment:
            self.fields["occurred_at"].label = self.worksheet.moment
        values = {**known, "status": status}
        self.parts = asked(self.worksheet, values)
        # Then `known` holds nothing that came from the others.
        only_tells = not sees_step(viewer, step)
        offered: dict[str, Offered] = {
            NOT_MET: [(each, each) for each in words_of(known.get(FACT))]
        }
        offered |= dict.fromkeys(NAMING, offered_for(pharmacies, known=known))
        for part in self.parts:
            for question in part.questions:
                seen = not question.fresh and (only_tells or sees_fact(viewer, question.fact))
                self.fields[f"{BOX}{question.fact}"] = FactField(
                    question,
                    required=needed(question, values),
                    initial=known.get(question.fact) if seen else None,
                    offered=offered.get(question.fact, ()),
                )

    def _offer_reasons(self, status: str) -> None:
        chosen = self.step.status(status)
        if chosen is None or not chosen.reasons:
            del self.fields["reason"]
            return
        field = self.fields["reason"]
        field.required = chosen.reasoned or status in self.worksheet.reasoned
        words = _("That is not a reason for “{status}”.").format(status=chosen.label)
        none = _("Choose") if field.required else _("None")
        reasons = ((each.key, each.label.capitalize()) for each in chosen.reasons)
        offer(self, "reason", [("", none), *reasons])
        field.error_messages["invalid_choice"] = words
        words = _("Give the reason for “{status}”.").format(status=chosen.label)
        field.error_messages["required"] = words

    @classmethod
    def about(cls, *, status: str, now: datetime, **asked: Any) -> "ReportForm":
        """An empty form; most reports are about what has just happened."""
        start = {"occurred_at": timezone.localtime(now), "token": uuid4(), "status": status}
        return cls(status=status, initial=start, **asked)

    def drawn(self) -> Iterator[Drawn]:
        """The parts of the worksheet that this result asks for."""
        for part in self.parts:
            yield Drawn(part.title, tuple(self[f"{BOX}{each.fact}"] for each in part.questions))

    def clean(self) -> dict[str, Any]:
        """What the worksheet's rules stop, each at its box."""
        filled = dict(self.cleaned_data)
        if "status" not in filled:
            return filled
        told = Told(
            status=filled["status"], reason=filled.get("reason", ""), answers=self._answers()
        )
        for fault in faults(self.worksheet, self.step, told, known=self.known):
            named = fault.at if fault.at == "reason" else f"{BOX}{fault.at}"
            where = named if named in self.fields else None
            if where is None or where not in self.errors:
                self.add_error(where, fault.why)
        return filled

    def _answers(self) -> dict[str, object]:
        found = ((name, self.cleaned_data.get(f"{BOX}{name}")) for name in self.worksheet.facts)
        return {name: value for name, value in found if value is not None}

    def report(self) -> Report:
        """What was filled in, as the domain takes it. Only after `is_valid`."""
        filled = self.cleaned_data
        return Report(
            token=str(filled["token"]),
            step=self.step.key,
            status=filled["status"],
            reason=filled.get("reason", ""),
            facts=self._answers(),
            occurred_at=filled["occurred_at"],
            transport=filled["transport"] or LearntBy.PORTAL,
            note=filled["note"].strip(),
        )


def choosable(step: Step, viewer: str) -> list[Status]:
    """The results that are told on this page; what has a page of its own is not.

    Who reads nothing of a step only says that it happened.
    """
    told = step.statuses if sees_step(viewer, step) else step.statuses[:1]
    return [status for status in told if not status.calls]
