"""Which journey a partner means, by whatever it calls it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.core.actor import Actor
from accounts.core.ids import read_id
from accounts.prepared import Prepared, asked_as
from accounts.tenancy import Scope
from journeys.enums import ReportCause
from journeys.models import Delivery, Journey, PartnerCase

UNKNOWN_JOURNEY = "No journey they take part in has this number, delivery or case number."
AMBIGUOUS = "Several journeys have this case number of theirs."


class NotApplicable(ValueError):
    """The report cannot be applied as it is; the text tells a person why.

    `code` is the partner's code that nobody has explained yet, folded.
    """

    def __init__(
        self, why: str, cause: ReportCause, *, journey_id: UUID | None = None, code: str = ""
    ) -> None:
        super().__init__(why)
        self.cause = cause
        self.journey_id = journey_id
        self.code = code


@dataclass(frozen=True)
class Place:
    """A journey, and the partner's own delivery where that was named."""

    journey_id: UUID
    delivery_id: UUID | None = None


def find_journey(reference: str, *, by: Actor) -> UUID:
    """The journey that a reference names. Raises NotApplicable."""
    found = find_journeys([reference], by=by)[reference]
    if isinstance(found, NotApplicable):
        raise found
    return found.journey_id


def find_journeys(references: Collection[str], *, by: Actor) -> Mapping[str, Place | NotApplicable]:
    """The journey that each reference names, or why none. One round trip.

    The partner acts: it finds the journeys it takes part in.
    """
    own = by.organization_id
    if own is None:
        return {each: NotApplicable(UNKNOWN_JOURNEY, ReportCause.JOURNEY) for each in references}
    words = list(references)
    ids = [found for found in map(read_id, words) if found]
    journeys, deliveries, matched, ours, theirs = asked_as(
        Scope(actor=by),
        lambda: [
            _with_ids(ids=ids),
            _delivered(ids=ids),
            _matched(numbers=words),
            _with_numbers(numbers=[each.upper() for each in words]),
            _with_their_numbers(recipient_id=own, numbers=words),
        ],
    )
    named = {pk: Place(pk) for (pk,) in journeys}
    for pk, journey_id, recipient_id in deliveries:
        named.setdefault(pk, Place(journey_id, pk if recipient_id == own else None))
    numbered = [_by_name(each) for each in (matched, ours, theirs)]
    return {each: _place(each, named, numbered) for each in words}


def _by_name(rows: Collection[tuple[str, UUID]]) -> Mapping[str, set[UUID]]:
    found: dict[str, set[UUID]] = {}
    for name, journey_id in rows:
        found.setdefault(name, set()).add(journey_id)
    return found


def _place(
    reference: str, named: Mapping[UUID, Place], numbered: Collection[Mapping[str, set[UUID]]]
) -> Place | NotApplicable:
    """By id, then by what a person matched, by our number, by theirs."""
    as_id = read_id(reference)
    if as_id is not None and as_id in named:
        return named[as_id]
    matched, ours, theirs = numbered
    found = matched.get(reference) or ours.get(reference.upper()) or theirs.get(reference, set())
    if len(found) == 1:
        return Place(next(iter(found)))
    why = AMBIGUOUS if found else UNKNOWN_JOURNEY
    return NotApplicable(why, ReportCause.JOURNEY)


@Prepared
def _with_ids(ids: UUID) -> QuerySet[Journey, Any]:
    found: QuerySet[Journey, Any] = Journey.objects.filter(pk__in=[ids]).values_list("pk")
    return found


@Prepared
def _delivered(ids: UUID) -> QuerySet[Delivery, Any]:
    its = Delivery.objects.filter(pk__in=[ids])
    found: QuerySet[Delivery, Any] = its.values_list("pk", "journey_id", "recipient_id")
    return found


@Prepared
def _matched(numbers: str) -> QuerySet[PartnerCase, Any]:
    its = PartnerCase.objects.filter(
        number__in=[numbers], journey_id__in=Journey.objects.values("pk")
    )
    found: QuerySet[PartnerCase, Any] = its.values_list("number", "journey_id")
    return found


@Prepared
def _with_numbers(numbers: str) -> QuerySet[Journey, Any]:
    its = Journey.objects.filter(number__in=[numbers])
    found: QuerySet[Journey, Any] = its.values_list("number", "pk")
    return found


@Prepared
def _with_their_numbers(recipient_id: UUID, numbers: str) -> QuerySet[Delivery, Any]:
    its = Delivery.objects.filter(recipient_id=recipient_id, partner_case_number__in=[numbers])
    found: QuerySet[Delivery, Any] = its.values_list("partner_case_number", "journey_id")
    return found
