"""What a hub's supervisor oversees: load, ageing, service levels, and what is returned and why."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from accounts.core.actor import Actor
from journeys.domain.queries import faxes
from journeys.domain.queries.cases import open_cases
from journeys.domain.queries.intake import questions_of
from journeys.domain.queries.work import open_work, step_titles
from journeys.models import JourneyEvent, WorkItem
from journeys.rules import INTAKE
from programs.core.catalogue import ANSWERABLE

DAYS = 28
# How long a case has been going, in days: from each up to the next.
AGES: Sequence[tuple[str, int, int | None]] = (
    ("Less than a week", 0, 7),
    ("1 to 2 weeks", 7, 14),
    ("2 to 4 weeks", 14, 28),
    ("Over 4 weeks", 28, None),
)
NOBODY = "Nobody yet"
FAXES = "Faxes to sort"
# The fields of so many returns are counted, the newest; each has to be opened for it.
MOST_RETURNS = 500


@dataclass(frozen=True)
class Counted:
    """One line of a chart: its label, how many, and how many of them are late."""

    label: str
    count: int
    late: int = 0


def load(actor: Actor) -> list[Counted]:
    """Open cases by who answers for them, with how many are past due."""
    rows = open_cases(actor).order_by().values_list("case_owner__user__name")
    late = Count("id", filter=Q(risk_rules__contains=["R1"]))
    counted = rows.annotate(cases=Count("id"), late=late)
    found = [Counted(name or NOBODY, cases, past) for name, cases, past in counted]
    return sorted(found, key=lambda each: (-each.count, each.label))


def ageing(actor: Actor, *, now: datetime) -> list[Counted]:
    """Open cases by how long ago they were submitted."""
    parts = {
        f"from_{since}": Count("id", filter=_went_on(since, until, now=now))
        for _, since, until in AGES
    }
    found = open_cases(actor).order_by().aggregate(**parts)
    return [Counted(label, found[f"from_{since}"]) for label, since, _ in AGES]


def _went_on(since: int, until: int | None, *, now: datetime) -> Q:
    known = Q(started_at__lte=now - timedelta(days=since))
    return known & Q(started_at__gt=now - timedelta(days=until)) if until else known


def service_levels(actor: Actor, *, now: datetime) -> list[Counted]:
    """Work closed in the last weeks by step, with how much of it was closed after it was due."""
    closed = WorkItem.objects.filter(
        owner_id=actor.organization_id, closed_at__gt=now - timedelta(days=DAYS)
    )
    done = _by_step(closed.order_by(), Q(closed_at__gt=F("due_at")))
    return _with_faxes(done, *faxes.sorted_lately(days=DAYS, now=now))


def waiting(actor: Actor, *, now: datetime) -> list[Counted]:
    """Open work by step, with how much of it is late."""
    open_ = _by_step(open_work(actor).order_by(), Q(due_at__lt=now))
    return _with_faxes(open_, *faxes.waiting(now=now))


def _with_faxes(counted: list[Counted], count: int, late: int) -> list[Counted]:
    """A fax is of no step: its pages have to be sorted before they are of a journey."""
    found = [*counted, Counted(FAXES, count, late)] if count else counted
    return sorted(found, key=lambda each: (-each.count, each.label))


def _by_step(rows: QuerySet[WorkItem], late: Q) -> list[Counted]:
    titles = step_titles()
    counted = rows.values_list("step").annotate(items=Count("id"), late=Count("id", filter=late))
    found = [
        Counted(titles.get(step, "Disagreement"), count, late) for step, count, late in counted
    ]
    return sorted(found, key=lambda each: (-each.count, each.label))


@dataclass(frozen=True)
class Returns:
    """What was returned in the last weeks, by practice and by field, and the events read for it."""

    practices: Sequence[Counted]
    fields: Sequence[Counted]
    read: Sequence[JourneyEvent]


def returns(actor: Actor, *, now: datetime) -> Returns:
    """Who got enrollments back, and which fields were asked about: what the form could say better.

    Opens the events, which hold sentences about patients: the caller audits the reading.
    """
    told = JourneyEvent.objects.filter(
        step=INTAKE,
        status="returned",
        journey__hub=actor.organization_id,
        visible_at__gt=now - timedelta(days=DAYS),
    )
    told = told.select_related("organization").annotate(form=F("journey__program_version"))
    newest = list(told.order_by("-visible_at")[:MOST_RETURNS])
    practices: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for event in newest:
        practices[event.organization.name] += 1
        asked = event.body["facts"].get("corrections", [])
        fields.update(_label(each["field"], event.form) for each in asked)
    return Returns(_most(practices), _most(fields), newest)


def _label(field: str, version_id: UUID) -> str:
    """A field of the catalogue by its one name, so that programs add up; else the program's."""
    known = ANSWERABLE.get(field)
    return known.label if known else questions_of(version_id).get(field, field)


def _most(counted: Mapping[str, int]) -> list[Counted]:
    ranked = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return [Counted(label, count) for label, count in ranked]
