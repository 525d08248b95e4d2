"""What we and a partner know each other by: a shared secret, or a key pair whose half is ours."""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from journeys.enums import Transport
from journeys.models import Endpoint

_SECRET_BYTES, _COORDINATE_BYTES = 32, 48
# Ours to make; for every other way the secret is the partner's, if there is one.
MADE_BY_US = frozenset({Transport.WEBHOOK, Transport.FHIR, Transport.SFTP})
# Of these the partner gets the public half, so there is nothing to show only once.
PAIRS = frozenset({Transport.FHIR, Transport.SFTP})


def new_secret_for(transport: str) -> str:
    """A fresh secret as the adapter of this way reads it."""
    if transport == Transport.FHIR:
        # On P-384: SMART Backend Services ask for ES384 or RS384.
        return _pem(ec.generate_private_key(ec.SECP384R1()), serialization.PrivateFormat.PKCS8)
    if transport == Transport.SFTP:
        key = ed25519.Ed25519PrivateKey.generate()
        return _pem(key, serialization.PrivateFormat.OpenSSH)
    return signing_secret()


def signing_secret() -> str:
    """A fresh secret to sign messages with, as Standard Webhooks write it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def public_half(endpoint: Endpoint) -> str:
    """What the partner is to know of our keys: a JWK set, or a line for authorized_keys."""
    known = _known(endpoint)
    if endpoint.transport == Transport.FHIR:
        return json.dumps({"keys": [_jwk(pem) for pem in known]}, indent=2) if known else ""
    if endpoint.transport == Transport.SFTP:
        return "\n".join(_ssh_line(pem) for pem in known)
    return ""


def jwks_of(endpoints: Iterable[Endpoint]) -> dict[str, list[dict[str, str]]]:
    """The public halves of every key that we sign assertions with, now, next or until just now.

    A key that was not made here has its public half with its owner.
    """
    keys = [_jwk(pem) for endpoint in endpoints for pem in _known(endpoint)]
    return {"keys": [key for key in keys if key["kid"]]}


def _known(endpoint: Endpoint) -> list[str]:
    """Every key that counts: the one in use, the next, and the one before."""
    kept = (endpoint.secret, endpoint.next_secret, endpoint.previous_secret)
    return [pem for pem in kept if pem]


def key_id_of(pem: str) -> str:
    """The name of a FHIR key in our assertions and in the JWK set (RFC 7638)."""
    return str(_jwk(pem)["kid"])


def _jwk(pem: str) -> dict[str, str]:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        # A key that was not made here: it works, and its owner keeps its public half.
        return {"kty": "RSA", "kid": ""}
    point = key.public_key().public_numbers()
    named = {"crv": "P-384", "kty": "EC", "x": _number(point.x), "y": _number(point.y)}
    told = json.dumps(named, separators=(",", ":"), sort_keys=True)
    kid = base64url(hashlib.sha256(told.encode()).digest())
    return {**named, "kid": kid, "alg": "ES384", "use": "sig"}


def _ssh_line(text: str) -> str:
    key = serialization.load_ssh_private_key(text.encode(), password=None)
    line = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return f"{line.decode()} throughline"


def _pem(
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, form: serialization.PrivateFormat
) -> str:
    no_password = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, no_password).decode()


def _number(value: int) -> str:
    return base64url(value.to_bytes(_COORDINATE_BYTES))


def base64url(content: bytes) -> str:
    """Bytes as a JSON Web Key or token writes them: RFC 7515 2, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
