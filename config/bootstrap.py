#!/usr/bin/env python3
"""Make this copy ready to run, with nothing but a Python 3.11 or newer.

    python3 config/bootstrap.py {run,test,tools} [command ...]

Creates `.venv`, installs the locked packages into it, finds the system libraries that the PDF
packets need (and, for `test`, a Chromium), then becomes the given command inside the environment.
As root it installs what the system lacks; otherwise it prints the one line to run. Uses the
standard library alone, and stays readable for old interpreters so that they get a message.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
INSTALLER_LOCK = ROOT / "requirements" / "installer.lock"
# The developers' lock holds everything of the other one.
LOCKS = {"run": "run.lock", "test": "dev.lock", "tools": "dev.lock"}
# WeasyPrint opens these at run time; no Python package carries them.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
FONT, FONT_PACKAGE = "DejaVuSans.ttf", "fonts-dejavu-core"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
# What only some tests need: a browser to drive, a server to send files to.
ONLY_FOR_TESTS = {"chromium", "openssh-server"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def stop(text: str) -> NoReturn:
    print(text, file=sys.stderr, flush=True)
    raise SystemExit(1)


def run_quietly(argv: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program without a terminal; what it printed is in `stdout`."""
    nothing, kept = subprocess.DEVNULL, subprocess.PIPE
    return subprocess.run(
        argv, stdin=nothing, stdout=kept, stderr=subprocess.STDOUT, text=True, check=False
    )


def use_a_new_enough_python() -> None:
    """Start again under a newer interpreter where this one is too old."""
    if sys.version_info[:2] >= OLDEST:
        return
    for found in filter(None, (shutil.which(f"python3.{minor}") for minor in range(11, 30))):
        os.execv(found, [found, *sys.argv])
    version = sys.version.split()[0]
    stop(f"Throughline needs Python 3.11 or newer; {sys.executable} is {version}.")


def opens(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def font_is_there() -> bool:
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    return any(FONT in names for folder in folders for _, _, names in os.walk(folder))


def browser_is_there() -> bool:
    return any(shutil.which(name) for name in BROWSERS)


def ssh_server_is_there() -> bool:
    return bool(shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin"))


def missing_packages(purpose: str) -> list[str]:
    """Debian's names of what the system lacks for this purpose."""
    missing = []
    if not (PYTHON.exists() or importlib.util.find_spec("ensurepip")):
        missing.append(f"python3.{sys.version_info.minor}-venv")
    if purpose != "tools":
        missing += [package for library, package in LIBRARIES.items() if not opens(library)]
        missing += [] if font_is_there() else [FONT_PACKAGE]
    if purpose == "test" and not browser_is_there():
        missing.append("chromium")
    if purpose == "test" and not ssh_server_is_there():
        missing.append("openssh-server")
    return missing


def install_packages(packages: list[str]) -> None:
    """Install with apt-get, refreshing its lists where they are absent or old. Root only."""
    say(f"Installing {', '.join(packages)}")
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    update = ["apt-get", "-qq", "update"]
    install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages]
    known = any(Path("/var/lib/apt/lists").glob("*Packages*"))
    if known and run_quietly(install).returncode == 0:
        return
    for step in (update, install):
        done = run_quietly(step)
        if done.returncode != 0:
            stop(f"{done.stdout}\napt-get could not install {', '.join(packages)}.")


def provide_system_packages(purpose: str) -> None:
    missing = missing_packages(purpose)
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        install_packages(missing)
        return
    line = f"apt-get update && apt-get install -y {' '.join(missing)}"
    if os.geteuid() != 0:
        line = f"sudo sh -c '{line}'"
    if not shutil.which("apt-get"):
        line = f"install what Debian calls {', '.join(missing)} with your package manager"
    if set(missing) <= ONLY_FOR_TESTS and not os.environ.get("CI"):
        say(f"Without {', '.join(missing)} some tests are skipped. To run them too: {line}")
        return
    stop(f"This machine lacks {', '.join(missing)}. Run this once, then try again:\n\n  {line}\n")


def venv_works() -> bool:
    """Whether .venv has a new enough Python that still starts (it may have moved or gone)."""
    if not PYTHON.exists():
        return False
    script = f"import sys; sys.exit(sys.version_info[:2] < {OLDEST})"
    return run_quietly([str(PYTHON), "-c", script]).returncode == 0


def create_venv() -> None:
    say("Creating the Python environment in .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def pip(*words: str) -> None:
    quiet = ["-qq", "--disable-pip-version-check", "--no-input"]
    subprocess.run([str(PYTHON), "-m", "pip", *words, *quiet], check=True, stdin=subprocess.DEVNULL)


def uv_environment() -> dict[str, str]:
    """The environment, with pip's own index and certificate said in uv's words.

    uv reads neither pip's configuration nor, unasked, the certificates that the system trusts; a
    machine set up for pip alone must still work.
    """
    environment = dict(os.environ)
    if Path(SYSTEM_CERTIFICATES).exists():
        environment.setdefault("UV_SYSTEM_CERTS", "true")
    told = run_quietly([str(PYTHON), "-m", "pip", "config", "list"])
    for line in told.stdout.splitlines():
        name, _, value = line.partition("=")
        scope, _, setting = name.partition(".")
        if scope in ("global", "install", ":env:"):
            ours = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}.get(setting)
            if ours:
                environment.setdefault(ours, value.strip("'\""))
    return environment


def install_lock(lock: Path) -> None:
    """Make the environment hold exactly the locked packages: by uv, or by pip where uv cannot."""
    say(f"Installing the packages of {lock.relative_to(ROOT)}")
    sync = (str(VENV / "bin" / "uv"), "pip", "sync", "--quiet", "--require-hashes")
    try:
        pip("install", "--require-hashes", "-r", str(INSTALLER_LOCK))
        environment = uv_environment()
        subprocess.run([*sync, "--python", str(PYTHON), str(lock)], check=True, env=environment)
    except (subprocess.CalledProcessError, OSError):
        say("uv could not do it here; pip installs the same lock, more slowly")
        try:
            pip("install", "--require-hashes", "-r", str(lock))
        except subprocess.CalledProcessError:
            stop(f"The packages of {lock.relative_to(ROOT)} could not be installed (see above).")


def stamp_of(lock: Path) -> str:
    """What .venv must say of itself to be up to date: lock, place (scripts hold it) and Python."""
    return hashlib.sha256(lock.read_bytes() + str(VENV).encode()).hexdigest()


def provide_environment(purpose: str) -> None:
    """Create .venv and install the purpose's lock, unless it is so already.

    An environment that has the developers' tools keeps them when `run` brings it up to date.
    """
    stamps = {name: VENV / f"installed-{name}" for name in set(LOCKS.values())}
    if not venv_works():
        create_venv()
    wanted = "dev.lock" if stamps["dev.lock"].exists() else LOCKS[purpose]
    lock, stamp = ROOT / "requirements" / wanted, stamps[wanted]
    if stamp.exists() and stamp.read_text() == stamp_of(lock):
        return
    for old in stamps.values():
        old.unlink(missing_ok=True)
    install_lock(lock)
    stamp.write_text(stamp_of(lock))


def provide(purpose: str) -> None:
    """Make everything ready; a second call at the same time in this copy waits for the first."""
    with Path(__file__).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        provide_system_packages(purpose)
        provide_environment(purpose)


def keep_bytecode() -> None:
    """Let starts reuse compiled code even where the user wants none beside the source."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".local" / "pycache"))


def main(words: list[str]) -> None:
    os.environ.setdefault("THROUGHLINE_STARTED_AT", str(time.time()))
    use_a_new_enough_python()
    keep_bytecode()
    if not words or words[0] not in LOCKS:
        stop((__doc__ or "").strip())
    try:
        provide(words[0])
    except subprocess.CalledProcessError as error:
        stop(f"This failed, and its messages are above: {' '.join(error.cmd)}")
    except KeyboardInterrupt:
        stop("\nStopped. The next start goes on from here.")
    if words[1:]:
        os.chdir(ROOT)
        os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        os.environ["VIRTUAL_ENV"] = str(VENV)
        os.execvp(words[1], words[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
