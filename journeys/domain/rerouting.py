"""The pharmacy that a referral is sent to is the journey's pharmacy; before that there is none."""

from collections.abc import Sequence
from datetime import datetime

from journeys.core.events import Event
from journeys.core.state import JourneyState
from journeys.core.steering import same
from journeys.domain.graphs import pharmacies_of
from journeys.domain.parties import Cast, active, end_part
from journeys.domain.sending import queue_delivery
from journeys.domain.stopping import keep_notice
from journeys.domain.worklist import close_calls
from journeys.enums import PacketKind, PartyRole
from journeys.models import Delivery, Journey
from journeys.rules import ROUTING

_SENT = frozenset({"sent", "transferred"})
# Whoever is the first may also be told of only when it has accepted.
_CHOSEN = _SENT | {"accepted"}


def follow_the_choice(
    cast: Cast, state: JourneyState, news: Sequence[Event], *, now: datetime
) -> bool:
    """Bring in the pharmacy that the hub's news chose; whether it is another than before.

    It gets the referral. The one before is told to stop, and sees nothing more of the journey.
    One that the program does not name changes nothing here: the hub reaches it by itself. Where
    none is told of, the program's only one is meant; among several nobody guesses, and the work
    stays with the hub. The caller holds the journey's lock.
    """
    before = cast.parties.get(PartyRole.PHARMACY)
    choosing = _SENT if before else _CHOSEN
    told = any(each.step == ROUTING and each.status in choosing for each in news)
    step = state.steps.get(ROUTING) if told and state.is_open else None
    if step is None or step.phase == "skipped":
        return False
    meant = _meant(cast, state)
    if before is not None and before.party.active and meant == [before.party.slug]:
        return False
    chosen = next(iter(active(meant).values()), None)
    if chosen is None or (before is not None and chosen.pk == before.party_id):
        return False
    journey = cast.journey
    journey.pharmacy = chosen
    Journey.objects.filter(pk=journey.pk).update(pharmacy=chosen)
    if before is not None:
        word = keep_notice(journey, PacketKind.TRANSFER, {}, now=now)
        queue_delivery(journey, recipient=before.party, packet=word, now=now)
        theirs = Delivery.objects.filter(journey=journey, recipient=before.party)
        close_calls(journey.pk, theirs, why=f"The referral goes to {chosen.name}.", now=now)
        end_part(journey, before, now=now)
        del cast.parties[PartyRole.PHARMACY]
    cast.take_in(PartyRole.PHARMACY, chosen, now=now)
    queue_delivery(journey, recipient=chosen, now=now)
    return True


def _meant(cast: Cast, state: JourneyState) -> list[str]:
    """The slug of the program's pharmacy whose name stands as the one chosen, or its only one."""
    named, told = pharmacies_of(cast.journey.program_version_id), state.facts.get("pharmacy_name")
    meant = [code for code, label in named.items() if told and same(label, str(told.value))]
    only = [*named] if told is None and len(named) == 1 else []
    return meant or only
