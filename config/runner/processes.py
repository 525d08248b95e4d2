"""Child processes that cannot outlive the runner."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.runner.account import Account, identity

PR_SET_PDEATHSIG = 1
KILL_PATIENCE_SECONDS = 5.0
# What servers need to know of the environment; none of it is a secret of the user's.
SERVICE_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """What to start, and how it wants to be stopped.

    `log` set: what it prints goes to that file, and to the terminal only if it fails.
    `before` runs ahead of every start. `death_signal` is what the kernel sends to it when the
    runner is gone.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    folder: Path = Path("/")
    account: Account | None = None
    log: Path | None = None
    before: Callable[[], None] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL


def die_with_parent(parent: int, death_signal: int = signal.SIGKILL) -> None:
    """Ask the kernel to end this process when its parent does, however that happens.

    Called in the child. The bond is to the parent's *thread* that forked it, so children are
    started from the main thread only.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:
        # It ended before the call above.
        os._exit(1)


def start(program: Program) -> subprocess.Popen[bytes]:
    """Start a program as the leader of its own process group, out of reach of the terminal."""
    parent = os.getpid()
    output = (
        subprocess.PIPE
        if program.log is None
        else os.open(program.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    )
    try:
        return subprocess.Popen(
            program.argv,
            env=program.env,
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Runs one system call that was looked up beforehand, so other threads cannot harm it.
            preexec_fn=lambda: die_with_parent(parent, program.death_signal),  # noqa: PLW1509  # no other thread can harm it
            **identity(program.account),
        )
    finally:
        if program.log is not None:
            os.close(output)


def finish(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    folder: Path = Path("/"),
    account: Account | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, with what it printed in `stdout`. It ends with the runner too."""
    parent = os.getpid()
    return subprocess.run(
        argv,
        env=env,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,
        preexec_fn=lambda: die_with_parent(parent),  # as in start()
        **identity(account),
    )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started in its group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def stop(started: Iterable[tuple[Program, subprocess.Popen[bytes]]], *, patience: float) -> None:
    """Ask all of them to stop at once; after `patience` seconds kill what is left."""
    running = list(started)
    for program, process in running:
        if process.poll() is None:
            process.send_signal(program.stop_signal)
    deadline = time.monotonic() + patience
    for _, process in running:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            kill_group(process)
            process.wait(timeout=KILL_PATIENCE_SECONDS)
        kill_group(process)


def listens(port: int) -> bool:
    """Whether something of this machine listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition: Callable[[], bool], *, seconds: float, step: float = 0.05) -> bool:
    """Whether a condition came true within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True
