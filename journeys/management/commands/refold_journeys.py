"""`manage.py refold_journeys [--check]`: are the lists what the events say?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from journeys.domain.recording import refresh
from journeys.domain.refolding import differing


class Command(BaseCommand):
    help = "Fold every journey's events anew; report, and without --check mend, what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only report; exit 1 if any")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        found = list(differing(now=now))
        for journey_id, columns in found:
            self.stdout.write(f"{journey_id}: {', '.join(columns)}")
            if not options["check"]:
                refresh(journey_id, now=now)
        if found and options["check"]:
            raise CommandError(f"{len(found)} journeys differ from their events.")
        self.stdout.write(f"{len(found)} journeys differed." if found else "No journey differs.")
