"""`manage.py load_npi_registry FILE`: the public registry of NPIs, or an extract of it."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from programs.domain.loading import load_providers


class Command(BaseCommand):
    help = "Load a CSV file with the columns of the NPI registry's monthly download."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="npidata_pfile_….csv")

    def handle(self, *args: Any, **options: Any) -> None:
        with options["file"].open(encoding="utf-8", newline="") as file:
            count = load_providers(csv.DictReader(file))
        if options["verbosity"]:
            self.stdout.write(f"{count:,} NPIs.")
