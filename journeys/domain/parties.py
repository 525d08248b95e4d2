"""Who takes part in a journey, and who may therefore see its rows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import Organization
from accounts.phi import blind_prefixes
from accounts.prepared import together
from journeys.core.graph import Clock
from journeys.core.state import Party
from journeys.domain.disclosing import has_basis
from journeys.domain.graphs import chooses_pharmacy, vendor_of
from journeys.domain.reading import standing_parties
from journeys.enums import ENDINGS, PartyRole
from journeys.models import (
    ConsentGrant,
    Delivery,
    DeliveryAttempt,
    DrawnPacket,
    HandedDocument,
    HandedPage,
    Journey,
    JourneyEvent,
    JourneyParty,
    Packet,
    WorkItem,
)

# Rows that every party sees, each with the journey it belongs to.
OF_JOURNEY = (
    *(JourneyParty, JourneyEvent, Packet, ConsentGrant, WorkItem, Delivery),
    *(HandedDocument, HandedPage),
)
# The same, each with the delivery it belongs to.
OF_DELIVERY = (DeliveryAttempt, DrawnPacket)


def active(slugs: Iterable[str]) -> Mapping[str, Organization]:
    """The active organizations among these, by slug."""
    found = Organization.objects.filter(slug__in=[slug for slug in slugs if slug], active=True)
    return {organization.slug: organization for organization in found}


def routed_to(
    journey: Journey,
    *,
    but: Collection[str] = (),
    vendors: Mapping[str, Organization] | None = None,
) -> Mapping[str, Organization]:
    """Whom the journey's route names, by the role they would take; nobody for the roles `but`.

    A pharmacy that is chosen on the way comes by its choice alone: journeys.domain.rerouting.
    Whoever asks for many journeys gives the active `vendors` they may name, by slug.
    """
    named: dict[PartyRole, Organization | None] = {PartyRole.HUB: journey.hub}
    if not chooses_pharmacy(journey.program_version_id):
        named[PartyRole.PHARMACY] = journey.pharmacy
    vendor = vendor_of(journey.program_version_id)
    if vendor and PartyRole.VENDOR not in but:
        known = active([vendor]) if vendors is None else vendors
        named[PartyRole.VENDOR] = known.get(vendor)
    return {
        role.value: found
        for role, found in named.items()
        if found and found.active and role not in but
    }


def add_party(
    journey: Journey, *, role: str, organization: Organization, now: datetime
) -> JourneyParty:
    """Let an organization take part: from now on it sees every row of the journey.

    The caller holds the journey's lock.
    """
    if organization.id not in journey.party_ids:
        _share_with(journey, [*journey.party_ids, organization.id])
    party: JourneyParty = JourneyParty.objects.create(
        organization_id=journey.organization_id,
        party_ids=journey.party_ids,
        journey=journey,
        party=organization,
        role=role,
        since=now,
        search_tokens=blind_prefixes(journey.patient_name, organization_id=organization.id),
    )
    return party


def _share_with(journey: Journey, party_ids: list[UUID]) -> None:
    """From now on these organizations see the journey's rows, and no other."""
    journey.party_ids = party_ids
    Journey.objects.filter(pk=journey.pk).update(party_ids=party_ids)
    for model in OF_JOURNEY:
        model.objects.filter(journey=journey).update(party_ids=party_ids)
    for beside in OF_DELIVERY:
        beside.objects.filter(delivery__journey=journey).update(party_ids=party_ids)
    leave_last_word(journey)


def leave_last_word(journey: Journey) -> None:
    """Let those whose part ended read the newest word that something ended, and nothing else.

    It holds nothing about the patient, and without it they would not know what to stop. The
    caller holds the journey's lock.
    """
    ended = JourneyParty.objects.filter(journey=journey).exclude(until=None)
    gone = set(ended.values_list("party_id", flat=True)) - set(journey.party_ids)
    if not gone:
        return
    notices = Packet.objects.filter(journey=journey, kind__in=ENDINGS)
    notices.update(party_ids=journey.party_ids)
    newest = notices.order_by("-version").first()
    if newest is None:
        return
    for delivery in Delivery.objects.filter(packet=newest, recipient__in=gone):
        reads = [*journey.party_ids, delivery.recipient_id]
        Delivery.objects.filter(pk=delivery.pk).update(party_ids=reads)
        for beside in OF_DELIVERY:
            beside.objects.filter(delivery=delivery).update(party_ids=reads)
    Packet.objects.filter(pk=newest.pk).update(party_ids=[*journey.party_ids, *gone])


def leave_without_basis(journey: Journey, *, now: datetime) -> None:
    """End the part of vendors who may be told nothing more; the caller holds the journey's lock.

    What they got they keep, and the word that it ended. A hub's and a pharmacy's part rests on
    other ground as well.
    """
    standing = JourneyParty.objects.filter(journey=journey, role=PartyRole.VENDOR, until=None)
    leaving = list(standing.values_list("party_id", flat=True))
    if not leaving or has_basis(journey, PartyRole.VENDOR, at=now):
        return
    standing.update(until=now)
    _share_with(journey, [each for each in journey.party_ids if each not in leaving])


def end_part(journey: Journey, party: JourneyParty, *, now: datetime) -> None:
    """End one party's part: from now on it sees nothing of the journey but the last word.

    The caller holds the journey's lock.
    """
    JourneyParty.objects.filter(pk=party.pk).update(until=now)
    _share_with(journey, [each for each in journey.party_ids if each != party.party_id])


@dataclass
class Cast:
    """The parties of one journey today, and whom the route would bring in."""

    journey: Journey
    parties: dict[str, JourneyParty]
    routed: Mapping[str, Organization]

    def people(self) -> Mapping[str, Party]:
        """Everyone as the engine knows them, those to come included."""
        named = {**self.routed, **{role: party.party for role, party in self.parties.items()}}
        return {
            role: Party(
                role=role,
                name=organization.name,
                time_zone=organization.time_zone,
                active=organization.active,
                heard_at=organization.heard_at,
                heartbeat=Clock(organization.heartbeat_hours, "business_hours")
                if organization.heartbeat_hours
                else None,
                unstaffed_since=organization.unstaffed_since,
            )
            for role, organization in named.items()
        }

    def bring_in(self, role: str, *, now: datetime) -> JourneyParty | None:
        """The party in a role, made one from the route if nobody has the role yet.

        A vendor takes part only while it may be told of the patient.
        """
        if role not in self.parties and role in self.routed and self._may_come(role, now=now):
            self.parties[role] = add_party(
                self.journey, role=role, organization=self.routed[role], now=now
            )
        return self.parties.get(role)

    def take_in(self, role: str, organization: Organization, *, now: datetime) -> None:
        """Make the party in a role one that the route does not name by itself."""
        self.routed = {**self.routed, role: organization}
        self.bring_in(role, now=now)

    def _may_come(self, role: str, *, now: datetime) -> bool:
        return role != PartyRole.VENDOR or has_basis(self.journey, role, at=now)


def cast_with(
    journey: Journey,
    standing: Iterable[JourneyParty],
    *,
    vendors: Mapping[str, Organization] | None = None,
) -> Cast:
    """A journey's cast from the parties that stand. Needs its hub and pharmacy loaded."""
    parties = {party.role: party for party in standing}
    routed = routed_to(journey, but=parties, vendors=vendors)
    return Cast(journey=journey, parties=parties, routed=routed)


def cast_of(journey: Journey) -> Cast:
    """Load a journey's cast. Needs its hub and pharmacy loaded."""
    (standing,) = together(standing_parties(journey_id=journey.id))
    return cast_with(journey, standing)
