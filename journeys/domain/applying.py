"""What a partner reports, applied to the journey it speaks of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

from django.db.models import QuerySet

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.prepared import Prepared, asked_as, together
from accounts.tenancy import Scope
from journeys.core import codes
from journeys.core.codes import Meaning
from journeys.core.events import Event
from journeys.domain.confirming import confirm_delivery, confirm_sent, sent_to
from journeys.domain.graphs import graph_of
from journeys.domain.mapping import lines_of
from journeys.domain.reading import locked_journey
from journeys.domain.recording import record_reports
from journeys.enums import ReportCause
from journeys.models import Delivery, InboundReport, Journey, JourneyParty, PartnerCase
from programs.models import ProgramVersion

# A partner's clock may be a little ahead of ours.
CLOCK_TOLERANCE = timedelta(minutes=5)
UNKNOWN_JOURNEY = "No journey they take part in has this number, delivery or case number."


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
class Said:
    """A kept report and its content, in the shape that the API checked."""

    report: InboundReport
    content: Mapping[str, Any]

    @classmethod
    def of(cls, report: InboundReport) -> Self:
        return cls(report, json.loads(report.body))

    @property
    def reference(self) -> str:
        """What names the journey in the partner's words."""
        data = self.content["data"]
        return str(data.get("journey") or data.get("delivery"))

    @property
    def occurred_at(self) -> datetime:
        return datetime.fromisoformat(
            self.content["data"].get("occurred_at") or self.content["timestamp"]
        )

    @property
    def case_number(self) -> str:
        return str(self.content["data"].get("case_number") or "")


Outcome = UUID | NotApplicable


def apply(said: Sequence[Said], *, by: Actor, now: datetime) -> list[Outcome]:
    """Record what one partner's reports under one reference say, as one change of the journey.

    For each report the journey's id, or why it cannot be applied. A partner reaches only journeys
    it takes part in: another's looks like one that never was.
    """
    partner = said[0].report.organization
    try:
        journey_id, delivery_id = find_journey(said[0].reference, by=by)
    except NotApplicable as fault:
        return [fault] * len(said)
    (journey,), its, roles = together(
        locked_journey(journey_id=journey_id),
        sent_to(journey_id=journey_id, recipient_id=partner.pk),
        _roles(journey_id=journey_id, party_id=partner.pk),
    )
    program = program_key(journey)
    faults = {each.report.pk: _unfit(each, journey, program) for each in said}
    fit = [each for each in said if faults[each.report.pk] is None]
    if not fit:
        return [faults[each.report.pk] or journey_id for each in said]
    # Whoever speaks of the journey has what was sent to it; to say so again changes nothing.
    first = fit[0]
    reference, at = first.case_number, first.occurred_at
    if delivery_id is not None:
        confirm_delivery(journey, delivery_id, reference=reference, at=at, now=now)
    else:
        confirm_sent(journey, its, reference=reference, at=at, now=now)
    events = []
    speaks_as = _Speaker(journey, partner, roles[0][0] if roles else partner.kind)
    for each in fit:
        if each.content["type"] == "delivery.accepted":
            continue
        try:
            events.append(_event(each, speaks_as))
        except NotApplicable as fault:
            faults[each.report.pk] = fault
    if events:
        record_reports(journey.pk, events, actor=by, now=now)
    return [faults[each.report.pk] or journey_id for each in said]


def _unfit(said: Said, journey: Journey, program: str) -> NotApplicable | None:
    if said.occurred_at > said.report.received_at + CLOCK_TOLERANCE:
        return NotApplicable(
            "They say it happens in the future.", ReportCause.TIME, journey_id=journey.pk
        )
    if said.report.programs and program not in said.report.programs:
        return NotApplicable(UNKNOWN_JOURNEY, ReportCause.JOURNEY)
    return None


def find_journey(reference: str, *, by: Actor) -> tuple[UUID, UUID | None]:
    """The journey that a reference names, and the partner's own delivery if it names one.

    Raises NotApplicable. The partner acts: it finds the journeys it takes part in.
    """
    as_id, own = _as_id(reference), by.organization_id
    if own is None:
        raise NotApplicable(UNKNOWN_JOURNEY, ReportCause.JOURNEY)
    # What is no id is asked for as an id that nothing has.
    named = as_id or own
    journeys, deliveries, matched, ours, theirs = asked_as(
        Scope(actor=by),
        lambda: [
            _with_id(journey_id=named),
            _delivered(delivery_id=named),
            _matched(number=reference),
            _with_number(number=reference.upper()),
            _with_their_number(recipient_id=own, number=reference),
        ],
    )
    if journeys:
        return journeys[0][0], None
    for journey_id, recipient_id in deliveries:
        return journey_id, as_id if recipient_id == own else None
    found: set[UUID] = {row[0] for row in matched or ours or theirs}
    if len(found) > 1:
        raise NotApplicable(
            "Several journeys have this case number of theirs.", ReportCause.JOURNEY
        )
    if not found:
        raise NotApplicable(UNKNOWN_JOURNEY, ReportCause.JOURNEY)
    return found.pop(), None


@Prepared
def _with_id(journey_id: UUID) -> QuerySet[Journey, Any]:
    found: QuerySet[Journey, Any] = Journey.objects.filter(pk=journey_id).values_list("pk")
    return found


@Prepared
def _delivered(delivery_id: UUID) -> QuerySet[Delivery, Any]:
    found: QuerySet[Delivery, Any] = Delivery.objects.filter(pk=delivery_id).values_list(
        "journey_id", "recipient_id"
    )
    return found


@Prepared
def _matched(number: str) -> QuerySet[Journey, Any]:
    cases = PartnerCase.objects.filter(number=number).values("journey_id")
    found: QuerySet[Journey, Any] = Journey.objects.filter(pk__in=cases).values_list("pk")[:1]
    return found


@Prepared
def _with_number(number: str) -> QuerySet[Journey, Any]:
    found: QuerySet[Journey, Any] = Journey.objects.filter(number=number).values_list("pk")
    return found


@Prepared
def _with_their_number(recipient_id: UUID, number: str) -> QuerySet[Delivery, Any]:
    its = Delivery.objects.filter(recipient_id=recipient_id, partner_case_number=number)
    found: QuerySet[Delivery, Any] = its.values_list("journey_id")
    return found


@Prepared
def _roles(journey_id: UUID, party_id: UUID) -> QuerySet[JourneyParty, Any]:
    its = JourneyParty.objects.filter(journey=journey_id, party=party_id, until=None)
    found: QuerySet[JourneyParty, Any] = its.values_list("role")
    return found


def _as_id(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


def program_key(journey: Journey) -> str:
    """The key of the journey's program, without reading its long definition."""
    return _program_key(journey.program_version_id)


@lru_cache(maxsize=256)
def _program_key(version_id: UUID) -> str:
    found: str = ProgramVersion.objects.values_list("program__key", flat=True).get(pk=version_id)
    return found


def said_in(content: Mapping[str, Any]) -> tuple[str, str]:
    """Both levels of what a report says happened, in the partner's own words."""
    data = content["data"]
    if content["type"] == "code.reported":
        return data["code"], data.get("sub_code") or ""
    return data.get("step") or "", data.get("status") or ""


def meaning_in(
    content: Mapping[str, Any], journey: Journey, *, partner_id: UUID, at: datetime
) -> tuple[Meaning, bool]:
    """What the report says in the words of this journey's steps, and whether a map told it.

    Raises NotApplicable where neither the journey's steps nor a map know it.
    """
    data = content["data"]
    code, sub_code = said_in(content)
    graph = graph_of(journey.program_version_id)
    if content["type"] == "step.reported":
        step = graph.by_key.get(code)
        if step is not None and step.status(sub_code) is not None:
            return Meaning(code, sub_code, data.get("reason") or ""), False
    found = codes.look_up(
        lines_of(partner_id),
        code=code,
        sub_code=sub_code,
        program=program_key(journey),
        at=at,
    )
    facts = data.get("facts") or {}
    meaning = (
        codes.on_graph(found.meaning, graph, fill_number=facts.get("fill_number"))
        if found and found.meaning
        else None
    )
    if meaning is None:
        raise NotApplicable(
            _why(found, content),
            ReportCause.CODE,
            journey_id=journey.pk,
            code=codes.shown(codes.folded(code), codes.folded(sub_code)),
        )
    return meaning, True


def _why(found: codes.Found | None, content: Mapping[str, Any]) -> str:
    if found is None:
        return f"Nobody has said yet what “{codes.shown(*said_in(content))}” means."
    if found.meaning is None:
        return f"“{codes.shown(*said_in(content))}” is to be read by a person each time."
    return f"“{codes.shown(*said_in(content))}” stands for a step that this journey does not have."


@dataclass(frozen=True)
class _Speaker:
    """A partner as it speaks of one journey."""

    journey: Journey
    partner: Organization
    role: str


def _event(said: Said, speaker: _Speaker) -> Event:
    data, report, partner = said.content["data"], said.report, speaker.partner
    meaning, mapped = meaning_in(
        said.content, speaker.journey, partner_id=partner.pk, at=said.occurred_at
    )
    notes = [
        f"Their code: {codes.shown(*said_in(said.content))}" if mapped else "",
        data.get("note"),
    ]
    return Event(
        # Partners number their messages as they like; among all events the report's id is unique.
        id=f"report:{report.pk}",
        kind="status",
        step=meaning.step,
        status=meaning.status,
        reason=meaning.reason or None,
        facts=_facts(data),
        source=partner.slug,
        source_name=partner.name,
        role=speaker.role,
        transport=report.transport,
        note="\n".join(note for note in notes if note),
        occurred_at=said.occurred_at,
        received_at=report.received_at,
    )


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    facts = dict(data.get("facts") or {})
    if data.get("corrections"):
        facts["corrections"] = [
            {"field": one["field"], "sentence": one["sentence"]} for one in data["corrections"]
        ]
    return facts
