"""An order that favors nobody: different for each journey, the same whoever looks."""

from collections.abc import Iterable
from hashlib import sha256


def in_neutral_order(keys: Iterable[str], *, of: str) -> list[str]:
    """The keys as drawn by lot for one journey (`of`, its number).

    Nothing that a manufacturer, hub or pharmacy sets is looked at, and over many journeys each
    key stands as often in each place.
    """
    return sorted(set(keys), key=lambda key: (sha256(f"{of}/{key}".encode()).digest(), key))
