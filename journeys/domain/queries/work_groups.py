"""The most pressing work by all that its list is narrowed by, and the choices of each filter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    ExpressionWrapper,
    Q,
    QuerySet,
    Value,
    When,
)

from accounts.core.actor import Actor
from accounts.prepared import Asked, Prepared, counted, over, together
from accounts.tenancy import current_actor
from journeys.core.payers import PAYER_CLASSES
from journeys.core.risk_words import RISK_WORDS
from journeys.domain.queries.work import (
    IN_ORDER,
    MOST_COUNTED,
    SCOPES,
    WorkCounts,
    mark_of,
    open_work,
    step_titles,
)
from journeys.domain.queries.worklists import (
    AGE_WORDS,
    AGES,
    ANY_RISK,
    NARROWED_BY,
    Filters,
)

COUNTS = (*SCOPES, "late")
NOTHING: tuple[tuple[()], ...] = ((), (), ())


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
class Group:
    """Work that is alike in everything it can be narrowed by; `told` is what marks it."""

    values: Mapping[str, str]
    risks: frozenset[str]
    program: str
    counts: Mapping[str, int]
    told: Sequence[Any]

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


def facets(groups: Sequence[Group], filters: Filters) -> Facets:
    """Count every choice as the list would be with it, of the most pressing work."""
    counted = {name: _options(groups, filters, name) for name in NARROWED_BY}
    total = sum(group.counts["all"] for group in groups)
    shown = sum(group.counts[filters.scope] for group in groups if group.fits(filters))
    known = total <= MOST_COUNTED or filters == Filters()
    return Facets(counted, shown if known else None)


# Django cannot group the rows of a query that has an end.
GROUPED = """
select step, payer, rules, program, name, age, count(*), count(*) filter (where mine),
    count(*) filter (where free), count(*) filter (where late), max(opened_at), max(claimed_at),
    sum(uuid_hash(id))
from ({}) r (step, payer, rules, program, name, age, mine, free, late, opened_at, claimed_at, id)
group by step, payer, rules, program, name, age
"""


def _pressing(
    most: int, user: UUID, now: datetime, today: datetime, days: datetime, week: datetime
) -> QuerySet[Any, Any]:
    """The most pressing work, with all that it is narrowed and counted by."""
    opened = [
        When(opened_at__gt=since, then=Value(key))
        for key, since in zip(AGES, (today, days, week), strict=False)
    ]
    return (
        open_work(current_actor())
        .order_by(*IN_ORDER)
        .values_list(
            "step",
            "journey__payer_class",
            "journey__risk_rules",
            "journey__program_version__program__key",
            "journey__program_version__program__name",
            Case(*opened, default=Value("older"), output_field=CharField()),
            ExpressionWrapper(Q(claimed_by=user), output_field=BooleanField()),
            ExpressionWrapper(Q(claimed_by=None), output_field=BooleanField()),
            ExpressionWrapper(Q(due_at__lt=now), output_field=BooleanField()),
            "opened_at",
            "claimed_at",
            "id",
        )[:most]
    )


def asking_for_groups(actor: Actor, *, now: datetime) -> Asked:
    """Asks for the groups of the most pressing work; `groups_of` reads the answer."""
    until = [now - timedelta(days=until) for _, until in AGES.values() if until is not None]
    today, days, week = until
    ask = _of_most(_pressing, MOST_COUNTED + 1)
    return over(GROUPED, ask(user=actor.user_id, now=now, today=today, days=days, week=week))


def groups_of(rows: Iterable[Sequence[Any]]) -> list[Group]:
    groups = []
    for row in rows:
        step, payer, rules, program, name, age, *numbers = row
        groups.append(
            Group(
                values={"step": step, "payer": payer, "program": program, "age": age},
                risks=frozenset(rules),
                program=name,
                counts=dict(zip(COUNTS, numbers, strict=False)),
                told=tuple(numbers[len(COUNTS) :]),
            )
        )
    return groups


def counts_among(groups: Sequence[Group], actor: Actor) -> WorkCounts:
    """Every number above the list, from its groups; of a long list from one query more."""
    found = {name: sum(group.counts[name] for group in groups) for name in COUNTS}
    opened, claimed, which = (
        [each for each in told if each is not None]
        for told in (zip(*(group.told for group in groups), strict=True) if groups else NOTHING)
    )
    marked = {
        "opened": max(opened, default=None),
        "claimed": max(claimed, default=None),
        "which": int(sum(which)) if which else None,
    }
    scopes = {each: found[each] for each in SCOPES}
    if scopes["all"] > MOST_COUNTED:
        most = MOST_COUNTED + 1
        mine, free = _of_most(_mine, most)(user=actor.user_id), _of_most(_unclaimed, most)()
        ((both,),) = together(counted(mine, free))
        scopes |= dict(zip(SCOPES[1:], both, strict=True))
    return WorkCounts(scopes=scopes, of_step=None, late=found["late"], mark=mark_of(found | marked))


@lru_cache
def _of_most(build: Callable[..., QuerySet[Any, Any]], most: int) -> Prepared:
    return Prepared(partial(build, most))


def _mine(most: int, user: UUID) -> QuerySet[Any, Any]:
    mine = open_work(current_actor()).filter(claimed_by=user)
    return mine.order_by().values_list("pk")[:most]


def _unclaimed(most: int) -> QuerySet[Any, Any]:
    free = open_work(current_actor()).filter(claimed_by=None)
    return free.order_by(*IN_ORDER).values_list("pk")[:most]


def _options(groups: Iterable[Group], filters: Filters, name: str) -> tuple[Option, ...]:
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


def _values(group: Group, name: str) -> Iterable[str]:
    if name == "risk":
        return [ANY_RISK, *group.risks] if group.risks else []
    return [group.values[name]]
