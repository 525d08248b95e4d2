"""Real servers and workers that a test may kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis as redis_client

from config.runner import paths, redis
from config.runner.processes import Program, start

QUEUES = "routing,inbound,upkeep"
PATIENCE_SECONDS = 20.0


def wait_for(
    condition: Callable[[], bool], what: str, *, seconds: float = PATIENCE_SECONDS
) -> None:
    """Return as soon as the condition holds; fail after `seconds`, saying what did not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.02)


@dataclass
class Process:
    """One program in a process group of its own."""

    program: Program
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.running = start(self.program)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        assert self.running is not None
        os.killpg(self.running.pid, number)

    def kill(self) -> None:
        """SIGKILL: nothing gets the chance to tidy up."""
        if self.running is not None:
            self.signal(signal.SIGKILL)
            self.running.wait()
            self.running = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The program stands still while the block runs."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)


@dataclass
class Broker(Process):
    """A Redis server of the test's own, without a disk."""

    url: str = ""

    def start(self) -> None:
        super().start()
        wait_for(self.answers, "Redis answers")

    def answers(self) -> bool:
        try:
            with redis_client.from_url(self.url) as client:
                return bool(client.ping())
        except redis_client.RedisError:
            return False

    def empty(self) -> None:
        with redis_client.from_url(self.url) as client:
            client.flushall()


def broker(folder: Path) -> Broker:
    """A Redis server in a folder, not started yet."""
    program, url = redis.program(paths.private(folder), None)
    return Broker(program, url=url)


@dataclass
class Worker(Process):
    """A Celery worker with beat, as production runs them."""

    log: Path = field(default_factory=Path)

    def ready(self) -> bool:
        return " ready." in self.log.read_text(errors="replace")

    def ensure_ready(self) -> None:
        """Start it unless it runs, and wait until it takes tasks."""
        if self.running is None or self.running.poll() is not None:
            self.start()
        wait_for(self.ready, "the worker is ready", seconds=60)


def worker(folder: Path, variables: Mapping[str, str]) -> Worker:
    """A worker with two children; beat sweeps every few seconds."""
    log = folder / "worker.log"
    argv = (
        *(sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--beat"),
        *("--schedule", str(folder / "beat"), "--concurrency", "2", "-Q", QUEUES),
        *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    )
    program = Program(name="worker", argv=argv, env=variables, folder=paths.ROOT, log=log)
    return Worker(program, log=log)
