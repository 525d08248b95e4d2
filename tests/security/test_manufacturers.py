"""A manufacturer learns how its programs go, and nothing about anybody."""

from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.core.permissions import KIND_ROLES, OrganizationKind, Permission, permissions_of
from accounts.tenancy import PartyModel, every_tenant
from journeys.models import FunnelRow
from tests.security.walk import guarded_addresses
from tests.security.world import CANARIES, Person, World

pytestmark = pytest.mark.django_db

# All that a manufacturer's rows say of a journey: no identity, no day, no organization of its own.
FUNNEL_FIELDS = {
    *("id", "organization", "program", "week", "age_band", "region", "practice_type"),
    *("told", "before"),
}
# All that the page of a program is made of.
PAGE_FIELDS = {
    "program",
    "version",
    "stages",
    "last_stage",
    "split",
    "tabs",
    "columns",
    "alerts",
    "weekly",
    "may_compose",
}
# Of the pages with rows, those that a manufacturer opens at all.
ITS_PAGES = {
    # Its safety desk's alone.
    *("safety", "safety_report", "safety_complete", "safety_act"),
    *("safety_months", "safety_month", "safety_month_sign", "safety_month_csv"),
    "programs",
    "program",
    "program_counts_csv",
    "program_counts_pdf",
    "program_weekly",
    "audit",
    "audit_export",
    "emails",
    "members",
    "member",
} | {
    # The catalogue and the public code tables: facts about questions and codes.
    *("data_dictionary", "program_dictionary", "program_answers_schema"),
    *("diagnosis_search", "code_told"),
}


@pytest.fixture
def nadia(world: World) -> Person:
    """Every role that somebody at the program's own manufacturer can have."""
    return world.insiders["manufacturer"]


@pytest.mark.asvs("8.2.3")
def test_the_rows_behind_the_counts_hold_no_more_than_the_counts_need(world: World) -> None:
    assert {field.name for field in FunnelRow._meta.get_fields()} == FUNNEL_FIELDS


@pytest.mark.asvs("8.2.3", "15.3.1")
def test_no_role_of_a_manufacturer_opens_more_than_its_pages(world: World) -> None:
    may = permissions_of(KIND_ROLES[OrganizationKind.MANUFACTURER])
    opened = {
        address.name
        for address in guarded_addresses()
        # What it composes itself is of programs, and never of anybody in them.
        # Its administrator's right to say how packets arrive is of no use: it gets none.
        if address.permission in may - {Permission.PROGRAMS_COMPOSE, Permission.ENDPOINTS_MANAGE}
    }
    assert {name for name in opened if "invit" not in name and "end_" not in name} == ITS_PAGES


@pytest.mark.asvs("8.2.3", "15.3.1")
def test_nothing_it_is_answered_names_a_patient_a_practice_or_a_journey(
    world: World, nadia: Person
) -> None:
    practice = world.lakeside.practice
    hidden = (
        *CANARIES, world.journey.number, str(world.journey.id), str(world.lakeside.rosa.id),
        str(world.sent.id), str(practice.id), practice.name, "Okafor", "Whitfield",
    )  # fmt: skip
    told = []
    for address in guarded_addresses():
        if not address.name.startswith("live_"):
            path = reverse(address.name, kwargs=world.given(address))
            # A 404 repeats the address that was asked for.
            page = nadia.browser.get(path).content.decode("latin").replace(path, "")
            told += [(address.name, secret) for secret in hidden if secret in page]
    assert told == []


@pytest.mark.asvs("8.2.3", "15.3.1")
def test_its_page_is_made_of_counts_and_small_ones_are_hidden(world: World, nadia: Person) -> None:
    """Two journeys are on their way: a number that would tell about somebody."""
    answer = nadia.browser.get(reverse("program", kwargs={"key": "veltrana"}))
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    contexts: Any = answer.context
    made_of = next(each for context in contexts for each in context.dicts if "stages" in each)
    by_the_tags = {"block", "language"}
    assert set(made_of) - by_the_tags <= PAGE_FIELDS
    assert {told for _, numbers in made_of["stages"].lines for told in numbers} == {None}
    assert (made_of["split"], made_of["columns"]) == (None, ([], []))


def test_a_manufacturer_is_party_to_no_journey(world: World, nadia: Person) -> None:
    maker = nadia.membership.organization_id
    with every_tenant(reason="the test reads every row that parties may see"):
        shared = [model for model in apps.get_models() if issubclass(model, PartyModel)]
        assert shared
        for model in shared:
            assert not model.objects.filter(party_ids__contains=[maker]).exists()
