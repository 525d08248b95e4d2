"""What is known folds away, and asks to be confirmed once it has grown old."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.tenancy import acting_as
from enrollment.models import Patient
from tests.enrollment.views.test_drafts import page
from tests.factories.offices import Office

pytestmark = pytest.mark.django_db


def test_what_has_grown_old_is_shown_to_confirm_with_one_press(
    ana: Client, lakeside: Office
) -> None:
    with acting_as(lakeside.coordinator):
        Patient.objects.update(confirmed_at=timezone.now() - dt.timedelta(days=120))
    draft = lakeside.draft()
    shown = page(ana, draft)
    assert "Is this still right?" in shown
    assert "Last confirmed" in shown
    assert 'name="A1"' not in shown
    answer = ana.post(f"/enrollments/{draft.id}/", {"version": 0, "confirm": "patient"})
    assert answer.headers["Location"].endswith("#section-patient")
    assert "Is this still right?" not in page(ana, draft)


def test_of_a_section_that_lacks_something_only_that_is_asked(
    ana: Client, lakeside: Office
) -> None:
    with acting_as(lakeside.coordinator):
        patient = Patient.objects.get(id=lakeside.rosa.id)
        del patient.details["A10"]
        patient.save()
    draft = lakeside.draft()
    shown = page(ana, draft)
    assert 'name="A10"' in shown
    assert 'name="A8"' not in shown
    assert "14 Larch Street" in shown or lakeside.rosa.details["A8"] in shown
    assert 'name="A8"' in page(ana, draft, "?open=patient")
