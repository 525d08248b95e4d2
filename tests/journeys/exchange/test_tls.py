"""A partner's certificate must be the one of the name we look up."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from accounts.models import Organization
from journeys.enums import DeliveryStatus
from tests.factories.exchange import delivery_of, endpoint, submitted
from tests.fakes.hub import Server
from tests.journeys.exchange.conftest import Turning, deliver


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[tuple[int, list[str]]]:
    """A server whose certificate nobody vouches for; its port, and what it was sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate("localhost", tmp_path / "impostor.pem"))
    sent: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.path)
            self.send_error(500)

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port, sent
    server.shutdown()
    server.server_close()
    thread.join()


def certificate(host: str, file: Path) -> Path:
    """A certificate that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    return file


@pytest.mark.asvs("12.1.1")
@pytest.mark.django_db
def test_nothing_is_sent_to_a_server_that_nobody_vouches_for(
    northstar: Organization, impostor: tuple[int, list[str]], clock: Turning, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_ENDPOINTS = True
    port, sent = impostor
    endpoint(northstar, address=f"https://localhost:{port}/hook")
    journey = submitted(now=clock.now)
    deliver(clock)
    delivery = delivery_of(journey)
    assert delivery.status == DeliveryStatus.PENDING
    assert delivery.trouble == "Northstar Access could not be reached."
    assert sent == []
