"""What a person has not read yet, and the list of what changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.core.actor import Actor
from accounts.core.permissions import Permission
from accounts.models import Membership
from accounts.prepared import Asked, Prepared
from accounts.tenancy import current_organization_id, every_tenant
from journeys.domain.queries.work import step_titles
from journeys.enums import NoticeKind
from journeys.models import Notice, NoticeRead, NoticeSettings

# Nobody counts further than this, and a bell that says more says no more.
MOST = 99
DAYS = 28


@dataclass(frozen=True)
class NoticeRow:
    """One line of the list: of a journey, of a fax with its pages, or of a form by its id.

    Opens the patient's name, so the caller audits the reading.
    """

    id: UUID
    journey_id: UUID | None
    number: str
    patient: str
    fax_id: UUID | None
    pages: int
    draft_id: UUID | None
    kind: str
    word: str
    step: str
    who: str
    at: datetime
    unread: bool
    settled: bool


def _since(user_id: UUID | None) -> QuerySet[Any, Any]:
    """What is older counts as read: what the person said, else when they joined."""
    said = NoticeSettings.objects.filter(user_id=user_id).values("read_until")[:1]
    joined = Membership.objects.filter(
        user_id=str(user_id), organization_id=current_organization_id()
    )
    return joined.values(since=Coalesce(Subquery(said), "created_at"))[:1]


def read_until(actor: Actor) -> datetime:
    """Up to when the person has read everything."""
    moment: datetime = _since(actor.user_id)[0]["since"]
    return moment


def unread(actor: Actor) -> QuerySet[Notice]:
    """What the person has not read, of what came since they joined."""
    return _unread_of(_for(actor), actor.user_id)


def _unread_of(found: QuerySet[Notice], user_id: UUID | None) -> QuerySet[Notice]:
    mine = NoticeRead.objects.filter(notice=OuterRef("pk"), user_id=user_id)
    return found.filter(~Exists(mine), settled=False, at__gt=Subquery(_since(user_id)))


def _for(actor: Actor) -> QuerySet[Notice]:
    """The notices that are this person's; a case without an owner is a supervisor's."""
    found: QuerySet[Notice] = Notice.objects.all()
    if not actor.may(Permission.WORK_REASSIGN):
        found = found.exclude(kind=NoticeKind.UNOWNED)
    return found


def bell(actor: Actor) -> Mapping[str, int]:
    """How many notices are unread, and how many of them are messages; none beyond MOST."""
    newest = unread(actor).order_by("-at").values("kind")[:MOST]
    kinds = [row["kind"] for row in newest]
    return {"all": len(kinds), "messages": kinds.count(NoticeKind.MESSAGE)}


@dataclass(frozen=True)
class News:
    """What a person has not read on one journey: messages, and everything else."""

    messages: int = 0
    others: int = 0


def asking_for_news(actor: Actor, journeys: Collection[UUID]) -> Asked:
    """Asks what is unread on each of these journeys; `news_of` reads the answer."""
    ask = _all_news if actor.may(Permission.WORK_REASSIGN) else _news
    return ask(user=actor.user_id, journeys=list(journeys))


def news_of(rows: Sequence[tuple[UUID, int, int]]) -> Mapping[UUID, News]:
    """By journey, where anything is unread."""
    return {journey_id: News(messages, others) for journey_id, messages, others in rows}


def _counted(found: QuerySet[Notice], user: UUID, journeys: UUID) -> QuerySet[Any, Any]:
    message = Q(kind=NoticeKind.MESSAGE)
    rows = _unread_of(found, user).filter(journey_id__in=[journeys]).order_by()
    counted: QuerySet[Any, Any] = rows.values_list("journey_id").annotate(
        messages=Count("id", filter=message), others=Count("id", filter=~message)
    )
    return counted


@Prepared
def _all_news(user: UUID, journeys: UUID) -> QuerySet[Any, Any]:
    return _counted(Notice.objects.all(), user, journeys)


@Prepared
def _news(user: UUID, journeys: UUID) -> QuerySet[Any, Any]:
    return _counted(Notice.objects.exclude(kind=NoticeKind.UNOWNED), user, journeys)


def listed(*, only_unread: bool, actor: Actor) -> QuerySet[Notice]:
    """The notices of the actor's organization, newest first."""
    found = unread(actor) if only_unread else _for(actor)
    rows: QuerySet[Notice] = found.select_related("journey", "fax").order_by("-at", "id")
    return rows.defer("fax__body")


def rows_of(notices: Sequence[Notice], actor: Actor) -> list[NoticeRow]:
    """Lines of the list."""
    ids = [notice.pk for notice in notices]
    fresh = set(unread(actor).filter(pk__in=ids).values_list("pk", flat=True))
    titles = step_titles()
    return [
        NoticeRow(
            id=notice.pk,
            journey_id=notice.journey_id,
            number=notice.journey.number if notice.journey else "",
            patient=notice.journey.patient_name if notice.journey else "",
            fax_id=notice.fax_id,
            pages=notice.fax.pages if notice.fax else 0,
            draft_id=notice.draft_id,
            kind=notice.kind,
            word=str(NoticeKind(notice.kind).label),
            step=titles.get(notice.step, ""),
            who=notice.source_name,
            at=notice.at,
            unread=notice.pk in fresh,
            settled=notice.settled,
        )
        for notice in notices
    ]


@dataclass(frozen=True)
class Answers:
    """How an organization answers what it is asked in messages; `mean` in seconds."""

    name: str
    asked: int
    answered: int
    mean: float | None


def answers(actor: Actor, *, now: datetime) -> list[Answers]:
    """By organization, over the actor's journeys and for the operator over all, slowest first."""
    with every_tenant(reason="whom one works with, one may know how soon they answer", actor=actor):
        return _answers(actor, now=now)


def _answers(actor: Actor, *, now: datetime) -> list[Answers]:
    asked = Notice.objects.filter(asks=True, at__gt=now - timedelta(days=DAYS))
    if not actor.is_operator:
        asked = asked.filter(journey__party_ids__contains=[actor.organization_id])
    rows = (
        asked.values_list("organization__name")
        .annotate(
            total=Count("id"),
            told=Count("id", filter=Q(answered_at__isnull=False)),
            mean=Avg(F("answered_at") - F("at")),
        )
        .order_by("organization__name")
    )
    found = [
        Answers(name, total, told, mean.total_seconds() if mean is not None else None)
        for name, total, told, mean in rows
    ]
    return sorted(found, key=lambda each: -(each.mean or 0))
