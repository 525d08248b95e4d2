"""After it was sent: who has it, what is amended, what is taken back and by whom."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.tenancy import acting_as, every_tenant
from enrollment.domain import signing_links
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment, Signature
from journeys.models import ConsentGrant, Delivery
from tests.factories.offices import Office, stored

pytestmark = pytest.mark.django_db
BORN = {"month": "3", "day": "27", "year": "1984"}


def grants() -> list[ConsentGrant]:
    with every_tenant(reason="the test looks what came of it"):
        return list(ConsentGrant.objects.order_by("signed_at"))


def now(lakeside: Office, enrollment: Enrollment) -> Enrollment:
    with acting_as(lakeside.coordinator):
        return stored(enrollment)


def patients_signature(lakeside: Office, enrollment: Enrollment) -> Any:
    with acting_as(lakeside.coordinator):
        return Signature.objects.get(enrollment=enrollment, kind="patient").id


def test_the_receipt_tells_who_has_which_version(ana: Client, lakeside: Office) -> None:
    sent = lakeside.sent()
    page = ana.get(f"/enrollments/{sent.id}/receipt/").content.decode()
    assert f'/journeys/{sent.journey_id}/safety/?status=captured"' in page
    assert "Northstar" in page
    assert "version 1" in page
    assert "Amend what was sent" in page
    assert "The patient takes it back" in page


def test_the_list_tells_what_has_not_reached_its_hub(ana: Client, lakeside: Office) -> None:
    sent = lakeside.sent()
    with every_tenant(reason="the hub's system refuses"):
        delivery = Delivery.objects.filter(journey=sent.journey_id)
        delivery.update(status="rejected", trouble="Northstar refused the packet (422).")
    words = "The packet has not reached Northstar."
    for path in ("/enrollments/", f"/patients/{sent.patient_id}/"):
        assert words in ana.get(path).content.decode()
    with every_tenant(reason="the hub's system took it in"):
        delivery.update(status="accepted", trouble="")
    assert words not in ana.get("/enrollments/").content.decode()


def test_what_is_sent_before_the_patient_signs_says_what_waits(
    ana: Client, lakeside: Office
) -> None:
    enrollment = lakeside.complete()
    lakeside.certify(enrollment)
    assert "Send now, the patient signs later" in (
        ana.get(f"/enrollments/{enrollment.id}/review/").content.decode()
    )
    assert ana.post(f"/enrollments/{enrollment.id}/send/").status_code == 422
    ana.post(f"/enrollments/{enrollment.id}/send/", {"agreement": "yes"})
    page = ana.get(f"/enrollments/{enrollment.id}/receipt/").content.decode()
    assert "Waiting for the patient to sign" in page
    assert "Code for their phone" in page


def test_amending_opens_it_and_leaving_it_closes_it(ana: Client, lakeside: Office) -> None:
    sent = lakeside.sent()
    ana.post(f"/enrollments/{sent.id}/amend/")
    assert now(lakeside, sent).status == EnrollmentStatus.AMENDING
    page = ana.get(f"/enrollments/{sent.id}/review/").content.decode()
    assert "Leave it as it was sent" in page
    assert "Your office is amending what was sent; nothing has changed yet." in page
    assert "returned it" not in page
    ana.post(f"/enrollments/{sent.id}/leave/")
    assert now(lakeside, sent).status == EnrollmentStatus.SUBMITTED


def test_the_office_ends_a_permission_and_another_office_cannot(
    ana: Client, ben: Client, lakeside: Office
) -> None:
    sent = lakeside.sent()
    path = f"/signatures/{patients_signature(lakeside, sent)}/end/"
    assert ben.post(path).status_code == 404
    assert grants()[0].revoked_at is None
    ana.post(path)
    assert grants()[0].revoked_at is not None
    assert "Taken back" in ana.get(f"/enrollments/{sent.id}/receipt/").content.decode()


def test_the_patient_takes_one_back_by_the_link_and_keeps_the_other(lakeside: Office) -> None:
    first, second = lakeside.sent(), lakeside.sent()
    with acting_as(lakeside.coordinator):
        signing_links.mail_permissions(
            lakeside.rosa.id, by=lakeside.coordinator, now=timezone.now()
        )
    found = re.search(r"/sign/\S+", str(mail.outbox[0].body))
    assert found
    phone = Client()
    assert "Veltrana" not in phone.get(found[0]).content.decode()
    phone.post(found[0], BORN)
    page = phone.get("/sign/").content.decode()
    assert page.count("You gave this permission on") == 2
    chosen = str(patients_signature(lakeside, first))
    assert "Take back your permission" in phone.get(f"/sign/?end={chosen}").content.decode()
    assert all(grant.revoked_at is None for grant in grants())
    phone.post("/sign/", {"end": chosen})
    revoked = {grant.journey_id: grant.revoked_at is not None for grant in grants()}
    assert revoked == {first.journey_id: True, second.journey_id: False}
    assert "Taken back on" in phone.get("/sign/").content.decode()


def test_withdrawing_what_was_sent_is_told(ana: Client, ben: Client, lakeside: Office) -> None:
    sent = lakeside.sent()
    assert ben.post(f"/enrollments/{sent.id}/end/").status_code == 404
    ana.post(f"/enrollments/{sent.id}/end/", {"note": "Another therapy"})
    assert now(lakeside, sent).status == EnrollmentStatus.WITHDRAWN


def test_the_office_keeps_the_signed_copy(ana: Client, ben: Client, lakeside: Office) -> None:
    sent = lakeside.sent()
    path = f"/signatures/{patients_signature(lakeside, sent)}/copy/"
    assert ben.post(path).status_code == 404
    assert ana.post(path).content.startswith(b"%PDF")
