"""`manage.py connect_partner SLUG ADDRESS`: a partner's system takes webhooks there from now on."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from journeys.domain.connecting import UnknownPartner, connect


class Command(BaseCommand):
    help = (
        "Send a partner's packets to its own system, and make the secrets of both ways; they are "
        "printed once. Run it again to change them: the last ones stay valid beside the new."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the partner's short name, such as northstar")
        parser.add_argument("address", help="where its system takes webhooks")
        parser.add_argument(
            "--last-day", type=date.fromisoformat, help="of the key it reports with (YYYY-MM-DD)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = connect(
                options["slug"],
                address=options["address"],
                last_on=options["last_day"],
                now=timezone.now(),
            )
        except UnknownPartner as unknown:
            raise CommandError(f"No active hub, pharmacy or vendor is called {unknown}.") from None
        for name, value in (
            ("THROUGHLINE_URL", settings.SITE_URL),
            ("THROUGHLINE_PARTNER", options["slug"]),
            ("THROUGHLINE_KEY_ID", made.key_id),
            ("THROUGHLINE_SECRET", made.secret),
            ("THROUGHLINE_WEBHOOK_SECRET", made.ours),
        ):
            self.stdout.write(f"{name}={value}")
