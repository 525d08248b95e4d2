"""Sent before the patient signed, signed later, taken back, amended, withdrawn."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.tenancy import acting_as, every_tenant
from enrollment.domain import amending, permissions, signatures, submission
from enrollment.domain.submission import Incomplete
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment, Signature
from enrollment.rules import Refused
from journeys.domain.claiming import claim
from journeys.domain.confirming import confirm_delivery
from journeys.domain.recording import lock_journey
from journeys.domain.sending import queue_delivery
from journeys.enums import DeliveryStatus, PacketKind
from journeys.models import ConsentGrant, Delivery, Journey, JourneyEvent, Packet
from tests.factories.offices import Office, office, stored

pytestmark = pytest.mark.django_db
LEASE = dt.timedelta(seconds=60)


@pytest.fixture
def lakeside() -> Office:
    return office()


def certified(lakeside: Office) -> Enrollment:
    """Complete, signed by the prescriber and not by the patient."""
    enrollment = lakeside.complete()
    lakeside.certify(enrollment)
    return enrollment


def send(lakeside: Office, enrollment: Enrollment, *, under_agreement: bool = False) -> Enrollment:
    with acting_as(lakeside.coordinator):
        return submission.submit(
            enrollment.id,
            urgent=False,
            under_agreement=under_agreement,
            by=lakeside.coordinator,
            now=timezone.now(),
        )


def early(lakeside: Office) -> Enrollment:
    return send(lakeside, certified(lakeside), under_agreement=True)


def later_signed(lakeside: Office, enrollment: Enrollment) -> None:
    lakeside.authorize(enrollment)
    with acting_as(lakeside.coordinator):
        submission.hand_over_signature(enrollment.id, by=lakeside.coordinator, now=timezone.now())


def everything(model: Any, **wanted: Any) -> list[Any]:
    with every_tenant(reason="the test looks what came of it"):
        return list(model.objects.filter(**wanted))


def queued(journey: Journey) -> None:
    """The hub's packet is due."""
    with every_tenant(reason="the test queues"):
        queue_delivery(lock_journey(journey.id), recipient=journey.hub, now=timezone.now())


def take_back(lakeside: Office, enrollment: Enrollment) -> None:
    with acting_as(lakeside.coordinator):
        signature = Signature.objects.filter(enrollment=enrollment, kind="patient").latest(
            "signed_at"
        )
        permissions.take_back_for(signature.id, by=lakeside.coordinator, now=timezone.now())


def delivered(journey_id: Any, *, status: DeliveryStatus = DeliveryStatus.SENT) -> None:
    """As if everything queued had gone out."""
    with every_tenant(reason="the test plays the worker"):
        Delivery.objects.filter(journey_id=journey_id).update(
            status=status, attempts=1, sent_at=timezone.now()
        )


def test_without_the_agreement_it_does_not_go_before_the_patient_signed(lakeside: Office) -> None:
    with pytest.raises(Incomplete):
        send(lakeside, certified(lakeside))


def test_without_the_prescriber_it_does_not_go_however_it_is_said(lakeside: Office) -> None:
    with pytest.raises(Incomplete):
        send(lakeside, lakeside.complete(), under_agreement=True)


def test_it_goes_to_the_hub_and_waits_for_the_patient(lakeside: Office) -> None:
    enrollment = early(lakeside)
    assert enrollment.status == EnrollmentStatus.SUBMITTED
    assert enrollment.awaiting_patient_since is not None
    assert everything(ConsentGrant) == []
    (packet,) = everything(Packet)
    assert packet.body["business_associate"] is True
    assert [each["kind"] for each in packet.body["signatures"]] == ["prescriber"]


def test_what_waits_goes_to_the_hub_and_to_nobody_who_needs_permission(lakeside: Office) -> None:
    enrollment = early(lakeside)
    (journey,) = everything(Journey)
    queued(journey)
    batch = claim(limit=9, lease=LEASE, now=timezone.now())
    assert [each.journey_id for each in batch.claimed] == [enrollment.journey_id]
    assert batch.withheld == []


def test_signing_later_hands_over_a_version_that_holds_the_permission(lakeside: Office) -> None:
    enrollment = early(lakeside)
    later_signed(lakeside, enrollment)
    (grant,) = everything(ConsentGrant)
    assert grant.journey_id == enrollment.journey_id
    first, second = sorted(everything(Packet), key=lambda packet: packet.version)
    assert len(first.body["signatures"]) == 1
    assert {each["kind"] for each in second.body["signatures"]} == {"patient", "prescriber"}
    with acting_as(lakeside.coordinator):
        assert stored(enrollment).awaiting_patient_since is None
    told = everything(JourneyEvent, kind="authorization")
    assert [event.status for event in told] == ["given"]
    assert told[0].body["facts"] == {"patient_signed": True}


def test_it_is_handed_over_once(lakeside: Office) -> None:
    enrollment = early(lakeside)
    later_signed(lakeside, enrollment)
    with acting_as(lakeside.coordinator):
        submission.hand_over_signature(enrollment.id, by=lakeside.coordinator, now=timezone.now())
    assert len(everything(Packet)) == 2


def test_taking_back_stops_what_is_due_and_tells_who_had_it(lakeside: Office) -> None:
    enrollment = lakeside.signed()
    sent = send(lakeside, enrollment)
    (journey,) = everything(Journey)
    queued(journey)
    delivered(journey.id)
    take_back(lakeside, sent)
    (grant,) = everything(ConsentGrant)
    assert grant.revoked_at is not None
    (notice,) = everything(Packet, kind=PacketKind.REVOCATION)
    assert "Rosa" not in str(notice.body)
    assert notice.body["consent"] == "authorization"
    (delivery,) = everything(Delivery, packet=notice)
    batch = claim(limit=9, lease=LEASE, now=timezone.now())
    assert [each.delivery_id for each in batch.claimed] == [delivery.id]
    assert "packet" not in batch.claimed[0].outgoing.body
    assert batch.claimed[0].outgoing.kind == "revocation"
    with every_tenant(reason="the hub confirms"):
        confirm_delivery(
            lock_journey(journey.id),
            delivery.id,
            reference="",
            at=timezone.now(),
            now=timezone.now(),
        )
    assert everything(Delivery, packet=notice)[0].status == DeliveryStatus.ACCEPTED


def test_what_was_due_before_is_withheld(lakeside: Office) -> None:
    enrollment = send(lakeside, lakeside.signed())
    (journey,) = everything(Journey)
    queued(journey)
    take_back(lakeside, enrollment)
    batch = claim(limit=9, lease=LEASE, now=timezone.now())
    assert [refusal.code for _, _, refusal in batch.withheld] == ["revoked"]
    assert batch.claimed == []
    # Nobody had anything, so nobody is told.
    assert everything(Delivery, packet__kind=PacketKind.REVOCATION) == []


def test_without_other_ground_the_journey_ends_and_with_it_goes_on(lakeside: Office) -> None:
    without = send(lakeside, lakeside.signed())
    take_back(lakeside, without)
    (journey,) = everything(Journey, id=without.journey_id)
    assert journey.closed_at is not None
    under = early(lakeside)
    later_signed(lakeside, under)
    take_back(lakeside, under)
    (going,) = everything(Journey, id=under.journey_id)
    assert going.closed_at is None
    with acting_as(lakeside.coordinator):
        assert stored(under).awaiting_patient_since is not None


def test_what_came_back_for_correction_ends_with_its_journey(lakeside: Office) -> None:
    asked = lakeside.returned({"field": "B7", "sentence": "It does not match the card."})
    take_back(lakeside, asked)
    (journey,) = everything(Journey, id=asked.journey_id)
    assert journey.closed_at is not None
    with acting_as(lakeside.coordinator):
        assert stored(asked).status == EnrollmentStatus.SUBMITTED


def test_one_program_is_taken_back_alone(lakeside: Office) -> None:
    first, second = send(lakeside, lakeside.signed()), send(lakeside, lakeside.signed())
    take_back(lakeside, first)
    revoked = {grant.journey_id: grant.revoked_at for grant in everything(ConsentGrant)}
    assert revoked[first.journey_id] is not None
    assert revoked[second.journey_id] is None


def test_taking_back_twice_is_once_and_what_was_signed_is_kept(lakeside: Office) -> None:
    enrollment = send(lakeside, lakeside.signed())
    for _ in range(2):
        take_back(lakeside, enrollment)
    assert len(everything(JourneyEvent, kind="authorization")) == 1
    kept = everything(Signature, enrollment=enrollment, kind="patient")
    assert len(kept) == 1
    assert kept[0].evidence["consents"][0]["text"]


def test_signed_again_after_taking_back_it_goes_on(lakeside: Office) -> None:
    enrollment = early(lakeside)
    later_signed(lakeside, enrollment)
    take_back(lakeside, enrollment)
    later_signed(lakeside, enrollment)
    standing = [grant for grant in everything(ConsentGrant) if grant.revoked_at is None]
    assert len(standing) == 1
    statuses = [event.status for event in everything(JourneyEvent, kind="authorization")]
    assert sorted(statuses) == ["given", "given", "revoked"]


def test_an_amendment_is_a_new_version_for_everyone_who_had_one(lakeside: Office) -> None:
    enrollment = send(lakeside, lakeside.signed())
    with acting_as(lakeside.coordinator):
        amending.amend(enrollment.id, by=lakeside.coordinator, now=timezone.now())
    with pytest.raises(Incomplete):
        send(lakeside, enrollment)
    lakeside.answer(enrollment, F6="3")
    lakeside.certify(enrollment)
    send(lakeside, enrollment)
    assert sorted(packet.version for packet in everything(Packet)) == [1, 2]
    (event,) = everything(JourneyEvent, kind="amendment")
    assert event.body["note"] == "Refills"
    assert everything(JourneyEvent, step="missing_information") == []


def test_an_amendment_without_a_change_is_left_as_it_was_sent(lakeside: Office) -> None:
    enrollment = send(lakeside, lakeside.signed())
    by = lakeside.coordinator
    with acting_as(by):
        amending.amend(enrollment.id, by=by, now=timezone.now())
        assert amending.leave_as_sent(enrollment.id, by=by, now=timezone.now()).status == (
            EnrollmentStatus.SUBMITTED
        )
        amending.amend(enrollment.id, by=by, now=timezone.now())
    lakeside.answer(enrollment, F6="3")
    with acting_as(by), pytest.raises(Refused):
        amending.leave_as_sent(enrollment.id, by=by, now=timezone.now())


def test_withdrawing_what_was_sent_ends_the_journey_and_tells_everyone(lakeside: Office) -> None:
    enrollment = send(lakeside, lakeside.signed())
    (journey,) = everything(Journey)
    queued(journey)
    delivered(journey.id)
    by = lakeside.coordinator
    with acting_as(by):
        amending.withdraw_sent(enrollment.id, note="Another therapy", by=by, now=timezone.now())
        assert stored(enrollment).status == EnrollmentStatus.WITHDRAWN
        with pytest.raises(Refused):
            amending.withdraw_sent(enrollment.id, note="", by=by, now=timezone.now())
    (journey,) = everything(Journey)
    assert journey.closed_at is not None
    (notice,) = everything(Packet, kind=PacketKind.WITHDRAWAL)
    assert [each.recipient_id for each in everything(Delivery, packet=notice)] == [journey.hub_id]


def test_the_patient_of_a_minors_form_cannot_authorize(lakeside: Office) -> None:
    draft = lakeside.draft()
    born = timezone.localdate() - dt.timedelta(days=16 * 366)
    lakeside.answer(draft, A5=born.isoformat(), A20="Elena Delgado", A21="parent")
    with pytest.raises(signatures.NotAgreed):
        lakeside.authorize(draft)
