"""What a delivery left on its journey."""

from accounts.tenancy import every_tenant
from journeys.models import JourneyEvent, WorkItem


def told(journey_id: object) -> list[str]:
    with every_tenant(reason="a test reads the story"):
        events = JourneyEvent.objects.filter(journey=journey_id, kind="hand_off")
        return list(
            events.order_by("received_at", "occurred_at", "status").values_list("status", flat=True)
        )


def open_work(journey_id: object) -> list[str]:
    with every_tenant(reason="a test looks at the work"):
        work = WorkItem.objects.filter(
            journey=journey_id, key__startswith="delivery:", closed_at=None
        )
        return list(work.values_list("action", flat=True))
