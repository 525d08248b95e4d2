"""Sent once, complete and signed; returned, corrected and sent again."""

import pytest
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.tenancy import acting_as, every_tenant
from enrollment.domain import submission
from enrollment.domain.readiness import returned
from enrollment.enums import EnrollmentStatus
from enrollment.models import Coverage, Enrollment, Patient
from enrollment.rules import Refused
from journeys.domain.handlers import HANDLERS
from journeys.models import ConsentGrant, Delivery, Journey, JourneyEvent, Packet
from tests.factories.offices import Office, office
from tests.factories.people import actor_of, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def lakeside() -> Office:
    return office()


def send(lakeside: Office, enrollment: Enrollment, *, urgent: bool = False) -> Enrollment:
    with acting_as(lakeside.coordinator):
        return submission.submit(
            enrollment.id, urgent=urgent, by=lakeside.coordinator, now=timezone.now()
        )


def test_a_complete_signed_enrollment_becomes_a_journey(lakeside: Office) -> None:
    enrollment = lakeside.complete()
    lakeside.answer(enrollment, G2__pharmacy="meridian-home", G2__chosen_by="patient")
    lakeside.authorize(enrollment)
    lakeside.certify(enrollment)
    sent = send(lakeside, enrollment, urgent=True)
    assert sent.status == EnrollmentStatus.SUBMITTED
    with acting_as(lakeside.coordinator):
        journey = Journey.objects.get(id=sent.journey_id)
        assert journey.patient_name == "Rosa Delgado"
        assert journey.urgent
        # What the patient chose is told to the hub that asks, and goes to no pharmacy before.
        (event,) = JourneyEvent.objects.filter(journey=journey)
        assert event.body["facts"]["patient_pharmacy_choice"] == "Meridian Home Rx"
        assert journey.pharmacy_id is None
        packet = Packet.objects.get(journey=journey)
        told = {each["id"]: each["value"] for s in packet.body["sections"] for each in s["fields"]}
        assert (told["A3"], told["F1"]) == ("Delgado", "99101014002")
        assert [each["kind"] for each in packet.body["signatures"]] == ["patient", "prescriber"]
        assert Delivery.objects.get(journey=journey).recipient.slug == "northstar"


def test_each_authorization_is_a_grant_of_its_own_without_a_name(lakeside: Office) -> None:
    sent = send(lakeside, lakeside.signed())
    with acting_as(lakeside.coordinator):
        (grant,) = ConsentGrant.objects.filter(journey_id=sent.journey_id)
        assert grant.terms["recipients"] == ["hub", "manufacturer", "pharmacy", "vendor"]
        assert set(grant.terms["statements"]) == {"right_to_revoke", "conditioning", "redisclosure"}
        assert (grant.expires_at - grant.signed_at).days == 1095
        assert "Rosa" not in str(grant.terms)


def test_what_lacks_an_answer_or_a_signature_is_not_sent_and_says_what(lakeside: Office) -> None:
    for enrollment, field in ((lakeside.draft(), "E1"), (lakeside.complete(), "S7")):
        with pytest.raises(submission.Incomplete) as refused:
            send(lakeside, enrollment)
        state = refused.value.readiness
        assert field in {each.key for each in (*state.missing, *state.unsigned)}
        assert state.blockers
    with every_tenant(reason="the test counts them all"):
        assert not Journey.objects.exists()


def test_a_wrong_answer_holds_it_back(lakeside: Office) -> None:
    enrollment = lakeside.complete()
    lakeside.answer(enrollment, A12="10001")
    with pytest.raises(submission.Incomplete) as refused:
        send(lakeside, enrollment)
    assert list(refused.value.readiness.wrong) == ["A12"]


def test_copay_help_with_a_government_plan_holds_it_back(lakeside: Office) -> None:
    enrollment = lakeside.complete()
    lakeside.answer(enrollment, B5="medicaid", H1=["benefit_verification", "copay"])
    with pytest.raises(submission.Incomplete) as refused:
        send(lakeside, enrollment)
    assert "H1" in refused.value.readiness.wrong


def test_sending_twice_gives_the_same_receipt(lakeside: Office) -> None:
    enrollment = lakeside.signed()
    first, second = send(lakeside, enrollment), send(lakeside, enrollment)
    assert first.journey_id == second.journey_id
    with acting_as(lakeside.coordinator):
        assert Journey.objects.count() == Packet.objects.count() == 1


def test_a_prescriber_does_not_send(lakeside: Office) -> None:
    enrollment = lakeside.signed()
    with acting_as(lakeside.doctor), pytest.raises(Refused):
        submission.submit(enrollment.id, urgent=False, by=lakeside.doctor, now=timezone.now())


def test_what_was_typed_here_is_known_the_next_time(lakeside: Office) -> None:
    enrollment = lakeside.complete()
    lakeside.answer(enrollment, A17="rosa@new.example", B20="NEWPCN", A9="Apt 4")
    lakeside.authorize(enrollment)
    lakeside.certify(enrollment)
    send(lakeside, enrollment)
    with acting_as(lakeside.coordinator):
        patient = Patient.objects.get(id=lakeside.rosa.id)
        assert (patient.details["A17"], patient.details["A9"]) == ("rosa@new.example", "Apt 4")
        assert Coverage.objects.get().details["B20"] == "NEWPCN"
        assert Coverage.objects.get().details["B22"] == "MH204418890"


def test_the_hubs_return_opens_the_form_at_those_fields(lakeside: Office) -> None:
    assert HANDLERS["return_for_correction"] is submission.return_for_correction
    enrollment = lakeside.returned({"field": "B7", "sentence": "The payer knows no such member."})
    assert enrollment.status == EnrollmentStatus.RETURNED
    (correction,) = returned(enrollment)
    assert (correction["field"], correction["changed"]) == ("B7", False)


def test_a_returned_one_goes_again_only_when_something_changed(lakeside: Office) -> None:
    enrollment = lakeside.returned({"field": "B7", "sentence": "The payer knows no such member."})
    with pytest.raises(submission.Incomplete) as refused:
        send(lakeside, enrollment)
    assert refused.value.readiness.unchanged
    lakeside.answer(enrollment, B7="MH204418891")
    with pytest.raises(submission.Incomplete) as refused:
        send(lakeside, enrollment)
    assert {each.key for each in refused.value.readiness.unsigned} == {"S7", "S8"}
    lakeside.certify(enrollment)
    again = send(lakeside, enrollment)
    assert (again.status, again.corrections) == (EnrollmentStatus.SUBMITTED, None)
    with acting_as(lakeside.coordinator):
        assert Journey.objects.count() == 1
        versions = Packet.objects.order_by("version").values_list("version", flat=True)
        assert list(versions) == [1, 2]
        assert Delivery.objects.count() == 2


def test_another_choice_of_pharmacy_after_the_submission_replaces_the_one_before(
    lakeside: Office,
) -> None:
    enrollment = lakeside.complete()
    lakeside.answer(enrollment, G2__pharmacy="meridian-home", G2__chosen_by="patient")
    lakeside.authorize(enrollment)
    lakeside.certify(enrollment)
    journey_id = send(lakeside, enrollment).journey_id
    assert journey_id is not None
    ask = {"facts": {"corrections": [{"field": "G2.pharmacy", "sentence": "Which?"}]}}

    def told(**answers: str | None) -> object:
        submission.return_for_correction(journey_id=journey_id, data=ask, now=timezone.now())
        lakeside.answer(enrollment, **answers)
        lakeside.certify(enrollment)
        send(lakeside, enrollment)
        with acting_as(lakeside.coordinator):
            events = JourneyEvent.objects.filter(journey=journey_id)
            return events.latest("received_at").body["facts"]["patient_pharmacy_choice"]

    assert told(G2__pharmacy="crescent") == "Crescent Specialty Pharmacy"
    # The patient has none any more: nobody is told the one of before.
    assert told(G2__chosen_by="prescriber") == ""


def test_a_colleague_of_another_practice_cannot_send_it(lakeside: Office) -> None:
    enrollment = lakeside.signed()
    ben = actor_of(member(office("Harbor Neurology").practice, Role.PRACTICE_STAFF))
    with acting_as(ben), pytest.raises(Enrollment.DoesNotExist):
        submission.submit(enrollment.id, urgent=False, by=ben, now=timezone.now())


def test_nothing_more_is_sent_into_a_journey_that_has_ended(lakeside: Office) -> None:
    asked = lakeside.returned({"field": "B7", "sentence": "It does not match the card."})
    with every_tenant(reason="the hub ended it"):
        Journey.objects.filter(pk=asked.journey_id).update(closed_at=timezone.now())
    with pytest.raises(Refused, match="This journey has ended"):
        send(lakeside, asked)
