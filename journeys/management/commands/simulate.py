"""Run the partners of the demo world: `manage.py simulate`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from journeys.management.simulator.desk import Desk
from journeys.management.simulator.partners import World
from journeys.management.simulator.server import application


class Command(BaseCommand):
    help = "Play all partners over HTTP: take webhooks at SIMULATOR_URL, report to SITE_URL."
    # It has nothing to do with the product's database.
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="decides what goes wrong")
        parser.add_argument("--speed", type=float, default=settings.SIMULATOR_SPEED)
        parser.add_argument("--desk", type=Path, help="keep the cases here, to go on after a stop")

    def handle(self, *args: Any, **options: Any) -> None:
        port = urlsplit(settings.SIMULATOR_URL).port
        if not port or not settings.SIMULATOR_SECRET:
            raise CommandError("Set SIMULATOR_URL, with its port, and SIMULATOR_SECRET.")
        world = World(
            site_url=settings.SITE_URL,
            secret=settings.SIMULATOR_SECRET,
            speed=options["speed"],
            seed=options["seed"],
            desk=Desk(options["desk"]),
        )
        uvicorn.run(
            application(world),
            host="127.0.0.1",
            port=port,
            lifespan="on",
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
