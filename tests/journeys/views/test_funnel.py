"""A manufacturer's counts: true, and silent about single patients."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.tenancy import every_tenant
from journeys.models import FunnelRow
from tests.factories.people import OrganizationFactory
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db


def counted(world: World, **stages: int) -> None:
    """That many more de-identified rows at each stage."""
    program = world.journey.program_version.program
    with every_tenant(reason="the test lays out counts"):
        FunnelRow.objects.bulk_create(
            FunnelRow(
                organization=program.manufacturer,
                program=program,
                started_month=timezone.now().date().replace(day=1),
                stage=stage,
            )
            for stage, count in stages.items()
            for _ in range(count)
        )


def test_the_program_manager_sees_counts_and_nobody(world: World, nadia: Client) -> None:
    counted(world, submitted=19, accepted=14, on_therapy=25)
    page = nadia.get(reverse("program", args=["veltrana"])).content.decode()
    assert ">59<" in "".join(page.split())
    assert PATIENT not in page
    assert world.journey.number not in page
    assert str(world.journey.id) not in page


def test_small_numbers_are_hidden(world: World, nadia: Client) -> None:
    counted(world, submitted=19, closed=4)
    page = "".join(nadia.get(reverse("program", args=["veltrana"])).content.decode().split())
    assert ">20<" in page
    assert ">4<" not in page
    assert "fewerthan11patients" in page


def test_another_manufacturers_program_is_404(world: World) -> None:
    other = OrganizationFactory.create(kind="manufacturer", name="Kestrel", slug="kestrel")
    browser = world.browser(other, Role.PROGRAM_MANAGER)
    assert browser.get(reverse("program", args=["veltrana"])).status_code == 404
    assert browser.get(reverse("program", args=["nothing"])).status_code == 404


def test_a_practice_may_not_see_counts(world: World, ana: Client) -> None:
    assert ana.get(reverse("program", args=["veltrana"])).status_code == 403
