"""Narrowing the work list: by program, payer, step, risk and age, each choice with its count."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.core.permissions import Permission, Role, permissions_of
from accounts.models import Membership
from accounts.prepared import Asked, Prepared, together
from accounts.tenancy import current_actor, current_organization_id
from journeys.core.payers import PAYER_CLASSES
from journeys.core.risk_words import RISK_WORDS
from journeys.domain.queries.work import (
    SCOPES,
    filtered,
    step_titles,
)
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


def colleagues() -> list[tuple[str, str]]:
    """Whom of the acting organization work can be given to: (id, name), by name."""
    return colleagues_of(*together(members()))


@Prepared
def members() -> QuerySet[Any, Any]:
    """Everybody at work in the acting organization; `colleagues_of` reads the answer."""
    found = Membership.objects.filter(
        organization_id=current_organization_id(), active=True, user__is_active=True
    )
    rows: QuerySet[Any, Any] = found.order_by("user__name").values_list(
        "user_id", "user__name", "roles"
    )
    return rows


def colleagues_of(rows: Iterable[tuple[UUID, str, Sequence[str]]]) -> list[tuple[str, str]]:
    return [
        (str(user_id), name)
        for user_id, name, roles in rows
        if Permission.WORK_VIEW in permissions_of(Role(role) for role in roles)
    ]


@Prepared
def saved_views(user: UUID) -> QuerySet[SavedView]:
    """The person's own saved views, by name."""
    found: QuerySet[SavedView] = SavedView.objects.filter(user_id=user).order_by("name")
    return found


def first_page(size: int) -> Asked:
    """Asks for the list's first page where nothing narrows it."""
    return _first(size)()


@lru_cache
def _first(size: int) -> Prepared:
    return Prepared(lambda: filtered(current_actor())[:size])
