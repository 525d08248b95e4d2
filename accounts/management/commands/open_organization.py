"""`manage.py open_organization`: the operator's way to let a new organization in."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.urls import reverse

from accounts.core.permissions import OrganizationKind
from accounts.domain.onboarding import NewOrganization, open_organization


class Command(BaseCommand):
    help = "Open an organization with its first administrator, who invites everybody else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--kind", required=True, choices=[kind.value for kind in OrganizationKind]
        )
        for name in ("--name", "--slug", "--admin-email", "--admin-name"):
            parser.add_argument(name, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        new = NewOrganization(
            kind=OrganizationKind(options["kind"]),
            name=options["name"],
            slug=options["slug"],
            admin_email=options["admin_email"],
            admin_name=options["admin_name"],
        )
        try:
            open_organization(new)
        except IntegrityError as error:
            raise CommandError(f"The slug {new.slug} is taken.") from error
        address = settings.SITE_URL + reverse("account_reset_password")
        self.stdout.write(f"{new.name} is open. {new.admin_name} sets a password at {address}")
