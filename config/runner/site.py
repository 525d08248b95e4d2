"""What `make run` starts: the site, a worker with beat, one for papers, the partners' simulator."""

import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from config.runner import paths, redis
from config.runner.errors import StartError
from config.runner.processes import Program, listens, wait_until
from config.runner.supervisor import Supervisor

QUEUES = "routing,inbound,notices,upkeep,default"
PAPERS = "papers"
READY_WITHIN_SECONDS = 60.0


def refuse_taken_port(port: int) -> None:
    """Raises StartError where something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or "it is no port number"
            raise StartError(
                f"Port {port} cannot be used: {why}. Choose another one, for example: "
                f"make run PORT={8123 if port != 8123 else 8124}"
            ) from None


def simulator_port(data: Path) -> int:
    """The port of this copy's simulator: the one it had before, while that is free."""
    kept = data / "simulator-port"
    try:
        port = int(kept.read_text())
        refuse_taken_port(port)
    except (OSError, ValueError, StartError):
        port = redis.free_port()
        kept.write_text(str(port))
    return port


def programs(data: Path, variables: Mapping[str, str]) -> list[Program]:
    python = (sys.executable, "-m")
    serve = (
        *("uvicorn", "config.asgi:application", "--host", "127.0.0.1"),
        *("--port", variables["PORT"], "--timeout-graceful-shutdown", "3"),
        *("--no-access-log", "--log-level", "warning"),
    )
    celery = (*python, "celery", "--quiet", "-A")
    alone = ("--loglevel", "INFO", "--without-gossip", "--without-mingle")
    work = (
        *(*celery, "config.runner.worker", "worker", "--concurrency", "2", "-Q", QUEUES, *alone),
        *("--beat", "--schedule", str(data / "beat-schedule")),
    )
    draw = (
        *(*celery, "config.runner.papers", "worker", "--concurrency", "1", "-Q", PAPERS, *alone),
        *("--hostname", "papers@%h"),
    )
    commands = {
        "site": (*python, *serve),
        "worker": work,
        "simulator": (sys.executable, "manage.py", "simulate", "--desk", str(data / "desk.jsonl")),
        PAPERS: draw,
    }
    return [
        Program(name=name, argv=argv, env=variables, folder=paths.ROOT)
        for name, argv in commands.items()
    ]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def start(data: Path, variables: Mapping[str, str], supervisor: Supervisor) -> None:
    """Start every program; return when the site and the simulator answer.

    The worker of papers begins last: loading it beside them would delay what people wait for.
    Raises StartError when one gives up.
    """
    *awaited, papers = programs(data, variables)
    for program in awaited:
        supervisor.start(program)
    _wait_until_ready(variables, supervisor)
    supervisor.start(papers)


def _wait_until_ready(variables: Mapping[str, str], supervisor: Supervisor) -> None:

    def ready() -> bool:
        supervisor.refuse_ended()
        return listens(int(variables["SIMULATOR_PORT"])) and _answers(
            f"http://127.0.0.1:{variables['PORT']}/readyz"
        )

    if not wait_until(ready, seconds=READY_WITHIN_SECONDS, step=0.1):
        raise StartError(f"The site was not ready within {READY_WITHIN_SECONDS:.0f} s.")
