"""What a partner reports, applied to the journey it speaks of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import acting_as
from journeys.core import codes
from journeys.core.codes import Meaning
from journeys.core.events import Event
from journeys.domain.confirming import confirm_delivery, confirm_receipt
from journeys.domain.graphs import graph_of
from journeys.domain.mapping import lines_of
from journeys.domain.recording import lock_journey, record_reports
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
    try:
        with acting_as(by):
            journey_id, delivery_id = find_journey(said[0].reference, by=by)
    except NotApplicable as fault:
        return [fault] * len(said)
    journey = lock_journey(journey_id)
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
        partner = first.report.organization
        confirm_receipt(journey, by=partner, reference=reference, at=at, now=now)
    events = []
    speaks_as = _Speaker(journey, first.report.organization)
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
    as_id = _as_id(reference)
    if as_id is not None:
        if Journey.objects.filter(pk=as_id).exists():
            return as_id, None
        named = Delivery.objects.filter(pk=as_id).values_list("journey_id", "recipient_id").first()
        if named is not None:
            journey_id, recipient_id = named
            return journey_id, as_id if recipient_id == by.organization_id else None
    matched = PartnerCase.objects.filter(number=reference).values("journey_id")
    known: UUID | None = Journey.objects.filter(pk__in=matched).values_list("pk", flat=True).first()
    return known or _by_number(reference, by=by), None


def _as_id(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


def _by_number(number: str, *, by: Actor) -> UUID:
    """By our number, or by the number that the partner itself gave the case."""
    ours = Journey.objects.filter(number=number.upper()).values_list("pk", flat=True)
    theirs = Delivery.objects.filter(
        recipient_id=by.organization_id, partner_case_number=number
    ).values_list("journey_id", flat=True)
    found: set[UUID] = set(ours) or set(theirs)
    if len(found) > 1:
        raise NotApplicable(
            "Several journeys have this case number of theirs.", ReportCause.JOURNEY
        )
    if not found:
        raise NotApplicable(UNKNOWN_JOURNEY, ReportCause.JOURNEY)
    return found.pop()


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


class _Speaker:
    """A partner as it speaks of one journey; its role is looked up once."""

    def __init__(self, journey: Journey, partner: Organization) -> None:
        self.journey, self.partner = journey, partner
        its = JourneyParty.objects.filter(journey=journey, party=partner, until=None)
        self.role = its.values_list("role", flat=True).first() or partner.kind


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
