"""The programs there are, each in the version that holds today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Organization
from programs.core.definition import Definition
from programs.models import Program, ProgramVersion


@dataclass(frozen=True)
class Listed:
    """One program as a list shows it; `open` when a patient can be enrolled in it today."""

    key: str
    name: str
    product: str
    manufacturer: str
    about: str
    diagnoses: tuple[str, ...]
    hub: str
    version: str
    valid_from: date | None
    open: bool


def version_on(program: Program, day: date) -> ProgramVersion | None:
    """The published version that holds on a day: the newest one, when several do."""
    return holding(day).filter(program=program).order_by("-number").first()


def definition_on(key: str, day: date, *, manufacturer_id: UUID | None = None) -> Definition | None:
    """What a program asks on a day; only one manufacturer's when it is given."""
    programs = Program.objects.filter(key=key, active=True)
    if manufacturer_id is not None:
        programs = programs.filter(manufacturer_id=manufacturer_id)
    version = holding(day).filter(program__in=programs).order_by("-number").first()
    return Definition.from_json(version.definition) if version else None


def listed(day: date, *, manufacturer_id: UUID | None = None) -> list[Listed]:
    """Every active program by name; only one manufacturer's when it is given."""
    programs = Program.objects.filter(active=True).select_related("manufacturer")
    if manufacturer_id is not None:
        programs = programs.filter(manufacturer_id=manufacturer_id)
    versions = {
        version.program_id: version
        for version in holding(day).filter(program__in=programs).order_by("number")
    }
    hubs = _names(version.definition["route"]["hub"] for version in versions.values())
    return [_listed(program, versions.get(program.id), hubs) for program in programs]


def holding(day: date) -> QuerySet[ProgramVersion]:
    """The published versions that hold on a day."""
    return ProgramVersion.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day),
        published_at__isnull=False,
        valid_from__lte=day,
    )


def _names(slugs: Iterable[str]) -> dict[str, str]:
    return dict(Organization.objects.filter(slug__in=set(slugs)).values_list("slug", "name"))


def _listed(program: Program, version: ProgramVersion | None, hubs: dict[str, str]) -> Listed:
    plan = version.definition if version else {}
    return Listed(
        key=program.key,
        name=program.name,
        product=program.product,
        manufacturer=program.manufacturer.name,
        about=plan.get("about", ""),
        diagnoses=tuple(each["label"] for each in plan.get("indications", ())),
        hub=hubs.get(plan["route"]["hub"], "") if plan else "",
        version=plan.get("version", ""),
        valid_from=version.valid_from if version else None,
        open=version is not None,
    )
