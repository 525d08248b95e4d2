"""What was handed to whom on a journey's way, and what has not reached them, made into words."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.core.actor import Actor
from accounts.templatetags.times import when
from journeys.domain.queries.exchange import ARRIVED, no_longer_theirs
from journeys.domain.queries.journeys import Handed, Story
from journeys.enums import DeliveryStatus


def sentence(story: Story) -> str:
    """Where it stands and who has it, and whether they lack the packet that they need for it."""
    lead, told = story.state.lead, [f"{story.state.headline}."]
    if lead and lead.owner and (packet := lacked(story).get(lead.owner)):
        lacking = _("Packet {number} has not reached {to}.")
        told.append(lacking.format(number=packet.version, to=packet.to))
    return " ".join(told)


def lacked(story: Story) -> dict[str, Handed]:
    """The newest packet that has not reached a party, by the party's role."""
    roles = {party.pk: role for role, party in story.parties().items()}
    missed = [each for each in reversed(_stuck(story)) if each.recipient_id in roles]
    return {roles[each.recipient_id]: each for each in missed}


def stuck(story: Story) -> list[str]:
    """What has not reached its partner and what stands in its way, the newest first."""
    return [
        _("Packet {number} to {to}: {state}. {trouble}").format(
            number=each.version,
            to=each.to,
            state=str(DeliveryStatus(each.status).label).lower(),
            trouble=each.trouble,
        )
        for each in _stuck(story)
    ]


def _stuck(story: Story) -> list[Handed]:
    arrived = {each.recipient_id: each.at for each in reversed(story.handed) if _arrived(each)}
    return [
        each
        for each in story.handed
        if each.trouble
        and not _arrived(each)
        # What came later holds all of it.
        and not (each.recipient_id in arrived and arrived[each.recipient_id] > each.at)
    ]


def listed(story: Story, actor: Actor, *, now: datetime) -> list[dict[str, Any]]:
    """Each delivery with the state it is in and since when.

    The packet for who may have it, or why who received it no longer may, and a way to confirm it.
    """
    reached = any(_reached(each, actor) for each in story.handed)
    gone = no_longer_theirs(story.journey.id, actor, at=now) if reached else {}
    return [
        {
            "packet_url": reverse("exchange_packet", args=[each.id])
            if _may_have(each, story, actor) and each.id not in gone
            else "",
            "packet_gone": gone.get(each.id, ""),
            "confirm_url": reverse("exchange_confirm", args=[each.id])
            if _reached(each, actor) and each.status == DeliveryStatus.SENT
            else "",
            "id": each.id,
            "to": each.to,
            "version": each.version,
            "phase": DeliveryStatus(each.status).phase,
            "word": str(DeliveryStatus(each.status).label),
            "moment": when(each.at),
            "trouble": each.trouble,
        }
        for each in story.handed
    ]


def _may_have(delivery: Handed, story: Story, actor: Actor) -> bool:
    """The practice has what it sent; a recipient what has reached it."""
    return "practice" in story.roles or _reached(delivery, actor)


def _reached(delivery: Handed, actor: Actor) -> bool:
    return delivery.recipient_id == actor.organization_id and _arrived(delivery)


def _arrived(delivery: Handed) -> bool:
    return delivery.status in ARRIVED
