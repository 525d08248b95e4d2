"""A data folder of its own for each test that starts services, and what is alive in it."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config.runner import paths, services
from config.runner.processes import wait_until


def opened(folder: Path) -> Path:
    """A folder below pytest's own, which are closed: under root services are another account."""
    temporary = Path(tempfile.gettempdir())
    for each in (folder, *folder.parents):
        if each != temporary and each.is_relative_to(temporary):
            each.chmod(0o711)
    return folder


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that services ran in once."""
    data = opened(tmp_path_factory.mktemp("used")) / "data"
    services.start(data, durable=True).stop()
    return data


def copy_of(used: Path, data: Path) -> Path:
    subprocess.run(["cp", "-a", used, data], check=True)
    return data


@pytest.fixture
def data(tmp_path: Path, used: Path) -> Iterator[Path]:
    data = copy_of(used, opened(tmp_path) / "data")
    yield data
    paths.remove(data)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, used: Path) -> Iterator[services.Services]:
    """Running services, for tests that leave them running."""
    data = copy_of(used, opened(tmp_path_factory.mktemp("shared")) / "data")
    its = services.start(data, durable=False)
    yield its
    its.stop()


def processes_below(folder: Path) -> set[int]:
    """Process ids whose command line or working folder names a folder."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes() + bytes((entry / "cwd").readlink())
        except OSError:
            continue
        if bytes(folder) in words and entry.name != str(os.getpid()):
            found.add(int(entry.name))
    return found


def comes_true(condition: Callable[[], bool], seconds: float = 30) -> bool:
    return wait_until(condition, seconds=seconds, step=0.02)


def one(url: str, query: str) -> object:
    """The single value of a query on a fresh connection."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None
