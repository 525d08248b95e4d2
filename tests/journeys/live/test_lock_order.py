"""A hub and a practice change one enrollment at once: one waits for the other, both go through."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction
from django.utils import timezone

from accounts.tenancy import acting_as, every_tenant
from enrollment.domain.amending import withdraw_sent
from enrollment.domain.submission import return_for_correction
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment
from journeys.domain.recording import lock_journey
from journeys.models import Journey
from tests.factories.offices import Office, office
from tests.factories.programs import published
from tests.journeys.live.conftest import Live
from tests.journeys.live.test_recording import until_somebody_waits


def test_a_hubs_return_and_a_practices_withdrawal_take_their_rows_in_one_order(live: Live) -> None:
    begin = threading.Event()

    def withdraw(lakeside: Office, enrollment: Enrollment) -> None:
        begin.wait(10)
        try:
            with acting_as(lakeside.coordinator):
                withdraw_sent(enrollment.id, note="", by=lakeside.coordinator, now=timezone.now())
        finally:
            connection.close()

    with live.elsewhere(), ThreadPoolExecutor(1) as pool:
        lakeside = office("Lakeside of the locks", version=published())
        enrollment = lakeside.sent()
        assert enrollment.journey_id is not None
        withdrawing = pool.submit(withdraw, lakeside, enrollment)
        with every_tenant(reason="the hub returns it"), transaction.atomic():
            lock_journey(enrollment.journey_id)
            begin.set()
            until_somebody_waits()
            # As a step of the journey asks for it, in the transaction of the hub's event.
            return_for_correction(
                journey_id=enrollment.journey_id,
                data={"facts": {}, "note": "The date of birth is missing."},
                now=timezone.now(),
            )
        withdrawing.result(20)
        with every_tenant(reason="the test looks"):
            assert Enrollment.objects.get(id=enrollment.id).status == EnrollmentStatus.WITHDRAWN
            assert Journey.objects.get(id=enrollment.journey_id).closed_at is not None
