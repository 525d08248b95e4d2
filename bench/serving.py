"""A server as it is deployed, and what it uses of the processor."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import Load, from_another_process
from bench.results import Unmeasured
from bench.world import World
from config.runner import paths, redis
from config.runner.processes import listens, wait_until
from config.runner.supervisor import Supervisor

READY_WITHIN_SECONDS = 20.0
STOP_WITHIN_SECONDS = 5.0
# Enough to keep both workers busy whenever the load process is late.
CONNECTIONS = 8
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Page:
    """An address at a running server; `group` is the process group that serves it."""

    port: int
    path: str
    headers: Mapping[str, str]
    group: int

    def load(self, *, seconds: float, connections: int = CONNECTIONS) -> Load:
        """Ask for it again and again. Raises Unmeasured when an answer is not the page."""
        try:
            return from_another_process(
                port=self.port,
                path=self.path,
                headers=self.headers,
                connections=connections,
                seconds=seconds,
            )
        except RuntimeError as error:
            raise Unmeasured(str(error)) from None


def command() -> list[str]:
    """The web process's command, from the Dockerfile."""
    text = (paths.ROOT / "Dockerfile").read_text().replace("\\\n", "")
    found = re.search(r"^CMD (\[.*\])", text, re.MULTILINE)
    if found is None:
        raise Unmeasured("The Dockerfile has no CMD in its list form.")
    words: list[str] = json.loads(found[1])
    return words


@contextmanager
def serving(
    world: World, application: str, path: str, headers: Mapping[str, str]
) -> Iterator[Page]:
    """Serve an application by the Dockerfile's command, on a free port of the loopback address."""
    port = redis.free_port()
    words = command()[1:]
    words[words.index("--host") + 1] = "127.0.0.1"
    words[words.index("--port") + 1] = str(port)
    words[-1] = application
    supervisor = Supervisor()
    name = application.partition(":")[0]
    supervisor.start(world.program(name, sys.executable, "-m", "granian", *words))
    try:
        if not wait_until(lambda: listens(port), seconds=READY_WITHIN_SECONDS):
            raise Unmeasured(f"The server of {application} did not listen.")
        yield Page(port, path, headers, group=supervisor.pid(name))
    finally:
        supervisor.stop(patience=STOP_WITHIN_SECONDS)


def cpu_seconds(group: int) -> float:
    """What the processes of a group have used of the processor so far, in and for them."""
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name before the last parenthesis may hold anything.
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_SECOND
