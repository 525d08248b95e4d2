"""What the program studio asks about journeys (programs.domain.studio.ports), answered here."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, get_args

from accounts.tenancy import every_tenant
from journeys.core.evaluate import evaluate
from journeys.core.fact_choices import CHOICES
from journeys.core.facts import FACTS
from journeys.core.graph import ROLES, Clock, Graph, Unit
from journeys.core.path import layout
from journeys.core.sentences import clock_words
from journeys.core.templates import GRAPHS
from journeys.core.tuning import tuned, tuning_problems, usual_most
from journeys.models import Endpoint
from programs.core.definition import JourneyPlan
from programs.core.soundness import Problem
from programs.domain.studio.ports import KnownTold, LimitTold, StepTold

# Any moment will do: a journey that has not begun looks the same on every day.
_SOME_DAY = datetime(2026, 1, 5, 15, tzinfo=UTC)
UNITS: Sequence[str] = get_args(Unit)


class ProgramJourneys:
    """The templates, and what a program makes of one."""

    def templates(self) -> Sequence[tuple[str, str]]:
        return [(graph.key, graph.title) for graph in GRAPHS.values()]

    def roles(self) -> Sequence[str]:
        return ROLES

    def units(self) -> Sequence[str]:
        return UNITS

    def problems(self, plan: JourneyPlan) -> Sequence[Problem]:
        graph = GRAPHS.get(plan.template)
        if graph is None:
            return [Problem("journey", "It follows no journey template.")]
        return [
            Problem("journey", f"{_titled(graph, each.where)}: {each.why}")
            for each in tuning_problems(graph, plan.tune)
        ]

    def steps(self, plan: JourneyPlan) -> Sequence[StepTold]:
        graph = GRAPHS.get(plan.template)
        return list(_steps(graph, plan.tune)) if graph else []

    def limits(self, plan: JourneyPlan) -> Sequence[LimitTold]:
        graph = GRAPHS.get(plan.template)
        return list(_limits(graph, plan.tune)) if graph else []

    def known(self) -> Sequence[KnownTold]:
        return [
            KnownTold(name, kind.label, _YES_NO if kind.kind == "boolean" else _words_of(name))
            for name, kind in FACTS.items()
            if kind.kind == "boolean" or name in CHOICES
        ]

    def taken_by(self, hub: str) -> str:
        with every_tenant(reason="whoever routes to a hub may know how it is reached"):
            its = Endpoint.objects.filter(organization__slug=hub, active=True, fallback=False)
            return its.values_list("transport", flat=True).first() or ""

    def picture(self, plan: JourneyPlan) -> Any:
        graph = GRAPHS.get(plan.template)
        if graph is None or tuning_problems(graph, plan.tune):
            return None
        made = tuned(graph, plan.tune)
        return layout(made, evaluate(made, (), started_at=_SOME_DAY, now=_SOME_DAY))


# Which service of a program each step works on. Most are done whoever asked for help with them;
# those that give are there only where the program gives.
_WORKS_ON: Mapping[str, str] = {
    "benefit_verification": "benefit_verification",
    "prior_authorization": "prior_authorization",
    "appeal": "appeal",
    "copay_enrollment": "copay",
    "patient_assistance": "patient_assistance",
    "bridge": "bridge",
    "first_dose": "nurse",
    "pharmacy_triage": "pharmacy_triage",
}
_GIVES = frozenset({"copay_enrollment", "bridge"})
_YES_NO = (("true", "Yes"), ("false", "No"))
_LIMITS: Mapping[str, str] = {
    "silence": "No word from anybody for",
    "contacts": "Failed contacts in a row",
    "setbacks": "Times one step is set back",
    "out_of_pocket": "The patient pays for a fill, in dollars",
    "lead": "Something runs out within",
    "on_hand": "The supply ends within",
    "appeal_lead": "The last day to appeal comes within",
}


def _words_of(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((choice.code, choice.label) for choice in CHOICES[name])


def _limits(graph: Graph, tune: Mapping[str, Any]) -> Iterator[LimitTold]:
    told = tune.get("thresholds", {})
    for key, title in _LIMITS.items():
        usual = getattr(graph.thresholds, key)
        if isinstance(usual, Clock):
            now = told.get(key, {"amount": usual.amount, "unit": usual.unit})
            yield LimitTold(key, title, f"{now['amount']:g}", now["unit"], clock_words(usual))
        else:
            yield LimitTold(key, title, f"{told.get(key, usual):g}", "", f"{usual:g}")


def _skips(changes: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """When a program does without a step, in words."""
    return tuple((_in_words(each["when"]), each["why"]) for each in changes.get("skip_when", ()))


def _in_words(when: Mapping[str, Any]) -> str:
    name, value = str(when.get("field", "")), when.get("value")
    if name not in FACTS or when.get("op") != "equals":
        return "Something else is known"
    words: Mapping[Any, str] = {True: "yes", False: "no"}
    if name in CHOICES:
        words = dict(_words_of(name))
    return f"{FACTS[name].label}: {words.get(value, value)}"


def _titled(graph: Graph, key: str) -> str:
    return graph.by_key[key].title if key in graph.by_key else graph.title


def _steps(graph: Graph, tune: Mapping[str, Any]) -> Iterator[StepTold]:
    drop, changes = set(tune.get("drop", ())), tune.get("steps", {})
    for step in graph.order:
        told = changes.get(step.key, {})
        clock = told.get("due") or {"amount": step.due.clock.amount, "unit": step.due.clock.unit}
        yield StepTold(
            key=step.key,
            title=told.get("title", step.title),
            action=told.get("action", step.action),
            owner=told.get("owner", step.owner),
            amount=f"{clock['amount']:g}",
            unit=clock["unit"],
            dropped=step.key in drop,
            tuned=step.key in changes,
            skips=_skips(told),
            most=told.get("most", usual_most(step)),
            service=_WORKS_ON.get(step.key, ""),
            gives=step.key in _GIVES,
        )
