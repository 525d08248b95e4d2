"""OpenSSH's own server for SFTP: an unprivileged process on a free port, with keys of its own."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from config.runner.redis import free_port

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin") or ""
# On a developer's machine alone: where CI is set, config/bootstrap.py installs it or stops.
needs_sshd = pytest.mark.skipif(not SSHD, reason="sshd is missing: apt-get install openssh-server")
CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class SshServer:
    """Where it listens, whom it lets in, and its keys."""

    port: int
    folder: Path
    username: str
    host_key: str
    private_key: str


@contextmanager
def running_ssh_server(folder: Path) -> Iterator[SshServer]:
    """sshd until the block ends."""
    host, own = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    host.write_private_key(folder / "host_key")
    (folder / "host_key").chmod(0o600)
    own.write_public_key(folder / "authorized_keys")
    port = free_port()
    config = folder / "sshd_config"
    config.write_text(CONFIG.format(port=port, folder=folder))
    if os.geteuid() == 0:
        # As root sshd wants its folder for separated privileges.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    argv = [SSHD, "-D", "-e", "-f", str(config)]
    with (folder / "sshd.log").open("wb") as log:
        running = subprocess.Popen(argv, stderr=log)
        try:
            _wait_for(port, running)
            yield SshServer(
                port=port,
                folder=folder,
                username=pwd.getpwuid(os.geteuid()).pw_name,
                host_key=host.export_public_key().decode(),
                private_key=own.export_private_key().decode(),
            )
        finally:
            running.terminate()
            running.wait()


def _wait_for(port: int, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert running.poll() is None, "sshd ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("sshd does not listen")
