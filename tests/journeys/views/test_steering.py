"""A supervisor reads where referrals went and why; the figures are those of the events."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.events import Event
from journeys.domain.delivering import deliver
from journeys.domain.queries.notices import NoticeRow
from journeys.domain.queries.pharmacies import eligible_pharmacies
from journeys.domain.recording import record
from journeys.models import Delivery, Endpoint, Journey, JourneyEvent
from journeys.partners.registry import CARRIERS
from tests.factories.exchange import SECRET, endpoint
from tests.fakes.hub import running_hub
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db

QUERIES = 9
URL = "/cases/steering/"


@pytest.fixture
def lena(world: World) -> Client:
    return world.browser(world.hub, Role.HUB_SUPERVISOR)


def routed(world: World, pharmacy: str, reason: str = "", **facts: object) -> None:
    """A referral goes out, as the hub's system tells it."""
    now = timezone.now()
    told = {"pharmacy_name": pharmacy} | facts
    event = Event(
        id=str(uuid4()),
        kind="status",
        step="pharmacy_triage",
        status="sent",
        source=world.hub.slug,
        source_name=world.hub.name,
        role="hub",
        facts=told | ({"routing_reason": reason} if reason else {}),
        occurred_at=now,
        received_at=now,
        transport="webhook",
    )
    record(world.journey.id, event, actor=None, now=now)


def test_the_figures_are_those_of_the_rows(world: World, lena: Client, priya: Client) -> None:
    with every_tenant(reason="the test looks"):
        first, *others = [each.name for each in eligible_pharmacies(world.journey)]
    other = others[0] if others else "Quarry Pharmacy"
    today = timezone.localdate()
    asked = {"patient_choice_asked_on": str(today - timedelta(days=1))}
    routed(world, first, "no_preference", **asked)
    routed(world, other, "no_preference", **asked)
    routed(world, other.upper(), "patient_choice", patient_pharmacy_choice=other, **asked)
    routed(world, "Corner Pharmacy", "payer_mandate")
    counted = lena.get(URL).context["counted"]
    with every_tenant(reason="the test counts anew"):
        rows = JourneyEvent.objects.filter(step="pharmacy_triage", status="sent")
        facts = [each.body["facts"] for each in rows]
    chosen = Counter(str(each["pharmacy_name"]).casefold() for each in facts)
    assert {s.pharmacy.casefold(): s.chosen for s in counted.shares if s.chosen} == chosen
    assert counted.routings == len(facts) == sum(s.chosen for s in counted.shares)
    assert counted.asked_first == sum("patient_choice_asked_on" in each for each in facts)
    # Twice the patient had no preference: once it went elsewhere than where it was due.
    assert counted.out_of_turn == 1
    by_name = {share.pharmacy: share for share in counted.shares}
    assert by_name[first].eligible == len(facts)
    assert by_name[first].suggested == sum("patient_pharmacy_choice" not in e for e in facts)
    reasons = sum((Counter(share.reasons) for share in counted.shares), Counter())
    assert reasons == Counter(each["routing_reason"] for each in facts)
    page = lena.get(URL).content.decode()
    assert "1 went out of turn." in page
    assert priya.get(URL).status_code == 403


def test_another_hubs_routings_are_its_own(world: World, lena: Client) -> None:
    routed(world, "Corner Pharmacy", "payer_mandate")
    elsewhere = Organization.objects.create(kind="hub", name="Beacon", slug="beacon-2")
    assert "Corner Pharmacy" in lena.get(URL).content.decode()
    other = world.browser(elsewhere, Role.HUB_SUPERVISOR).get(URL).content.decode()
    assert "Corner Pharmacy" not in other
    assert "No referral yet" in other


@pytest.mark.parametrize("count", [1, 30])
def test_the_queries_are_the_same_however_many(
    world: World, lena: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        routed(world, "Corner Pharmacy", "payer_mandate")
    lena.get(URL)
    with django_assert_num_queries(QUERIES):
        lena.get(URL)


def test_the_practice_reads_the_reason(world: World, ana: Client, priya: Client) -> None:
    routed(world, "Corner Pharmacy", "payer_mandate")
    url = reverse("journey", args=[world.journey.id])
    for browser in (ana, priya):
        page = browser.get(url).content.decode()
        assert "The payer requires it" in page
    # What the patient is told, in both languages.
    assert "Your insurance plan requires it." in page
    assert "Su seguro la exige." in page


def test_nobody_can_turn_the_order(world: World) -> None:
    """Neither what the program lists first nor what a pharmacy is called moves it."""
    with every_tenant(reason="the test turns the list"):
        before = [each.name for each in eligible_pharmacies(world.journey)]
        Organization.objects.filter(kind="pharmacy").update(affiliated_with="Meridian Health")
        journey = Journey.objects.get(pk=world.journey.pk)
        assert [each.name for each in eligible_pharmacies(journey)] == before


def test_the_pharmacy_that_was_chosen_gets_the_referral_and_the_one_before_stops(
    world: World, ana: Client
) -> None:
    crescent, home = (Organization.objects.get(slug=s) for s in ("crescent", "meridian-home"))
    before, chosen = (world.browser(each, Role.PHARMACIST) for each in (crescent, home))
    page = reverse("journey", args=[world.journey.id])
    with every_tenant(reason="the test reaches everybody by the portal"):
        Endpoint.objects.update(transport="portal", address="")
    world.hears("intake_review", "accepted")
    world.hears("benefit_verification", "complete", prior_authorization_required=False)
    routed(world, "Crescent Specialty Pharmacy", "patient_choice")
    assert (before.get(page).status_code, chosen.get(page).status_code) == (200, 404)
    deliver(carriers=CARRIERS, clock=timezone.now)
    routed(world, "meridian home rx", "patient_choice", patient_pharmacy_choice="Meridian Home Rx")
    shown = before.get(page).content.decode()
    assert f"Referral sent elsewhere: {world.journey.number}" in shown
    assert world.journey.patient_name not in shown
    assert "took the permission back" not in shown
    assert world.journey.patient_name in chosen.get(page).content.decode()
    assert "Accept or refuse the referral" in chosen.get(reverse("work")).content.decode()
    with every_tenant(reason="the test looks at what goes out"):
        sent = Delivery.objects.filter(journey=world.journey).exclude(recipient=world.hub)
        kinds = set(sent.values_list("recipient__slug", "packet__kind"))
    assert {("crescent", "transfer"), ("meridian-home", "enrollment")} <= kinds
    # Told again, and elsewhere than the program names: nobody else comes or goes.
    routed(world, "Meridian Home Rx", "patient_choice", patient_pharmacy_choice="Meridian Home Rx")
    routed(world, "Corner Pharmacy", "payer_mandate")
    with every_tenant(reason="the test counts what went out"):
        assert sent.filter(packet__kind="transfer").count() == 1
    assert chosen.get(page).status_code == 200
    story = ana.get(page).content.decode()
    assert "Meridian Home" in story
    assert f"Handed to {crescent.name}" in story


def test_who_has_to_call_a_pharmacy_that_refused_the_referral_is_told_until_another_has_it(
    world: World, ana: Client, lena: Client, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    crescent = Organization.objects.get(slug="crescent")
    grace = world.browser(crescent, Role.PHARMACIST)
    page = reverse("journey", args=[world.journey.id])
    world.hears("intake_review", "accepted")
    world.hears("benefit_verification", "complete", prior_authorization_required=False)
    world.hears("copay_enrollment", "declined")
    with running_hub(SECRET) as fake:
        fake.status = 422
        with every_tenant(reason="the pharmacy's system says no"):
            Endpoint.objects.update(transport="portal", address="")
        endpoint(crescent, address=fake.url)
        routed(world, "Crescent Specialty Pharmacy", "patient_choice")
        deliver(carriers=CARRIERS, clock=timezone.now)
    call = f"Call {crescent.name}: it refused the packet"
    for browser, you in ((ana, ""), (lena, " (you)")):
        words = f"Next, <strong>{world.hub.name}</strong>{you}: {call}"
        assert words in " ".join(browser.get(page).content.decode().split())
    assert call not in grace.get(page).content.decode()
    rows = lena.get(reverse("work")).context["rows"]
    assert [row.phase for row in rows if row.action == call] == ["blocked"]
    (notice,) = [each for each in notices_of(lena) if each.who == crescent.name]
    assert (notice.word, notice.unread) == ("Work opened", True)
    assert not [each for each in notices_of(ana) if each.who == crescent.name]
    routed(world, "Meridian Home Rx", "patient_choice")
    assert call not in ana.get(page).content.decode()
    assert call not in lena.get(reverse("work")).content.decode()
    (notice,) = [each for each in notices_of(lena) if each.who == crescent.name]
    assert notice.settled


def notices_of(browser: Client) -> list[NoticeRow]:
    """What changed for the reader's organization."""
    rows: list[NoticeRow] = browser.get(reverse("notices") + "?show=all").context["rows"]
    return rows


def test_no_pharmacy_takes_part_before_the_patient_was_asked(
    world: World, ana: Client, priya: Client
) -> None:
    crescent, home = (Organization.objects.get(slug=s) for s in ("crescent", "meridian-home"))
    listed_first, chosen = (world.browser(each, Role.PHARMACIST) for each in (crescent, home))
    page = reverse("journey", args=[world.journey.id])

    def answers() -> tuple[int, int]:
        return listed_first.get(page).status_code, chosen.get(page).status_code

    with every_tenant(reason="the test looks at what goes out"):
        to_pharmacies = Delivery.objects.filter(recipient__in=[crescent, home])
    world.hears("intake_review", "accepted")
    world.hears("benefit_verification", "complete", prior_authorization_required=False)
    world.hears("copay_enrollment", "declined")
    world.hears("pharmacy_triage", "choosing", patient_choice_asked_on=f"{timezone.localdate()}")
    told = [browser.get(page).content.decode() for browser in (ana, priya)]
    assert all("Specialty pharmacy" in each and crescent.name not in each for each in told)
    assert answers() == (404, 404)

    # Said to be sent, and not where: nobody guesses, and it is the hub's work to say.
    world.hears("pharmacy_triage", "sent")
    assert answers() == (404, 404)
    words = "Say which pharmacy the referral went to"
    assert words in priya.get(reverse("work")).content.decode()
    assert f"Pharmacy choice is with {world.hub.name}" in ana.get(page).content.decode()
    with every_tenant(reason="the test looks at what goes out"):
        assert not to_pharmacies.exists()

    routed(world, "Meridian Home Rx", "no_preference")
    assert answers() == (404, 200)
    assert words not in priya.get(reverse("work")).content.decode()
    assert "Meridian Home" in ana.get(page).content.decode()
    world.hears("pharmacy_triage", "accepted")
    with every_tenant(reason="the test looks at what goes out"):
        (sent,) = to_pharmacies.select_related("packet")
    assert (sent.recipient_id, sent.packet.kind) == (home.id, "enrollment")
    assert answers() == (404, 200)
