"""Secrets that travel in links: only their digest is ever stored."""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> bytes:
    """A token has 256 random bits, so a plain digest cannot be searched."""
    return hashlib.sha256(token.encode()).digest()
