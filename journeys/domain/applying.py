"""One report of a partner, applied to the journey it speaks of."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.core.actor import Actor
from accounts.tenancy import acting_as
from journeys.core import codes
from journeys.core.codes import Meaning
from journeys.core.events import Event
from journeys.domain.confirming import confirm_delivery, confirm_receipt
from journeys.domain.graphs import graph_of
from journeys.domain.mapping import lines_of
from journeys.domain.recording import lock_journey, record
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


def apply(content: Mapping[str, Any], *, report: InboundReport, by: Actor, now: datetime) -> UUID:
    """Record what the report says; the journey's id. Raises NotApplicable.

    The report has the shape that the API checked. A partner reaches only journeys it takes
    part in: another's looks like one that never was.
    """
    data = content["data"]
    with acting_as(by):
        journey_id, delivery_id = find_journey(
            str(data.get("journey") or data.get("delivery")), by=by
        )
    occurred_at = datetime.fromisoformat(data.get("occurred_at") or content["timestamp"])
    if occurred_at > report.received_at + CLOCK_TOLERANCE:
        raise NotApplicable(
            "They say it happens in the future.", ReportCause.TIME, journey_id=journey_id
        )
    journey = lock_journey(journey_id)
    if report.programs and program_key(journey) not in report.programs:
        raise NotApplicable(UNKNOWN_JOURNEY, ReportCause.JOURNEY)
    reference = str(data.get("case_number") or "")
    if delivery_id is not None:
        confirm_delivery(journey, delivery_id, reference=reference, at=occurred_at, now=now)
    else:
        confirm_receipt(
            journey, by=report.organization, reference=reference, at=occurred_at, now=now
        )
    if content["type"] != "delivery.accepted":
        event = _event(content, report, journey, occurred_at=occurred_at)
        record(journey.pk, event, actor=by, now=now)
    return journey_id


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
    versions = ProgramVersion.objects.filter(pk=journey.program_version_id)
    return versions.values_list("program__key", flat=True)[0]


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


def _event(
    content: Mapping[str, Any], report: InboundReport, journey: Journey, *, occurred_at: datetime
) -> Event:
    data, partner = content["data"], report.organization
    meaning, mapped = meaning_in(content, journey, partner_id=partner.pk, at=occurred_at)
    party = JourneyParty.objects.filter(journey=journey, party=partner, until=None).first()
    notes = [f"Their code: {codes.shown(*said_in(content))}" if mapped else "", data.get("note")]
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
        role=party.role if party else partner.kind,
        transport=report.transport,
        note="\n".join(note for note in notes if note),
        occurred_at=occurred_at,
        received_at=report.received_at,
    )


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    facts = dict(data.get("facts") or {})
    if data.get("corrections"):
        facts["corrections"] = [
            {"field": one["field"], "sentence": one["sentence"]} for one in data["corrections"]
        ]
    return facts
