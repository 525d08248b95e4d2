"""The public code tables, as the rules ask them (programs.core.references)."""

import time
from functools import lru_cache

from programs.core.references import Diagnosis, Provider, References
from programs.models import DiagnosisCode, DiagnosisRelease, NpiRecord

KEPT_FOR = 300
"""Seconds that an answer is kept in a process: the tables change some times a year."""


class Tables:
    """Answers from the database; the same question a few minutes long from memory."""

    def diagnosis(self, code: str) -> Diagnosis | None:
        # What was typed may be anything; PostgreSQL refuses a text with a NUL in it.
        return None if "\x00" in code else _diagnosis(code, _now())

    def provider(self, npi: str) -> Provider | None:
        return _provider(npi, _now()) if len(npi) == 10 and npi.isdigit() else None

    def release(self) -> str:
        return _release(_now())


def tables() -> References:
    """Give the tables with nothing kept from before."""
    for kept in (_diagnosis, _provider, _release):
        kept.cache_clear()
    return Tables()


def _now() -> int:
    return int(time.monotonic() // KEPT_FOR)


@lru_cache(maxsize=4096)
def _diagnosis(code: str, _period: int) -> Diagnosis | None:
    row = DiagnosisCode.objects.filter(code=code).first()
    if row is None:
        return None
    return Diagnosis(
        code=row.code,
        words=row.description,
        billable=row.billable,
        below=() if row.billable else _below(row.code),
        ended_on=row.ended_on.isoformat() if row.ended_on else "",
    )


def _below(code: str) -> tuple[str, ...]:
    rows = DiagnosisCode.objects.filter(code__startswith=code, billable=True, ended_on=None)
    return tuple(rows.order_by("code").values_list("code", flat=True))


@lru_cache(maxsize=4096)
def _provider(npi: str, _period: int) -> Provider | None:
    row = NpiRecord.objects.filter(npi=npi).first()
    if row is None:
        return None
    kind = NpiRecord.Kind(row.kind)
    return Provider(
        npi=row.npi,
        kind="person" if kind is NpiRecord.Kind.PERSON else "organization",
        name=row.name,
        state=row.state,
        deactivated_on=row.deactivated_on.isoformat() if row.deactivated_on else "",
    )


@lru_cache(maxsize=1)
def _release(_period: int) -> str:
    newest = DiagnosisRelease.objects.order_by("-effective_from").first()
    return newest.name if newest else ""
