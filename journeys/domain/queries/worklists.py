"""Narrowing the work list: by program, payer, step, risk and age, each choice with its count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from accounts.core.actor import Actor
from accounts.core.permissions import Permission, Role, permissions_of
from accounts.models import Membership
from accounts.tenancy import current_organization_id
from journeys.core.payers import PAYER_CLASSES
from journeys.core.risk_words import RISK_WORDS
from journeys.domain.queries.work import MOST_COUNTED, SCOPES, open_work, step_titles
from journeys.models import SavedView, WorkItem

NARROWED_BY = ("program", "payer", "step", "risk", "age")
# How long the work has been open, in days: from the first up to the second.
AGES: Mapping[str, tuple[int, int | None]] = {
    "today": (0, 1),
    "days": (1, 3),
    "week": (3, 7),
    "older": (7, None),
}
AGE_WORDS: Mapping[str, str] = {
    "today": "Less than a day",
    "days": "1 to 3 days",
    "week": "3 to 7 days",
    "older": "Over a week",
}
ANY_RISK = "any"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed by; an empty text narrows nothing."""

    scope: str = "all"
    program: str = ""
    payer: str = ""
    step: str = ""
    risk: str = ""
    age: str = ""

    def kept(self) -> dict[str, str]:
        """Those that are set, as they stand in an address."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value}

    @property
    def narrows(self) -> bool:
        return any(getattr(self, name) for name in NARROWED_BY)


def filters_of(given: Mapping[str, str]) -> Filters:
    """The filters an address or a saved view names; what nobody knows is left aside."""
    scope, age = given.get("scope", "all"), given.get("age", "")
    risk, payer, step = given.get("risk", ""), given.get("payer", ""), given.get("step", "")
    return Filters(
        scope=scope if scope in SCOPES else "all",
        program=given.get("program", "")[:60],
        payer=payer if payer in PAYER_CLASSES else "",
        step=step if step in step_titles() else "",
        risk=risk if risk == ANY_RISK or risk in RISK_WORDS else "",
        age=age if age in AGES else "",
    )


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facets:
    """The choices of each filter, and how many rows the list has; None when it must be counted."""

    options: Mapping[str, tuple[Option, ...]]
    shown: int | None


@dataclass(frozen=True)
class _Group:
    """Work that is alike in everything it can be narrowed by."""

    values: Mapping[str, str]
    risks: frozenset[str]
    program: str
    counts: Mapping[str, int]

    def fits(self, filters: Filters, *, but: str = "") -> bool:
        """Whether a list narrowed so has this work, one filter left out."""
        for name in NARROWED_BY:
            wanted = getattr(filters, name)
            if name == but or not wanted:
                continue
            if name == "risk":
                if not (self.risks if wanted == ANY_RISK else wanted in self.risks):
                    return False
            elif self.values[name] != wanted:
                return False
        return True


def narrowed(found: QuerySet[WorkItem], filters: Filters, *, now: datetime) -> QuerySet[WorkItem]:
    """The work that fits the filters; the scope is not among them."""
    if filters.program:
        found = found.filter(journey__program_version__program__key=filters.program)
    if filters.payer:
        found = found.filter(journey__payer_class=filters.payer)
    if filters.step:
        found = found.filter(step=filters.step)
    if filters.risk == ANY_RISK:
        found = found.filter(journey__at_risk=True)
    elif filters.risk:
        found = found.filter(journey__risk_rules__contains=[filters.risk])
    if filters.age:
        since, until = AGES[filters.age]
        found = found.filter(opened_at__lte=now - timedelta(days=since))
        if until is not None:
            found = found.filter(opened_at__gt=now - timedelta(days=until))
    return found


def facets(actor: Actor, filters: Filters, *, total: int, now: datetime) -> Facets:
    """Count every choice as the list would be with it, from one query.

    `total` is how much open work the organization has.
    """
    found = open_work(actor)
    if total > MOST_COUNTED:
        pressing = found.order_by("-urgent", "due_at", "id").values("pk")[:MOST_COUNTED]
        found = found.filter(pk__in=pressing)
    groups = _groups(found, actor, now=now)
    counted = {name: _options(groups, filters, name) for name in NARROWED_BY}
    shown = sum(group.counts[filters.scope] for group in groups if group.fits(filters))
    return Facets(counted, shown if total <= MOST_COUNTED else None)


def _groups(found: QuerySet[WorkItem], actor: Actor, *, now: datetime) -> list[_Group]:
    opened = [
        When(opened_at__gt=now - timedelta(days=until), then=Value(key))
        for key, (_, until) in AGES.items()
        if until is not None
    ]
    rows = (
        found.order_by()
        .values(
            "step",
            payer=F("journey__payer_class"),
            rules=F("journey__risk_rules"),
            program=F("journey__program_version__program__key"),
            program_name=F("journey__program_version__program__name"),
            age=Case(*opened, default=Value("older"), output_field=CharField()),
        )
        .annotate(
            all=Count("id"),
            mine=Count("id", filter=Q(claimed_by=actor.user_id)),
            unclaimed=Count("id", filter=Q(claimed_by=None)),
        )
    )
    alike: list[Mapping[str, Any]] = [dict(row) for row in rows]
    return [
        _Group(
            values={name: row[name] for name in ("step", "payer", "program", "age")},
            risks=frozenset(row["rules"]),
            program=row["program_name"],
            counts={scope: row[scope] for scope in SCOPES},
        )
        for row in alike
    ]


def _options(groups: Iterable[_Group], filters: Filters, name: str) -> tuple[Option, ...]:
    counts: dict[str, int] = {}
    titles: dict[str, str] = {}
    for group in groups:
        titles[group.values["program"]] = group.program
        if not group.fits(filters, but=name):
            continue
        for value in _values(group, name):
            counts[value] = counts.get(value, 0) + group.counts[filters.scope]
    words = {
        "program": titles,
        "payer": PAYER_CLASSES,
        "step": step_titles(),
        "risk": {ANY_RISK: "Any risk", **RISK_WORDS},
        "age": AGE_WORDS,
    }[name]
    chosen = getattr(filters, name)
    known = [key for key in words if counts.get(key) or key == chosen]
    if name in ("program", "step"):
        known.sort(key=lambda key: words[key])
    return tuple(Option(key, words[key], counts.get(key, 0)) for key in known)


def _values(group: _Group, name: str) -> Iterable[str]:
    if name == "risk":
        return [ANY_RISK, *group.risks] if group.risks else []
    return [group.values[name]]


def colleagues() -> list[tuple[str, str]]:
    """Whom of the acting organization work can be given to: (id, name), by name."""
    found = Membership.objects.filter(
        organization_id=current_organization_id(), active=True, user__is_active=True
    )
    rows = found.order_by("user__name").values_list("user_id", "user__name", "roles")
    return [
        (str(user_id), name)
        for user_id, name, roles in rows
        if Permission.WORK_VIEW in permissions_of(Role(role) for role in roles)
    ]


def saved_views(actor: Actor) -> list[tuple[SavedView, Filters]]:
    """The person's own saved views, by name."""
    found = SavedView.objects.filter(user_id=actor.user_id).order_by("name")
    return [(view, filters_of(view.filters)) for view in found]
