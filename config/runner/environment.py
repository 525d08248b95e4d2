"""What the processes are told: secrets made once per copy, and the variables of each start."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from config.runner.errors import StartError

# How fast the partner simulator lives: partners answer seconds to a minute apart.
DEFAULT_SIMULATOR_SPEED = "1"
KEYS = ("SECRET_KEY", "PHI_KEYS", "PHI_INDEX_KEY", "SIMULATOR_SECRET")
SHORTEST_SECRET = 8


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PHI_KEYS": f"k1:{_key()}",
        "PHI_INDEX_KEY": _key(),
        "SIMULATOR_SECRET": f"whsec_{_key()}",
        "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        "OWNER_PASSWORD": secrets.token_urlsafe(24),
        "SITE_PASSWORD": secrets.token_urlsafe(24),
    }


def read_secrets(data: Path, *, required: bool) -> dict[str, str]:
    """Read the copy's secrets from `env` in its data folder, making what is missing.

    `required`: there is a database already. Raises StartError then when the file is gone: new
    keys could not open what the old ones closed.
    """
    file = data / "env"
    if required and not file.exists():
        raise StartError(
            f"{file} is gone, and without its keys the data in {data} cannot be read. "
            "Put the file back, or run `make clean` to begin with empty data."
        )
    lines = file.read_text().splitlines() if file.exists() else []
    kept = dict(line.split("=", 1) for line in lines if "=" in line)
    complete = {**_new_secrets(), **kept}
    if complete != kept:
        _write_private(file, "".join(f"{name}={value}\n" for name, value in complete.items()))
    return complete


def _write_private(file: Path, text: str) -> None:
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    new.rename(file)


def secret_texts(variables: Mapping[str, str]) -> set[str]:
    """What no printed line may hold: the keys, and the passwords inside the URLs."""
    keys = {variables[name] for name in KEYS}
    rings = {part.partition(":")[2] for part in variables["PHI_KEYS"].split(",")}
    urls = (variables[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"))
    passwords = {urlsplit(url).password or "" for url in urls}
    # A shorter text is a word that lines may well hold.
    return {text for text in keys | rings | passwords if len(text) >= SHORTEST_SECRET}


def for_django(
    secret: Mapping[str, str], *, database_url: str, owner_url: str, redis_url: str, port: int
) -> dict[str, str]:
    """The variables of every Django process. What the user's environment sets for a key wins."""
    told = {name: os.environ.get(name) or secret[name] for name in KEYS}
    return {
        **os.environ,
        **told,
        "DATABASE_URL": database_url,
        "DATABASE_OWNER_URL": owner_url,
        "REDIS_URL": redis_url,
        "DEBUG": "true",
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "PORT": str(port),
        "SIMULATOR_SPEED": os.environ.get("SIMULATOR_SPEED", DEFAULT_SIMULATOR_SPEED),
        "PYTHONUNBUFFERED": "1",
    }


def with_simulator(variables: Mapping[str, str], *, port: int) -> dict[str, str]:
    """The same variables, and where the partner simulator listens."""
    return {
        **variables,
        "SIMULATOR_PORT": str(port),
        "SIMULATOR_URL": f"http://127.0.0.1:{port}",
    }


def remember(data: Path, variables: Mapping[str, str]) -> None:
    """Keep the variables of this start, for commands that join the running copy."""
    _write_private(data / "variables", json.dumps(dict(variables)))


def remembered(data: Path) -> dict[str, str]:
    kept: dict[str, str] = json.loads((data / "variables").read_text())
    return kept
