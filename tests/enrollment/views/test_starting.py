"""Choosing a program for a patient: what is begun or sent already is told first."""

import pytest
from django.test import Client

from tests.enrollment.views.conftest import Queries
from tests.factories.enrollments import PatientFactory
from tests.factories.offices import Office

pytestmark = pytest.mark.django_db


def test_what_was_sent_is_told_before_the_same_program_is_begun_again(
    ana: Client, lakeside: Office
) -> None:
    path = f"/enrollments/new/?patient={lakeside.rosa.id}"
    draft = lakeside.draft()
    assert f'href="/enrollments/{draft.id}/"' in ana.get(path).content.decode()
    sent = lakeside.sent()
    told = ana.get(path).content.decode()
    assert "Sent for this patient" in told
    assert f'href="/journeys/{sent.journey_id}/"' in told


@pytest.mark.parametrize("rows", [1, 30])
def test_starting_takes_the_same_queries_for_one_and_for_thirty(
    ana: Client, lakeside: Office, queries: Queries, rows: int
) -> None:
    for _ in range(rows - 1):
        PatientFactory.create(organization=lakeside.practice)
        lakeside.draft()
    assert queries(ana, "/enrollments/new/") == 7
    assert queries(ana, f"/enrollments/new/?patient={lakeside.rosa.id}") == 10
