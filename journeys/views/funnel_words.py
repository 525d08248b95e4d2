"""A program's counts in words: titles, rows and columns; the same on the page, as CSV and PDF."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization
from accounts.templatetags.charts import Row, Spread
from journeys.core.closing import CLOSING_REASONS
from journeys.core.deidentified import OTHER
from journeys.core.graph import Graph
from journeys.core.payers import PAYER_CLASSES, PAYERS
from journeys.core.regions import region_words
from journeys.core.risk_words import RISK_WORDS
from journeys.core.tallies import parts_of
from journeys.domain.queries.funnel import ONLY, Alert, Funnel, Line
from programs.core.catalogue import ANSWERABLE, CATALOGUE

STAGE_WORDS = {
    "submitted": gettext_lazy("Enrolled"),
    "accepted": gettext_lazy("Complete"),
    "verified": gettext_lazy("Benefits verified"),
    "authorized": gettext_lazy("Authorized"),
    "dispensed": gettext_lazy("Dispensed"),
    "on_therapy": gettext_lazy("On therapy"),
}
GROUP_WORDS = {
    "payer_class": gettext_lazy("Kind of insurance"),
    "age_band": gettext_lazy("Age"),
    "region": gettext_lazy("Region"),
    "practice_type": gettext_lazy("Kind of practice"),
}
BUCKET_WORDS = (
    *(gettext_lazy("under a day"), gettext_lazy("1-2 days"), gettext_lazy("3-6 days")),
    *(gettext_lazy("1-2 weeks"), gettext_lazy("2-4 weeks"), gettext_lazy("4-8 weeks")),
    *(gettext_lazy("8-16 weeks"), gettext_lazy("longer")),
)
LAG_WORDS = {
    "minute": gettext_lazy("within a minute"),
    "hour": gettext_lazy("within an hour"),
    "day": gettext_lazy("within a day"),
    "later": gettext_lazy("later"),
}
BAND_WORDS = {"0_17": "0-17", "18_34": "18-34", "35_49": "35-49", "50_64": "50-64"} | {
    "65_79": "65-79",
    "80_on": gettext_lazy("80 and older"),
}
TITLES = {
    "stage": gettext_lazy("How far its journeys have come"),
    "stage:payer_class": gettext_lazy("How far they have come, by kind of insurance"),
    "stage:age_band": gettext_lazy("How far they have come, by age"),
    "stage:region": gettext_lazy("How far they have come, by region"),
    "stage:practice_type": gettext_lazy("How far they have come, by kind of practice"),
    "week": gettext_lazy("Enrolled by week"),
    "therapy": gettext_lazy("From enrollment to therapy"),
    "dwell": gettext_lazy("How long each step takes"),
    "step": gettext_lazy("Where they stand now"),
    "reason": gettext_lazy("Why they stand there"),
    "at_risk": gettext_lazy("At risk now"),
    "risk": gettext_lazy("What puts them at risk"),
    "denied": gettext_lazy("Denials in twelve weeks, by reason"),
    "denied:payer": gettext_lazy("Denials in twelve weeks, by payer"),
    "returned": gettext_lazy("What hubs sent back in twelve weeks, by field"),
    "closed": gettext_lazy("Closed before the end, by reason"),
    "lag": gettext_lazy("How soon partners' reports were known, in twelve weeks"),
}


@dataclass(frozen=True)
class Told:
    """One table in words."""

    key: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[int | None, ...]], ...]

    @property
    def spreads(self) -> bool:
        """Whether it has more columns than one."""
        return len(self.columns) > 1

    @property
    def bars(self) -> list[Row]:
        """Its rows as bars."""
        return [Row(label, told[0], words=number(told[0])) for label, told in self.lines]

    @property
    def rows(self) -> list[Spread]:
        """Its rows as spreads."""
        return [
            Spread(label, [Row("", each, words=number(each)) for each in told])
            for label, told in self.lines
        ]

    @property
    def written(self) -> list[tuple[str, list[str]]]:
        """Its rows as words alone."""
        return [(label, [number(each) for each in told]) for label, told in self.lines]


def number(told: int | None) -> str:
    """A told number: "60+" is 60 to 79."""
    return _("under 20") if told is None else f"{told:,}+"


def in_words(funnel: Funnel, *, graph: Graph | None) -> Mapping[str, Told]:
    """Every table of a program in words; one that tells nothing is left out, but for the first."""
    words = _words(graph, funnel)
    return {
        view: Told(
            view,
            str(TITLES[view]),
            tuple(_column(view, each) for each in table.columns),
            tuple((str(words[view](line.key)), line.told) for line in table.lines),
        )
        for view, table in funnel.tables.items()
        if view == "stage" or not table.empty
    }


def alerts_in_words(funnel: Funnel, *, graph: Graph | None) -> list[str]:
    """What changed much, in one sentence each."""
    words = _words(graph, funnel)
    return [_alert(each, words) for each in funnel.alerts]


Words = Mapping[str, Callable[[str], Any]]


def _alert(alert: Alert, words: Words) -> str:
    change = alert.change
    if alert.view == "denied":
        payer, reason = alert.about
        what = _("Denials by {payer}: {reason}").format(
            payer=words["denied:payer"](payer), reason=words["denied"](reason)
        )
    elif alert.view == "returned":
        what = _("Sent back for {field}").format(field=words["returned"](alert.about[0]))
    else:
        what = _("Enrollments")
    said = {
        "doubled": _("{what}: at least doubled in the week of {week}, from {before} to {after}."),
        "halved": _(
            "{what}: fell to half or less in the week of {week}, from {before} to {after}."
        ),
    }[change.word]
    return said.format(
        what=what,
        week=_week(change.week),
        before=number(change.before),
        after=number(change.after),
    )


def _column(view: str, key: str) -> str:
    if key == ONLY:
        return _("Journeys")
    if view.startswith("stage"):
        return str(STAGE_WORDS[key])
    return str(LAG_WORDS[key] if view == "lag" else BUCKET_WORDS[int(key)])


def _words(graph: Graph | None, funnel: Funnel) -> Words:
    """What the keys of each view's rows are called."""
    practices = {choice.code: choice.label for choice in CATALOGUE["D3"].choices}
    partners = _partners(funnel.tables["lag"].lines)
    return {
        "stage": lambda key: STAGE_WORDS[key],
        "stage:payer_class": lambda key: PAYER_CLASSES.get(key, _("Not known")),
        "stage:age_band": lambda key: BAND_WORDS.get(key, _("Not known")),
        "stage:region": region_words,
        "stage:practice_type": lambda key: practices.get(key, _("Not known")),
        "week": _week,
        "therapy": lambda key: BUCKET_WORDS[int(key)],
        "dwell": lambda key: _step(graph, key),
        "step": lambda key: _step(graph, key),
        "reason": lambda key: _reason(graph, *parts_of(key)),
        "at_risk": lambda _key: _("At risk"),
        "risk": lambda key: RISK_WORDS.get(key, key),
        "denied": lambda key: _reason(graph, "prior_authorization_determination", key, alone=True),
        "denied:payer": lambda key: PAYERS.get(key, _("Another payer")),
        "returned": _field,
        "closed": lambda key: CLOSING_REASONS.get(key, _("Another reason")),
        "lag": lambda key: partners.get(key, key),
    }


def _partners(lines: Sequence[Line]) -> Mapping[str, str]:
    slugs = [line.key for line in lines]
    found = Organization.objects.filter(slug__in=slugs) if slugs else ()
    return {each.slug: each.name for each in found}


def _week(key: str) -> str:
    day = date.fromisoformat(key)
    return f"{day:%b} {day.day}"


def _step(graph: Graph | None, key: str) -> str:
    step = graph.by_key.get(key) if graph else None
    return step.title if step else key.replace("_", " ").capitalize()


def _reason(graph: Graph | None, step: str, reason: str, *, alone: bool = False) -> str:
    known = graph.by_key.get(step) if graph else None
    words = known.label_of(reason) if known and reason != OTHER else reason.replace("_", " ")
    words = _("another reason") if reason == OTHER else words
    return words[:1].upper() + words[1:] if alone else f"{_step(graph, step)}: {words}"


def _field(key: str) -> str:
    field = CATALOGUE.get(key) or ANSWERABLE.get(key)
    return field.label if field else _("Something else")


def table_of(told: Mapping[str, Told], views: Sequence[str]) -> list[Told]:
    """Those of the tables that tell something, in this order."""
    return [told[view] for view in views if view in told]
