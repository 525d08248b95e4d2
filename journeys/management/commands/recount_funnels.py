"""`manage.py recount_funnels [--check]`: are the manufacturers' counts what the rows say?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from journeys.domain.counting import count_anew, off
from programs.models import Program


class Command(BaseCommand):
    help = "Compare every program's counts with its rows; without --check, count anew what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only report; exit 1 if any")

    def handle(self, *args: Any, **options: Any) -> None:
        differing = 0
        for program in Program.objects.all():
            cells = off(program)
            if cells:
                differing += 1
                self.stdout.write(f"{program.key}: {len(cells)} counts differ")
                if not options["check"]:
                    count_anew(program)
        if differing and options["check"]:
            raise CommandError(f"{differing} program's counts differ from its rows.")
        self.stdout.write("Every count is what the rows say.")
