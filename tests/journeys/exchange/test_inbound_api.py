"""The inbound status API: what is not signed, not whole or too much is refused in sentences."""

import datetime as dt
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.models import Journey, PartnerKey
from tests.factories.exchange import SECRET, partner_key, signed_report
from tests.journeys.exchange.reporting import URL, accepted, post, reports

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
OTHER_SECRET = "whsec_" + "b3RoZXIgc2VjcmV0IG9mIHRoZSBodWI"


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


def test_only_the_key_that_signed_was_used(journey: Journey, northstar: Organization) -> None:
    partner_key(northstar, OTHER_SECRET)
    assert post(accepted(journey), secret=OTHER_SECRET).status_code == 202
    with every_tenant(reason="a test looks"):
        used = PartnerKey.objects.filter(organization=northstar).exclude(last_used_at=None)
        assert [each.secret for each in used] == [OTHER_SECRET]
        assert Organization.objects.get(pk=northstar.pk).heard_at is not None
    # Nor does the one that signs all the time hide the other, which is used now and then.
    assert post(accepted(journey), message_id="msg_2", secret=SECRET).status_code == 202
    with every_tenant(reason="a test looks"):
        assert not PartnerKey.objects.filter(organization=northstar, last_used_at=None).exists()


def test_a_key_that_a_process_remembers_is_asked_of_before_anything_is_kept(
    journey: Journey, northstar: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def sent(number: int) -> int:
        return int(post(accepted(journey), message_id=f"msg_{number}").status_code)

    def changed(**columns: object) -> None:
        with every_tenant(reason="who keeps the key changes it"):
            PartnerKey.objects.update(**columns)

    # The first notes that the feed speaks; from the second on its key is known.
    assert [sent(1), sent(2)] == [202, 202]
    with django_assert_num_queries(1):
        assert sent(3) == 202
    changed(scopes=["status.read"])
    assert sent(4) == 403
    changed(scopes=["reports.write"])
    assert sent(4) == 202
    changed(last_on=timezone.localdate() - dt.timedelta(days=2))
    assert sent(5) == 401
    changed(last_on=None)
    assert [sent(5), sent(6)] == [202, 202]
    changed(revoked_at=timezone.now())
    # Nor is the same message answered as before.
    assert [sent(7), sent(6)] == [401, 401]
    assert len(reports()) == 6
    changed(revoked_at=None)
    Organization.objects.filter(pk=northstar.pk).update(active=False)
    assert sent(8) == 401
    assert len(reports()) == 6


def test_a_key_without_a_secret_opens_nothing_and_stands_in_nobodys_way(
    journey: Journey, northstar: Organization
) -> None:
    empty = partner_key(northstar, "")
    unsigned = post(accepted(journey), headers={"webhook-signature": "v1,AAAA"})
    assert unsigned.status_code == 401
    told = {"grant_type": "client_credentials", "client_id": str(empty.pk), "client_secret": ""}
    assert Client().post("/api/v1/oauth/token", urlencode(told), FORM).status_code == 401
    assert post(accepted(journey)).status_code == 202


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
        # In Coordinated Universal Time these are of the year 0 and of the year 10,000.
        ({"data": {"occurred_at": "0001-01-01T00:00:00+14:00"}}, "/data/occurred_at"),
        ({"data": {"occurred_at": "9999-12-31T23:59:59-14:00"}}, "/data/occurred_at"),
        (
            {"data": {"facts": {"authorization_ends_on": "2027-02-29"}}},
            "/data/facts/authorization_ends_on",
        ),
        (
            {"data": {"facts": {"out_of_pocket_estimate": "NaN"}}},
            "/data/facts/out_of_pocket_estimate",
        ),
        ({"data": {"facts": {"coverage_active": "Y"}}}, "/data/facts/coverage_active"),
        ({"data": {"reason": "nul\x00"}}, "/data/reason"),
        ({"data": {"facts": {"payer_refrence": "PA-7"}}}, "/data/facts/payer_refrence"),
        ({"data": {"facts": {"ship_on": {"deep": 1}}}}, "/data/facts/ship_on"),
        ({"data": {"facts": {"Ship/on": True}}}, "/data/facts/Ship~1on"),
        ({"data": {"facts": {"report": None}}}, "/data/facts/report"),
        ({"timestamp": "soon"}, "/timestamp"),
        ({"type": "step.guessed"}, "/type"),
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
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert reports() == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("payer_refrence", "No fact is called payer_refrence; is it payer_reference?"),
        ("favorite_color", "No fact is called favorite_color."),
    ],
)
def test_a_fact_that_nobody_knows_is_refused_in_words(
    journey: Journey, name: str, words: str
) -> None:
    content = accepted(journey)
    (error,) = post({**content, "data": {**content["data"], "facts": {name: "x"}}}).json()["errors"]
    assert (error["code"], error["detail"]) == ("unknown_fact", words)


def test_each_of_several_wrong_facts_is_pointed_at(journey: Journey) -> None:
    content = accepted(journey)
    facts = {"coverage_active": "Y", "ship_on": "2026-03-06", "favorite_color": "x"}
    answer = post({**content, "data": {**content["data"], "facts": facts}})
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/data/facts/coverage_active",
        "/data/facts/favorite_color",
    ]


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
    started = time.thread_time()
    answer = post(body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert time.thread_time() - started < 0.5


def test_more_than_a_megabyte_is_413(journey: Journey) -> None:
    assert post(b'"' + b"a" * 1_000_001 + b'"').status_code == 413


@pytest.mark.usefixtures("one_moment")
def test_a_partner_that_reports_too_often_is_told_to_wait(
    journey: Journey, settings: Settings
) -> None:
    settings.REPORTS_PER_MINUTE = 2
    caches["counters"].clear()
    answers = [post(accepted(journey), message_id=f"msg_{number}") for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert len(reports()) == 2


def test_without_redis_reports_are_taken_all_the_same(journey: Journey, settings: Settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "counters": {**settings.CACHES["counters"], "LOCATION": "unix:///nowhere.sock"},
    }
    assert post(accepted(journey)).status_code == 202


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/docs"])
def test_the_documentation_is_open(path: str) -> None:
    assert Client().get(path).status_code == 200


def test_a_system_is_answered_under_the_same_guard_as_a_page(
    journey: Journey, caplog: pytest.LogCaptureFixture
) -> None:
    """No session, but the headers of security, the check of the host, and a line in the log."""
    with caplog.at_level("INFO"):
        answer = post(accepted(journey), headers={"X-Request-Id": "a-partners-own"})
    assert answer.status_code == 202
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Length"] == str(len(answer.content))
    assert answer.headers["X-Request-Id"] == "a-partners-own"
    assert not answer.cookies
    told = [each.msg for each in caplog.records if isinstance(each.msg, dict)]
    (line,) = [each for each in told if each["event"] == "request_finished"]
    assert (line["code"], line["page"]) == (202, f"POST {URL}")
    assert line["request_id"] == "a-partners-own"
    assert post(accepted(journey), headers={"Host": "elsewhere.example"}).status_code == 400
    assert Client().post(f"{URL}/nothing").status_code == 404


def test_over_plain_http_a_system_is_sent_to_https(journey: Journey, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = post(accepted(journey))
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://testserver{URL}")
    assert reports() == []
