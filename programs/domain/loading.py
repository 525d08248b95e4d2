"""Fill the public code tables: a whole release of diagnoses at once, and who has which NPI."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from programs.models import DiagnosisCode, DiagnosisRelease


@dataclass(frozen=True)
class Release:
    """One release of ICD-10-CM: its name, and the days from when until when it holds."""

    name: str
    effective_from: date
    effective_until: date | None = None


@dataclass(frozen=True)
class DiagnosisRow:
    """One code of a release; `other_words` are what else it is searched by."""

    code: str
    parent: str
    description: str
    other_words: str
    billable: bool


_UPSERT = """
insert into programs_diagnosiscode
    (code, parent, description, other_words, billable, release_id, effective_from)
select code, parent, description, other_words, billable, %(name)s, %(since)s from incoming
on conflict (code) do update set
    parent = excluded.parent, description = excluded.description,
    other_words = excluded.other_words, billable = excluded.billable,
    release_id = excluded.release_id, ended_on = null
where (programs_diagnosiscode.parent, programs_diagnosiscode.description,
       programs_diagnosiscode.other_words, programs_diagnosiscode.billable,
       programs_diagnosiscode.release_id, programs_diagnosiscode.ended_on)
    is distinct from (excluded.parent, excluded.description, excluded.other_words,
                      excluded.billable, excluded.release_id, null)
"""
_END = """
update programs_diagnosiscode as known set ended_on = %(last)s
where ended_on is null and not exists (select 1 from incoming where code = known.code)
"""


@transaction.atomic
def load_diagnoses(rows: Iterable[DiagnosisRow], *, release: Release, now: datetime) -> int:
    """Bring in a release; codes it left out end the day before it began. Gives how many it has.

    A code keeps the day from which it first held. The same release again changes nothing.
    """
    DiagnosisRelease.objects.update_or_create(
        name=release.name,
        defaults={
            "effective_from": release.effective_from,
            "effective_until": release.effective_until,
            "loaded_at": now,
        },
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table incoming (code text, parent text, description text,"
            " other_words text, billable boolean) on commit drop"
        )
        with cursor.copy("copy incoming from stdin") as copy:
            for row in rows:
                copy.write_row(
                    (row.code, row.parent, row.description, row.other_words, row.billable)
                )
        last = release.effective_from - timedelta(days=1)
        held: dict[str, Any] = {"name": release.name, "since": release.effective_from, "last": last}
        cursor.execute(_UPSERT, held)
        cursor.execute(_END, held)
        cursor.execute("drop table incoming")
        # Without it the planner does not know that the table is full, until autovacuum comes by.
        cursor.execute("analyze programs_diagnosiscode")
    return DiagnosisCode.objects.filter(release_id=release.name).count()


# Columns of the registry's monthly file, by its own names.
_PERSON = (
    "Provider First Name",
    "Provider Middle Name",
    "Provider Last Name (Legal Name)",
    "Provider Name Suffix Text",
)
_ORGANIZATION = "Provider Organization Name (Legal Business Name)"
_LEGAL_FORMS = frozenset(["PC", "LLC", "LLP", "PA", "PLLC", "INC", "II", "III", "IV"])
_STATE = "Provider Business Practice Location Address State Name"
_TAXONOMY = "Healthcare Provider Taxonomy Code_1"

_UPSERT_NPI = """
insert into programs_npirecord (npi, kind, name, state, taxonomy, deactivated_on)
select npi, kind, name, state, taxonomy, deactivated_on from incoming
on conflict (npi) do update set
    kind = excluded.kind, name = excluded.name, state = excluded.state,
    taxonomy = excluded.taxonomy, deactivated_on = excluded.deactivated_on
"""


@transaction.atomic
def load_providers(rows: Iterable[Mapping[str, str]]) -> int:
    """Bring in rows of the NPI registry's file, each a mapping from its column names.

    Gives how many were read. Raises KeyError when a column is missing, ValueError for a date
    that is not MM/DD/YYYY.
    """
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table incoming (npi text, kind text, name text, state text,"
            " taxonomy text, deactivated_on date) on commit drop"
        )
        with cursor.copy("copy incoming from stdin") as copy:
            for row in rows:
                copy.write_row(_provider(row))
                count += 1
        cursor.execute(_UPSERT_NPI)
        cursor.execute("drop table incoming")
    return count


def _provider(row: Mapping[str, str]) -> tuple[str, str, str, str, str, date | None]:
    person = row["Entity Type Code"] == "1"
    name = " ".join(row[part] for part in _PERSON if row[part]) if person else row[_ORGANIZATION]
    kind = "person" if person else "organization"
    return row["NPI"], kind, _readable(name), row[_STATE], row[_TAXONOMY], _deactivated(row)


def _readable(name: str) -> str:
    """Write what the registry keeps in capitals as people do."""
    if not name.isupper():
        return name
    return " ".join(word if word in _LEGAL_FORMS else word.capitalize() for word in name.split())


def _deactivated(row: Mapping[str, str]) -> date | None:
    gone, back = (_day(row[f"NPI {word} Date"]) for word in ("Deactivation", "Reactivation"))
    return None if gone and back and back >= gone else gone


def _day(text: str) -> date | None:
    if not text:
        return None
    month, day, year = (int(part) for part in text.split("/"))
    return date(year, month, day)
