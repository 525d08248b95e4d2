"""The secrets of second factors rest encrypted under the same ring as PHI."""

import base64

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.core.envelope import key_id_of, seal, unseal
from accounts.phi import key_ring

# They belong to a person, to no organization and no one row.
BOUND_TO = "mfa_authenticator|data"
SECRETS = ("secret", "seed")


def close(text: str) -> str:
    return base64.b64encode(seal(text.encode(), ring=key_ring(), bound_to=BOUND_TO)).decode()


def reveal(closed: str) -> str:
    """Raises Unreadable when it was altered, or its key is retired."""
    return unseal(base64.b64decode(closed), ring=key_ring(), bound_to=BOUND_TO).decode()


def rotate_secrets() -> int:
    """Encrypt every secret under the current key; how many were not yet."""
    rotated = 0
    for authenticator in Authenticator.objects.filter(data__has_any_keys=SECRETS).iterator():
        rotated += _rotate(authenticator.pk)
    return rotated


@transaction.atomic
def _rotate(authenticator_id: int) -> int:
    row = Authenticator.objects.select_for_update().get(pk=authenticator_id)
    current = key_ring().current
    stale = [
        name
        for name in SECRETS
        if name in row.data and key_id_of(base64.b64decode(row.data[name])) != current
    ]
    for name in stale:
        row.data[name] = close(reveal(row.data[name]))
    if stale:
        row.save(update_fields=["data"])
    return len(stale)
