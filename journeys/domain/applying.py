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
from accounts.prepared import Prepared, together
from journeys.core import codes
from journeys.core.codes import Meaning
from journeys.core.events import Event
from journeys.domain.confirming import Sent, confirm_delivery, confirm_sent, sent_to
from journeys.domain.finding import UNKNOWN_JOURNEY, NotApplicable, find_journeys
from journeys.domain.graphs import graph_of
from journeys.domain.mapping import lines_of
from journeys.domain.recording import record_reports
from journeys.enums import ReportCause
from journeys.models import InboundReport, Journey, JourneyParty
from programs.models import ProgramVersion

# A partner's clock may be a little ahead of ours.
CLOCK_TOLERANCE = timedelta(minutes=5)
# Benefits may be known some days before the form comes; what is older is of another time.
EARLIEST = timedelta(days=7)


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
    """Record what one partner's reports say, each journey's as one change of it; all or nothing.

    For each report the journey's id, or why it cannot be applied. A partner reaches only journeys
    it takes part in: another's looks like one that never was.
    """
    outcomes: dict[UUID, Outcome] = {}
    about: dict[UUID, list[tuple[Said, UUID | None]]] = {}
    found = find_journeys({each.reference for each in said}, by=by)
    for each in said:
        place = found[each.reference]
        if isinstance(place, NotApplicable):
            outcomes[each.report.pk] = place
        else:
            outcomes[each.report.pk] = place.journey_id
            about.setdefault(place.journey_id, []).append((each, place.delivery_id))
    speaking = _speaking(said[0].report.organization, list(about))
    events = {}
    for speaker in speaking:
        heard, faults = _heard(speaker, about[speaker.journey.pk], now=now)
        outcomes.update(faults)
        if heard:
            events[speaker.journey.pk] = heard
    if events:
        record_reports(events, actor=by, now=now)
    return [outcomes[each.report.pk] for each in said]


@dataclass(frozen=True)
class _Speaker:
    """A partner as it speaks of one journey, and what was on its way to it."""

    journey: Journey
    partner: Organization
    role: str
    sent: Sequence[Sent]


def _speaking(partner: Organization, journey_ids: Sequence[UUID]) -> list[_Speaker]:
    """The partner as it speaks of each of the journeys, which are locked in their order."""
    if not journey_ids:
        return []
    journeys, sent, parts = together(
        _locked(journey_ids=journey_ids),
        sent_to(journey_ids=journey_ids, recipient_id=partner.pk),
        _parts(journey_ids=journey_ids, party_id=partner.pk),
    )
    roles = dict(reversed(parts))
    return [
        _Speaker(
            each, partner, roles.get(each.pk, partner.kind), [s for s in sent if s[0] == each.pk]
        )
        for each in journeys
    ]


def _heard(
    speaker: _Speaker, about: Sequence[tuple[Said, UUID | None]], *, now: datetime
) -> tuple[list[Event], dict[UUID, Outcome]]:
    """The events that reports of one journey tell, and why some of them tell none."""
    events: list[Event] = []
    faults: dict[UUID, Outcome] = {}
    program, confirmed = program_key(speaker.journey), set()
    for each, delivery_id in about:
        fault = _unfit(each, speaker.journey, program)
        if fault is not None:
            faults[each.report.pk] = fault
            continue
        if delivery_id not in confirmed:
            confirmed.add(delivery_id)
            _confirm(speaker, each, delivery_id, now=now)
        if each.content["type"] != "delivery.accepted":
            try:
                events.append(_event(each, speaker))
            except NotApplicable as unclear:
                faults[each.report.pk] = unclear
    return events, faults


def _confirm(speaker: _Speaker, said: Said, delivery_id: UUID | None, *, now: datetime) -> None:
    """Whoever speaks of the journey has what was sent to it; to say so again changes nothing."""
    journey, reference, at = speaker.journey, said.case_number, said.occurred_at
    if delivery_id is not None:
        confirm_delivery(journey, delivery_id, reference=reference, at=at, now=now)
    else:
        confirm_sent(journey, speaker.sent, reference=reference, at=at, now=now)


def _unfit(said: Said, journey: Journey, program: str) -> NotApplicable | None:
    if said.occurred_at > said.report.received_at + CLOCK_TOLERANCE:
        return NotApplicable(
            "They say it happens in the future.", ReportCause.TIME, journey_id=journey.pk
        )
    if said.occurred_at < journey.started_at - EARLIEST:
        return NotApplicable(
            "They say it happened long before the enrollment.",
            ReportCause.TIME,
            journey_id=journey.pk,
        )
    if said.report.programs and program not in said.report.programs:
        return NotApplicable(UNKNOWN_JOURNEY, ReportCause.JOURNEY)
    return None


@Prepared
def _locked(journey_ids: UUID) -> QuerySet[Journey]:
    found: QuerySet[Journey] = Journey.objects.select_for_update().filter(pk__in=[journey_ids])
    return found.only("program_version_id", "started_at").order_by("pk")


@Prepared
def _parts(journey_ids: UUID, party_id: UUID) -> QuerySet[JourneyParty, Any]:
    its = JourneyParty.objects.filter(journey__in=[journey_ids], party=party_id, until=None)
    found: QuerySet[JourneyParty, Any] = its.values_list("journey_id", "role")
    return found


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
