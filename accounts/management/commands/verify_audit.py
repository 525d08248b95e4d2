"""`manage.py verify_audit`: is the record whole, and what are its newest seals?

Prints one JSON line for each organization's newest seal. Kept elsewhere each day and given back
with --against, the lines also prove that nothing was cut off the end.
"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from accounts.tenancy import every_tenant


class Command(BaseCommand):
    help = "Check every organization's audit chain; exit 1 with each broken link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--against", type=Path, help="seals that were printed earlier")

    def handle(self, *args: Any, **options: Any) -> None:
        kept: Path | None = options["against"]
        lines = kept.read_text().splitlines() if kept else []
        earlier = [json.loads(line) for line in lines if line.strip()]
        with every_tenant(reason="the operator verifies every organization's record"):
            faults = audit.broken_links()
            faults += audit.vanished([audit.Head(**head) for head in earlier])
            heads = audit.chain_heads()
        for head in heads:
            self.stdout.write(json.dumps(asdict(head)))
        for organization, number, what in faults:
            self.stderr.write(f"organization {organization}, link {number or '?'}: {what}")
        if faults:
            raise CommandError(f"The record is broken in {len(faults)} places.")
        self.stderr.write(f"The record of {len(heads)} organizations is whole.")
