"""The lists of journeys: those that go on, those at risk, and those that ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.prepared import Prepared, counted, together
from accounts.tenancy import current_organization_id
from journeys.core.risk_words import few_words
from journeys.domain.queries.notices import News, asking_for_news, news_of
from journeys.domain.queries.work import phase_now
from journeys.models import Journey, JourneyParty

Kind = OrganizationKind | None

FILTERS = ("open", "at_risk", "closed")
# A list says "1,000+" of what nobody looks through; its pages go on.
MOST_COUNTED = 1_000
PAGE_SIZE = 50
# For these one plan fits all. A pharmacy may have a handful of journeys or nearly all of them, so
# PostgreSQL has to plan for the one that asks.
ALIKE = frozenset({OrganizationKind.HUB, OrganizationKind.PRACTICE})
OPEN_ORDER = ("-urgent", F("due_at").asc(nulls_last=True), "started_at", "id")
CLOSED_ORDER = ("-closed_at", "id")


@dataclass(frozen=True)
class JourneyRow:
    """One line of the list of journeys, ready to be written out."""

    id: UUID
    number: str
    patient: str
    program: str
    step: str
    phase: str
    who: str
    due_at: datetime | None
    urgent: bool
    closed_at: datetime | None
    completed: bool
    risks: str
    news: News


def listed(which: str, kind: Kind) -> QuerySet[Journey]:
    """The journeys of a list: what is due soonest first, ended ones by their end.

    `kind` is what the acting organization is.
    """
    # A practice has few of all journeys: down the whole list its page would hardly fill.
    found = (_own(kind) if kind in ALIKE else Journey.objects.all()).select_related(
        "program_version__program"
    )
    found = found.defer("program_version__definition")
    return _only(which, found).order_by(*(CLOSED_ORDER if which == "closed" else OPEN_ORDER))


def counted_list(
    actor: Actor, which: str, *, first: bool
) -> tuple[dict[str, int], list[Journey] | None]:
    """How many journeys each of the lists has; a count above MOST_COUNTED stands for any.

    With them, where it is wanted, the first page of the one that is asked for.
    """
    kind = actor.organization_kind
    if kind not in ALIKE:
        own = _own(kind)
        some = {each: _only(each, own)[: MOST_COUNTED + 1].count() for each in FILTERS}
        return some, None
    rows = [_first(which, kind, PAGE_SIZE)()] if first else []
    all_ = counted(*(_some(each, kind, MOST_COUNTED + 1)() for each in FILTERS))
    ((counts,), *found) = together(all_, *rows)
    return dict(zip(FILTERS, counts, strict=True)), found[0] if found else None


@lru_cache
def _some(which: str, kind: Kind, most: int) -> Prepared:
    return Prepared(lambda: _only(which, _own(kind)).values_list("pk")[:most])


@lru_cache
def _first(which: str, kind: Kind, size: int) -> Prepared:
    return Prepared(lambda: listed(which, kind)[:size])


def _only(which: str, found: QuerySet[Journey]) -> QuerySet[Journey]:
    if which == "closed":
        return found.exclude(closed_at=None)
    going = found.filter(closed_at=None)
    return going.filter(at_risk=True) if which == "at_risk" else going


def _own(kind: Kind) -> QuerySet[Journey]:
    """The journeys of the acting organization, by the quickest way to them."""
    if kind == OrganizationKind.HUB:
        # They have indexes; by its parts every ended one would be looked at.
        hubs: QuerySet[Journey] = Journey.objects.named_in("hub")
        return hubs
    found: QuerySet[Journey] = Journey.objects.filter(pk__in=_taken_part_in())
    return found


def _taken_part_in() -> QuerySet[JourneyParty]:
    """The journeys of the acting organization, found by an index.

    Row-level security keeps PostgreSQL from looking journeys up by `party_ids`, so that it would
    read those of everybody.
    """
    parts = JourneyParty.objects.filter(party_id=current_organization_id(), until=None)
    found: QuerySet[JourneyParty] = parts.values("journey")
    return found


def rows_of(journeys: Sequence[Journey], actor: Actor, *, now: datetime) -> list[JourneyRow]:
    """Lines of the list; opens patients' names, so the caller audits the reading."""
    ids = [journey.pk for journey in journeys]
    parties, unread = together(_parties_named(journeys=ids), asking_for_news(actor, ids))
    named = {(journey_id, role): name for journey_id, role, name in parties}
    news = news_of(unread)
    return [
        JourneyRow(
            id=journey.id,
            number=journey.number,
            patient=journey.patient_name,
            program=journey.program_version.program.name,
            step=journey.step_title,
            phase=phase_now(journey.phase, journey.due_at, now=now),
            who=named.get((journey.id, journey.next_owner), ""),
            due_at=journey.due_at,
            urgent=journey.urgent,
            closed_at=journey.closed_at,
            completed=journey.stage != "closed",
            risks=why_at_risk(journey, now=now),
            news=news.get(journey.id, News()),
        )
        for journey in journeys
    ]


def why_at_risk(journey: Journey, *, now: datetime) -> str:
    """Why a list says that a journey is at risk, in words that every party may read."""
    rules = list(journey.risk_rules)
    late = phase_now(journey.phase, journey.due_at, now=now) == "at_risk"
    # The clock ran out since the journey was last looked at.
    if late and not rules:
        rules.append("R1")
    return few_words(rules)


@Prepared
def _parties_named(journeys: UUID) -> QuerySet[JourneyParty]:
    standing = JourneyParty.objects.filter(journey__in=[journeys], until=None)
    found: QuerySet[JourneyParty] = standing.values_list("journey_id", "role", "party__name")
    return found
