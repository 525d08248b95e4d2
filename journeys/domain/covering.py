"""The patient has another insurance: every open journey learns it, and who has the packet."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import current_organization_id, every_tenant
from journeys.core.coming_coverage import CHANGED, FROM, ON, PAYER
from journeys.core.coming_coverage import KIND as AHEAD
from journeys.core.events import Event, may_move
from journeys.core.facts import type_of
from journeys.domain.recording import lock_journey, record, stored_events
from journeys.domain.sending import keep_packet, send_to_earlier_recipients
from journeys.domain.stopping import NOTICE
from journeys.enums import PacketKind, PartyRole
from journeys.models import Journey, Packet

SENTENCE = (
    "The patient has another insurance, told here. Verify the benefits anew: what was authorized "
    "under the earlier one does not count for this one."
)
SENTENCE_AHEAD = (
    "The patient has another insurance from the day told here. Verify its benefits ahead: until "
    "that day what was authorized under the present one counts."
)
_AFTER = timedelta(seconds=1)
COVERAGE = "Coverage"


@dataclass(frozen=True, kw_only=True)
class OtherCoverage:
    """What the practice says: which insurance, from when, what a journey knows of it, and why.

    `section` is the packet's section that tells it to partners.
    """

    id: str
    starts_on: date
    facts: Mapping[str, object]
    section: Mapping[str, Any]
    why: str


def open_of_patient(patient_id: UUID) -> QuerySet[Journey]:
    """The journeys of one patient that go on, of those the actor may see."""
    found: QuerySet[Journey] = Journey.objects.filter(patient_id=patient_id, closed_at=None)
    return found


def change_coverage(patient_id: UUID, other: OtherCoverage, *, by: Actor, now: datetime) -> int:
    """Tell every open journey of the actor's patient, and whoever has its packet; how many.

    Each keeps the packet of the insurance as its next version and puts it on its way. What was
    said last changes nothing when it is said again.
    """
    with every_tenant(reason="another insurance concerns every party of a journey", actor=by):
        theirs = open_of_patient(patient_id).filter(organization_id=current_organization_id())
        ids = list(theirs.order_by("pk").values_list("pk", flat=True))
        return sum(_change(journey_id, other, by=by, now=now) for journey_id in ids)


def _change(journey_id: UUID, other: OtherCoverage, *, by: Actor, now: datetime) -> int:
    journey = lock_journey(journey_id)
    practice = Organization.objects.get(pk=journey.organization_id)
    events = stored_events(journey)
    changes = [each for each in events if each.kind in (CHANGED, AHEAD)]
    said = max(changes, key=lambda each: each.received_at, default=None)
    day = other.starts_on.isoformat()
    if said and (said.coverage_id, said.facts.get(FROM)) == (other.id, day):
        return 0
    event = _event(other, practice, journey, events, now=now)
    body = _notice(journey, other, ahead=event.kind == AHEAD, now=now)
    written = json.dumps(body, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(written.encode()).hexdigest()
    kept = keep_packet(journey, body, digest, now=now, kind=PacketKind.COVERAGE)
    send_to_earlier_recipients(journey, kept, now=now)
    record(journey.pk, event, actor=by, now=now)
    return 1


def _event(
    other: OtherCoverage,
    practice: Organization,
    journey: Journey,
    events: Iterable[Event],
    *,
    now: datetime,
) -> Event:
    """What happened on the day; but not before what was last heard of the earlier insurance.

    Whoever reported since without naming one spoke of the one that was known then.
    """
    zone = ZoneInfo(practice.time_zone)
    ahead = other.starts_on > now.astimezone(zone).date()
    day = datetime.combine(other.starts_on, time.min, tzinfo=zone)
    # Said on its first day, it is not learnt late.
    day = now if other.starts_on == now.astimezone(zone).date() else day
    heard = [each for each in events if each.kind == CHANGED or _names_none(each)]
    last = max((journey.started_at, *(each.occurred_at for each in heard)))
    return Event(
        id=f"coverage:{uuid4()}",
        kind=AHEAD if ahead else CHANGED,
        source=practice.slug,
        role=PartyRole.PRACTICE,
        source_name=practice.name,
        coverage_id=other.id,
        facts=_facts(other, ahead=ahead),
        note=other.why,
        occurred_at=min(max(day, last + _AFTER), now),
        received_at=now,
    )


def _facts(other: OtherCoverage, *, ahead: bool) -> Mapping[str, object]:
    """What a journey knows of it: once it counts, and of one to come that it is to come."""
    day = other.starts_on.isoformat()
    wait = {ON: day, PAYER: other.facts.get("payer_name", "none")} if ahead else {}
    return {**other.facts, FROM: day, **wait}


def _names_none(event: Event) -> bool:
    return may_move(event) and not event.coverage_id


def _notice(
    journey: Journey, other: OtherCoverage, *, ahead: bool, now: datetime
) -> dict[str, Any]:
    version = journey.program_version
    enrollments = Packet.objects.filter(journey=journey, kind=PacketKind.ENROLLMENT)
    signed = enrollments.order_by("-version")[0].body
    return {
        "schema": NOTICE,
        "kind": PacketKind.COVERAGE.value,
        "program": {"key": version.program.key, "name": version.program.name},
        "at": now.astimezone(UTC).isoformat(),
        "sentence": SENTENCE_AHEAD if ahead else SENTENCE,
        "from_on": other.starts_on.isoformat(),
        "business_associate": bool(signed.get("business_associate")),
        "sections": [dict(other.section)],
    }


def coverage_in_force(journey: Journey, *, on: date) -> Packet | None:
    """What was told last of the insurance that counts on a day; None while the signed one does."""
    told = Packet.objects.filter(journey=journey, kind=PacketKind.COVERAGE).order_by("-version")
    return next((each for each in told if each.body["from_on"] <= on.isoformat()), None)


def as_it_counts(
    journey: Journey, packet: Mapping[str, Any], *, before: Mapping[str, Any] | None, on: date
) -> Mapping[str, Any]:
    """A later packet with the insurance that counts, what was signed kept beside it.

    Where its own answers about the insurance differ from those of the packet `before`, the
    practice has just said them, and they stand.
    """
    now = coverage_in_force(journey, on=on)
    if now is None or _signed(packet) != _signed(before or packet):
        return packet
    return _with_coverage(packet, now.body)


def counting(journey: Journey, packet: Packet, *, on: date) -> Mapping[str, Any]:
    """A kept packet's body, with the insurance that came to count after it was handed over."""
    now, body = coverage_in_force(journey, on=on), dict(packet.body)
    if now is None:
        return body
    began = now.body["from_on"] > timezone.localdate(packet.created_at).isoformat()
    later = now.version > packet.version or began
    return _with_coverage(body, now.body) if later else body


def _with_coverage(packet: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, Any]:
    counts = {**now["sections"][0], "counts_from": now["from_on"], "signed": _signed(packet)}
    others = [each for each in packet["sections"] if each["name"] != COVERAGE]
    place = next((n for n, each in enumerate(others) if each["name"] != "Patient"), len(others))
    return {**packet, "sections": [*others[:place], counts, *others[place:]]}


def _signed(packet: Mapping[str, Any]) -> list[Any]:
    """What the form itself says of the insurance."""
    section = _coverage(packet)
    return list(section.get("signed", section.get("fields", [])))


def _coverage(packet: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        (each for each in packet["sections"] if each["name"] == COVERAGE), {}
    )
    return found


def still_true(journey: Journey, facts: Mapping[str, object], *, on: date) -> Mapping[str, object]:
    """Facts of a later packet without those of the insurance it was signed with, once changed."""
    if coverage_in_force(journey, on=on) is None:
        return facts
    return {name: value for name, value in facts.items() if not type_of(name).per_coverage}
