"""US states and territories, and which of them a ZIP code belongs to."""

import json
from collections.abc import Mapping
from importlib.resources import files

from programs.core.fields import Choice

_ROWS = json.loads(files("programs.core").joinpath("states.json").read_text(encoding="utf-8"))
_CODES: Mapping[str, str] = {
    written.casefold(): row["code"] for row in _ROWS for written in (row["code"], row["name"])
}
STATES: tuple[Choice, ...] = tuple(Choice(row["code"], row["name"]) for row in _ROWS)
STATE_NAMES: Mapping[str, str] = {row["code"]: row["name"] for row in _ROWS}


def _prefixes(ranges: str) -> list[str]:
    found = []
    for one in ranges.split(","):
        first, _, last = one.partition("-")
        found += [f"{number:03}" for number in range(int(first), int(last or first) + 1)]
    return found


def _by_prefix() -> dict[str, tuple[str, ...]]:
    states: dict[str, tuple[str, ...]] = {}
    for row in _ROWS:
        for prefix in _prefixes(row["zips"]):
            states[prefix] = (*states.get(prefix, ()), row["code"])
    return states


_BY_PREFIX = _by_prefix()


def state_code(text: str) -> str | None:
    """Give the two letters for a state written in full or as its letters, in any case."""
    return _CODES.get(text.casefold())


def states_of(zip_code: str) -> tuple[str, ...]:
    """The states whose ZIP codes start as this one does; empty when no state's do."""
    return _BY_PREFIX.get(zip_code[:3], ())
