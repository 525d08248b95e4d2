"""Who we are, said to a partner's authorization server: a JWT signed with our private key.

SMART Backend Services ask for RS384 or ES384 (HL7 SMART App Launch 2.0, "asymmetric").
"""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from journeys.domain.endpoint_secrets import base64url

GOOD_FOR = timedelta(minutes=5)
_HALF = 48


class BadKey(ValueError):
    """Our private key for this partner cannot be used; the text says why, without the key."""


def assertion(client_id: str, *, audience: str, key_id: str, pem: str, now: datetime) -> str:
    """A client assertion for one request for a token (RFC 7523). Raises BadKey."""
    key = private_key(pem)
    algorithm = "ES384" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS384"
    header = {"alg": algorithm, "typ": "JWT", **({"kid": key_id} if key_id else {})}
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "exp": int((now + GOOD_FOR).timestamp()),
        "iat": int(now.timestamp()),
        "jti": str(uuid4()),
    }
    signed = f"{_part(header)}.{_part(claims)}"
    return f"{signed}.{base64url(_signature(key, signed.encode()))}"


def private_key(pem: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
    """The key that a PEM text holds. Raises BadKey."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadKey("The private key cannot be read.") from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP384R1):
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return key
    raise BadKey("The private key is neither RSA of 2048 bits or more nor on the curve P-384.")


def _signature(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA384())
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA384())))
    return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def _part(content: dict[str, Any]) -> str:
    return base64url(json.dumps(content, separators=(",", ":")).encode())
