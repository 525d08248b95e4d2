"""`manage.py index_patients`: write the digests by which patients are found again."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.tenancy import every_tenant
from journeys.domain.likeness import index_anew
from journeys.models import Journey


class Command(BaseCommand):
    help = "Write every journey's digests anew; a worker writes those that a journey lacks."

    def handle(self, *args: Any, **options: Any) -> None:
        with every_tenant(reason="the operator writes digests for each journey's parties"):
            ids = list(Journey.objects.values_list("pk", flat=True))
        for journey_id in ids:
            with every_tenant(reason="the operator writes digests for each journey's parties"):
                index_anew(journey_id)
        self.stdout.write(f"{len(ids)} journeys can be found by their patients.")
