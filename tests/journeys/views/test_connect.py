"""The page on which a partner's engineer connects a system, and who may see what of it."""

import csv
import io
import json
import re
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from standardwebhooks import Webhook

from accounts.core.permissions import Role
from accounts.models import Membership, Organization
from accounts.tenancy import every_tenant
from journeys.core.batch import acknowledgements
from journeys.documents.samples import SAMPLES
from journeys.forms.report_files import rows_of
from journeys.models import Endpoint, InboundReport, Journey, SandboxTrial
from tests.factories.people import OrganizationFactory, member, proven, signed_in
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
# Session and person; begin, the tenancy, end; the partner; into every tenancy and back; trials,
# double, keys, endpoint, messages, reports.
QUERIES = 16
ADDRESS = "http://127.0.0.1:9/webhooks"


@pytest.fixture(autouse=True)
def _private(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True


@pytest.fixture
def omar(world: World) -> Membership:
    return member(world.hub, Role.ADMIN, name="Omar")


@pytest.fixture
def browser(omar: Membership) -> Client:
    return proven(signed_in(omar), omar)


def page(hub: Organization) -> str:
    return reverse("connect", args=[hub.pk])


def make_keys(browser: Client, hub: Organization) -> str:
    answer = browser.post(
        reverse("connect_keys", args=[hub.pk]), {"way": "webhook", "address": ADDRESS}
    )
    assert answer.status_code == 200
    return answer.content.decode()


def trials(hub: Organization, count: int = 1) -> None:
    now = timezone.now()
    with every_tenant(reason="a test lays out what was tried"):
        SandboxTrial.objects.bulk_create(
            SandboxTrial(
                organization=hub,
                kind="signature",
                asked_at=now,
                finished_at=now,
                passed=True,
                said="The good one was answered 200, the one with a wrong signature 401.",
                message_id="msg_1",
            )
            for _ in range(count)
        )


def test_keys_are_told_once_and_lead_to_a_test_enrollment(browser: Client, world: World) -> None:
    assert browser.get(reverse("connect_own")).headers["Location"] == page(world.hub)
    assert "Make your sandbox keys to begin" in browser.get(page(world.hub)).content.decode()
    told = make_keys(browser, world.hub)
    assert len(set(SECRET.findall(told))) == 2
    assert "THROUGHLINE_PARTNER=northstar-sandbox" in told
    shown = browser.get(page(world.hub)).content.decode()
    assert ADDRESS in shown
    assert not SECRET.search(shown)
    answer = browser.post(
        reverse("connect_send", args=[world.hub.pk]),
        {"outcome": "deny", "urgent": "on"},
        follow=True,
    )
    assert "It is on its way" in answer.content.decode()
    board = browser.get(page(world.hub), headers={"X-Passive": "yes"}).content.decode()
    assert "Waiting for what has to come back" in board
    assert "<html" not in board
    with every_tenant(reason="a test looks"):
        endpoint = Endpoint.objects.get(organization__slug="northstar-sandbox")
        assert (endpoint.address, Journey.objects.filter(urgent=True).count()) == (ADDRESS, 1)


def test_who_takes_fhir_gets_keys_first_and_checks_of_its_own(
    browser: Client, world: World
) -> None:
    url = reverse("connect_keys", args=[world.hub.pk])
    told = browser.post(url, {"way": "other", "address": ""}).content.decode()
    assert len(set(SECRET.findall(told))) == 1
    assert "THROUGHLINE_WEBHOOK_SECRET" not in told
    assert "Say how we reach your sandbox." in told
    (way,) = re.findall(r'href="(/endpoints/[^"]+)">How we reach your sandbox', told)
    fhir = {"way": "fhir", "address": "https://127.0.0.1:9/r4", "form": "message"}
    token = {"token_url": "https://127.0.0.1:9/token", "client_id": "throughline"}
    assert browser.post(way, {**fhir, **token}).headers["Location"] == way
    shown = browser.get(page(world.hub)).content.decode()
    assert "0 of 9 checks are passed" in shown
    assert "Ended assertion refused" in shown
    told = browser.post(url, {"way": "other"}).content.decode()
    assert "Ended assertion refused" in told
    browser.post(way, {"way": "portal"})
    assert "There is nothing to check" in browser.get(page(world.hub)).content.decode()


def test_a_check_needs_a_case_and_says_so(browser: Client, world: World) -> None:
    make_keys(browser, world.hub)
    url = reverse("connect_check", args=[world.hub.pk, "amendment"])
    assert "Send a test enrollment first" in browser.post(url, follow=True).content.decode()
    assert browser.post(reverse("connect_check", args=[world.hub.pk, "nothing"])).status_code == 404


def test_a_bad_address_is_said_at_the_field(browser: Client, world: World) -> None:
    answer = browser.post(
        reverse("connect_keys", args=[world.hub.pk]), {"way": "webhook", "address": "ftp://x"}
    )
    assert answer.status_code == 422
    assert Organization.objects.filter(sandbox_of=world.hub).count() == 0


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_asks_as_much_whatever_was_tried(
    browser: Client,
    world: World,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_keys(browser, world.hub)
    trials(world.hub, count)
    with django_assert_num_queries(QUERIES):
        shown = browser.get(page(world.hub)).content.decode()
    assert "1 of 8 checks are passed" in shown
    assert "msg_1" in shown


def test_the_console_signs_sends_and_tells_what_is_wrong(browser: Client, world: World) -> None:
    url = reverse("connect_console", args=[world.hub.pk])
    assert browser.get(url).status_code == 302
    secret = re.findall(r"THROUGHLINE_SECRET=(\S+)", make_keys(browser, world.hub))[0]
    browser.post(reverse("connect_send", args=[world.hub.pk]), {"outcome": "approve"})
    form = browser.get(url).context["compose"]
    sent = browser.post(url, {"act": "send", **form.initial})
    shown = sent.content.decode()
    assert "We answered 202" in shown
    signed = sent.context["signed"]
    Webhook(secret).verify(signed.body, signed.headers)
    with every_tenant(reason="a test looks"):
        kept = InboundReport.objects.get(organization__slug="northstar-sandbox")
    assert kept.body == form.initial["body"]
    broken = browser.post(url, {"act": "send", "body": '{"type": 1}', "message_id": "msg_2"})
    assert "We answered 422" in broken.content.decode()
    pasted = {
        "act": "verify",
        "way": "theirs",
        "id": signed.headers["webhook-id"],
        "timestamp": signed.headers["webhook-timestamp"],
        "signature": signed.headers["webhook-signature"],
        "text": form.initial["body"],
    }
    assert "It is good" in browser.post(url, pasted).content.decode()
    compact = json.dumps(json.loads(form.initial["body"]))
    assert "written anew" in browser.post(url, {**pasted, "text": compact}).content.decode()


def test_another_partner_and_a_practice_see_none_of_it(
    browser: Client, world: World, ana: Client
) -> None:
    make_keys(browser, world.hub)
    trials(world.hub)
    other = OrganizationFactory.create(kind="hub", slug="harborlight")
    stranger = signed_in(member(other, Role.ADMIN))
    assert stranger.get(page(world.hub)).status_code == 404
    assert stranger.get(page(other)).status_code == 200
    assert ana.get(page(world.hub)).status_code == 403
    practice = signed_in(member(world.practice, Role.ADMIN))
    assert practice.get(reverse("connect_own")).status_code == 404
    agent = signed_in(member(world.hub, Role.HUB_AGENT))
    assert agent.get(page(world.hub)).status_code == 403


def test_the_operator_sees_how_each_partner_stands(browser: Client, world: World) -> None:
    make_keys(browser, world.hub)
    trials(world.hub)
    operator = OrganizationFactory.create(kind="operator", slug="operator-1")
    casey = signed_in(member(operator, Role.OPERATOR))
    assert "1 of 8" in casey.get(page(world.hub)).content.decode()
    assert casey.get(reverse("connect_own")).headers["Location"] == reverse("endpoints")
    assert "Conformance: 1 of 8 on" in casey.get(reverse("endpoints")).content.decode()


def test_the_manufacturer_sees_how_its_partners_stand(world: World, nadia: Client) -> None:
    page = reverse("program_partners", args=["veltrana"])
    assert "Conformance" not in nadia.get(page).content.decode()
    trials(world.hub)
    assert "Conformance: 1 of 8 on" in nadia.get(page).content.decode()


def test_files_and_documentation_are_there_to_begin_with(browser: Client, world: World) -> None:
    docs = browser.get(reverse("connect_docs")).content.decode()
    assert "A hub on one page" in docs
    assert "ThreadingHTTPServer" in docs
    first = SAMPLES[0].name
    assert browser.get(reverse("connect_sample", args=[world.hub.pk, first])).status_code == 302
    make_keys(browser, world.hub)
    files = {
        each.name: browser.get(reverse("connect_sample", args=[world.hub.pk, each.name])).content
        for each in SAMPLES
    }
    lines = [json.loads(line) for line in files["throughline-000001.jsonl"].splitlines()]
    assert [line["record"] for line in lines] == ["header", "delivery", "delivery", "trailer"]
    assert lines[-1]["deliveries"] == 2
    told = acknowledgements(files["throughline-000001.ack"])
    assert [each.delivery for each in told] == [line["data"]["delivery"] for line in lines[1:3]]
    assert json.loads(files["bundle.json"])["type"] == "message"
    zone, now = ZoneInfo("America/New_York"), timezone.now()
    for name in ("reports.csv", "reports.jsonl"):
        rows = rows_of(files[name].decode(), zone=zone, now=now)
        assert [row.faults for row in rows] == [()] * 4, name
    steps = list(csv.DictReader(io.StringIO(files["steps.csv"].decode())))
    (complete,) = (
        row for row in steps if (row["step"], row["status"]) == ("benefit_verification", "complete")
    )
    assert complete["who"] == "hub"
    assert "covered_prior_authorization" in complete["reasons"]
    assert "out_of_pocket_estimate (money)" in complete["facts"]


WORDS = ("-sandbox", "(sandbox)", "Sandbox Practice", "Sandbox Together", "Exemplinib")


def test_what_is_in_a_sandbox_stands_on_nobody_elses_page(
    browser: Client, world: World, ana: Client
) -> None:
    make_keys(browser, world.hub)
    browser.post(reverse("connect_send", args=[world.hub.pk]), {"outcome": "approve"})
    browser.post(reverse("connect_check", args=[world.hub.pk, "outage"]))
    with every_tenant(reason="a test looks"):
        assert Journey.objects.filter(organization__sandbox_of=world.hub).count() == 4
        Organization.objects.filter(sandbox_of=world.hub).update(heard_at=timezone.now())
    operator = OrganizationFactory.create(kind="operator", slug="operator-1")
    casey = signed_in(member(operator, Role.OPERATOR))
    agent = signed_in(member(world.hub, Role.HUB_AGENT, Role.HUB_SUPERVISOR))
    maker = world.journey.program_version.program.manufacturer
    nadia = signed_in(member(maker, Role.PROGRAM_MANAGER))
    pages = {
        casey: ("endpoints", "exchange", "feeds", "reports", "status_maps", "learn_lag", "flags"),
        agent: ("work", "intake", "journeys", "exchange", "feeds", "reports", "status_maps"),
        ana: ("work", "journeys", "exchange", "programs", "learn_lag", "enrollments"),
        nadia: ("programs", "studio"),
    }
    for person, names in pages.items():
        for name in names:
            answer = person.get(reverse(name))
            assert answer.status_code == 200, name
            found = [word for word in WORDS if word in answer.content.decode()]
            assert found == [], name
