"""Taking an enrollment's row for a transaction, so that two people write one after the other."""

from uuid import UUID

from enrollment.models import Enrollment
from journeys.models import Journey


def lock(enrollment_id: UUID) -> Enrollment:
    """The locked row with what domain functions read beside it. Raises Enrollment.DoesNotExist.

    Its journey is taken first, as by whoever tells the journey something that changes the
    enrollment: with one order, neither waits for the other for ever.
    """
    lock_journey_of(enrollment_id)
    locked: Enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("program_version__program", "prescriber", "patient")
        .get(id=enrollment_id)
    )
    return locked


def lock_journey_of(enrollment_id: UUID) -> None:
    """Take the journey of an enrollment for this transaction; a draft has none yet."""
    its = Enrollment.objects.filter(id=enrollment_id, journey__isnull=False).values("journey")
    list(Journey.objects.select_for_update().filter(pk__in=its).values_list("pk"))
