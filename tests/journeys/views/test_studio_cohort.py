"""The page that sends a thousand made-up patients through a draft, away from the page itself."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.tenancy import every_tenant
from journeys.domain.cohorts import try_waiting
from programs.models import ProgramDraft
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.factories.programs import published

pytestmark = pytest.mark.django_db


def test_a_cohort_is_asked_for_and_told_once_a_worker_has_looked() -> None:
    nadia = signed_in(member(published("wakelle").program.manufacturer, Role.PROGRAM_MANAGER))
    nadia.post(reverse("studio_open", args=["wakelle"]))
    with every_tenant(reason="a test looks at the only draft"):
        draft = ProgramDraft.objects.get()
    url = reverse("studio_cohort", args=[draft.id])
    page = nadia.post(url, follow=True).content.decode()
    assert "They are on their way." in page
    assert try_waiting(clock=timezone.now) == 1
    page = nadia.get(url).content.decode()
    assert "How far they came" in page
    assert page.index("Filled in") < page.index(">Sent<") < page.index(">Accepted<")
    assert "Wakelle Savings helps patients who are 18 or older." in page
    assert try_waiting(clock=timezone.now) == 0
    stranger = member(OrganizationFactory.create(kind="manufacturer"), Role.PROGRAM_MANAGER)
    assert signed_in(stranger).get(url).status_code == 404
