"""The unprivileged account of the services when the runner is root.

PostgreSQL refuses to run as root, and Redis has no need to.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

CANDIDATES = ("postgres", "nobody")


class SubprocessIdentity(TypedDict, total=False):
    """The keywords by which subprocess changes the account of a child."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def owns(self, folder: Path) -> None:
        """Give a folder to this account, closed to everyone else."""
        os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def service_account() -> Account | None:
    """Whom services run as; None where the runner is an ordinary user and they run as that user."""
    if os.geteuid() != 0:
        return None
    entries = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(entries[name] for name in CANDIDATES if name in entries)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def identity(account: Account | None) -> SubprocessIdentity:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def reaches(account: Account | None, path: Path) -> bool:
    """Whether the account may enter a folder or run a file there; it may not below a 0700 home."""
    if account is None:
        return True
    asked = subprocess.run(
        ["/bin/sh", "-c", 'test -x "$1"', "sh", path], cwd="/", check=False, **identity(account)
    )
    return asked.returncode == 0
