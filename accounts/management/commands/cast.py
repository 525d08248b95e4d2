"""`manage.py cast`: who can sign in to the demo, and what each can try."""

import textwrap
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.cast import CAST_PASSWORD
from accounts.domain.queries.cast import cast_rows

WIDTH = 100


class Command(BaseCommand):
    help = "Print the cast of the demo world."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEV_SIGN_IN:
            raise CommandError("There is a cast in development only.")
        self.stdout.write(
            f"Sign in as any of the cast with one click: {settings.SITE_URL}/dev/cast/"
        )
        self.stdout.write(f"By hand, everybody's password is {CAST_PASSWORD}\n\n")
        for row in cast_rows():
            self.stdout.write(f"  {row.member.name:<16} {row.organization} ({row.roles})")
            self.stdout.write(f"  {row.member.email}")
            self.stdout.write(
                textwrap.fill(
                    row.member.can_try,
                    WIDTH,
                    initial_indent=" " * 19,
                    subsequent_indent=" " * 19,
                )
            )
