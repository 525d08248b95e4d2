"""Partners' keys, remembered by a process, so that a report need not wait until they are read.

Such a key is doubted: whether it still holds is asked of PostgreSQL in the statement that keeps
what was signed with it. Nothing is kept under a key that was revoked or changed meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime

from journeys.domain.keeping import use_is_noted
from journeys.models import PartnerKey

_remembered: dict[str, Sequence[PartnerKey]] = {}


class KeyChanged(Exception):
    """A remembered key is no longer as it was; nothing was kept."""


def remember(slug: str, keys: Sequence[PartnerKey]) -> None:
    """These are the keys of a partner now. What is tried in a sandbox is read anew each time."""
    if keys and keys[0].organization.sandbox_of_id is None:
        _remembered[slug] = keys
    else:
        forget(slug)


def forget(slug: str) -> None:
    """Its keys are to be read."""
    _remembered.pop(slug, None)


def remembered(slug: str, *, now: datetime) -> Sequence[PartnerKey]:
    """The keys as they were read a moment ago; none once their use is to be noted again."""
    keys = _remembered.get(slug, ())
    return keys if keys and use_is_noted(keys[0].organization, now=now) else ()
