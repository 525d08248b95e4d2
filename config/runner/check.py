"""`make check`: everything that can be said of the code without running its tests."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from config.runner import paths, services

AT_A_TIME = 2


@dataclass(frozen=True)
class Check:
    heading: str
    words: str
    env: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    check: Check
    passed: bool
    printed: str
    seconds: float


def checks(as_deployed: Mapping[str, str]) -> list[Check]:
    """The checks in the order in which they are shown."""
    python = f"{sys.executable} -m"
    manage = f"{sys.executable} -W error manage.py"
    listed = {
        "Format": f"{python} ruff format --check .",
        "Lint": f"{python} ruff check .",
        "Types": f"{python} mypy",
        "Imports": "lint-imports",
        "Templates: format": f"{python} djlint templates --check",
        "Templates: lint": f"{python} djlint templates --lint",
        "Migrations": f"{manage} makemigrations --check --dry-run",
        "Deploy": f"{manage} check --deploy --fail-level WARNING",
    }
    return [Check(heading, words, as_deployed) for heading, words in listed.items()]


def as_deployed(its: services.Services) -> dict[str, str]:
    """The environment of a production process, so that its own rules are what is checked."""
    return {
        **its.variables(port=443),
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": "https://throughline.example",
        "ALLOWED_HOSTS": "throughline.example",
        "EMAIL_URL": "smtp+tls://mail.throughline.example:587",
        "SIMULATOR_URL": "",
        "SIMULATOR_SECRET": "",
    }


def perform(check: Check) -> Result:
    begun = time.monotonic()
    done = subprocess.run(
        check.words.split(),
        cwd=paths.ROOT,
        env=check.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(check, done.returncode == 0, done.stdout.strip(), time.monotonic() - begun)


def main() -> int:
    """Run all checks, even after one has failed; 1 when any did."""
    its = services.start_for_tests()
    failed = []
    try:
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            for result in pool.map(perform, checks(as_deployed(its))):
                verdict = "ok" if result.passed else "FAILED"
                print(f"== {result.check.heading}: {verdict} ({result.seconds:.1f} s)", flush=True)
                if not result.passed:
                    print(f"{result.printed}\n", flush=True)
                    failed.append(result.check.heading)
    finally:
        its.stop()
    print(f"Checks that failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    os.chdir(paths.ROOT)
    sys.exit(main())
