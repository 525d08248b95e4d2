"""A program's partners: seen by its manufacturer, with keys that are good for its program alone."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.core.permissions import Role
from accounts.models import AuditEntry, Membership, Organization
from accounts.tenancy import every_tenant
from journeys.domain.inbound import process_waiting
from journeys.domain.partner_tests import send_tests
from journeys.enums import ReportStatus
from journeys.models import (
    Endpoint,
    InboundReport,
    Journey,
    PartnerKey,
    PartnerTest,
    StatusLine,
)
from journeys.partners.registry import CARRIERS
from programs.models import ProgramVersion
from tests.factories.exchange import SECRET, endpoint, signed_report, step_report, submitted
from tests.factories.people import OrganizationFactory, member, proven, signed_in
from tests.factories.programs import (
    EndpointFactory,
    ProgramVersionFactory,
    demo_definition,
    published,
)
from tests.fakes.hub import running_hub

pytestmark = pytest.mark.django_db

PAGE = reverse("program_partners", args=["veltrana"])
# Session and person; begin, the tenancy, end; program, version, audit; into every tenancy and
# back, organizations, endpoints, keys, trials; counts.
QUERIES = 19
KEY = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture
def version() -> ProgramVersion:
    return published()


@pytest.fixture
def manager(version: ProgramVersion) -> Membership:
    return member(version.program.manufacturer, Role.PROGRAM_MANAGER, name="Nadia Brooks")


@pytest.fixture
def nadia(manager: Membership) -> Client:
    return proven(signed_in(manager), manager)


@pytest.fixture
def hub(version: ProgramVersion) -> Organization:
    return Organization.objects.get(slug=version.definition["route"]["hub"])


def new_key(browser: Client, partner: Organization) -> str:
    answer = browser.post(reverse("program_key_new", args=["veltrana", partner.id]))
    found = KEY.findall(answer.content.decode())
    assert len(found) == 1
    return str(found[0])


def reported(journey: Journey, hub: Organization, secret: str) -> tuple[int, str]:
    """The hub's system says that it took the enrollment up: the answer, and what came of it."""
    body, headers = signed_report(
        step_report(journey, "intake_review", "in_review"),
        partner=hub.slug,
        message_id=f"msg_{uuid4().hex}",
        secret=secret,
    )
    answer = Client().post(
        "/api/v1/reports",
        body,
        content_type="application/json",
        headers=headers,
    )
    process_waiting(clock=timezone.now)
    with every_tenant(reason="the test looks what came of the report"):
        kept = InboundReport.objects.filter(message_id=headers["webhook-id"]).first()
    return answer.status_code, kept.status if kept else ""


def test_the_manager_sees_every_partner_and_no_secret(
    nadia: Client, hub: Organization, version: ProgramVersion
) -> None:
    falls_back = {**version.definition["route"], "fallback": "packet"}
    ProgramVersionFactory.create(
        program=version.program,
        definition={**version.definition, "route": falls_back},
        valid_from=dt.date(2026, 1, 2),
    )
    endpoint(hub, address="https://in.northstar.example/hooks/veltrana")
    with every_tenant(reason="the test lets the hub be down"):
        Endpoint.objects.filter(organization=hub).update(failing_since=timezone.now())
    page = nadia.get(PAGE).content.decode()
    route = demo_definition("veltrana")["route"]
    for slug in [route["hub"], *(each["code"] for each in route["pharmacies"])]:
        assert Organization.objects.get(slug=slug).name in page
    assert "in.northstar.example" in page
    assert "/hooks/veltrana" not in page
    assert "Does not answer" in page
    assert "What does not go through: PDF packet" in page
    # The service levels are the clocks of the journey's steps.
    levels = re.findall(r"Intake review</th>.*?Within\">([^<]*)<", page, re.DOTALL)
    assert levels == ["4 business hours"]
    assert "1 partner does not take what is sent to it." in page
    assert not KEY.search(page)


def test_a_key_is_shown_once_and_is_good_for_its_program_alone(
    nadia: Client, hub: Organization, version: ProgramVersion
) -> None:
    made = nadia.post(reverse("program_key_new", args=["veltrana", hub.id])).content.decode()
    (secret,) = KEY.findall(made)
    with every_tenant(reason="the test finds the key"):
        key = PartnerKey.objects.get(organization=hub, scopes=["reports.write:veltrana"])
    assert f"THROUGHLINE_PARTNER={hub.slug}" in made
    assert f"THROUGHLINE_KEY_ID={key.pk}" in made
    after = nadia.get(PAGE).content.decode()
    assert not KEY.search(after)
    assert str(key.pk) in after
    assert reported(submitted(version), hub, secret) == (202, ReportStatus.APPLIED)
    other = published("omniveda")
    elsewhere = submitted(other)
    if elsewhere.hub_id != hub.id:
        with every_tenant(reason="the test gives the hub another program's journey"):
            Journey.objects.filter(pk=elsewhere.pk).update(hub=hub)
    assert reported(elsewhere, hub, secret)[1] != ReportStatus.APPLIED


def test_a_key_is_replaced_with_an_overlap(
    nadia: Client, hub: Organization, version: ProgramVersion
) -> None:
    journey = submitted(version)
    old, new = new_key(nadia, hub), new_key(nadia, hub)
    assert reported(journey, hub, old)[0] == reported(journey, hub, new)[0] == 202
    third = nadia.post(reverse("program_key_new", args=["veltrana", hub.id]), follow=True)
    assert "Two keys are valid already." in third.content.decode()
    with every_tenant(reason="the test finds the older key"):
        first = PartnerKey.objects.filter(organization=hub).order_by("created_at")[0]
    nadia.post(reverse("program_key_end", args=["veltrana", first.id]))
    assert reported(journey, hub, old)[0] == 401
    assert reported(journey, hub, new)[0] == 202
    with every_tenant(reason="the test reads the audit"):
        done = AuditEntry.objects.filter(action__in=["key_made", "key_ended"]).order_by("at")
        assert list(done.values_list("action", flat=True)) == ["key_made", "key_made", "key_ended"]
        assert {each.organization_id for each in done} == {version.program.manufacturer_id}


def ask_for_test(browser: Client, partner: Organization) -> str:
    address = reverse("program_partner_test", args=["veltrana", partner.id])
    return browser.post(address, follow=True).content.decode()


def test_a_test_message_goes_to_the_partners_own_address(
    nadia: Client, hub: Organization, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    with running_hub(SECRET) as fake:
        endpoint(hub, address=fake.url)
        assert "The test is on its way." in ask_for_test(nadia, hub)
        assert "within the last minute" in ask_for_test(nadia, hub)
        assert send_tests(carriers=CARRIERS, clock=timezone.now) == 1
        (message,) = fake.taken
    assert message.content["type"] == "connection.tested"
    assert message.content["data"]["program"] == "veltrana"
    assert "It arrived." in nadia.get(PAGE).content.decode()
    assert send_tests(carriers=CARRIERS, clock=timezone.now) == 0


def test_a_test_that_does_not_arrive_says_why(
    nadia: Client, hub: Organization, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    endpoint(hub, address="http://127.0.0.1:9/")
    ask_for_test(nadia, hub)
    send_tests(carriers=CARRIERS, clock=timezone.now)
    with every_tenant(reason="the test looks"):
        told = PartnerTest.objects.get()
    assert not told.arrived
    assert told.outcome in nadia.get(PAGE).content.decode()


def test_who_takes_no_webhooks_is_not_tested(nadia: Client, hub: Organization) -> None:
    answer = nadia.post(reverse("program_partner_test", args=["veltrana", hub.id]))
    assert answer.status_code == 404


def test_a_key_of_the_partners_own_is_neither_seen_nor_ended(
    nadia: Client, hub: Organization
) -> None:
    with every_tenant(reason="the test gives the hub a key of its own"):
        own = PartnerKey.objects.create(
            organization=hub, label="Its own", secret="whsec_x", created_at=timezone.now()
        )
    assert "Its own" not in nadia.get(PAGE).content.decode()
    assert nadia.post(reverse("program_key_end", args=["veltrana", own.id])).status_code == 404
    with every_tenant(reason="the test looks"):
        assert PartnerKey.objects.get(pk=own.pk).revoked_at is None


def test_whoever_is_not_in_the_route_gets_no_key(nadia: Client) -> None:
    stranger = OrganizationFactory.create(kind="hub", name="Elsewhere", slug="elsewhere")
    for partner_id in (stranger.id, uuid4()):
        answer = nadia.post(reverse("program_key_new", args=["veltrana", partner_id]))
        assert answer.status_code == 404


def test_a_key_wants_that_the_person_just_proved_who_they_are(
    manager: Membership, hub: Organization
) -> None:
    answer = signed_in(manager).post(reverse("program_key_new", args=["veltrana", hub.id]))
    assert answer.status_code == 302
    with every_tenant(reason="the test looks"):
        assert not PartnerKey.objects.exists()


def test_another_manufacturer_gets_404_and_the_safety_desk_403(version: ProgramVersion) -> None:
    other = OrganizationFactory.create(kind="manufacturer", slug="kestrel")
    assert signed_in(member(other, Role.PROGRAM_MANAGER)).get(PAGE).status_code == 404
    desk = signed_in(member(version.program.manufacturer, Role.SAFETY_OFFICER))
    assert desk.get(PAGE).status_code == 403


def test_the_manager_reads_what_a_partners_codes_mean_in_this_program_alone(
    nadia: Client, hub: Organization, version: ProgramVersion
) -> None:
    desk = member(hub, Role.HUB_AGENT, name="Lena Fischer")
    other = published("omniveda").program
    now = timezone.now()
    lines = [
        ("H-7", version.program, ("intake_review", "in_review"), now - dt.timedelta(days=9)),
        ("H-7", version.program, ("intake_review", "accepted"), now + dt.timedelta(days=9)),
        ("H-8", None, ("intake_review", "accepted"), None),
        ("H-9", other, ("intake_review", "accepted"), None),
        # What this program's journey has no step for tells nothing of it.
        ("H-10", None, ("unheard_of", "done"), None),
        ("H-11", version.program, ("unheard_of", "done"), None),
    ]
    with every_tenant(reason="the test has the hub explain its codes"):
        for code, program, (step, status), starts_at in lines:
            StatusLine.objects.create(
                organization=hub, program=program, code=code, step=step, status=status,
                starts_at=starts_at, noted_at=now, noted_by=desk.user,
            )  # fmt: skip
    address = reverse("program_partner_codes", args=["veltrana", hub.id])
    assert address in nadia.get(PAGE).content.decode()
    page = nadia.get(address).content.decode()
    told = re.findall(r"<code>(H-\d+)</code></th>\s*<td[^>]*>\s*([^<]*?)\s*<", page)
    assert told == [
        ("H-11", "unheard_of: done"),
        ("H-7", "Intake review: In review"),
        ("H-7", "Intake review: Accepted"),
        ("H-8", "Intake review: Accepted"),
    ]
    assert "has no such step" in page
    assert "Lena Fischer" not in page
    rival = published("ossivue").program
    stranger = OrganizationFactory.create(kind="hub", slug="elsewhere")
    for key, partner in (("veltrana", stranger), (rival.key, hub), ("unheard-of", hub)):
        refused = reverse("program_partner_codes", args=[key, partner.id])
        assert nadia.get(refused).status_code == 404


@pytest.mark.parametrize("many", [1, 30])
def test_as_many_queries_for_one_pharmacy_as_for_thirty(
    nadia: Client,
    version: ProgramVersion,
    many: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    route = {"hub": version.definition["route"]["hub"], "pharmacies": []}
    for number in range(many):
        shop = OrganizationFactory.create(kind="pharmacy", slug=f"shop-{number}")
        EndpointFactory.create(organization=shop)
        route["pharmacies"].append({"code": shop.slug, "label": shop.name})
    ProgramVersion.objects.create(
        program=version.program,
        number=9_999,
        definition={**version.definition, "route": route},
        valid_from=timezone.now().date() - dt.timedelta(days=1),
        published_at=timezone.now(),
    )
    nadia.get(PAGE)
    with django_assert_num_queries(QUERIES):
        nadia.get(PAGE)
