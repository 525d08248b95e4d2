"""Real servers and workers that a test may kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import redis as redis_client

from config.runner import databases, paths, postgres, redis, services
from config.runner.account import service_account
from config.runner.processes import Program, start

QUEUES = "routing,inbound,upkeep"
CELERY = (sys.executable, "-m", "celery", "-A", "config.celery")
PATIENCE_SECONDS = 60.0


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
        if self.program.before is not None:
            self.program.before()
        self.running = start(self.program)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        assert self.running is not None
        os.killpg(self.running.pid, number)

    @property
    def children(self) -> list[int]:
        """The process ids of what it has forked and not yet lost."""
        assert self.running is not None
        lists = Path(f"/proc/{self.running.pid}/task").glob("*/children")
        return [int(each) for one in lists for each in one.read_text().split()]

    def stop(self) -> int:
        """SIGTERM to the program alone, as at a deployment; the code that it ends with."""
        assert self.running is not None
        self.running.terminate()
        code = self.running.wait(timeout=PATIENCE_SECONDS)
        self.running = None
        return code

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
class Postgres(Process):
    """A PostgreSQL server of the test's own, whose commits are on the disk."""

    url: str = ""
    superuser_url: str = ""
    binaries: Path = field(default_factory=Path)

    def start(self) -> None:
        super().start()
        wait_for(lambda: databases.answers(self.superuser_url), "PostgreSQL answers", seconds=60)

    def restart(self) -> None:
        """As `pg_ctl restart -m fast`: sessions are ended, the data is written."""
        assert self.running is not None
        self.running.send_signal(signal.SIGINT)
        self.running.wait(timeout=PATIENCE_SECONDS)
        self.start()


def postgres_server(data: Path, redis_url: str) -> Postgres:
    """A new cluster with our two roles and an empty database, not started."""
    ready = services.start(data, durable=True, given=services.Given(redis_url=redis_url))
    ready.stop()
    cluster = postgres.cluster(data, service_account(), durable=True)
    password = ready.secrets["POSTGRES_PASSWORD"]
    return Postgres(
        postgres.program(cluster),
        url=ready.database_url,
        superuser_url=databases.socket_url("postgres", password, sockets=cluster.sockets),
        binaries=cluster.binaries,
    )


@dataclass
class Web(Process):
    """The web server as the image starts it."""

    address: str = ""

    def start(self) -> None:
        super().start()
        wait_for(self.answers, "the site answers", seconds=60)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/healthz", timeout=2).text == "ok"
        except httpx.TransportError:
            return False


def web(folder: Path, variables: Mapping[str, str], **options: str) -> Web:
    """The image's own command on a free port; `options` replace or add to its words."""
    image = (paths.ROOT / "Dockerfile").read_text()
    program, *words = json.loads(image.partition("\nCMD ")[2].replace("\\\n", ""))
    *pairs, application = words
    port = str(redis.free_port())
    told = {"--host": "127.0.0.1", "--port": port}
    told |= {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    for name, value in told.items():
        if name in pairs:
            pairs[pairs.index(name) + 1] = value
        else:
            pairs += [name, value]
    argv = (str(Path(sys.executable).parent / program), *pairs, application)
    log = folder / "web.log"
    started = Program(name="web", argv=argv, env=variables, folder=paths.ROOT, log=log)
    return Web(started, address=f"http://127.0.0.1:{port}")


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


def worker(folder: Path, variables: Mapping[str, str], *, beat: bool = True) -> Worker:
    """A worker with two children; beat sweeps every few seconds, within it or apart."""
    log = folder / "worker.log"
    argv = (
        *(*CELERY, "worker", "--concurrency", "2", "-Q", QUEUES, "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
        *(("--beat", "--schedule", str(folder / "beat")) if beat else ()),
    )
    program = Program(name="worker", argv=argv, env=variables, folder=paths.ROOT, log=log)
    return Worker(program, log=log)


def beat(folder: Path, variables: Mapping[str, str]) -> Process:
    """What tells workers to look, as a process of its own."""
    argv = (*CELERY, "beat", "--schedule", str(folder / "beat"), "--pidfile", "")
    log = folder / "beat.log"
    return Process(Program(name="beat", argv=argv, env=variables, folder=paths.ROOT, log=log))
