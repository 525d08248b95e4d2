"""What a hub knows of how payers decide, and what counts for one journey on a day."""

from collections.abc import Iterator, Sequence
from datetime import date

from accounts.tenancy import current_scope, every_tenant
from journeys.core.facts import text_of
from journeys.core.payer_criteria import (
    FACT,
    Asked,
    Criterion,
    Sheet,
    answered,
    in_force,
    usual,
)
from journeys.domain.queries.access_papers import Material
from journeys.models import Journey, PayerCriteria
from programs.core.catalogue import CATALOGUE
from programs.core.definition import Definition
from programs.core.union import union
from programs.domain.queries.catalogue import holding
from programs.models import ProgramVersion

# Sections of the form that payers decide by; the prescriber's specialty stands elsewhere.
_DECIDED_BY = ("Diagnosis", "Clinical", "Prescription")
_SPECIALTY = "D3"


def sheet_of(row: PayerCriteria) -> Sheet:
    """A kept version as the core reads it."""
    asked = tuple(Asked(each["words"], tuple(each["shown_by"])) for each in row.asked)
    return Sheet(
        payer=row.payer, line=row.line, version=row.version, from_on=row.from_on, asked=asked
    )


def sheet_for(journey: Journey, material: Material, *, on: date) -> Sheet | None:
    """The version of the hub's sheet that counts for this journey's insurance on a day."""
    reason = "a practice reads what the hub of its journey knows of the payer"
    with every_tenant(reason=reason, actor=current_scope().actor):
        rows = list(
            PayerCriteria.objects.filter(
                organization=journey.hub_id, program=journey.program_version.program_id
            )
        )
    known = material.facts
    return in_force(
        map(sheet_of, rows),
        payer=str(known.get("payer_name") or material.answers.get("B3", "")),
        line=str(known.get("line_of_business", "")),
        on=on,
    )


def criteria_of(sheet: Sheet | None, material: Material) -> list[Criterion]:
    """The criteria with their answers; the usual ones where the hub keeps no sheet."""
    asked = sheet.asked if sheet else usual(material.facts)
    return answered(asked, material.answers, material.labels, material.facts.get(FACT))


def told(sheet: Sheet | None) -> str:
    """Which version was read, in words."""
    if sheet is None or sheet.from_on is None:
        return "What payers usually decide by"
    whom = sheet.payer or "plans of this kind" if sheet.line or sheet.payer else "every plan"
    day = text_of("answer_by_on", sheet.from_on.isoformat())
    return f"Criteria of {whom}, version {sheet.version}, counting from {day}"


def shown_by(definition: Definition) -> Iterator[tuple[str, str]]:
    """The questions of a program that can show a criterion, by key, in the form's order."""
    yield _SPECIALTY, CATALOGUE[_SPECIALTY].label
    for item in union((definition,)):
        if item.field.section in _DECIDED_BY:
            yield item.key, item.question


def programs_of_hub(slug: str, *, on: date) -> list[ProgramVersion]:
    """The programs that a hub serves on a day, each in the version that holds, by name."""
    mine = holding(on).filter(definition__route__hub=slug).select_related("program")
    newest = {each.program_id: each for each in mine.order_by("number")}
    return sorted(newest.values(), key=lambda each: each.program.name)


def sheets() -> list[PayerCriteria]:
    """The newest version of each of the acting hub's sheets, by program and payer."""
    rows = PayerCriteria.objects.select_related("program", "written_by")
    found = rows.order_by("program__name", "payer", "line", "-version")
    return list(found.distinct("program__name", "payer", "line"))


def versions_of(row: PayerCriteria) -> list[PayerCriteria]:
    """Every version of the same sheet, the newest first."""
    same_sheet = PayerCriteria.objects.filter(
        organization_id=row.organization_id, program=row.program_id, payer=row.payer, line=row.line
    )
    return list(same_sheet.select_related("written_by", "program").order_by("-version"))


def counting(versions: Sequence[PayerCriteria], *, on: date) -> PayerCriteria | None:
    """The version of one sheet that counts on a day."""
    begun = [each for each in versions if each.from_on <= on]
    return max(begun, key=lambda each: (each.from_on, each.version), default=None)
