"""Run the partners of the demo world, or play one scenario: `manage.py simulate`."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from enrollment.management.scenarios.catalogue import SCENARIOS, about
from enrollment.management.scenarios.stage import Stage
from journeys.management.simulator.desk import Desk
from journeys.management.simulator.partners import World
from journeys.management.simulator.server import application
from journeys.management.simulator.voice import NobodyThere, speaking

LIST = "list"


class Command(BaseCommand):
    help = (
        "Play all partners over HTTP: take webhooks at SIMULATOR_URL, report to SITE_URL. "
        "With --scenario play one story against the running product instead."
    )
    # The partners have nothing to do with the product's database.
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="decides what goes wrong")
        parser.add_argument("--speed", type=float, default=settings.SIMULATOR_SPEED)
        parser.add_argument("--desk", type=Path, help="keep the cases here, to go on after a stop")
        parser.add_argument(
            "--scenario",
            choices=[LIST, *SCENARIOS],
            help="a story to play; `list` says what each is about",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["scenario"] == LIST:
            for name in SCENARIOS:
                self.stdout.write(f"{name:22} {about(name)}")
            return
        if not urlsplit(settings.SIMULATOR_URL).port or not settings.SIMULATOR_SECRET:
            raise CommandError("Set SIMULATOR_URL, with its port, and SIMULATOR_SECRET.")
        if options["scenario"]:
            self._play(options["scenario"], seed=options["seed"], speed=options["speed"])
        else:
            _serve(options)

    def _play(self, name: str, *, seed: int, speed: float) -> None:
        self.stdout.write(f"{name}: {about(name)}")
        try:
            with speaking(
                settings.SITE_URL, settings.SIMULATOR_URL, settings.SIMULATOR_SECRET
            ) as voice:
                stage = Stage(voice, seed, time.sleep, self._say, speed=speed)
                SCENARIOS[name](stage)
        except NobodyThere as nobody:
            raise CommandError(
                f"Nothing answers at {settings.SITE_URL}: start it with `make run`, and play the "
                "scenario in another terminal."
            ) from nobody
        for journey in stage.journeys:
            self._say(f"{settings.SITE_URL}/journeys/{journey.id}/")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _serve(options: dict[str, Any]) -> None:
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
        port=urlsplit(settings.SIMULATOR_URL).port or 0,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
