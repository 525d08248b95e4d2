"""Who looks like the same patient is flagged by a worker, after a submission and for its hub."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import audit
from accounts.core.actor import Actor
from accounts.tenancy import every_tenant
from journeys.domain.likeness import candidates, index_anew
from journeys.domain.nudges import nudge
from journeys.domain.recording import announce
from journeys.models import Journey, LikelyTwin, PersonKey, TwinSearch

BATCH = 20
# The submission's delivery goes first.
LATER_SECONDS = 1.0


def ask_for_twins(journey: Journey, *, now: datetime) -> None:
    """Let a worker look, once this commits, whether the hub has the patient already."""
    TwinSearch.objects.bulk_create(
        [TwinSearch(organization_id=journey.hub_id, journey=journey, asked_at=now)],
        ignore_conflicts=True,
    )
    nudge("journeys.tasks.look_for_twins", queue="upkeep", later=LATER_SECONDS)


def look_for_twins(*, now: datetime) -> int:
    """Look for the patients of a batch of journeys; how many were looked for.

    One that was there before digests were kept gets its own first, and is found from then on.
    A hub is told of its own journeys alone, and a practice of nothing: who judges is a person.
    """
    with every_tenant(reason="each journey's patient is looked for among its hub's alone"):
        waiting = TwinSearch.objects.select_for_update(skip_locked=True).order_by("asked_at")
        ids = list(waiting.values_list("pk", flat=True)[:BATCH])
        kept = PersonKey.objects.filter(journey__in=ids).values("journey")
        for bare in Journey.objects.filter(pk__in=ids).exclude(pk__in=kept).values_list("pk"):
            index_anew(*bare)
        journeys = Journey.objects.filter(pk__in=ids, closed_at=None)
        for journey in journeys.select_related("program_version__program"):
            _flag(journey, now=now)
        TwinSearch.objects.filter(pk__in=ids).delete()
        return len(ids)


def _flag(journey: Journey, *, now: datetime) -> None:
    found = candidates(journey, organization_id=journey.hub_id)
    LikelyTwin.objects.bulk_create(
        (
            LikelyTwin(
                organization_id=journey.hub_id,
                one_id=min(journey.pk, each.journey.pk),
                other_id=max(journey.pk, each.journey.pk),
                score=each.likeness.score,
                found_at=now,
            )
            for each in found
        ),
        # What a person told apart stays so.
        ignore_conflicts=True,
    )
    if found:
        announce(journey)


def tell_apart(journey: Journey, other: Journey, *, by: Actor, now: datetime) -> None:
    """A person says that the two are not of one patient: neither is shown for the other again."""
    LikelyTwin.objects.update_or_create(
        one_id=min(journey.pk, other.pk),
        other_id=max(journey.pk, other.pk),
        defaults={"told_apart_at": now, "told_apart_by_id": by.user_id},
        create_defaults={
            "organization_id": journey.hub_id,
            "score": 0,
            "found_at": now,
            "told_apart_at": now,
            "told_apart_by_id": by.user_id,
        },
    )
    audit.wrote(journey, action="told apart", fields=["patient_name"], purpose=other.number)
    announce(journey)


def _pairs(journey_id: UUID) -> QuerySet[LikelyTwin]:
    found: QuerySet[LikelyTwin] = LikelyTwin.objects.filter(Q(one=journey_id) | Q(other=journey_id))
    return found


@dataclass(frozen=True)
class ToldApart:
    """A journey of another person, as somebody said, and when."""

    journey: Journey
    who: str
    at: datetime


def told_apart(journey_id: UUID) -> list[ToldApart]:
    """The journeys that a person told apart from this one, by number."""
    rows = _pairs(journey_id).exclude(told_apart_at=None)
    found = [
        ToldApart(
            row.other if row.one_id == journey_id else row.one,
            row.told_apart_by.name if row.told_apart_by else "",
            row.told_apart_at,
        )
        for row in rows.select_related("one", "other", "told_apart_by")
        if row.told_apart_at is not None
    ]
    return sorted(found, key=lambda each: each.journey.number)


def take_back(journey: Journey, other: Journey, *, by: Actor, now: datetime) -> None:
    """They may be of one patient after all: both are shown for each other again.

    A worker looks anew how alike they are, so that the flag says what holds today.
    """
    pair = _pairs(journey.pk).filter(Q(one=other.pk) | Q(other=other.pk))
    if pair.exclude(told_apart_at=None).delete()[0]:
        audit.wrote(journey, action="told together", fields=["patient_name"], purpose=other.number)
        ask_for_twins(journey, now=now)
        announce(journey)


def likely_twins(journey_id: UUID) -> list[tuple[str, int]]:
    """Open journeys that look like the same patient's: their number and the score of 100."""
    open_ = _pairs(journey_id).filter(
        told_apart_at=None, one__closed_at=None, other__closed_at=None
    )
    rows = open_.order_by("-score").values_list("one_id", "one__number", "other__number", "score")
    return [(there if one_id == journey_id else here, score) for one_id, here, there, score in rows]
