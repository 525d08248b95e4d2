"""`manage.py seed_demo`: the fictional world that anyone can try everything in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy import every_tenant
from enrollment.management.demo.codes import loading_codes
from enrollment.management.demo.counted import count_world
from enrollment.management.demo.organizations import point_at_simulator
from enrollment.management.demo.world import seed


class Command(BaseCommand):
    help = "Make the demo world, once; a second run only finds the simulator again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--journeys", type=int, default=66, help="how many older journeys to make"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with loading_codes():
            self._make_world(journeys=options["journeys"])

    def _make_world(self, *, journeys: int) -> None:
        if Organization.objects.exists():
            with every_tenant(reason="the simulator plays partners of many organizations"):
                point_at_simulator()
            self.stdout.write("The demo world is there already.")
            return
        with transaction.atomic():
            seed(journeys=journeys, now=timezone.now())
            count_world(now=timezone.now())
        self.stdout.write("The demo world is ready.")
