"""Every import contract can fail: on a copy of the sources, each is broken once on purpose.

That they hold on the sources as they are is asked by `make check`.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "accounts", "programs", "journeys", "enrollment")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
VERDICT = re.compile(r"^(?P<name>\S.*) (?P<verdict>KEPT|BROKEN)", re.MULTILINE)


@dataclass(frozen=True)
class Breach:
    """One line added to one module, and what must then be said of it."""

    contract: str
    module: str
    line: str
    told: str


BREACHES = (
    Breach(
        "Apps import in one direction",
        "accounts/middleware.py",
        "import config.settings",
        "accounts.middleware -> config.settings",
    ),
    Breach(
        "Apps import in one direction",
        "journeys/domain/recording.py",
        "import enrollment.enums",
        "journeys.domain.recording -> enrollment.enums",
    ),
    Breach(
        "Floors of accounts",
        "accounts/domain/members.py",
        "import accounts.views.members",
        "accounts.domain.members -> accounts.views.members",
    ),
    Breach(
        "Floors of programs",
        "programs/leftovers.py",
        "",
        "programs.leftovers",
    ),
    Breach(
        "Floors of journeys",
        "journeys/domain/opening.py",
        "import journeys.tasks",
        "journeys.domain.opening -> journeys.tasks",
    ),
    Breach(
        "Floors of enrollment",
        "enrollment/models/enrollment.py",
        "import enrollment.rules",
        "enrollment.models.enrollment -> enrollment.rules",
    ),
    Breach(
        "Floors of enrollment",
        "enrollment/shared/anything.py",
        "",
        "enrollment.shared",
    ),
    Breach(
        "No cycle between siblings",
        "programs/core/plain.py",
        "import programs.core.definition",
        "programs.core",
    ),
    Breach(
        "The core is plain Python",
        "journeys/core/evaluate.py",
        "import django.utils.timezone",
        "journeys.core.evaluate -> django",
    ),
    Breach(
        "Partner adapters know nothing of each other",
        "journeys/partners/portal.py",
        "import journeys.partners.webhook",
        "journeys.partners.portal -> journeys.partners.webhook",
    ),
    Breach(
        "Only adapters open a connection to a partner",
        "journeys/domain/delivering.py",
        "import httpx",
        "journeys.domain.delivering -> httpx",
    ),
)


def copy_sources(to: Path) -> None:
    for app in APPS:
        for source in (ROOT / app).rglob("*.py"):
            copy = to / source.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    shutil.copyfile(ROOT / "pyproject.toml", to / "pyproject.toml")


def commit(breach: Breach, *, to: Path) -> None:
    module = to / breach.module
    if not module.parent.exists():
        module.parent.mkdir()
        (module.parent / "__init__.py").touch()
    with module.open("a") as text:
        text.write(f"\n{breach.line}\n")


def lint_imports(folder: Path) -> str:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the linter says of a copy in which every breach stands."""
    folder = tmp_path_factory.mktemp("sources")
    copy_sources(folder)
    for breach in BREACHES:
        commit(breach, to=folder)
    return lint_imports(folder)


def test_every_contract_has_a_breach_here() -> None:
    contracts = {contract["name"] for contract in SETTINGS["contracts"]}
    assert {breach.contract for breach in BREACHES} == contracts


def test_a_breach_of_each_contract_is_refused(said: str) -> None:
    verdicts = {found["name"]: found["verdict"] for found in VERDICT.finditer(said)}
    contracts = [contract["name"] for contract in SETTINGS["contracts"]]
    assert verdicts == dict.fromkeys(contracts, "BROKEN"), said


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.told}")
def test_the_refusal_names_the_import_or_the_module(breach: Breach, said: str) -> None:
    assert breach.told in said.replace("\n    ", " ")
