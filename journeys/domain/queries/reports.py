"""What partners reported and how it stands: the queue of what people have to settle."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind
from accounts.tenancy import acting_as, every_tenant
from journeys.core.codes import shown
from journeys.core.likeness import Hints, Known, likeness, reasons
from journeys.domain.applying import said_in
from journeys.enums import ReportStatus
from journeys.models import Delivery, InboundReport, Journey

# A partner's newest journeys: an older one is found by its number.
MOST_CANDIDATES = 300
SHOWN_CANDIDATES = 8


@dataclass(frozen=True)
class Row:
    """One report as a list shows it: codes and numbers only."""

    id: UUID
    partner: str
    received_at: datetime
    transport: str
    said: str
    about: str
    problem: str
    status: str


@dataclass(frozen=True)
class Candidate:
    """A journey that a report may be about, and why."""

    journey: Journey
    program: str
    why: tuple[str, ...]


@contextmanager
def seen_by(actor: Actor) -> Iterator[None]:
    """Reports are read across organizations, and `visible` says whose."""
    with every_tenant(reason="a hub also settles what is said about its journeys", actor=actor):
        yield


def visible(actor: Actor) -> "QuerySet[InboundReport]":
    """One's own organization's reports, a hub's also those about its journeys, newest first."""
    found: QuerySet[InboundReport] = InboundReport.objects.select_related("organization")
    if actor.is_operator:
        found = found.filter(organization__sandbox_of=None)
    else:
        mine = Q(organization=actor.organization_id)
        if actor.organization_kind == OrganizationKind.HUB:
            its = Journey.objects.filter(hub=actor.organization_id)
            mine |= Q(journey_id__in=its.values("pk"))
        found = found.filter(mine)
    return found.order_by("-received_at", "pk")


def totals(actor: Actor) -> Mapping[str, int]:
    """How many reports stand how."""
    return visible(actor).aggregate(
        open=Count("pk", filter=Q(status=ReportStatus.EXCEPTION)),
        aside=Count("pk", filter=Q(status=ReportStatus.SET_ASIDE)),
        all=Count("pk"),
    )


def rows_of(found: list[InboundReport]) -> list[Row]:
    """Reports as a list shows them."""
    ids = {report.journey_id for report in found}
    numbers = dict(Journey.objects.filter(pk__in=ids).values_list("pk", "number"))
    return [_row(report, numbers) for report in found]


def _row(report: InboundReport, numbers: Mapping[UUID, str]) -> Row:
    content = content_of(report)
    return Row(
        id=report.pk,
        partner=report.organization.name,
        received_at=report.received_at,
        transport=report.transport,
        said=said_words(content),
        about=(numbers.get(report.journey_id) if report.journey_id else "")
        or reference_of(content),
        problem=report.problem,
        status=report.status,
    )


# What stands for a report that is kept and is none: the API lets no such in, a restored row may be.
UNREADABLE: Mapping[str, Any] = {"type": "", "data": {}}


def content_of(report: InboundReport) -> Mapping[str, Any]:
    """What the partner sent, as data; UNREADABLE where that is no report."""
    try:
        content = json.loads(report.body)
    except ValueError:
        return UNREADABLE
    whole = isinstance(content, dict) and isinstance(content.get("data"), dict)
    return content if whole and {"type", "timestamp"} <= content.keys() else UNREADABLE


def said_words(content: Mapping[str, Any]) -> str:
    """What a report says, in the partner's own words."""
    if content is UNREADABLE:
        return "not readable"
    return shown(*said_in(content)) or "delivery accepted"


def reference_of(content: Mapping[str, Any]) -> str:
    """How the report names its journey."""
    data = content["data"]
    return str(data.get("journey") or data.get("delivery") or "")


def happened_at(content: Mapping[str, Any]) -> datetime:
    """When the partner says it happened."""
    return datetime.fromisoformat(content["data"].get("occurred_at") or content["timestamp"])


def candidates(report: InboundReport, actor: Actor) -> list[Candidate]:
    """The journeys of the reporting partner that it may be about, the likeliest first.

    Only what the actor's own organization sees; nothing for the operator.
    """
    if actor.is_operator:
        return []
    content = content_of(report)
    told = content["data"].get("patient") or {}
    hints = Hints(
        reference=reference_of(content),
        name=told.get("name") or "",
        born_on=date.fromisoformat(told["born_on"]) if told.get("born_on") else None,
    )
    with acting_as(actor):
        found = Journey.objects.filter(party_ids__contains=[report.organization_id])
        found = found.select_related("program_version__program").defer(
            "program_version__definition"
        )
        journeys = list(found.order_by("-started_at")[:MOST_CANDIDATES])
        numbers = _case_numbers(report.organization_id)
    weighed = [(_known(each, numbers.get(each.pk, ())), each) for each in journeys]
    likely = [
        (len(why), likeness(hints.reference, known.numbers), why, journey)
        for known, journey in weighed
        if (why := reasons(hints, known))
    ]
    likely.sort(key=lambda each: each[:2], reverse=True)
    return [
        Candidate(journey, journey.program_version.program.name, why)
        for *_, why, journey in likely[:SHOWN_CANDIDATES]
    ]


def _case_numbers(partner_id: UUID) -> dict[UUID, tuple[str, ...]]:
    rows = Delivery.objects.filter(recipient=partner_id).exclude(partner_case_number="")
    found: dict[UUID, tuple[str, ...]] = {}
    for journey_id, number in rows.values_list("journey_id", "partner_case_number"):
        found[journey_id] = (*found.get(journey_id, ()), number)
    return found


def _known(journey: Journey, numbers: tuple[str, ...]) -> Known:
    return Known(
        numbers=(journey.number, *numbers),
        name=journey.patient_name,
        born_on=journey.patient_born_on,
    )


def journeys_of_patient(
    patient_id: UUID, practice_id: UUID, programs: Sequence[str]
) -> list[Journey]:
    """The journeys of a practice's own patient, the newest first; of these programs, if any."""
    found = Journey.objects.filter(organization=practice_id, patient_id=patient_id)
    if programs:
        found = found.filter(program_version__program__key__in=programs)
    named = found.select_related("program_version__program").defer("program_version__definition")
    return list(named.order_by("-started_at"))
