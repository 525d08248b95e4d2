"""What a hub keyed is sent: it joins the practice's own patient, and its pages the new journey."""

from datetime import datetime

from accounts import audit
from accounts.core.actor import Actor
from accounts.core.permissions import OrganizationKind, Role
from accounts.tenancy import acting_as, every_tenant
from enrollment.domain.patients import identity_of, remove_bare_patient
from enrollment.models import Document, Enrollment, Keying, Patient, Prefill, SigningLink
from journeys.domain.attaching import Unreadable
from journeys.domain.fax_keying import settle_keyed as settle_part
from journeys.domain.fax_parts import pages_of_part
from journeys.domain.messages import Message, send_message
from journeys.domain.notifying import settle_form
from journeys.domain.papers import Paper
from journeys.models import FaxPart
from journeys.rules import INTAKE


def join_known_patient(enrollment: Enrollment) -> None:
    """Put what a hub keyed to the patient whom the practice has already, by name and birth date.

    Until it is sent it stands by itself, so that the hub reads and changes no record of the
    practice's; whoever sends is told nothing. The enrollment's row is locked.
    """
    if enrollment.keyed_by_id is None or enrollment.journey_id is not None:
        return
    identity = identity_of(enrollment.answers, organization_id=enrollment.organization_id)
    own = enrollment.patient
    known = Patient.objects.filter(identity_index=identity).exclude(pk=own.pk)
    patient = known.order_by("created_at", "id").first()
    if patient is None or own.created_at < enrollment.created_at:
        return
    enrollment.patient = patient
    enrollment.save(update_fields=["patient"])
    for model in (Document, Prefill):
        model.objects.filter(patient=own, enrollment=enrollment).update(patient=patient)
    asked = SigningLink.objects.filter(patient=own, enrollment_ids__contains=[enrollment.pk])
    asked.update(patient=patient)
    remove_bare_patient(own.pk)
    audit.wrote(enrollment, action="joined a known patient", fields=["patient"])


def settle_keyed(enrollment: Enrollment, *, by: Actor, now: datetime) -> None:
    """End the keying of what was just sent: the hub's pages, or its call, begin the story.

    They are the hub's words, whoever sent it; who did is on record, at the hub too.
    """
    if enrollment.keyed_by_id is None or enrollment.journey_id is None:
        return
    settle_form(enrollment.pk)
    with every_tenant(reason="a practice may send what a hub keyed", actor=by):
        rows = Keying.objects.select_for_update(of=("self",)).select_related("begun_by", "part")
        keying = rows.filter(enrollment=enrollment, ended_at=None).first()
        if keying is None:
            return
        keying.journey_id, keying.ended_at, keying.ended_by_id = (
            enrollment.journey_id,
            now,
            by.user_id,
        )
        keying.unchecked_since = None
        keying.save()
    hub = Actor(
        user_id=by.user_id,
        organization_id=keying.organization_id,
        organization_kind=OrganizationKind.HUB,
        roles=frozenset({Role.HUB_AGENT}),
        name=by.name,
        request_id=by.request_id,
    )
    with acting_as(hub):
        _tell(keying, by=hub, now=now)


def _tell(keying: Keying, *, by: Actor, now: datetime) -> None:
    journey_id, who = keying.journey_id, keying.begun_by.name
    if journey_id is None:
        return
    if keying.part_id is not None:
        part = FaxPart.objects.select_related("fax").get(pk=keying.part_id)
        text = f"{who} keyed the enrollment from these pages, which came by fax."
        settle_part(part.pk, journey_id, _pages(part), text=text, by=by, now=now)
        return
    message = Message(
        token=str(keying.pk),
        step=INTAKE,
        to=(),
        text=f"{keying.caller} called; {who} keyed the enrollment from what was said.",
        transport="phone",
        occurred_at=keying.came_at,
    )
    send_message(journey_id, message, by=by, now=now)


def _pages(part: FaxPart) -> Paper | None:
    """The pages as a paper; nothing holds a submission back, so none when they are not read now."""
    try:
        return pages_of_part(part)
    except Unreadable:
        return None
