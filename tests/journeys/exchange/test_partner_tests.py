"""Test messages by FHIR and in files: whether they arrive, and what is answered."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.domain.acknowledging import collect_acknowledgements
from journeys.domain.endpoint_secrets import new_secret_for
from journeys.domain.partner_tests import ask_for_own_test, send_tests
from journeys.models import Delivery, Endpoint, PartnerTest
from journeys.partners.registry import CARRIERS
from journeys.partners.sftp import put_away, read_acknowledgements
from tests.factories.exchange import endpoint
from tests.factories.people import actor_of, member
from tests.fakes.gateways import Gateway, running_gateway
from tests.fakes.ssh import needs_sshd, running_ssh_server
from tests.journeys.exchange.conftest import Turning

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    with running_gateway() as gateway:
        gateway.answers = {
            "/token": (200, {"access_token": "t-1", "expires_in": 300}),
            "/fhir/$process-message": (200, {"resourceType": "Task", "status": "accepted"}),
            "/fhir/Bundle": (201, {}),
        }
        yield gateway


def fhir(northstar: Organization, gateway: Gateway, form: str = "message") -> Endpoint:
    return endpoint(
        northstar,
        transport="fhir",
        address=f"{gateway.url}/fhir",
        secret=new_secret_for("fhir"),
        options={
            "form": form,
            "token_url": f"{gateway.url}/token",
            "client_id": "throughline",
            "key_id": "key-1",
        },
    )


def asked(northstar: Organization, clock: Turning) -> PartnerTest:
    """A test that the partner's administrator asked for, once it went."""
    lena = actor_of(member(northstar, Role.ADMIN))
    ask_for_own_test(northstar, by=lena, now=clock.now)
    assert send_tests(carriers=CARRIERS, clock=clock) == 1
    return newest()


def newest() -> PartnerTest:
    with every_tenant(reason="the test looks"):
        found: PartnerTest = PartnerTest.objects.latest("asked_at")
    return found


@pytest.mark.parametrize(
    ("form", "path", "answered"),
    [
        ("message", "/fhir/$process-message", "a resource of the type Task"),
        ("collection", "/fhir/Bundle", "no FHIR resource"),
    ],
)
def test_a_fhir_server_gets_a_task_about_nobody(
    northstar: Organization, gateway: Gateway, clock: Turning, form: str, path: str, answered: str
) -> None:
    fhir(northstar, gateway, form)
    test = asked(northstar, clock)
    assert (test.arrived, test.outcome) == (True, f"It arrived, and was answered with {answered}.")
    (posted,) = gateway.at(path)
    bundle = json.loads(posted.body)
    kinds = {entry["resource"]["resourceType"]: entry["resource"] for entry in bundle["entry"]}
    assert kinds.keys() == {"Task", "Organization"} | (
        {"MessageHeader"} if form == "message" else set()
    )
    assert kinds["Task"]["code"] == {"text": "test"}
    assert bundle["identifier"]["value"] == str(test.pk)
    assert bundle["meta"]["tag"][0]["code"] == "HTEST"


@pytest.mark.parametrize(
    ("path", "answer", "outcome"),
    [
        ("/token", (400, {"error": "invalid_client"}), "Northstar Access gave us no access token."),
        ("/fhir/$process-message", (500, {}), "Northstar Access answered with an error (500)."),
        (
            "/fhir/$process-message",
            (200, {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}),
            "Northstar Access refused the packet.",
        ),
    ],
)
def test_what_a_fhir_server_did_not_take_is_told(
    northstar: Organization,
    gateway: Gateway,
    clock: Turning,
    path: str,
    answer: tuple[int, object],
    outcome: str,
) -> None:
    fhir(northstar, gateway)
    gateway.answers[path] = answer
    test = asked(northstar, clock)
    assert (test.arrived, test.outcome) == (False, outcome)


@pytest.fixture
def folder(
    northstar: Organization, tmp_path: Path, settings: Settings
) -> Iterator[tuple[Path, Endpoint]]:
    """A partner's folders on a real OpenSSH server, as a table."""
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    for name in ("in", "ack", "keys"):
        (tmp_path / name).mkdir()
    with running_ssh_server(tmp_path / "keys") as server:
        options = {
            "username": server.username,
            "host_key": server.host_key,
            "folder": str(tmp_path / "in"),
            "acknowledgements": str(tmp_path / "ack"),
            "format": "csv",
        }
        address = f"sftp://127.0.0.1:{server.port}"
        made = endpoint(
            northstar,
            transport="sftp",
            address=address,
            secret=server.private_key,
            options=options,
        )
        yield tmp_path, made


@needs_sshd
def test_a_file_server_gets_a_file_beside_the_numbered_ones_and_acknowledges_it(
    northstar: Organization, folder: tuple[Path, Endpoint], clock: Turning
) -> None:
    where, kept = folder
    test = asked(northstar, clock)
    assert test.outcome == "It arrived as throughline-test.csv; not acknowledged yet."
    (file,) = (where / "in").iterdir()
    assert file.name == "throughline-test.csv"
    head, names, row, totals = csv.reader(file.read_text().splitlines())
    assert (head[:2], totals[:3]) == (["H", "0"], ["T", "0", "1"])
    told = dict(zip(names, row, strict=True))
    assert (told["type"], told["delivery"]) == ("test", str(test.pk))
    with every_tenant(reason="the test looks"):
        kept.refresh_from_db()
        assert kept.sequence == 0
        assert not Delivery.objects.exists()
    said = {"delivery": str(test.pk), "status": "accepted"}
    (where / "ack" / "t.ack").write_text(json.dumps(said))
    assert collect_acknowledgements(read=read_acknowledgements, put_away=put_away, now=clock.now)
    assert newest().outcome == "It arrived, and was acknowledged: accepted."


@needs_sshd
def test_acknowledgements_that_we_cannot_read_are_told(
    northstar: Organization, folder: tuple[Path, Endpoint], clock: Turning
) -> None:
    where, _kept = folder
    (where / "ack").rmdir()
    test = asked(northstar, clock)
    assert not test.arrived
    assert test.outcome == (
        f"We write to Northstar Access, but cannot read its folder {where / 'ack'}."
    )
