"""The envelope around a piece of PHI: version, key id, nonce, AES-256-GCM ciphertext.

The additional data binds a ciphertext to its table, column, row and organization, so a value
moved to another row does not open there.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
NONCE_BYTES = 12


class Unreadable(ValueError):
    """The ciphertext was altered, moved, or its key is not in the ring."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by id; the first named encrypts, all decrypt."""

    current: str
    keys: Mapping[str, bytes]

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read "k2:<base64>,k1:<base64>". Raises ValueError for a key that is not 32 bytes."""
        pairs = [part.strip().split(":", 1) for part in text.split(",") if part.strip()]
        keys = {key_id: base64.b64decode(key) for key_id, key in pairs}
        if not keys or any(len(key) != 32 for key in keys.values()):
            raise ValueError("PHI_KEYS needs at least one key of 32 bytes, base64.")
        return cls(current=pairs[0][0], keys=keys)


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(plain: bytes, *, ring: KeyRing, bound_to: str) -> bytes:
    key_id = ring.current.encode()
    nonce = os.urandom(NONCE_BYTES)
    body = _cipher(ring.keys[ring.current]).encrypt(nonce, plain, bound_to.encode())
    return bytes([VERSION, len(key_id)]) + key_id + nonce + body


def key_id_of(sealed: bytes) -> str:
    """The id of the key that an envelope names; nonsense for bytes that are no envelope."""
    return sealed[2 : 2 + sealed[1]].decode(errors="replace")


def unseal(sealed: bytes, *, ring: KeyRing, bound_to: str) -> bytes:
    """Open an envelope. Raises Unreadable when it was altered or moved, or its key is retired."""
    if len(sealed) < 2 or sealed[0] != VERSION:
        raise Unreadable("Unknown envelope version.")
    start = 2 + sealed[1]
    key = ring.keys.get(key_id_of(sealed))
    if key is None:
        raise Unreadable("The key of this value is not in the ring.")
    nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    try:
        return _cipher(key).decrypt(nonce, body, bound_to.encode())
    except InvalidTag:
        raise Unreadable("This value was altered or belongs to another row.") from None


def index_of(text: str, *, key: bytes, organization: str) -> bytes:
    """A keyed digest for exact look-ups; equal texts of two organizations differ."""
    own = hmac.digest(key, organization.encode(), hashlib.sha256)
    return hmac.digest(own, text.encode(), hashlib.sha256)[:16]
