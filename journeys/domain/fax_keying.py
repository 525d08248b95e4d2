"""A part of a fax that is keyed into a form: held for it, freed again, or with its new journey."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import audit
from accounts.core.actor import Actor
from journeys.domain.fax_parts import close_when_done, held, unfiled
from journeys.domain.faxes import announce_fax
from journeys.domain.messages import Message, send_message
from journeys.domain.papers import Paper
from journeys.models import Fax, FaxPart, Journey
from journeys.rules import INTAKE, Refused


@transaction.atomic
def begin_keying(part_id: UUID, *, by: Actor, now: datetime) -> FaxPart:
    """Hold a part of one patient's for a form; nobody files it meanwhile. Raises Refused."""
    held(FaxPart.objects.get(pk=part_id).fax_id, by=by, now=now)
    part = unfiled(part_id)
    if part.settled_at:
        raise Refused("These pages are set aside; take them back first.")
    part.keyed_since = now
    part.save(update_fields=["keyed_since"])
    audit.wrote(part, action="began to key a part", fields=["about"])
    return part


@transaction.atomic
def stop_keying(part_id: UUID, *, now: datetime) -> None:
    """The form was given up: the part waits again."""
    part = FaxPart.objects.get(pk=part_id)
    part.keyed_since = part.handed_at = None
    part.save(update_fields=["keyed_since", "handed_at"])
    audit.wrote(part, action="stopped keying a part")
    _close_or_open(part, now=now)


@transaction.atomic
def hand_on(part_id: UUID, *, now: datetime) -> None:
    """The practice has the form now: the fax waits for nothing more of these pages."""
    part = FaxPart.objects.get(pk=part_id)
    part.handed_at = part.handed_at or now
    part.save(update_fields=["handed_at"])
    audit.wrote(part, action="handed a part on")
    _close_or_open(part, now=now)


def _close_or_open(part: FaxPart, *, now: datetime) -> None:
    fax = Fax.objects.select_for_update(of=("self",)).defer("body").get(pk=part.fax_id)
    close_when_done(fax, now=now)
    announce_fax(fax.pk)


@transaction.atomic
def settle_keyed(
    part_id: UUID, journey_id: UUID, paper: Paper | None, *, text: str, by: Actor, now: datetime
) -> None:
    """The form was sent: its pages stand in the new journey's story, as of when the fax came.

    Whoever has the fax: what was keyed goes with what it was keyed from.
    """
    part = FaxPart.objects.get(pk=part_id)
    fax = Fax.objects.select_for_update(of=("self",)).defer("body").get(pk=part.fax_id)
    message = Message(
        token=part.token,
        step=INTAKE,
        to=(),
        text=text,
        paper=paper,
        transport="fax",
        occurred_at=fax.received_at,
    )
    send_message(journey_id, message, by=by, now=now)
    part.journey = Journey.objects.get(pk=journey_id)
    part.settled_by_id, part.settled_at = by.user_id, now
    part.save(update_fields=["journey", "settled_by", "settled_at"])
    audit.wrote(part, action="filed a part", purpose=part.journey.number)
    close_when_done(fax, now=now)
    announce_fax(fax.pk)
