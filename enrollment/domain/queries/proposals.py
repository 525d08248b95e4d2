"""Records from elsewhere that nobody has looked at yet, to list. Their contents are not loaded."""

from uuid import UUID

from django.db.models import Q

from enrollment.enums import OPEN
from enrollment.models import Prefill

# A system that posts every night must not bury a page; the newest record tells the most.
MOST = 10


def waiting(patient_id: UUID | None = None) -> list[Prefill]:
    """The newest whose proposals can still be taken, of the practice or of one patient."""
    still = Q(enrollment=None) | Q(enrollment__status__in=OPEN)
    rows = Prefill.objects.filter(still, accepted_at=None)
    if patient_id:
        rows = rows.filter(patient_id=patient_id)
    related = rows.select_related("patient", "enrollment__program_version__program")
    return list(related.defer("content").order_by("-created_at", "id")[:MOST])
