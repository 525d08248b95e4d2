"""`manage.py migrate` beside a running site: it never keeps the site's statements waiting long."""

from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError, connections

# A statement that waits for a table's lock has all later ones of the site wait behind it.
LOCK_TIMEOUT = "2s"
LOCK_NOT_AVAILABLE = "55P03"
TRIES = 10


class Command(migrate.Command):
    """Django's, which gives way to the site after two seconds and then tries again.

    Each migration is one transaction, so one that gave way has changed nothing.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        for left in reversed(range(TRIES)):
            with connection.cursor() as cursor:
                cursor.execute("select set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE or not left:
                    raise
                self.stdout.write("The site is using what is to be changed; trying again.")
            else:
                return
