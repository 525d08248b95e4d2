"""How long `make run` takes in a fresh clone, the first time and again, and how long Ctrl-C."""

import os
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.results import Row, Unmeasured
from config.runner import paths, processes, redis, services

READY = "Throughline is ready at"
GIVE_UP_SECONDS = 170.0
WARM_STARTS = 2
# A person looks at something before pressing Ctrl-C, and the partners' reports are under way.
LOOK_SECONDS = 1.5
# What a new user's shell would not hold: our own environment and settings.
OURS = {
    "DATABASE_OWNER_URL",
    "DATABASE_URL",
    "DEBUG",
    "DJANGO_SETTINGS_MODULE",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
    "PHI_INDEX_KEY",
    "PHI_KEYS",
    "PYTHONPYCACHEPREFIX",
    "REDIS_URL",
    "SECRET_KEY",
    "SIMULATOR_SECRET",
    "THROUGHLINE_STARTED_AT",
    "VIRTUAL_ENV",
}


def measure(folder: Path) -> Iterator[Row]:
    """`cold_start_s`: from typing `make run` in a fresh clone of HEAD to the line that says it is
    ready; the environment is built from the lock, with the package caches as they are.

    `warm_start_s`: the same command again. Its floor is PostgreSQL and Redis alone, started on
    data that is there. `stop_s`: from Ctrl-C to the end of `make`, after each of these.
    """
    copy = folder / "copy"
    _clone(copy)
    try:
        cold, stop = _start(copy)
        yield Row("cold_start_s", "s", [cold])
        again = [_start(copy) for _ in range(WARM_STARTS)]
    finally:
        paths.remove(copy / ".local")
    floor = _servers_alone(folder / "servers")
    yield Row("warm_start_s", "s", [each[0] for each in again], floor=floor)
    yield Row("stop_s", "s", [stop, *(each[1] for each in again)])


def _clone(copy: Path) -> None:
    done = subprocess.run(
        ["git", "clone", "--quiet", "--no-hardlinks", str(paths.ROOT), str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unmeasured(f"This copy could not be cloned: {done.stderr.strip()}")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    environment = str(paths.ROOT / ".venv" / "bin")
    kept["PATH"] = os.pathsep.join(
        place for place in kept.get("PATH", os.defpath).split(os.pathsep) if place != environment
    )
    return kept


def _start(copy: Path) -> tuple[float, float]:
    """One start and stop, in seconds each. Raises Unmeasured with its last words if it fails."""
    argv = ("make", "run", f"PORT={redis.free_port()}")
    began = time.monotonic()
    running = processes.start(
        processes.Program(name="make", argv=argv, env=_environment(), folder=copy)
    )
    with _given_up(running):
        ready_after = _wait_for_ready(running, began)
        time.sleep(LOOK_SECONDS)
        asked = time.monotonic()
        # As a terminal does: everyone in the foreground group is told.
        os.killpg(running.pid, signal.SIGINT)
        running.communicate()
    return ready_after, time.monotonic() - asked


@contextmanager
def _given_up(running: "subprocess.Popen[bytes]") -> Iterator[None]:
    """End it all when it takes too long, or when something fails on the way."""
    watch = threading.Timer(GIVE_UP_SECONDS, processes.kill_group, [running])
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        processes.kill_group(running)


def _wait_for_ready(running: "subprocess.Popen[bytes]", began: float) -> float:
    said: list[str] = []
    for line in running.stdout or ():
        said.append(line.decode(errors="replace").rstrip())
        if READY in said[-1]:
            return time.monotonic() - began
    raise Unmeasured("`make run` did not become ready. It said:\n" + "\n".join(said[-25:]))


def _servers_alone(data: Path) -> float:
    seconds = []
    # The first one creates the data and is not counted.
    for _ in range(WARM_STARTS + 1):
        began = time.monotonic()
        started = services.start(data, durable=True)
        seconds.append(time.monotonic() - began)
        started.stop()
    return statistics.median(seconds[1:])
