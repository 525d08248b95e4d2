"""What partners do wrong, against the worker and the web servers as they run: F14 to F18."""

import datetime as dt
import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.delivery import MAX_ATTEMPTS
from journeys.domain.inbound import MAX_ATTEMPTS as MAX_TRIES
from journeys.domain.nudges import nudge
from journeys.enums import DeliveryStatus, ReportCause, ReportStatus
from journeys.models import Delivery, Endpoint, InboundReport, Journey, PartnerKey
from tests.conftest import site_url
from tests.factories.exchange import (
    SECRET,
    delivery_of,
    partner_key,
    signed_report,
    step_report,
    submitted,
)
from tests.factories.people import OrganizationFactory, member, signed_in
from tests.fakes.hub import Hub
from tests.faults.conftest import variables
from tests.faults.processes import Broker, Process, Web, Worker, wait_for, web
from tests.faults.verifying import verify

pytestmark = pytest.mark.faults
NEW_SECRET = "whsec_" + "YW5vdGhlciBzZWNyZXQgb2YgdGhlIGh1Yg=="


def post(content: dict[str, Any] | bytes, message_id: str) -> int:
    body, headers = signed_report(content, partner="northstar", message_id=message_id)
    answer = Client().post(
        "/api/v1/reports", data=body, content_type="application/json", headers=headers
    )
    return answer.status_code


def ended(*message_ids: str) -> bool:
    """Whether the worker is done with these reports."""
    with every_tenant(reason="a test looks"):
        its = InboundReport.objects.filter(message_id__in=message_ids)
        return len(its.exclude(status=ReportStatus.WAITING)) == len(message_ids)


def test_f14_a_hub_that_is_down_for_three_days_is_given_up_and_sent_again_by_a_person(
    celery: Worker, hub: Hub
) -> None:
    """The waits of three days are passed over in the rows that are the schedule."""
    hub.status = 503
    journey = submitted()

    def tried(times: int) -> bool:
        delivery = delivery_of(journey)
        return delivery.attempts == times and delivery.status != DeliveryStatus.CLAIMED

    for tries in range(1, MAX_ATTEMPTS + 1):
        wait_for(partial(tried, tries), f"try {tries} has failed")
        with every_tenant(reason="the wait before the next try is over"):
            Endpoint.objects.update(quiet_until=None)
            Delivery.objects.filter(journey=journey, status=DeliveryStatus.PENDING).update(
                next_attempt_at=Now()
            )
        nudge("journeys.tasks.send_due_deliveries", queue="routing")
    wait_for(lambda: not delivery_of(journey).untold, "the journey is told")
    assert MAX_ATTEMPTS >= 8
    assert delivery_of(journey).status == DeliveryStatus.ABANDONED
    verify([journey], hub, logs=[celery.log])

    hub.status = 200
    operator = signed_in(member(OrganizationFactory.create(kind="operator"), Role.OPERATOR))
    assert "Given up; a person was told" in operator.get(reverse("exchange")).content.decode()
    operator.post(reverse("exchange_replay", args=[delivery_of(journey).pk]))

    def confirmed() -> bool:
        delivery = delivery_of(journey)
        return delivery.status == DeliveryStatus.ACCEPTED and not delivery.untold

    wait_for(confirmed, "it is confirmed at last")
    assert set(hub.ids) == {str(delivery_of(journey).id)}
    verify([journey], hub, logs=[celery.log])


def test_f15_a_report_that_breaks_the_worker_stops_nobody_elses(celery: Worker, hub: Hub) -> None:
    journey = submitted()
    content = step_report(journey, "intake_review", "accepted")
    with every_tenant(reason="a row that our own door would not have let in"):
        InboundReport.objects.create(
            organization=Organization.objects.get(slug="northstar"),
            message_id="f15-poison",
            body=json.dumps({**content, "data": {**content["data"], "occurred_at": "soon"}}),
            digest="0" * 64,
            transport="webhook",
            received_at=timezone.now() - dt.timedelta(minutes=1),
            attempts=MAX_TRIES - 1,
        )
    assert post(content, "f15-good") == 202
    wait_for(lambda: ended("f15-good"), "the good one is applied")
    wait_for(lambda: ended("f15-poison"), "the broken one is put aside", seconds=60)
    with every_tenant(reason="a test looks"):
        poison = InboundReport.objects.get(message_id="f15-poison")
        good = InboundReport.objects.get(message_id="f15-good")
    assert (poison.status, poison.cause) == (ReportStatus.EXCEPTION, ReportCause.BROKEN)
    assert good.status == ReportStatus.APPLIED
    verify([journey], logs=[celery.log])


STORY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("intake_review", "accepted", {}),
    ("benefit_verification", "electronic_sent", {}),
    (
        "benefit_verification",
        "complete",
        {"reason": "covered_prior_authorization", "facts": {"prior_authorization_required": True}},
    ),
    ("prior_authorization", "in_preparation", {}),
    ("prior_authorization", "submitted", {"facts": {"payer_reference": "P-1"}}),
    ("prior_authorization_determination", "pending", {}),
    ("prior_authorization_determination", "approved", {"facts": {"authorization_number": "A-1"}}),
)


def test_f16_reports_ten_times_over_and_shuffled_come_to_the_same(celery: Worker, hub: Hub) -> None:
    journeys = [submitted() for _ in range(2)]
    begun = timezone.now() + dt.timedelta(seconds=1)
    told: list[list[tuple[str, dict[str, Any]]]] = []
    for number, journey in enumerate(journeys):
        at = (begun + dt.timedelta(milliseconds=10 * place) for place in range(len(STORY)))
        told.append([
            (
                f"f16-{number}-{place}",
                step_report(journey, step, status, occurred_at=when.isoformat(), **more),
            )
            for place, ((step, status, more), when) in enumerate(zip(STORY, at, strict=True))
        ])  # fmt: skip
    over = begun + dt.timedelta(milliseconds=10 * len(STORY))
    wait_for(lambda: timezone.now() > over, "it has all happened")
    in_order, shuffled = told[0], told[1] * 10
    random.Random(16).shuffle(shuffled)
    answers = {post(content, name) for name, content in (*in_order, *shuffled)}
    assert answers == {202}
    names = [name for name, _content in (*told[0], *told[1])]
    wait_for(lambda: ended(*names), "every report is applied", seconds=60)
    with every_tenant(reason="a test compares"):
        assert not InboundReport.objects.filter(
            message_id__in=names, status=ReportStatus.EXCEPTION
        ).exists()
        one, other = (Journey.objects.get(pk=each.pk) for each in journeys)
    assert (one.stage, one.step, one.next_owner) == (other.stage, other.step, other.next_owner)
    assert one.step == "pharmacy_triage"
    verify(journeys, logs=[celery.log])


def test_f17_what_fits_nothing_here_waits_where_people_see_it(celery: Worker, hub: Hub) -> None:
    journey = submitted()
    ahead = (timezone.now() + dt.timedelta(hours=3)).isoformat()
    wrong: dict[str, tuple[dict[str, Any], ReportCause]] = {
        "f17-journey": ({"journey": "TL-2222222"}, ReportCause.JOURNEY),
        "f17-step": ({"step": "juggling"}, ReportCause.CODE),
        "f17-future": ({"occurred_at": ahead}, ReportCause.TIME),
        "f17-past": ({"occurred_at": "1999-01-01T00:00:00Z"}, ReportCause.TIME),
    }
    for name, (changes, _cause) in wrong.items():
        assert post(step_report(journey, "intake_review", "accepted", **changes), name) == 202
    wait_for(lambda: ended(*wrong), "every report is looked at")
    with every_tenant(reason="a test looks"):
        kept = {each.message_id: each for each in InboundReport.objects.all()}
        assert Journey.objects.get(pk=journey.pk).step == journey.step
    assert {name: kept[name].cause for name in wrong} == {
        name: cause for name, (_changes, cause) in wrong.items()
    }
    agent = signed_in(member(Organization.objects.get(slug="northstar"), Role.HUB_AGENT))
    page = agent.get(reverse("reports")).content.decode()
    assert "TL-2222222" in page
    assert "They say it happens in the future." in page
    verify([journey], logs=[celery.log])


@pytest.fixture
def sites(tmp_path: Path, database: str, redis: Broker) -> Iterator[list[Web]]:
    """Two web servers of the image, each of which remembers the keys that it read."""
    told = variables(site_url(database), redis)
    with ExitStack() as started:
        both = []
        for number in range(2):
            folder = tmp_path / f"web-{number}"
            folder.mkdir()
            each = web(folder, told)
            started.callback(each.kill)
            Process.start(each)
            both.append(each)
        for each in both:
            wait_for(each.answers, "the site answers", seconds=60)
        yield both


@pytest.mark.drill
def test_f18_both_keys_hold_while_one_takes_the_others_place_and_no_server_takes_more(
    sites: list[Web], hub: Hub
) -> None:
    journey = submitted()
    northstar = Organization.objects.get(slug="northstar")
    content = step_report(journey, "intake_review", "accepted")

    def answers(name: str, **signed: Any) -> set[int]:
        found = set()
        for number, site in enumerate(sites):
            for again in range(2):
                body, headers = signed_report(
                    content, partner="northstar", message_id=f"{name}-{number}-{again}", **signed
                )
                told = {**headers, "content-type": "application/json"}
                url = f"{site.address}/api/v1/reports"
                found.add(httpx.post(url, content=body, headers=told, timeout=20).status_code)
        return found

    old = timezone.now() - dt.timedelta(minutes=6)
    assert answers("f18-replayed", at=old) == {401}
    assert answers("f18-stranger", secret=NEW_SECRET) == {401}
    assert answers("f18-old") == {202}
    newer = partner_key(northstar, NEW_SECRET)
    assert answers("f18-new", secret=NEW_SECRET) == {202}
    assert answers("f18-overlap", secret=SECRET) == {202}
    # Other tests of the same world have made keys with the same secret.
    with every_tenant(reason="the older keys end"):
        older = PartnerKey.objects.filter(organization=northstar).exclude(pk=newer.pk)
        ended_now = list(older.filter(revoked_at=None).values_list("pk", flat=True))
        PartnerKey.objects.filter(pk__in=ended_now).update(revoked_at=timezone.now())
    try:
        assert answers("f18-ended", secret=SECRET) == {401}
        assert answers("f18-after", secret=NEW_SECRET) == {202}
    finally:
        with every_tenant(reason="the next test signs as before"):
            PartnerKey.objects.filter(pk__in=ended_now).update(revoked_at=None)
    verify([journey])
