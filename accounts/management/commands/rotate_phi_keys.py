"""`manage.py rotate_phi_keys`: encrypt everything under the first key of PHI_KEYS.

Put the new key first, keep the old one behind it, run this, then take the old one away. May be
stopped and run again at any time, while people work.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.domain.key_rotation import rotate_all
from accounts.domain.second_factors import rotate_secrets


class Command(BaseCommand):
    help = "Encrypt every PHI column, and the second factors' secrets, under the current key."

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable = 0
        for done in rotate_all():
            unreadable += done.unreadable
            self.stdout.write(f"{done.model}: {done.rotated} rotated, {done.unreadable} unreadable")
        self.stdout.write(f"second factors: {rotate_secrets()} rotated")
        if unreadable:
            raise CommandError(f"No key of the ring opens {unreadable} rows: they were left alone.")
