"""Where a copy of Throughline keeps what it makes: `.local/`, and outside it only what must be."""

import hashlib
import os
import shutil
from pathlib import Path

from config.runner.account import Account, reaches

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
TEST = LOCAL / "test"
# sockaddr_un holds 108 bytes with the closing zero.
LONGEST_SOCKET_PATH = 107
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432.lock"


def _key(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]


def _short_folder(data: Path) -> Path:
    return Path("/tmp") / f"throughline-{os.getuid()}-{_key(data)}"  # noqa: S108  # checked below


def _own_by(account: Account | None, folder: Path) -> None:
    if account is None:
        folder.chmod(0o700)
    else:
        account.owns(folder)


def private(folder: Path) -> Path:
    """Create a data folder of this user's. Other accounts may pass through, never list it."""
    if LOCAL in folder.parents:
        private(LOCAL)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def outside(data: Path) -> Path:
    """Where services keep their files when their account cannot reach the data folder."""
    return Path("/var/lib/throughline") / _key(data)


def services_home(data: Path, account: Account | None) -> Path:
    """The folder under which the services' own folders stand: the data folder where possible."""
    home = private(data)
    if not reaches(account, home):
        private(outside(data).parent)
        home = private(outside(data))
    return home


def owned_folder(folder: Path, account: Account | None) -> Path:
    """A 0700 folder of the account that the services run as."""
    folder.mkdir(exist_ok=True)
    _own_by(account, folder)
    return folder


def socket_folder(data: Path, account: Account | None) -> Path:
    """The 0700 folder of the services' sockets; a short one under /tmp where the path is long.

    Raises PermissionError when somebody else put a folder of that name under /tmp.
    """
    folder = services_home(data, account) / "sockets"
    if len(os.fsencode(folder)) + len(LONGEST_SOCKET_NAME) <= LONGEST_SOCKET_PATH:
        return owned_folder(folder, account)
    short = _short_folder(data)
    short.mkdir(mode=0o700, exist_ok=True)
    expected = {os.getuid()} | ({account.uid} if account else set())
    if short.is_symlink() or short.lstat().st_uid not in expected:
        raise PermissionError(f"{short} belongs to someone else; remove it and try again.")
    return owned_folder(short, account)


def remove(data: Path) -> None:
    """Delete a data folder and all that it put elsewhere."""
    for folder in (data, outside(data), _short_folder(data)):
        shutil.rmtree(folder, ignore_errors=True)
