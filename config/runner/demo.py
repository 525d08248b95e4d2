"""Brings the database up to the code: migrations by the owner, the demo world by the site.

Both are skipped while the code is as it was last time, which makes a warm start.
"""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

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


def _mark(owner_url: str) -> str:
    """The digest that the database was brought up to; it is kept in the database itself."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(query, [connection.info.dbname]).fetchone()
    return str(row[0]) if row else ""


def _set_mark(owner_url: str, digest: str) -> None:
    with psycopg.connect(owner_url) as connection:
        name = sql.Identifier(connection.info.dbname)
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        connection.execute(statement.format(name, sql.Literal(digest)))


def prepare(data: Path, variables: Mapping[str, str], *, ours: bool, output: Output) -> str:
    """Migrate and seed where the code has changed; who can sign in, for the terminal.

    A database that is not `ours` is not marked: it is migrated and seeded at every start.
    """
    owner_url, cast = variables["DATABASE_OWNER_URL"], data / "cast.txt"
    digest = code_digest(variables["SIMULATOR_URL"], variables["PORT"])
    if not (ours and cast.exists() and _mark(owner_url) == digest):
        output.say("Bringing the database up to date …")
        manage("migrate --verbosity 0", {**variables, "DATABASE_URL": owner_url})
        output.say("Seeding the demo world …")
        manage("seed_demo", variables)
        cast.write_text(manage("cast", variables))
        if ours:
            _set_mark(owner_url, digest)
    return cast.read_text().strip()
