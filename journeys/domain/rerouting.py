"""The pharmacy that a referral is sent to is the journey's pharmacy, whoever it was before."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Organization
from journeys.core.events import Event
from journeys.core.state import JourneyState
from journeys.core.steering import same
from journeys.domain.graphs import pharmacies_of
from journeys.domain.parties import Cast, active, end_part
from journeys.domain.sending import queue_delivery
from journeys.domain.stopping import keep_notice
from journeys.enums import PacketKind, PartyRole
from journeys.models import Journey
from journeys.rules import ROUTING

_SENT = frozenset({"sent", "transferred"})


def follow_the_choice(
    cast: Cast, state: JourneyState, news: Sequence[Event], *, now: datetime
) -> bool:
    """Bring in the pharmacy that the hub's news chose; whether it is another than before.

    It gets the referral. The one before is told to stop, and sees nothing more of the journey.
    One that the program does not name changes nothing here: the hub reaches it by itself. The
    caller holds the journey's lock.
    """
    if not any(each.step == ROUTING and each.status in _SENT for each in news):
        return False
    chosen = _chosen(cast, state)
    before = cast.parties.get(PartyRole.PHARMACY)
    known = before.party_id if before else cast.journey.pharmacy_id
    if chosen is None or chosen.pk == known:
        return False
    journey = cast.journey
    journey.pharmacy = chosen
    Journey.objects.filter(pk=journey.pk).update(pharmacy=chosen)
    if before is not None:
        word = keep_notice(journey, PacketKind.TRANSFER, {}, now=now)
        queue_delivery(journey, recipient=before.party, packet=word, now=now)
        end_part(journey, before, now=now)
        del cast.parties[PartyRole.PHARMACY]
    cast.routed = {**cast.routed, PartyRole.PHARMACY.value: chosen}
    if cast.bring_in(PartyRole.PHARMACY, now=now):
        queue_delivery(journey, recipient=chosen, now=now)
    return True


def _chosen(cast: Cast, state: JourneyState) -> Organization | None:
    """The pharmacy of the program whose name stands as the one chosen."""
    told = state.facts.get("pharmacy_name")
    if told is None:
        return None
    named = pharmacies_of(cast.journey.program_version_id).items()
    code = next((code for code, label in named if same(label, str(told.value))), "")
    return active([code]).get(code)
