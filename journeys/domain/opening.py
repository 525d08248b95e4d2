"""A submission becomes a journey; a correction becomes its next packet."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.core.actor import Actor
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.deidentified import age_band, week_of
from journeys.core.events import Event
from journeys.core.regions import region_of
from journeys.domain.covering import as_it_counts, still_true
from journeys.domain.graphs import chooses_pharmacy, keep_graph
from journeys.domain.likely_twins import ask_for_twins
from journeys.domain.likeness import keep_keys
from journeys.domain.parties import active, add_party
from journeys.domain.recording import lock_journey, record
from journeys.domain.sending import (
    keep_packet,
    queue_delivery,
    send_to_earlier_recipients,
)
from journeys.domain.twins import DUPLICATE_OF, open_twins
from journeys.domain.waiting import send_what_waited
from journeys.enums import PacketKind, PartyRole
from journeys.models import ConsentGrant, FunnelRow, Journey, Packet
from programs.models import ProgramVersion

# No vowels, and nothing that is read as something else over the telephone.
NUMBER_LETTERS = "BCDFGHJKMNPQRTVWXYZ2346789"
# What of the packet the counts are split by.
ZIP_CODE, SPECIALTY = "A12", "D3"


class NoRoute(LookupError):
    """The program's route names a hub that does not exist or is not active."""


@dataclass(frozen=True)
class Keyed:
    """How an enrollment came to its hub, which keyed it, and when: its clock runs from then."""

    transport: str
    came_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewJourney:
    """What a practice hands over at submission: plain data, kept as it was signed."""

    practice_id: UUID
    program_version: ProgramVersion
    patient_id: UUID
    patient_name: str
    patient_born_on: date
    prescriber_name: str
    urgent: bool
    packet: Mapping[str, Any]
    packet_digest: str
    facts: Mapping[str, object]
    grants: Sequence[Mapping[str, Any]]
    # The pharmacy that the patient chose, by its code in the program's route; may be empty.
    pharmacy: str = ""
    # Where the hub hands over what it keyed itself; nothing where the practice sends it.
    keyed: Keyed | None = None


def open_journey(new: NewJourney, *, by: Actor, now: datetime) -> Journey:
    """Open the journey, keep its packet, grants and graph, and queue it for the hub.

    Each grant is {"terms", "text_version", "signed_at", "expires_at"}. Raises NoRoute.
    """
    with every_tenant(reason="a new journey has rows for each of its parties", actor=by):
        practice = Organization.objects.get(pk=new.practice_id)
        hub, pharmacy = _routed(new)
        twins = open_twins(
            new.program_version.program, practice_id=new.practice_id, patient_id=new.patient_id
        )
        twin = twins.values_list("number", flat=True).first()
        journey = _create(new, hub, pharmacy, now=new.keyed.came_at if new.keyed else now)
        for role, organization in ((PartyRole.PRACTICE, practice), (PartyRole.HUB, hub)):
            add_party(journey, role=role, organization=organization, now=now)
        keep_packet(journey, new.packet, new.packet_digest, now=now)
        keep_keys(journey, new.packet, organization_ids=[practice.id, hub.id])
        ask_for_twins(journey, now=now)
        _keep_grants(journey, new.grants)
        queue_delivery(journey, recipient=hub, now=now)
        keep_graph(journey.program_version_id)
        facts = {**new.facts, DUPLICATE_OF: twin} if twin else new.facts
        event = _event("enrollment_submitted", "submitted", practice, facts, number=1, now=now)
        if new.keyed:
            event = _as_keyed(event, new.keyed, hub)
        return record(journey.id, event, actor=by, now=now)


def _as_keyed(event: Event, keyed: Keyed, hub: Organization) -> Event:
    """The hub says so, of when it came: until then nobody else could know."""
    return replace(
        event,
        source=hub.slug,
        role=PartyRole.HUB,
        source_name=hub.name,
        transport=keyed.transport,
        occurred_at=keyed.came_at,
    )


@dataclass(frozen=True, kw_only=True)
class Further:
    """What a practice hands over later: its packet, what is new, and what it comes to.

    `said` is what happened: an answer to what the hub asked ("corrected"), an amendment of the
    practice's own ("amended"), or the signature that was waited for ("authorized").
    """

    packet: Mapping[str, Any]
    digest: str
    facts: Mapping[str, object]
    said: Literal["corrected", "amended", "authorized"] = "corrected"
    note: str = ""
    grants: Sequence[Mapping[str, Any]] = ()


def hand_over_again(journey_id: UUID, further: Further, *, by: Actor, now: datetime) -> Packet:
    """A further packet: the next version, on its way to everyone who had an earlier one.

    Grants that come with it join those that stand; the same consent signed anew replaces its
    earlier grant.
    """
    with every_tenant(reason="a further packet goes to each earlier recipient", actor=by):
        journey = lock_journey(journey_id)
        practice = Organization.objects.get(pk=journey.organization_id)
        today = now.astimezone(ZoneInfo(practice.time_zone)).date()
        further = _as_it_counts(journey, further, on=today)
        kept = keep_packet(journey, further.packet, further.digest, now=now)
        keep_keys(journey, further.packet, organization_ids=[practice.id, journey.hub_id])
        ask_for_twins(journey, now=now)
        _keep_grants(journey, further.grants)
        send_to_earlier_recipients(journey, kept, now=now)
        event = _further_event(further, practice, number=kept.version, now=now)
        record(journey.id, event, actor=by, now=now)
        send_what_waited(journey_id, now=now)
        return kept


def _as_it_counts(journey: Journey, further: Further, *, on: date) -> Further:
    """What is handed over later, with the insurance that counts on the day."""
    before = Packet.objects.filter(journey=journey, kind=PacketKind.ENROLLMENT)
    newest = before.order_by("-version").first()
    body = as_it_counts(journey, further.packet, before=newest.body if newest else None, on=on)
    facts = still_true(journey, further.facts, on=on)
    if body is further.packet:
        return replace(further, facts=facts)
    written = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(written.encode()).hexdigest()
    return replace(further, packet=body, digest=digest, facts=facts)


def _keep_grants(journey: Journey, grants: Sequence[Mapping[str, Any]]) -> None:
    known = {
        (row.terms.get("consent"), row.signed_at)
        for row in ConsentGrant.objects.filter(journey=journey)
    }
    for grant in grants:
        if (grant["terms"].get("consent"), grant["signed_at"]) not in known:
            ConsentGrant.objects.create(
                organization_id=journey.organization_id,
                party_ids=journey.party_ids,
                journey=journey,
                **grant,
            )


def _further_event(
    further: Further, practice: Organization, *, number: int, now: datetime
) -> Event:
    if further.said == "corrected":
        return _event(
            "missing_information", "provided", practice, further.facts, number=number, now=now
        )
    kind, status = _FURTHER[further.said]
    return Event(
        id=f"{kind}:{number}",
        kind=kind,
        status=status,
        source=practice.slug,
        role=PartyRole.PRACTICE,
        source_name=practice.name,
        facts=further.facts,
        note=further.note,
        occurred_at=now,
        received_at=now,
    )


_FURTHER = {"amended": ("amendment", "sent"), "authorized": ("authorization", "given")}


def _routed(new: NewJourney) -> tuple[Organization, Organization | None]:
    """The hub, and the pharmacy where no step asks for one.

    That is the patient's choice if the network has it, else its first. Where a step asks, the
    pharmacy is the one chosen there, and until then there is none.
    """
    route = new.program_version.definition["route"]
    network = [pharmacy["code"] for pharmacy in route.get("pharmacies", [])]
    wanted = new.pharmacy if new.pharmacy in network else next(iter(network), "")
    chosen = "" if chooses_pharmacy(new.program_version.pk) else wanted
    found = active([route["hub"], chosen])
    if route["hub"] not in found:
        raise NoRoute(route["hub"])
    return found[route["hub"]], found.get(chosen)


def _create(
    new: NewJourney, hub: Organization, pharmacy: Organization | None, *, now: datetime
) -> Journey:
    journey: Journey = Journey.objects.create(
        organization_id=new.practice_id,
        party_ids=[new.practice_id, hub.id],
        number="TL-" + "".join(secrets.choice(NUMBER_LETTERS) for _ in range(7)),
        program_version=new.program_version,
        hub=hub,
        pharmacy=pharmacy,
        patient_id=new.patient_id,
        patient_name=new.patient_name,
        patient_born_on=new.patient_born_on,
        prescriber_name=new.prescriber_name,
        urgent=new.urgent,
        started_at=now,
    )
    FunnelRow.objects.create(
        id=journey.funnel_row_id,
        organization_id=new.program_version.program.manufacturer_id,
        program=new.program_version.program,
        week=week_of(now),
        age_band=age_band(new.patient_born_on, on=now.date()),
        region=region_of(_answer(new.packet, ZIP_CODE)),
        practice_type=_answer(new.packet, SPECIALTY),
        told={},
        before={},
    )
    return journey


def _answer(packet: Mapping[str, Any], field_id: str) -> str:
    """What the packet says in one field, or nothing."""
    told = (each for section in packet.get("sections", ()) for each in section["fields"])
    return next((str(each["value"]) for each in told if each["id"] == field_id), "")


def _event(
    step: str,
    status: str,
    practice: Organization,
    facts: Mapping[str, object],
    *,
    number: int,
    now: datetime,
) -> Event:
    return Event(
        id=f"{step}:{number}",
        kind="status",
        step=step,
        status=status,
        source=practice.slug,
        role=PartyRole.PRACTICE,
        source_name=practice.name,
        facts=facts,
        occurred_at=now,
        received_at=now,
    )
