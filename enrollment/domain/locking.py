"""Taking an enrollment's row for a transaction, so that two people write one after the other."""

from uuid import UUID

from enrollment.models import Enrollment


def lock(enrollment_id: UUID) -> Enrollment:
    """The locked row with what domain functions read beside it. Raises Enrollment.DoesNotExist."""
    locked: Enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("program_version__program", "prescriber", "patient")
        .get(id=enrollment_id)
    )
    return locked
