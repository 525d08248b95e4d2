"""What public tables say of a code or a number. The rules ask here; who fills it is not theirs.

The product puts its own tables behind it as it starts (``use``); without any, nothing is known
and nothing is said.
"""

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True)
class Diagnosis:
    """An ICD-10-CM code. ``below`` are billable codes under one that is not; ``ended_on`` the last
    day it could be used, or empty.
    """

    code: str
    words: str
    billable: bool = True
    below: tuple[str, ...] = ()
    ended_on: str = ""


@dataclass(frozen=True)
class Provider:
    """Who has a National Provider Identifier; a person is type 1, an organization type 2."""

    npi: str
    kind: Literal["person", "organization"]
    name: str
    state: str = ""
    deactivated_on: str = ""


class References(Protocol):
    """Lookups that answer None for what they do not know."""

    def diagnosis(self, code: str) -> Diagnosis | None: ...

    def provider(self, npi: str) -> Provider | None: ...

    def release(self) -> str:
        """Name the release of ICD-10-CM that ``diagnosis`` knows; empty when it knows none."""
        ...


@dataclass(frozen=True)
class Nothing:
    """Knows nothing."""

    def diagnosis(self, code: str) -> Diagnosis | None:
        return None

    def provider(self, npi: str) -> Provider | None:
        return None

    def release(self) -> str:
        return ""


_current: References = Nothing()


def use(references: References) -> None:
    """Ask these from now on, in this process."""
    global _current  # noqa: PLW0603  # set once as the product starts, and by tests
    _current = references


def current() -> References:
    return _current


def told(kind: str, value: object) -> str:
    """Say what a code or number stands for, to be read beside it; empty when nothing is known."""
    if not isinstance(value, str) or not value:
        return ""
    if kind == "icd10":
        return _told_diagnosis(value)
    provider = _current.provider(value) if kind == "npi" else None
    return ", ".join(filter(None, (provider.name, provider.state))) if provider else ""


def _told_diagnosis(code: str) -> str:
    diagnosis, release = _current.diagnosis(code), _current.release()
    if diagnosis:
        return diagnosis.words
    if not release:
        return ""
    return (
        f"{code} is not in the {release} release of ICD-10-CM. If it is newer, go on; "
        "if not, choose another."
    )
