"""Each adapter against a partner that speaks the real protocol."""

import base64
import io
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pypdf import PdfReader
from pytest_django import Settings

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.enums import DeliveryStatus
from journeys.models import Endpoint
from journeys.partners.fhir import Unusable, token_of
from tests.factories.exchange import delivery_of, endpoint, submitted
from tests.fakes.gateways import (
    Gateway,
    MailServer,
    Posted,
    form_of,
    parts_of,
    running_gateway,
    running_mail_server,
)
from tests.journeys.exchange.conftest import Turning, deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    with running_gateway() as running:
        yield running


@pytest.fixture
def mail(settings: Settings) -> Iterator[MailServer]:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    with running_mail_server() as running:
        yield running


@pytest.fixture
def mailbox(northstar: Organization, mail: MailServer) -> Endpoint:
    return endpoint(
        northstar,
        transport="email",
        address=f"smtp://127.0.0.1:{mail.port}",
        secret=None,
        options={"to": "intake@northstar.example"},
    )


def pdf_text(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_letter_carries_the_packet_and_names_no_patient_outside_it(
    mailbox: Endpoint, mail: MailServer, clock: Turning
) -> None:
    journey = submitted(now=clock.now)
    deliver(clock)
    delivery = delivery_of(journey)
    assert delivery.status == DeliveryStatus.SENT
    (letter,) = mail.letters
    assert letter["to"] == "intake@northstar.example"
    assert letter["message-id"] == f"<{delivery.id}@throughline>"
    (attached,) = letter.iter_attachments()
    assert journey.number in pdf_text(attached.get_content())
    body = letter.get_body()
    assert body is not None
    assert "Rosa" not in f"{letter.items()}{body.get_content()}"


@pytest.mark.parametrize(
    ("code", "status"), [(550, DeliveryStatus.REJECTED), (451, DeliveryStatus.PENDING)]
)
def test_a_mail_server_that_refuses(
    mailbox: Endpoint, mail: MailServer, clock: Turning, code: int, status: DeliveryStatus
) -> None:
    mail.refuses = code
    journey = submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(journey).status == status
    assert "Northstar Access" in delivery_of(journey).trouble


def test_without_tls_no_letter_goes_outside_development(
    mailbox: Endpoint,
    mail: MailServer,
    clock: Turning,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("journeys.partners.addresses.is_public", lambda _address: True)
    settings.ALLOW_PRIVATE_ENDPOINTS = False
    journey = submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(journey).trouble == "The mail server of Northstar Access offers no TLS."
    assert mail.letters == []


def test_the_fax_gateway_gets_number_packet_and_a_key_against_doubles(
    northstar: Organization, gateway: Gateway, clock: Turning
) -> None:
    gateway.answers = {"/faxes": (202, {"fax_id": "f-1"})}
    options = {"to": "+16175550100"}
    address = f"{gateway.url}/faxes"
    endpoint(northstar, transport="fax", address=address, secret="a token", options=options)
    journey = submitted(now=clock.now)
    deliver(clock)
    delivery = delivery_of(journey)
    assert delivery.status == DeliveryStatus.SENT  # the gateway has it, not the hub
    (posted,) = gateway.posted
    assert posted.headers["authorization"] == "Bearer a token"
    assert posted.headers["idempotency-key"] == str(delivery.id)
    parts = parts_of(posted)
    assert parts["to"].get_content().strip() == "+16175550100"
    assert journey.number in pdf_text(parts["document"].get_content())


def pem_of(key: Any) -> str:
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    return str(key.private_bytes(serialization.Encoding.PEM, form, plain).decode())


def claims_of(token: str, key: Any) -> dict[str, Any]:
    """What a client assertion says, its signature verified by hand."""
    head, claims, signature = token.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    signed = f"{head}.{claims}".encode()
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    if header["alg"] == "RS384":
        key.public_key().verify(raw, signed, padding.PKCS1v15(), hashes.SHA384())
    else:
        halves = (int.from_bytes(raw[:48]), int.from_bytes(raw[48:]))
        der = encode_dss_signature(*halves)
        key.public_key().verify(der, signed, ec.ECDSA(hashes.SHA384()))
    assert header["kid"] == "key-1"
    told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return told


KEYS: dict[str, Callable[[], Any]] = {
    "RS384": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
}


def fhir(northstar: Organization, gateway: Gateway, key: Any, form: str = "message") -> Endpoint:
    gateway.answers = {
        "/token": (200, {"access_token": "t-1", "token_type": "bearer", "expires_in": 300}),
        "/fhir/$process-message": (200, {"resourceType": "Bundle", "type": "message"}),
        "/fhir/Bundle": (201, {}),
    }
    return endpoint(
        northstar,
        transport="fhir",
        address=f"{gateway.url}/fhir",
        secret=pem_of(key),
        options={
            "form": form,
            "token_url": f"{gateway.url}/token",
            "client_id": "throughline",
            "key_id": "key-1",
        },
    )


def addresses(bundle: dict[str, Any]) -> Iterator[str]:
    for entry in bundle.get("entry", ()):
        yield entry["fullUrl"]
        if entry["resource"]["resourceType"] == "Bundle":
            yield from addresses(entry["resource"])


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


@pytest.mark.parametrize("algorithm", KEYS)
def test_the_fhir_server_gets_the_message_under_a_token_of_our_own_key(
    northstar: Organization, gateway: Gateway, clock: Turning, algorithm: str
) -> None:
    key = KEYS[algorithm]()
    fhir(northstar, gateway, key)
    journeys = [submitted(now=clock.now) for _ in range(2)]
    deliver(clock)
    asked = gateway.at("/token")
    form = form_of(asked[0])
    assert form["grant_type"] == "client_credentials"
    claims = claims_of(form["client_assertion"], key)
    assert claims["iss"] == claims["sub"] == "throughline"
    assert claims["aud"] == f"{gateway.url}/token"
    assert 0 < claims["exp"] - claims["iat"] <= 300
    posted = gateway.at("/fhir/$process-message")
    assert len(posted) == 2
    assert {each.headers["authorization"] for each in posted} == {"Bearer t-1"}
    assert delivery_of(journeys[0]).status == DeliveryStatus.SENT


def test_the_message_is_what_the_guide_asks_for(
    northstar: Organization, gateway: Gateway, clock: Turning
) -> None:
    fhir(northstar, gateway, KEYS["ES384"]())
    submitted(now=clock.now)
    deliver(clock)
    (posted,) = gateway.at("/fhir/$process-message")
    bundle = json.loads(posted.body)
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds[:2] == ["MessageHeader", "Parameters"]
    assert len(kinds) >= 7
    header, parameters = (entry["resource"] for entry in bundle["entry"][:2])
    assert header["eventCoding"]["code"] == "query-response-unsolicited"
    names = [each["name"] for each in parameters["parameter"]]
    assert names == ["source-patient", "prescription", "pharmacy", "prescriber"]
    searches = {
        entry["resource"]["link"][0]["url"].split("/")[-1].split("?")[0]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "Bundle"
    }
    assert searches == {"Condition", "Coverage", "Consent", "QuestionnaireResponse"}
    assert set(references(bundle)) <= set(addresses(bundle))
    assert len(list(addresses(bundle))) == len(set(addresses(bundle)))


def test_the_collection_is_headed_by_a_task_for_the_prescription(
    northstar: Organization, gateway: Gateway, clock: Turning
) -> None:
    fhir(northstar, gateway, KEYS["ES384"](), form="collection")
    gateway.answers["/fhir/Bundle"] = (
        201,
        {"resourceType": "Task", "status": "accepted", "identifier": [{"value": "FH-7"}]},
    )
    journey = submitted(now=clock.now)
    deliver(clock)
    (posted,) = gateway.at("/fhir/Bundle")
    bundle = json.loads(posted.body)
    assert bundle["type"] == "collection"
    task = bundle["entry"][0]["resource"]
    by_url = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    assert (task["resourceType"], task["status"]) == ("Task", "requested")
    assert by_url[task["focus"]["reference"]]["resourceType"] == "MedicationRequest"
    assert by_url[task["for"]["reference"]]["resourceType"] == "Patient"
    assert {each["type"]["text"] for each in task["input"]} == {"program", "service"}
    (consent,) = (each for each in by_url.values() if each["resourceType"] == "Consent")
    assert base64.b64decode(consent["sourceAttachment"]["data"]).startswith(b"%PDF")
    assert set(references(bundle)) <= set(by_url)
    delivery = delivery_of(journey)
    assert (delivery.status, delivery.partner_case_number) == (DeliveryStatus.ACCEPTED, "FH-7")


def test_an_error_in_an_operation_outcome_is_a_refusal(
    northstar: Organization, gateway: Gateway, clock: Turning
) -> None:
    fhir(northstar, gateway, KEYS["ES384"]())
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
    gateway.answers["/fhir/$process-message"] = (200, outcome)
    journey = submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(journey).status == DeliveryStatus.REJECTED


def test_a_token_that_was_taken_back_is_asked_for_anew(
    northstar: Organization, gateway: Gateway, clock: Turning
) -> None:
    fhir(northstar, gateway, KEYS["ES384"]())

    def judge(posted: Posted) -> tuple[int, Any] | None:
        first = len(gateway.at("/token")) == 1 and posted.path != "/token"
        return (401, {}) if first else None

    gateway.judge = judge
    journey = submitted(now=clock.now)
    deliver(clock)
    assert delivery_of(journey).status == DeliveryStatus.PENDING
    clock.turn(seconds=6)
    deliver(clock)
    assert delivery_of(journey).status == DeliveryStatus.SENT
    assert len(gateway.at("/token")) == 2


UNUSABLE: tuple[Any, ...] = (
    *("no JSON object", ["t-1"], {}, {"access_token": None}, {"access_token": ""}),
    *({"access_token": "t-1\r\nx-more: 1"}, {"access_token": "t-\N{EN DASH}"}),
    *({"access_token": "t-1", "expires_in": each} for each in (None, "soon", math.nan, 10**400)),
)


def test_a_token_that_cannot_be_used_is_the_partners_trouble_and_asked_for_anew(
    northstar: Organization, gateway: Gateway, clock: Turning
) -> None:
    for answer in UNUSABLE:
        with pytest.raises(Unusable):
            token_of(json.dumps(answer).encode())
    with pytest.raises(Unusable):
        token_of(b"[" * 60_000)
    fhir(northstar, gateway, KEYS["ES384"](), form="collection")
    good = gateway.answers["/token"]
    gateway.answers["/token"] = (200, {**good[1], "access_token": "t-1\r\nx-more: 1"})
    journey = submitted(now=clock.now)
    deliver(clock)
    trouble = delivery_of(journey).trouble
    assert trouble == "Northstar Access gave us a token that cannot be read."
    gateway.answers["/token"] = good
    clock.turn(seconds=6)
    deliver(clock)
    assert delivery_of(journey).status == DeliveryStatus.SENT
    (posted,) = gateway.at("/fhir/Bundle")
    assert posted.headers["authorization"] == "Bearer t-1"


def test_a_key_that_will_not_do_is_our_own_trouble(
    northstar: Organization, gateway: Gateway, clock: Turning
) -> None:
    made = fhir(northstar, gateway, KEYS["ES384"]())
    with every_tenant(reason="a test breaks the key"):
        made.secret = pem_of(ec.generate_private_key(ec.SECP256R1()))
        made.save()
    journey = submitted(now=clock.now)
    deliver(clock)
    assert "neither RSA of 2048 bits or more nor on the curve P-384" in delivery_of(journey).trouble
    with every_tenant(reason="a test looks"):
        made.refresh_from_db()
    assert made.failing_since is None


def test_a_kept_connection_that_was_closed_meanwhile_is_no_failure(
    northstar: Organization, gateway: Gateway, clock: Turning
) -> None:
    """The gateway hangs up after each answer; what follows goes over a new connection."""
    gateway.answers = {"/faxes": (202, {})}
    gateway.hangs_up = True
    address, options = f"{gateway.url}/faxes", {"to": "+16175550100"}
    made = endpoint(northstar, transport="fax", address=address, secret="t", options=options)
    with every_tenant(reason="one connection after the other"):
        Endpoint.objects.filter(pk=made.pk).update(concurrency=1)
    journeys = [submitted(now=clock.now) for _ in range(3)]
    deliver(clock)
    assert {delivery_of(each).status for each in journeys} == {DeliveryStatus.SENT}
    assert len(gateway.posted) == 3
