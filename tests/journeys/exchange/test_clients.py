"""Partners' systems with tokens: what their keys are for, one answer per id, and batches."""

import base64
import datetime as dt
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.enums import ReportStatus
from journeys.models import AccessToken, Journey, KeptAnswer, PartnerKey
from tests.factories.exchange import SECRET, partner_key
from tests.factories.people import OrganizationFactory
from tests.journeys.exchange.reporting import accepted, coded, events, post, reports, work

pytestmark = pytest.mark.django_db
TOKEN = "/api/v1/oauth/token"
REPORTS = "/api/v1/reports"
BATCH = "/api/v1/reports/batch"


@pytest.fixture
def key(journey: Journey) -> PartnerKey:
    with every_tenant(reason="a test looks"):
        found: PartnerKey = PartnerKey.objects.get(label="test")
        return found


def changed(key: PartnerKey, **fields: Any) -> None:
    with every_tenant(reason="a key is changed"):
        PartnerKey.objects.filter(pk=key.pk).update(**fields)


def ask(key_id: object, secret: str = SECRET, **form: str) -> Any:
    basic = base64.b64encode(f"{key_id}:{secret}".encode()).decode()
    return Client().post(
        TOKEN,
        "&".join(f"{k}={v}" for k, v in {"grant_type": "client_credentials", **form}.items()),
        content_type="application/x-www-form-urlencoded",
        headers={"authorization": f"Basic {basic}"},
    )


def token(key: PartnerKey, **form: str) -> str:
    answer = ask(key.pk, **form)
    assert answer.status_code == 200, answer.content
    value: str = answer.json()["access_token"]
    return value


def send(
    content: Any, bearer: str, *, url: str = REPORTS, name: str = "one", **headers: str
) -> Any:
    sent = {"authorization": f"Bearer {bearer}", "idempotency-key": name, **headers}
    return Client().post(
        url,
        data=content,
        content_type="application/json",
        headers={k: v for k, v in sent.items() if v},
    )


def code_of(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_key_is_exchanged_for_a_token_and_a_report_is_applied(
    journey: Journey, key: PartnerKey
) -> None:
    answer = ask(key.pk)
    assert answer.json() | {"access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "reports.write",
    }
    assert answer.headers["cache-control"] == "no-store"
    kept = send(accepted(journey), answer.json()["access_token"])
    assert kept.status_code == 202
    assert int(kept.headers["ratelimit-remaining"]) > 0
    # Who asks for a token right before a report is heard like everybody else.
    assert Organization.objects.get(slug="northstar").heard_at is not None
    work()
    (report,) = reports()
    assert (report.status, report.transport) == (ReportStatus.APPLIED, "api")


@pytest.mark.parametrize(
    ("key_id", "secret", "form", "status", "error"),
    [
        (None, "wrong", {}, 401, "invalid_client"),
        (None, "", {}, 401, "invalid_client"),
        ("nobody", SECRET, {}, 401, "invalid_client"),
        ("6f3ee0b4-1f6a-4f9c-8d22-000000000000", SECRET, {}, 401, "invalid_client"),
        ("6f3ee0b4-1f6a-4f9c-8d22-000000000000", "", {}, 401, "invalid_client"),
        (None, SECRET, {"grant_type": "password"}, 400, "unsupported_grant_type"),
        (None, SECRET, {"scope": "status.read"}, 400, "invalid_scope"),
    ],
)
def test_no_token_without_the_keys_own_secret_and_scopes(
    key: PartnerKey, key_id: str | None, secret: str, form: dict[str, str], status: int, error: str
) -> None:
    answer = ask(key_id or key.pk, secret, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    with every_tenant(reason="a test looks"):
        assert not AccessToken.objects.exists()


def test_a_client_may_encode_what_it_shows_as_in_a_form(key: PartnerKey) -> None:
    """As RFC 6749 2.3.1 asks and several libraries do; others send it as it is."""
    secret = "whsec_+/a+kJh2sXk8/3cvbWfQ2yLr1nTz5uVb+8dRkQ0aXw="
    its = partner_key(key.organization, secret)
    asked = [ask(its.pk, each).status_code for each in (secret, quote_plus(secret))]
    assert asked == [200, 200]
    assert ask(its.pk, quote_plus(quote_plus(secret))).status_code == 401


def test_a_header_that_is_no_basic_and_a_form_that_is_none_are_refused(key: PartnerKey) -> None:
    for value in ("Basic %%%", "Basic /w==", "Digest x", ""):
        answer = Client().post(
            TOKEN,
            "grant_type=client_credentials",
            content_type="application/x-www-form-urlencoded",
            headers={"authorization": value},
        )
        assert answer.status_code == 401
    assert Client().post(TOKEN, {}, content_type="application/json").status_code == 415


def test_a_revoked_keys_tokens_end_with_it(journey: Journey, key: PartnerKey) -> None:
    """As at a rotation: those of the key that took its place go on."""
    newer = partner_key(key.organization)
    bearer, after = token(key), token(newer)
    changed(key, revoked_at=timezone.now())
    assert code_of(send(accepted(journey), bearer)) == (401, "no_token")
    assert ask(key.pk).status_code == 401
    assert send(accepted(journey), after).status_code == 202


def test_a_partner_that_was_switched_off_is_refused_at_once(
    journey: Journey, key: PartnerKey
) -> None:
    bearer, content = token(key), accepted(journey)

    def answers() -> list[int]:
        asked = (send(content, bearer), post(content, message_id="two"), ask(key.pk))
        return [each.status_code for each in asked]

    assert answers() == [202, 202, 200]
    Organization.objects.filter(pk=key.organization_id).update(active=False)
    # Not even what was answered before is told again.
    assert answers() == [401, 401, 401]
    Organization.objects.filter(pk=key.organization_id).update(active=True)
    assert answers() == [202, 202, 200]


def test_a_token_ends_after_a_quarter_hour(journey: Journey, key: PartnerKey) -> None:
    bearer = token(key)
    with every_tenant(reason="time passes"):
        AccessToken.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    answer = send(accepted(journey), bearer)
    assert code_of(answer) == (401, "no_token")
    assert "invalid_token" in answer.headers["www-authenticate"]
    token(key)
    with every_tenant(reason="a test looks"):
        assert AccessToken.objects.count() == 1


def test_only_its_digest_is_kept(key: PartnerKey) -> None:
    bearer = token(key)
    with every_tenant(reason="a test looks"):
        assert bearer.encode() not in bytes(AccessToken.objects.get().digest)


def test_a_key_for_something_else_is_403(journey: Journey, key: PartnerKey) -> None:
    changed(key, scopes=["status.read"])
    assert code_of(send(accepted(journey), token(key))) == (403, "no_scope")
    assert reports() == []


def test_a_key_for_one_program_reaches_no_journey_of_another(
    journey: Journey, key: PartnerKey
) -> None:
    changed(key, scopes=["reports.write:corvanta"])
    send(accepted(journey), token(key))
    work()
    (report,) = reports()
    assert (
        report.problem == "No journey they take part in has this number, delivery or case number."
    )
    assert report.journey_id is None
    changed(key, scopes=["reports.write"])
    send(accepted(journey), token(key, scope="reports.write:veltrana"), name="two")
    work()
    assert len(events(journey)) == 0
    assert {each.status for each in reports()} == {ReportStatus.EXCEPTION, ReportStatus.APPLIED}


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"idempotency-key": ""}, None, (400, "bad_id")),
        ({"idempotency-key": "x" * 65}, None, (400, "bad_id")),
        ({"idempotency-key": "with space"}, None, (400, "bad_id")),
        ({"authorization": "Bearer nonsense"}, None, (401, "no_token")),
        ({"authorization": ""}, None, (401, "not_signed")),
        ({}, b"{", (400, "not_json")),
    ],
    ids=str,
)
def test_what_is_not_whole_is_refused(
    journey: Journey,
    key: PartnerKey,
    headers: dict[str, str],
    body: bytes | None,
    expected: tuple[int, str],
) -> None:
    content = accepted(journey) if body is None else body
    assert code_of(send(content, token(key), **headers)) == expected
    assert reports() == []


def test_another_type_than_json_is_415(journey: Journey, key: PartnerKey) -> None:
    answer = Client().post(
        REPORTS,
        data="<report/>",
        content_type="application/xml",
        headers={"authorization": f"Bearer {token(key)}", "idempotency-key": "one"},
    )
    assert code_of(answer) == (415, "not_json")


def test_the_same_request_is_answered_alike_and_another_body_is_refused(
    journey: Journey, key: PartnerKey
) -> None:
    bearer, content = token(key), accepted(journey)
    first, again = send(content, bearer), send(content, token(key))
    assert again.status_code == 202
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert code_of(send(accepted(journey, note="Other"), bearer)) == (422, "id_reused")
    assert len(reports()) == 1


def test_a_request_that_is_still_at_work_is_409_until_its_process_must_be_dead(
    journey: Journey, key: PartnerKey
) -> None:
    bearer, content = token(key), accepted(journey)
    send(content, bearer)
    with every_tenant(reason="it is still at work"):
        KeptAnswer.objects.update(status=None)
    assert code_of(send(content, bearer)) == (409, "at_work")
    with every_tenant(reason="its process died"):
        KeptAnswer.objects.update(started_at=timezone.now() - dt.timedelta(minutes=2))
    assert send(content, bearer).status_code == 202
    assert len(reports()) == 1


def test_a_refused_request_may_come_again_mended_under_its_id(
    journey: Journey, key: PartnerKey, settings: Settings
) -> None:
    caches["counters"].clear()
    bearer = token(key)
    assert send(accepted(journey, step=None), bearer).status_code == 422
    assert send(accepted(journey), bearer).status_code == 202


def test_ids_are_each_clients_own_and_end_after_a_day(
    journey: Journey, key: PartnerKey, northstar: Organization
) -> None:
    other = partner_key(northstar, "whsec_" + base64.b64encode(b"t" * 32).decode())
    send(accepted(journey), token(key))
    basic = ask(other.pk, other.secret)
    another = send(accepted(journey, note="Other"), basic.json()["access_token"])
    assert another.status_code == 202
    assert len(reports()) == 2
    with every_tenant(reason="a day passes"):
        KeptAnswer.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    send(coded(journey, "P5"), token(key), name="later")
    with every_tenant(reason="a test looks"):
        assert KeptAnswer.objects.filter(client=key.pk).count() == 1


def test_a_batch_answers_each_line_and_keeps_what_is_whole(
    journey: Journey, key: PartnerKey
) -> None:
    lines = [
        {**accepted(journey), "id": "mine-1"},
        accepted(journey, status=None),
        coded(journey, "PENDING-PAYER", "BV"),
        {**accepted(journey), "id": "with space"},
    ]
    answer = send({"reports": lines}, token(key), url=BATCH)
    assert answer.status_code == 202
    told = answer.json()
    assert (told["received"], told["refused"]) == (2, 2)
    assert [line["status"] for line in told["lines"]] == [
        *("received", "refused", "received", "refused")
    ]
    assert told["lines"][1]["errors"][0]["pointer"] == "/reports/1/data/status"
    assert told["lines"][3]["errors"][0]["pointer"] == "/reports/3/id"
    work()
    assert [each.status for each in reports()] == [ReportStatus.APPLIED] * 2
    again = send({"reports": lines}, token(key), url=BATCH)
    assert again.json() == told
    other = send(
        {"reports": [{**coded(journey, "P5"), "id": "mine-1"}]}, token(key), url=BATCH, name="2"
    )
    assert other.json()["lines"][0]["errors"][0]["code"] == "id_reused"
    assert len(reports()) == 2


@pytest.mark.parametrize(
    ("content", "pointer"),
    [({}, "/reports"), ({"reports": []}, "/reports"), ({"reports": ["x"]}, "/reports/0")],
)
def test_a_batch_that_is_none_is_422(
    key: PartnerKey, content: dict[str, Any], pointer: str
) -> None:
    answer = send(content, token(key), url=BATCH)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_batch_counts_every_line(journey: Journey, key: PartnerKey, settings: Settings) -> None:
    caches["counters"].clear()
    settings.REPORTS_PER_MINUTE = 5
    lines = [accepted(journey) for _ in range(6)]
    answer = send({"reports": lines}, token(key), url=BATCH)
    assert code_of(answer) == (429, "too_often")
    assert int(answer.headers["retry-after"]) <= 60
    assert reports() == []
    caches["counters"].clear()


def test_a_partner_reaches_nothing_with_anothers_token(journey: Journey) -> None:
    stranger = OrganizationFactory.create(kind="hub", slug="stranger", name="Stranger")
    bearer = token(partner_key(stranger))
    send(accepted(journey), bearer)
    work()
    assert reports()[0].journey_id is None


def test_the_documentation_names_every_refusal() -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    for path in (REPORTS, BATCH):
        told = schema["paths"][path]["post"]["responses"]
        assert set(told) >= {"202", "400", "401", "403", "409", "415", "422", "429"}
        assert list(told["422"]["content"]) == ["application/problem+json"]
