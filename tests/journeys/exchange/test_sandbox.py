"""A partner's sandbox: its system is tried there, every check turns green, and nobody else sees."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.conformance_checks import keys_for
from journeys.domain.connecting import Connected, connect
from journeys.domain.sandbox_clearing import clear_sandboxes
from journeys.domain.sandbox_judging import run_trials
from journeys.domain.sandbox_sending import NothingToSend
from journeys.domain.sandbox_trials import ask_for_trial, try_again_now
from journeys.domain.sandbox_worlds import open_sandbox
from journeys.enums import TrialKind
from journeys.models import Delivery, InboundReport, Journey, SandboxTrial
from journeys.partners.trial_messages import send_as_it_is
from tests.factories.exchange import step_report, submitted
from tests.factories.people import actor_of, member
from tests.fakes.partner_system import PartnerSystem, running_system
from tests.journeys.exchange.conftest import Turning, deliver
from tests.journeys.exchange.reporting import post, work

pytestmark = pytest.mark.django_db


@dataclass
class Sandbox:
    """A partner's engineer at work: the page's buttons, and the system behind the address."""

    partner: Organization
    double: Organization
    keys: Connected
    system: PartnerSystem
    engineer: Actor
    clock: Turning = field(default_factory=Turning)

    def ask(self, kind: str, **wishes: bool) -> None:
        now = self.clock.now = timezone.now()
        ask_for_trial(self.partner, TrialKind(kind), by=self.engineer, now=now, **wishes)

    def work(self) -> None:
        """What the workers do meanwhile."""
        deliver(self.clock)
        work()
        run_trials(send=send_as_it_is, clock=self.clock)

    def tries(self, kind: str) -> SandboxTrial:
        self.ask(kind)
        self.work()
        return self.newest(kind)

    def newest(self, kind: str) -> SandboxTrial:
        with every_tenant(reason="a test looks"):
            found: SandboxTrial = SandboxTrial.objects.filter(kind=kind).order_by("-asked_at")[0]
        return found

    def journey(self) -> Journey:
        with every_tenant(reason="a test looks"):
            found: Journey = Journey.objects.filter(organization__sandbox_of=self.partner).latest(
                "started_at"
            )
        return found

    def reports(self, step: str, status: str, *, message_id: str = "", **data: Any) -> Any:
        content = step_report(self.journey(), step, status, **data)
        told = {"partner": self.double.slug, "secret": self.keys.secret}
        return post(content, message_id=message_id or f"msg_{step}_{status}", **told)


def sandbox_of(partner: Organization, system: PartnerSystem) -> Sandbox:
    engineer = actor_of(member(partner, Role.ADMIN))
    now = timezone.now()
    double = open_sandbox(partner, by=engineer, now=now)
    keys = connect(double.slug, address=system.url, by=engineer, now=now)
    system.secret = keys.ours
    return Sandbox(partner, double, keys, system, engineer)


@pytest.fixture
def system(settings: Settings) -> Iterator[PartnerSystem]:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    with running_system() as running:
        yield running


@pytest.fixture
def sandbox(northstar: Organization, system: PartnerSystem) -> Sandbox:
    return sandbox_of(northstar, system)


def test_a_system_that_does_as_the_page_says_passes_every_check(sandbox: Sandbox) -> None:
    with pytest.raises(NothingToSend):
        sandbox.ask("amendment")
    passed = {kind: sandbox.tries(kind) for kind in ("signature", "replay", "approve")}
    passed |= {kind: sandbox.tries(kind) for kind in ("duplicate", "amendment")}
    assert sandbox.system.taken[-1]["data"]["version"] == 2
    passed["revocation"] = sandbox.tries("revocation")
    assert sandbox.system.taken[-1]["type"] == "consent.revoked"

    passed["retry"] = sandbox.tries("retry")
    assert passed["retry"].finished_at is None
    sandbox.clock.turn(seconds=6)
    sandbox.work()
    passed["retry"] = sandbox.newest("retry")

    sandbox.system.down = True
    sandbox.tries("outage")
    sandbox.system.down = False
    assert try_again_now(sandbox.partner, by=sandbox.engineer, now=sandbox.clock.now) == 3
    sandbox.work()
    passed["outage"] = sandbox.newest("outage")

    passed["slow"] = waits_as_it_is_asked(sandbox)
    del passed["approve"]
    assert {
        kind: (each.passed, each.said) for kind, each in passed.items() if not each.passed
    } == {}
    assert set(passed) == set(keys_for("webhook"))
    assert all(each.message_id for kind, each in passed.items() if kind != "revocation")


def waits_as_it_is_asked(sandbox: Sandbox) -> SandboxTrial:
    sandbox.ask("slow")
    refused = sandbox.reports("intake_review", "accepted", message_id="msg_slow")
    assert (refused.status_code, refused["Retry-After"]) == (429, "5")
    with every_tenant(reason="five seconds pass"):
        waited = timezone.now() - dt.timedelta(seconds=1)
        SandboxTrial.objects.filter(kind="slow").update(wait_until=waited)
    taken = sandbox.reports("intake_review", "accepted", message_id="msg_slow")
    assert taken.status_code == 202
    return sandbox.newest("slow")


@pytest.mark.parametrize(
    ("careless", "kind", "said"),
    [
        ("trusting", "signature", "with a wrong signature was answered 200"),
        ("trusting", "replay", "ten minutes old was answered 200"),
        ("forgetful", "duplicate", "opened again"),
        ("forgetful", "amendment", "opened anew"),
        ("deaf", "retry", "at the first try"),
        ("deaf", "outage", "stop your system"),
    ],
)
def test_a_careless_system_is_told_what_it_did(
    sandbox: Sandbox, careless: str, kind: str, said: str
) -> None:
    sandbox.system.careless = frozenset({careless})
    sandbox.tries("approve")
    tried = sandbox.tries(kind)
    assert tried.finished_at is not None
    assert not tried.passed
    assert said in tried.said


def test_a_system_that_breaks_on_a_test_is_told_that_it_gave_no_answer(sandbox: Sandbox) -> None:
    sandbox.system.careless = frozenset({"broken"})
    assert "ended the connection without an answer" in sandbox.tries("signature").said


def test_a_report_that_comes_back_too_soon_is_asked_to_wait_again(sandbox: Sandbox) -> None:
    sandbox.tries("approve")
    sandbox.ask("slow")
    answers = [sandbox.reports("intake_review", "accepted").status_code for _ in range(2)]
    assert answers == [429, 429]
    assert "asked for 5" in sandbox.newest("slow").said


def test_an_outcome_is_reached_when_what_was_asked_for_comes_back(sandbox: Sandbox) -> None:
    sandbox.ask("approve", urgent=True)
    sandbox.work()
    (message,) = sandbox.system.taken
    assert message["data"]["packet"]["sandbox"] == {"expected_outcome": "approve", "urgent": True}
    assert sandbox.newest("approve").finished_at is None
    sandbox.reports("intake_review", "accepted")
    sandbox.reports("prior_authorization_determination", "approved")
    sandbox.work()
    assert sandbox.newest("approve").passed

    sandbox.tries("more")
    sandbox.reports("intake_review", "returned", message_id="msg_more")
    sandbox.work()
    assert sandbox.newest("more").passed

    sandbox.tries("deny")
    sandbox.reports("prior_authorization_determination", "approved", message_id="msg_wrong")
    sandbox.work()
    assert "another outcome" in sandbox.newest("deny").said


def test_pharmacies_and_vendors_get_what_they_would_get(
    northstar: Organization, system: PartnerSystem
) -> None:
    for slug, kind, told in (
        ("crescent", "pharmacy", "referral.submitted"),
        ("copperline", "vendor", "copay_request.submitted"),
    ):
        partner = Organization.objects.get(slug=slug)
        assert partner.kind == kind
        sandbox = sandbox_of(partner, system)
        sandbox.tries("approve")
        assert system.taken[-1]["type"] == told
        with every_tenant(reason="a test looks"):
            (sent,) = Delivery.objects.filter(recipient=sandbox.double)
        assert sent.partner_case_number


def test_what_was_tried_is_cleared_after_a_month_and_nothing_else_is(sandbox: Sandbox) -> None:
    real = submitted()
    sandbox.tries("approve")
    sandbox.reports("intake_review", "accepted")
    sandbox.work()
    tried, in_a_month = sandbox.journey(), sandbox.clock.now + dt.timedelta(days=31)
    assert run_trials(send=send_as_it_is, clock=lambda: in_a_month) == 1
    sandbox.ask("retry")
    going = sandbox.journey()
    assert clear_sandboxes(now=sandbox.clock.now) == 0
    assert clear_sandboxes(now=in_a_month) == 1
    with every_tenant(reason="a test looks"):
        assert set(Journey.objects.values_list("pk", flat=True)) == {real.pk, going.pk}
        assert not InboundReport.objects.filter(organization=sandbox.double).exists()
        assert not Delivery.objects.filter(journey=tried.pk).exists()
    assert sandbox.newest("approve").journeys == [tried.pk]
