"""What is installed is pinned by hash, and can be listed."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]+\])?==(?P<version>[^ ;]+)")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def faults(lock: str) -> list[str]:
    """Requirements of a lock that are not one version, or have no hash."""
    requirements = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", lock)).splitlines()
    return [
        line.split(" ", 1)[0]
        for line in requirements
        if line.strip() and not (PIN.match(line) and HASH.search(line))
    ]


def pins(lock: str) -> set[tuple[str, str]]:
    found = (PIN.match(line) for line in lock.splitlines())
    return {(pin["name"].lower(), pin["version"]) for pin in found if pin}


@pytest.mark.asvs("15.2.4")
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_one_version_with_its_hashes(lock: Path) -> None:
    assert faults(lock.read_text()) == []
    assert pins(lock.read_text())


def test_a_requirement_without_a_hash_or_a_version_is_reported() -> None:
    lock = f"django==5.2.19 \\\n    --hash=sha256:{'0' * 64}\ncelery==5.7.0\nhttpx>=0.28\n"
    assert faults(lock) == ["celery==5.7.0", "httpx>=0.28"]


def test_every_direct_dependency_stands_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = {re.split(r"[\[~<>=]", line)[0].lower() for line in project["dependencies"]}
    locked = {name for name, _version in pins((ROOT / "requirements/base.lock").read_text())}
    assert named <= locked


@pytest.mark.asvs("15.1.2")
def test_the_bill_of_materials_lists_what_is_installed() -> None:
    lock = ROOT / "requirements" / "base.lock"
    done = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", "--no-validate", str(lock)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    listed = json.loads(done.stdout)["components"]
    assert {(one["name"].lower(), one["version"]) for one in listed} == pins(lock.read_text())
