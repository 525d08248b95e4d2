"""Partners that take FHIR or batch files pass checks of their own in the sandbox."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.utils import timezone
from pytest_django import Settings

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.conformance_checks import keys_for
from journeys.domain.acknowledging import collect_acknowledgements
from journeys.domain.connecting import connect
from journeys.domain.endpoint_secrets import public_half
from journeys.domain.endpoints import Way, choose_way
from journeys.domain.queries.sandbox import standings
from journeys.domain.sandbox_sending import NothingToSend
from journeys.domain.sandbox_trials import try_again_now
from journeys.domain.sandbox_worlds import open_sandbox
from journeys.domain.sending import endpoint_of
from journeys.enums import Transport
from journeys.models import Endpoint, SandboxTrial
from journeys.partners.sftp import put_away, read_acknowledgements
from tests.factories.people import actor_of, member
from tests.fakes.gateways import Gateway, Posted, form_of, running_gateway
from tests.fakes.partner_system import PartnerSystem
from tests.fakes.ssh import SshServer, needs_sshd, running_ssh_server
from tests.journeys.exchange.test_sandbox import Sandbox, waits_as_it_is_asked

pytestmark = pytest.mark.django_db
JOURNEY = "https://throughline.example/fhir/journey"


def sandbox_by(partner: Organization, way: Way) -> tuple[Sandbox, Endpoint]:
    """A sandbox whose double is reached this way, chosen on the page of endpoints."""
    engineer, now = actor_of(member(partner, Role.ADMIN)), timezone.now()
    double = open_sandbox(partner, by=engineer, now=now)
    keys = connect(double.slug, address="", by=engineer, now=now)
    assert keys.ours == ""
    choose_way(double.pk, way, by=engineer, now=now)
    with every_tenant(reason="a test looks"):
        endpoint = endpoint_of(double)
    assert endpoint is not None
    return Sandbox(partner, double, keys, PartnerSystem(), engineer), endpoint


def passes_them_all(sandbox: Sandbox, way: str, passed: dict[str, SandboxTrial]) -> None:
    assert {kind: trial.said for kind, trial in passed.items() if not trial.passed} == {}
    assert set(passed) == set(keys_for(way))
    with every_tenant(reason="a test looks"):
        stands = standings([sandbox.partner.pk])[sandbox.partner.pk]
    assert (stands.passed, stands.of) == (len(passed), len(passed))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "==")


@dataclass
class FhirHub:
    """A FHIR server with an authorization server, as docs/partners.md asks for them.

    `careless` believes every assertion and every token, and opens a case for each Bundle.
    """

    jwks: str
    careless: bool = False
    tokens: set[str] = field(default_factory=set)
    cases: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    down: bool = False
    events: list[str] = field(default_factory=list)

    def judge(self, posted: Posted) -> tuple[int, Any]:
        if self.down:
            return 503, {}
        if posted.path == "/token":
            return self.token(form_of(posted)["client_assertion"])
        token = posted.headers["authorization"].removeprefix("Bearer ")
        if token not in self.tokens and not self.careless:
            return 401, {}
        return self.take(json.loads(posted.body))

    def token(self, assertion: str) -> tuple[int, Any]:
        head, claims, signature = assertion.split(".")
        (jwk,) = json.loads(self.jwks)["keys"]
        x, y = (int.from_bytes(_decoded(jwk[name])) for name in ("x", "y"))
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP384R1()).public_key()
        raw, ends = _decoded(signature), json.loads(_decoded(claims))["exp"]
        halves = int.from_bytes(raw[:48]), int.from_bytes(raw[48:])
        try:
            signed = f"{head}.{claims}".encode()
            key.verify(encode_dss_signature(*halves), signed, ec.ECDSA(hashes.SHA384()))
            believed = ends > time.time()
        except InvalidSignature:
            believed = False
        if not believed and not self.careless:
            return 400, {"error": "invalid_client"}
        self.tokens.add(f"t-{len(self.tokens)}")
        return 200, {"access_token": f"t-{len(self.tokens) - 1}", "expires_in": 300}

    def take(self, bundle: dict[str, Any]) -> tuple[int, Any]:
        resources = [entry["resource"] for entry in bundle.get("entry", ())]
        self.events += [each["eventCoding"]["code"] for each in resources if "eventCoding" in each]
        tags = {tag["code"] for tag in bundle.get("meta", {}).get("tag", ())}
        delivery = bundle.get("identifier", {}).get("value", "")
        if "fail" in tags and delivery not in self.failed:
            self.failed.add(delivery)
            return 503, {}
        numbers = [
            told["value"]
            for each in resources
            for told in each.get("identifier", ())
            if told["system"] == JOURNEY
        ]
        journey = f"{numbers[0]} {len(self.events)}" if self.careless else numbers[0]
        number = self.cases.setdefault(journey, f"FH-{len(self.cases)}")
        task = {"resourceType": "Task", "status": "accepted", "identifier": [{"value": number}]}
        return 200, task


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    with running_gateway() as running:
        yield running


def fhir_hub(partner: Organization, gateway: Gateway) -> tuple[Sandbox, FhirHub]:
    options = {"token_url": f"{gateway.url}/token", "client_id": "throughline", "form": "message"}
    way = Way(transport=Transport.FHIR, address=f"{gateway.url}/fhir", options=options)
    sandbox, endpoint = sandbox_by(partner, way)
    hub = FhirHub(public_half(endpoint))
    gateway.judge = hub.judge
    return sandbox, hub


def test_a_fhir_server_passes_every_check_of_its_own(
    northstar: Organization, gateway: Gateway
) -> None:
    sandbox, hub = fhir_hub(northstar, gateway)
    sandbox.tries("approve")
    kinds = ("signature", "replay", "token", "duplicate", "amendment", "revocation")
    passed = {kind: sandbox.tries(kind) for kind in kinds}
    assert hub.events[-1] == "revocation"
    sandbox.tries("retry")
    sandbox.clock.turn(seconds=6)
    sandbox.work()
    passed["retry"] = sandbox.newest("retry")
    hub.down = True
    sandbox.tries("outage")
    hub.down = False
    try_again_now(sandbox.partner, by=sandbox.engineer, now=sandbox.clock.now)
    sandbox.work()
    passed["outage"] = sandbox.newest("outage")
    passed["slow"] = waits_as_it_is_asked(sandbox)
    passes_them_all(sandbox, "fhir", passed)
    with pytest.raises(NothingToSend):
        sandbox.ask("totals")


def test_a_careless_fhir_server_is_told_what_it_did(
    northstar: Organization, gateway: Gateway
) -> None:
    sandbox, hub = fhir_hub(northstar, gateway)
    sandbox.tries("approve")
    hub.careless = True
    said = {
        kind: sandbox.tries(kind).said for kind in ("signature", "replay", "duplicate", "amendment")
    }
    assert "signed by a key that nobody knows was answered 200" in said["signature"]
    assert "that had ended was answered 200" in said["replay"]
    assert "opened again" in said["duplicate"]
    assert "opened anew" in said["amendment"]


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with running_ssh_server(tmp_path_factory.mktemp("ssh")) as running:
        yield running


@dataclass
class Clerk:
    """Reads the files of a folder, and writes an acknowledgement beside each.

    `careless` neither checks the totals nor knows a delivery again.
    """

    folder: Path
    careless: bool = False
    cases: dict[str, str] = field(default_factory=dict)
    files: int = 0

    def work(self) -> None:
        for file in sorted((self.folder / "in").glob("*.jsonl")):
            lines = [json.loads(line) for line in file.read_text().splitlines()]
            fits = set(lines[-1]["sha256"]) != {"0"} or self.careless
            told = [self.told(line["data"], fits=fits) for line in lines[1:-1]]
            self.files += 1
            answer = self.folder / "ack" / f"{self.files}.ack"
            answer.write_text("".join(json.dumps(each) + "\n" for each in told))
            file.unlink()

    def told(self, data: dict[str, Any], *, fits: bool) -> dict[str, str]:
        if not fits:
            return {"delivery": data["delivery"], "status": "rejected"}
        journey = f"{data['journey']} {self.files}" if self.careless else data["journey"]
        number = self.cases.setdefault(journey, f"B-{len(self.cases)}")
        return {"delivery": data["delivery"], "status": "accepted", "case_number": number}


@needs_sshd
def test_a_partner_that_gets_files_passes_every_check_of_its_own(
    northstar: Organization, ssh: SshServer, tmp_path: Path, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    for name in ("in", "ack"):
        (tmp_path / name).mkdir()
    options = {
        "username": ssh.username,
        "host_key": ssh.host_key,
        "folder": str(tmp_path / "in"),
        "acknowledgements": str(tmp_path / "ack"),
        "packets": "beside",
    }
    address = f"sftp://127.0.0.1:{ssh.port}"
    way = Way(transport=Transport.SFTP, address=address, options=options)
    sandbox, endpoint = sandbox_by(northstar, way)
    (ssh.folder / "authorized_keys").write_text(public_half(endpoint))
    clerk = Clerk(tmp_path)

    def tries(kind: str) -> SandboxTrial:
        sandbox.tries(kind)
        return answered(kind)

    def answered(kind: str) -> SandboxTrial:
        clerk.work()
        collect_acknowledgements(read=read_acknowledgements, put_away=put_away, now=timezone.now())
        sandbox.work()
        return sandbox.newest(kind)

    kinds = ("file", "totals", "duplicate", "amendment", "revocation")
    passed = {kind: tries(kind) for kind in kinds}
    (tmp_path / "in").rename(tmp_path / "away")
    sandbox.tries("outage")
    (tmp_path / "away").rename(tmp_path / "in")
    try_again_now(sandbox.partner, by=sandbox.engineer, now=sandbox.clock.now)
    sandbox.work()
    passed["outage"] = answered("outage")
    passes_them_all(sandbox, "sftp", passed)
    clerk.careless = True
    assert "broken file was accepted" in tries("totals").said
    assert "opened again" in tries("duplicate").said
