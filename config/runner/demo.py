"""Brings the database up to the code: migrations by the owner, the demo world by the site.

Both are skipped while the code is as it was last time, which makes a warm start.
"""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from config.runner import paths
from config.runner.errors import StartError
from config.runner.output import Output
from config.runner.processes import finish

APPS = ("accounts", "programs", "journeys", "enrollment", "config", "requirements")
SUFFIXES = {".py", ".json", ".lock", ".html", ".sql"}


def code_digest(*more: str) -> str:
    """What the prepared database depends on: all code and data of the apps, and `more`."""
    digest = hashlib.sha256("|".join(more).encode())
    files = (file for app in APPS for file in (paths.ROOT / app).rglob("*"))
    for file in sorted(file for file in files if file.suffix in SUFFIXES):
        digest.update(str(file.relative_to(paths.ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def manage(command: str, variables: Mapping[str, str]) -> str:
    """Run a management command; what it printed. Raises StartError with its output."""
    argv = [sys.executable, "manage.py", *command.split()]
    done = finish(argv, env=variables, folder=paths.ROOT)
    if done.returncode != 0:
        raise StartError(f"manage.py {command} failed:\n{done.stdout}".rstrip())
    return done.stdout


def prepare(data: Path, variables: Mapping[str, str], *, output: Output) -> str:
    """Migrate and seed where the code has changed; who can sign in, for the terminal."""
    stamp, cast = data / "prepared", data / "cast.txt"
    digest = code_digest(variables["DATABASE_URL"], variables["SIMULATOR_URL"], variables["PORT"])
    if not (stamp.exists() and cast.exists() and stamp.read_text() == digest):
        stamp.unlink(missing_ok=True)
        output.say("Bringing the database up to date …")
        as_owner = {**variables, "DATABASE_URL": variables["DATABASE_OWNER_URL"]}
        manage("migrate --verbosity 0", as_owner)
        output.say("Seeding the demo world …")
        manage("seed_demo", variables)
        cast.write_text(manage("cast", variables))
        stamp.write_text(digest)
    return cast.read_text().strip()
