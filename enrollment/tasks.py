"""What workers do for enrollments. A task carries nothing: it reads its rows."""

from celery import shared_task
from django.utils import timezone

from enrollment.documents.signed import draw
from enrollment.domain import bulk_reading, sealing


@shared_task(name="enrollment.tasks.seal_signatures")  # type: ignore[untyped-decorator]  # celery is untyped
def seal_signatures() -> None:
    """Make the copies of what was signed, and look again: meanwhile more may have been signed."""
    if sealing.seal_due(draw=draw, now=timezone.now()):
        sealing.ask_for_copies()


@shared_task(name="enrollment.tasks.watch_reading")  # type: ignore[untyped-decorator]  # celery is untyped
def watch_reading() -> None:
    """Look whether one person reads of very many patients."""
    bulk_reading.watch(now=timezone.now())
