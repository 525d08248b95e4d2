"""Whose enrollment a hub keys, into which programs, and what it keys now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, QuerySet

from accounts.core.permissions import OrganizationKind
from accounts.models import Organization
from accounts.tenancy import every_tenant
from enrollment.domain.queries.enrollments import startable_versions
from enrollment.models import Keying, PracticeProfile, Prescriber
from journeys.core.faxes import About, pages_in_words
from programs.models import ProgramVersion

# The catalogue's questions for the numbers that a page names a prescriber and a practice by.
PERSONS_NPI, PRACTICES_NPI = "D4", "C2"
NPI_LENGTH = 10
SHORTEST_NAME = 3
MOST_FOUND = 20


@dataclass(frozen=True)
class Named:
    """A prescriber of a practice, as anybody may read in the public register."""

    practice_id: UUID
    practice: str
    prescriber_id: UUID
    prescriber: str
    npi: str


@dataclass(frozen=True)
class KeyingRow:
    """One line of the list."""

    id: UUID
    about: About
    came_at: datetime
    pages: str
    practice: str
    program: str
    who: str
    unchecked: bool
    handed_at: datetime | None


def named(words: str) -> list[Named]:
    """The prescribers that a page may mean by an NPI, of either kind, or a practice's name.

    Names and numbers of the public register alone: nothing of a patient, and of no practice
    that is closed or a sandbox's.
    """
    text = " ".join("".join(each if each.isprintable() else " " for each in words).split())
    digits = "".join(each for each in text if each.isdigit())
    if len(digits) != NPI_LENGTH and len(text) < SHORTEST_NAME:
        return []
    with every_tenant(reason="a fax names a practice that the hub does not act for"):
        rows = _by_number(digits) if len(digits) == NPI_LENGTH else _by_name(text)
        found = rows.filter(active=True, organization__in=_open_practices())
        listed = found.select_related("organization").order_by("organization__name", "name", "id")
        return [
            Named(
                practice_id=row.organization_id,
                practice=row.organization.name,
                prescriber_id=row.id,
                prescriber=row.name,
                npi=str(row.details.get(PERSONS_NPI, "")),
            )
            for row in listed[:MOST_FOUND]
        ]


def _open_practices() -> QuerySet[Organization]:
    return Organization.objects.filter(kind=OrganizationKind.PRACTICE, active=True, sandbox_of=None)


def _by_number(npi: str) -> QuerySet[Prescriber]:
    rows: QuerySet[Prescriber] = Prescriber.objects.filter(**{f"details__{PERSONS_NPI}": npi})
    if rows.exists():
        return rows
    practices = PracticeProfile.objects.filter(**{f"details__{PRACTICES_NPI}": npi})
    its: QuerySet[Prescriber] = Prescriber.objects.filter(
        organization__in=practices.values("organization")
    )
    return its


def _by_name(text: str) -> QuerySet[Prescriber]:
    rows: QuerySet[Prescriber] = Prescriber.objects.filter(organization__name__icontains=text)
    return rows


def keyable_versions(hub_slug: str, *, today: date) -> list[ProgramVersion]:
    """The programs whose enrollments go to this hub, by their name."""
    return [
        version
        for version in startable_versions(today=today)
        if version.definition["route"]["hub"] == hub_slug
    ]


def keyings() -> QuerySet[Keying]:
    """The acting hub's, with what every page shows beside one."""
    rows: QuerySet[Keying] = Keying.objects.select_related(
        "organization", "practice", "program_version__program", "begun_by", "part", "journey"
    )
    return rows


def open_keyings() -> QuerySet[Keying]:
    """Those neither sent nor given up: what the hub has to do first, then in the order it came."""
    ours_first = F("handed_at").asc(nulls_first=True)
    return keyings().filter(ended_at=None).order_by(ours_first, "came_at", "id")


def rows_of(found: Iterable[Keying]) -> list[KeyingRow]:
    """Keyings as a list shows them; opens whom they are about, so the caller audits that."""
    return [
        KeyingRow(
            id=each.pk,
            about=About.from_json(each.about),
            came_at=each.came_at,
            pages=pages_in_words(each.part.pages) if each.part else "",
            practice=each.practice.name,
            program=each.program_version.program.name,
            who=each.begun_by.name,
            unchecked=each.unchecked_since is not None,
            handed_at=each.handed_at,
        )
        for each in found
    ]
