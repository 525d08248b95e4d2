"""The drafts that one patient's office fills in together: one form, a row for each program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from enrollment.core.together import answers_together, changes_together
from enrollment.domain.definitions import definition_of
from enrollment.enums import EnrollmentStatus
from enrollment.models import Enrollment
from programs.core.definition import Definition


@dataclass(frozen=True)
class Sitting:
    """Enrollments filled in as one form, by the program's name; one alone is a sitting too."""

    rows: Sequence[Enrollment]

    def row(self, enrollment_id: UUID) -> Enrollment:
        return next(row for row in self.rows if row.id == enrollment_id)

    def program_of(self, enrollment_id: UUID) -> str:
        """The key of the program that this one of them is for."""
        return definition_of(self.row(enrollment_id).program_version).key

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        return tuple(definition_of(row.program_version) for row in self.rows)

    @cached_property
    def answers(self) -> dict[str, Any]:
        return answers_together(self.definitions, [row.answers for row in self.rows])

    @cached_property
    def changes(self) -> dict[str, Mapping[str, Any]]:
        return changes_together(self.definitions, [row.changes for row in self.rows])

    @property
    def revision(self) -> int:
        """Every save moves all rows on to the same revision."""
        return max(row.revision for row in self.rows)


def enrollments_of_sitting(sitting_id: UUID) -> QuerySet[Enrollment]:
    """Every enrollment begun together, whatever became of it, by the program's name."""
    rows: QuerySet[Enrollment] = (
        Enrollment.objects.filter(sitting=sitting_id)
        .select_related("program_version__program__manufacturer", "prescriber", "patient")
        .order_by("program_version__program__name", "id")
    )
    return rows


def sitting_of(enrollment: Enrollment) -> Sitting:
    """What is filled in together with this enrollment now: the drafts begun with it.

    One that was sent or came back is corrected alone.
    """
    if enrollment.sitting is None or enrollment.status != EnrollmentStatus.DRAFT:
        return Sitting([enrollment])
    rows = enrollments_of_sitting(enrollment.sitting).filter(status=EnrollmentStatus.DRAFT)
    return Sitting(list(rows) or [enrollment])


def lock_sitting(enrollment_id: UUID) -> Sitting:
    """The same with every row locked, in one order for everybody.

    Raises Enrollment.DoesNotExist.
    """
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related(
        "program_version__program", "prescriber", "patient"
    )
    begun_with = Enrollment.objects.values_list("sitting", flat=True).get(id=enrollment_id)
    together = rows.filter(sitting=begun_with, status=EnrollmentStatus.DRAFT).order_by("id")
    found = list(together) if begun_with is not None else []
    if all(row.id != enrollment_id for row in found):
        return Sitting([rows.get(id=enrollment_id)])
    return Sitting(sorted(found, key=lambda row: (row.program_version.program.name, row.id)))
