"""A hub's faxes: those that wait, those that are done, and whose a part of one may be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet

from accounts.core.actor import Actor
from journeys.core.faxes import About, free_pages, pages_in_words
from journeys.domain.likeness import Candidate, alike
from journeys.models import Fax, FaxPage, FaxPart

SHOWN_AT_INTAKE = 5


@dataclass(frozen=True)
class FaxRow:
    """One line of the list."""

    id: UUID
    received_at: datetime
    due_at: datetime
    from_number: str
    pages: int
    left: int
    urgent: bool
    holder: str
    mine: bool
    closed_at: datetime | None


@dataclass(frozen=True)
class PartRow:
    """One part of a fax, with what was read off it."""

    id: UUID
    pages: str
    count: int
    about: About | None
    why_aside: str
    journey_id: UUID | None
    journey: str
    who: str
    keyed: bool


def open_faxes() -> QuerySet[Fax]:
    """The acting hub's faxes that wait, the most pressing first."""
    waiting = Fax.objects.filter(closed_at=None).select_related("claimed_by").defer("body")
    found: QuerySet[Fax] = waiting.order_by("-urgent", "due_at", "received_at", "id")
    return found


def done_faxes() -> QuerySet[Fax]:
    """The acting hub's faxes that are done, the newest first."""
    done = Fax.objects.exclude(closed_at=None).select_related("claimed_by").defer("body")
    found: QuerySet[Fax] = done.order_by("-closed_at", "id")
    return found


def rows_of(faxes: list[Fax], actor: Actor) -> list[FaxRow]:
    """Faxes as the list shows them, with how many pages of each are in no part."""
    parts: dict[UUID, list[list[int]]] = {}
    told = FaxPart.objects.filter(fax__in=[fax.pk for fax in faxes])
    for fax_id, pages in told.values_list("fax_id", "pages"):
        parts.setdefault(fax_id, []).append(pages)
    return [
        FaxRow(
            id=fax.pk,
            received_at=fax.received_at,
            due_at=fax.due_at,
            from_number=fax.from_number,
            pages=fax.pages,
            left=len(free_pages(fax.pages, parts.get(fax.pk, ()))),
            urgent=fax.urgent,
            holder=fax.claimed_by.name if fax.claimed_by else "",
            mine=fax.claimed_by_id is not None and fax.claimed_by_id == actor.user_id,
            closed_at=fax.closed_at,
        )
        for fax in faxes
    ]


def pages_of(fax: Fax) -> list[FaxPage]:
    """The pages of a fax without their pictures."""
    return list(FaxPage.objects.filter(fax=fax).defer("picture").order_by("number"))


def parts_of(fax: Fax) -> list[FaxPart]:
    """The parts of a fax in the order of their pages."""
    rows = FaxPart.objects.filter(fax=fax).select_related("journey", "settled_by", "made_by")
    return sorted(rows, key=lambda part: part.pages)


def part_row(part: FaxPart) -> PartRow:
    """A part as the page shows it; opens what was read off it, so the caller audits that."""
    return PartRow(
        id=part.pk,
        pages=pages_in_words(part.pages),
        count=len(part.pages),
        about=About.from_json(part.about) if part.about else None,
        why_aside=part.get_aside_display() if part.aside else "",
        journey_id=part.journey_id,
        journey=part.journey.number if part.journey else "",
        who=(part.settled_by or part.made_by).name,
        keyed=part.keyed_since is not None,
    )


def candidates(about: About, actor: Actor) -> list[Candidate]:
    """The hub's open journeys whose patient may be the one on the pages."""
    if actor.organization_id is None:
        return []
    return alike(about.traits, organization_id=actor.organization_id)


def waiting(*, now: datetime) -> tuple[int, int]:
    """How many faxes of the acting hub wait, and how many of them are late."""
    late = Count("pk", filter=Q(due_at__lt=now))
    return _two(Fax.objects.filter(closed_at=None).aggregate(count=Count("pk"), late=late))


def sorted_lately(*, days: int, now: datetime) -> tuple[int, int]:
    """How many were done in the last days, and how many of them after they were due."""
    done = Fax.objects.filter(closed_at__gt=now - timedelta(days=days))
    late = Count("pk", filter=Q(closed_at__gt=F("due_at")))
    return _two(done.aggregate(count=Count("pk"), late=late))


def mark_with(work: str) -> str:
    """The mark of the hub's work, and what changes when a fax comes, is taken or is done."""
    told = Fax.objects.filter(closed_at=None).aggregate(
        count=Count("pk"),
        taken=Count("pk", filter=Q(claimed_by__isnull=False)),
        added=Max("added_at"),
        claimed=Max("claimed_at"),
    )
    return sha256(repr([work, *told.values()]).encode()).hexdigest()[:12]


def _two(found: Any) -> tuple[int, int]:
    return found["count"], found["late"]
