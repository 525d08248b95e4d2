"""The inbound status API: signed, kept before it is answered, refused in sentences."""

import datetime as dt
import json
import time
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.inbound import process_waiting, replay
from journeys.enums import ReportStatus
from journeys.models import InboundReport, Journey, JourneyEvent, PartnerKey
from tests.factories.exchange import (
    SECRET,
    partner_key,
    signed_report,
    step_report,
    submitted,
)
from tests.factories.people import OrganizationFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/reports"
OTHER_SECRET = "whsec_" + "b3RoZXIgc2VjcmV0IG9mIHRoZSBodWI"


@pytest.fixture
def journey(northstar: Organization) -> Journey:
    partner_key(northstar)
    return submitted()


def post(content: dict[str, Any] | bytes, **changes: Any) -> Any:
    """Post a signed report; `headers` replace what the signature gave."""
    headers = changes.pop("headers", {})
    body, signed = signed_report(content, **{"partner": "northstar", **changes})
    return Client().post(
        URL, data=body, content_type="application/json", headers={**signed, **headers}
    )


def reports() -> list[InboundReport]:
    with every_tenant(reason="a test looks"):
        return list(InboundReport.objects.order_by("received_at"))


def events(journey: Journey) -> list[JourneyEvent]:
    with every_tenant(reason="a test looks"):
        return list(JourneyEvent.objects.filter(journey=journey, transport="webhook"))


def accepted(journey: Journey, /, **data: Any) -> dict[str, Any]:
    return step_report(journey, "intake_review", "accepted", **data)


def work() -> None:
    process_waiting(clock=timezone.now)


def test_a_report_is_kept_word_for_word_and_then_applied(journey: Journey) -> None:
    content = accepted(journey, note="All there")
    answer = post(content)
    assert answer.status_code == 202
    (report,) = reports()
    assert answer.json() == {"id": str(report.id), "status": "received"}
    assert json.loads(report.body) == content
    assert report.status == ReportStatus.WAITING
    work()
    (event,) = events(journey)
    assert (event.step, event.status, event.source) == ("intake_review", "accepted", "northstar")
    with every_tenant(reason="a test looks"):
        assert Journey.objects.get(pk=journey.pk).stage == "accepted"


def test_both_times_are_kept(journey: Journey) -> None:
    happened = timezone.now() - dt.timedelta(hours=14)
    post(accepted(journey, occurred_at=happened.isoformat()))
    work()
    (event,) = events(journey)
    assert event.occurred_at == happened
    assert event.received_at == reports()[0].received_at


def test_the_same_message_ten_times_counts_once(journey: Journey) -> None:
    content = accepted(journey)
    answers = {post(content).content for _ in range(10)}
    for _ in range(3):
        work()
    assert len(answers) == len(reports()) == len(events(journey)) == 1


def test_an_id_with_another_body_is_refused(journey: Journey) -> None:
    post(accepted(journey))
    answer = post(accepted(journey, note="And another thing"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "id_reused"
    assert len(reports()) == 1


@pytest.mark.asvs("4.1.5")
@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,%%%"},
        {"webhook-signature": "v1,a,b"},
        {"webhook-signature": "v1,\xff\xfe"},
        {"webhook-signature": "v1," + "A" * 43 + "="},
        {"webhook-timestamp": "yesterday"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "inf"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-id": ""},
        {"webhook-id": "another"},
        {"throughline-partner": ""},
        {"throughline-partner": "nobody"},
        {"throughline-partner": "\x00"},
        {"throughline-partner": "lakeside"},
    ],
    ids=repr,
)
def test_anything_but_a_good_signature_is_401(journey: Journey, headers: dict[str, str]) -> None:
    answer = post(accepted(journey), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert reports() == []


@pytest.mark.asvs("4.1.5")
@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_message_signed_long_ago_or_ahead_is_401(journey: Journey, minutes: int) -> None:
    at = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
    assert post(accepted(journey), at=at).status_code == 401


def test_both_active_keys_sign_and_a_revoked_one_does_not(
    journey: Journey, northstar: Organization
) -> None:
    partner_key(northstar, OTHER_SECRET)
    assert post(accepted(journey), secret=OTHER_SECRET).status_code == 202
    with every_tenant(reason="the old key is revoked"):
        PartnerKey.objects.filter(label="test").update(revoked_at=timezone.now())
    assert post(accepted(journey), message_id="msg_2", secret=SECRET).status_code == 401


def test_a_body_that_is_not_text_is_401_and_never_500(journey: Journey) -> None:
    body, headers = signed_report(accepted(journey), partner="northstar")
    answer = Client().post(
        URL, data=b"\xff\xfe" + body, content_type="application/json", headers=headers
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"data": {"step": None}}, "/data/step"),
        ({"data": {"status": "x" * 61}}, "/data/status"),
        ({"data": {"occurred_at": "2026-03-06T14:10:00"}}, "/data/occurred_at"),
        ({"data": {"occurred_at": 1772824200}}, "/data/occurred_at"),
        ({"data": {"reason": "nul\x00"}}, "/data/reason"),
        ({"data": {"facts": {"ship_on": {"deep": 1}}}}, "/data/facts/ship_on"),
        ({"timestamp": "soon"}, "/timestamp"),
        ({"type": "step.guessed"}, ""),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_pointed_at(
    journey: Journey, change: dict[str, Any], pointer: str
) -> None:
    content = accepted(journey)
    data = {**content["data"], **change.pop("data", {})}
    answer = post({**content, "data": data, **change})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert any(error["pointer"].startswith(pointer) for error in answer.json()["errors"])
    assert reports() == []


@pytest.mark.asvs("15.2.2")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"type": NaN}', 400),
        (b"[" * 900_000, 400),
        (b'{"a":' * 30 + b"1" + b"}" * 30, 400),
        (b"[" + b"1," * 300_000 + b"1]", 400),
        (b'"' + b'\\"' * 400_000, 400),
        (b'"' * 900_000, 400),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_hostile_body_costs_little(journey: Journey, body: bytes, status: int) -> None:
    started = time.perf_counter()
    answer = post(body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert time.perf_counter() - started < 0.5


def test_more_than_a_megabyte_is_413(journey: Journey) -> None:
    assert post(b'"' + b"a" * 1_000_001 + b'"').status_code == 413


def test_a_partner_that_reports_too_often_is_told_to_wait(
    journey: Journey, settings: Settings
) -> None:
    settings.REPORTS_PER_MINUTE = 2
    caches["counters"].clear()
    answers = [post(accepted(journey), message_id=f"msg_{number}") for number in range(3)]
    # A minute may end between them; then the third is the first of the next.
    if answers[2].headers["RateLimit-Remaining"] == "0":
        assert [answer.status_code for answer in answers] == [202, 202, 429]
        assert int(answers[2].headers["Retry-After"]) <= 60
        assert len(reports()) == 2


def test_without_redis_reports_are_taken_all_the_same(journey: Journey, settings: Settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "counters": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere.sock",
        },
    }
    assert post(accepted(journey)).status_code == 202


@pytest.mark.asvs("8.2.2")
def test_another_partners_journey_looks_like_one_that_never_was(journey: Journey) -> None:
    stranger = OrganizationFactory.create(kind="hub", slug="stranger", name="Stranger")
    partner_key(stranger)
    post(accepted(journey), partner="stranger", message_id="theirs")
    post(
        {**accepted(journey), "data": {**accepted(journey)["data"], "journey": "TL-NOTHING"}},
        partner="stranger",
        message_id="nobodys",
    )
    work()
    theirs, nobodys = reports()
    assert theirs.status == nobodys.status == ReportStatus.EXCEPTION
    assert theirs.problem == nobodys.problem
    assert theirs.journey_id is None
    assert events(journey) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"step": "teleported"}, "They report a step that this journey does not have."),
        (
            {"status": "P5"},
            "They report a status that “Intake review” does not have.",
        ),
        ({"occurred_at": "2099-01-01T00:00:00+00:00"}, "They say it happens in the future."),
    ],
)
def test_what_cannot_be_applied_is_kept_with_a_sentence_and_can_be_tried_again(
    journey: Journey, data: dict[str, str], problem: str
) -> None:
    post(accepted(journey, **data))
    work()
    (report,) = reports()
    assert (report.status, report.problem) == (ReportStatus.EXCEPTION, problem)
    assert report.journey_id == journey.id
    assert events(journey) == []
    with every_tenant(reason="somebody tries again"):
        replay(report)
    assert reports()[0].status == ReportStatus.WAITING


@pytest.mark.parametrize("reference", ["number", "id", "delivery", "case number"])
def test_a_partner_names_the_journey_as_it_knows_it(
    journey: Journey, reference: str, northstar: Organization
) -> None:
    with every_tenant(reason="a test looks"):
        delivery = journey.deliveries.get()
        journey.deliveries.update(partner_case_number="NS-7", attempts=1)
    names = {
        "number": journey.number.lower(),
        "id": str(journey.id),
        "delivery": str(delivery.id),
        "case number": "NS-7",
    }
    post(accepted(journey, journey=names[reference]))
    work()
    assert len(events(journey)) == 1


def test_an_acknowledgement_that_comes_later_confirms_the_delivery(journey: Journey) -> None:
    with every_tenant(reason="it was sent"):
        delivery = journey.deliveries.get()
        journey.deliveries.update(status="sent", sent_at=timezone.now(), attempts=1)
    now = timezone.now().isoformat()
    post(
        {
            "type": "delivery.accepted",
            "timestamp": now,
            "data": {"delivery": str(delivery.id), "case_number": "NS-10422"},
        }
    )
    work()
    with every_tenant(reason="a test looks"):
        delivery.refresh_from_db()
        assert (delivery.status, delivery.partner_case_number) == ("accepted", "NS-10422")
    assert reports()[0].status == ReportStatus.APPLIED


def test_a_report_that_breaks_every_time_is_set_aside(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("poison")

    post(accepted(journey))
    monkeypatch.setattr("journeys.domain.inbound.apply", broken)
    for _ in range(7):
        work()
    (report,) = reports()
    assert report.status == ReportStatus.EXCEPTION
    assert "operator" in report.problem


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/docs"])
def test_the_documentation_is_open(path: str) -> None:
    assert Client().get(path).status_code == 200
