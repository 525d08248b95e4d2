"""`make test-core`: the pure core's tests, in as many processes as a small machine has cores."""

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


def shares(tests: Path) -> list[list[Path]]:
    """The apps' folders in shares alike: each, those with most tests first, goes to the smallest.

    A process takes half a second to begin, so there are no more of them than run at a time.
    """
    sizes = {folder: len(list(folder.rglob("test_*.py"))) for folder in tests.glob("*/core")}
    dealt: list[list[Path]] = [[] for _ in range(AT_A_TIME)]
    for folder in sorted(sizes, key=lambda folder: (-sizes[folder], folder)):
        min(dealt, key=lambda share: sum(sizes[each] for each in share)).append(folder)
    return [share for share in dealt if share]


def perform(words: list[str], folders: list[Path]) -> tuple[int, str]:
    done = subprocess.run(
        [*PYTEST, *map(str, folders), *words],
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
    """Run every share, even after one has failed; pytest's worst exit code."""
    codes = []
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for code, printed in pool.map(partial(perform, words), shares(tests)):
            print(printed, flush=True)
            codes.append(code)
    chosen = [code for code in codes if code != NONE_CHOSEN]
    return max(chosen, default=NONE_CHOSEN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
