"""A throw-away Throughline in its production shape: its own servers, migrated and seeded."""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import django

from bench.results import Unmeasured
from config.logs import configure_logging
from config.runner import paths, redis, services
from config.runner.locks import held
from config.runner.processes import Program, finish

FOLDER = paths.LOCAL / "bench"
JOURNEYS = 24
MILLION = 1_000_000


@dataclass(frozen=True)
class World:
    """Ready services and the environment of a production process that uses them.

    `journeys` is how many the rows of a million load: fewer where they are to be tried out.
    """

    folder: Path
    services: services.Services
    variables: Mapping[str, str] = field(repr=False)
    journeys: int = MILLION

    @property
    def partner_port(self) -> int:
        """Where the seeded webhook endpoints point; nothing listens there until a row does."""
        return int(self.variables["SIMULATOR_PORT"])

    def program(self, name: str, *argv: str) -> Program:
        """A process of this world that logs to a file of its own name."""
        return Program(
            name=name,
            argv=argv,
            env=self.variables,
            folder=paths.ROOT,
            log=self.folder / f"{name}.log",
        )


@contextmanager
def bench_folder() -> Iterator[Path]:
    """An empty folder for one bench, held against a second one, and removed at the end.

    Raises AlreadyRunningError where another bench runs in this copy.
    """
    folder = paths.private(FOLDER)
    with held(folder, f"a bench (process {os.getpid()})"):
        _clear(folder)
        try:
            yield folder
        finally:
            _clear(folder)


def _clear(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            # A copy of the project keeps its own data one level deeper.
            paths.remove(entry / ".local")
            paths.remove(entry)


@contextmanager
def open_world(folder: Path, *, journeys: int = MILLION) -> Iterator[World]:
    """Start everything, fill it through the product's own commands, and set Django up here.

    The servers keep their promises (fsync on). Once per process: Django is set up only once.
    """
    its = services.start(folder / "world", durable=True)
    try:
        static = folder / "static"
        variables = as_deployed(its, static=static)
        world = World(folder=folder, services=its, variables=variables, journeys=journeys)
        _manage("migrate", {**variables, "DATABASE_URL": variables["DATABASE_OWNER_URL"]})
        _manage(f"seed_demo --journeys {JOURNEYS}", variables)
        _manage("collectstatic --noinput", variables)
        os.environ.update(variables)
        django.setup()
        with _logging_to(folder / "bench.log"):
            yield world
    finally:
        its.stop()


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """What this process does as the site is logged as there, but not between the table's lines."""
    with path.open("w") as log:
        configure_logging(json_lines=True, stream=log)
        try:
            yield
        finally:
            configure_logging(json_lines=True, stream=sys.stderr)


def as_deployed(its: services.Services, *, static: Path) -> dict[str, str]:
    """The environment of a production process; only names and secrets differ from a real one."""
    partner = redis.free_port()
    return {
        **its.variables(port=443),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "BENCH_STATIC_ROOT": str(static),
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": "https://localhost",
        "EMAIL_URL": "memorymail://",
        "SIMULATOR_PORT": str(partner),
        "SIMULATOR_URL": f"http://127.0.0.1:{partner}",
    }


def _manage(command: str, variables: Mapping[str, str]) -> None:
    done = finish([sys.executable, "manage.py", *command.split()], env=variables, folder=paths.ROOT)
    if done.returncode != 0:
        raise Unmeasured(f"manage.py {command} failed:\n{done.stdout[-2000:]}")
