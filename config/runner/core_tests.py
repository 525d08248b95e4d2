"""`make test-core`: the pure core's tests, each app's in a process of its own, two at a time."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from config.runner import paths

AT_A_TIME = 2
NONE_CHOSEN = 5  # pytest's answer where nothing matched `-k`
PYTEST = (sys.executable, "-m", "pytest", "-c", "tests/core.ini", "--rootdir", ".")


def folders(tests: Path) -> list[Path]:
    """Those with most tests first, so that the last to be begun is short."""
    found = tests.glob("*/core")
    return sorted(found, key=lambda folder: -len(list(folder.rglob("test_*.py"))))


def perform(words: list[str], folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [*PYTEST, str(folder), *words],
        cwd=paths.ROOT,
        # Other plugins start a browser's library, Django, processes: none of it is needed here.
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip()


def main(words: list[str], tests: Path = paths.ROOT / "tests") -> int:
    """Run every folder, even after one has failed; pytest's worst exit code."""
    codes = []
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for code, printed in pool.map(partial(perform, words), folders(tests)):
            print(printed, flush=True)
            codes.append(code)
    chosen = [code for code in codes if code != NONE_CHOSEN]
    return max(chosen, default=NONE_CHOSEN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
