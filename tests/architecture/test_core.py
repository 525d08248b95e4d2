"""The core is plain Python: what it imports is listed here, and it never asks what time it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "programs", "journeys", "enrollment")

# Plain values and arithmetic. Anything else needs a line in EXCEPTIONS and a reason.
PLAIN = {
    "base64", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum", "functools",
    "hashlib", "heapq", "hmac", "itertools", "json", "math", "re", "string", "stdnum", "struct",
    "types", "typing", "unicodedata", "uuid", "zlib", "zoneinfo",
}  # fmt: skip
EXCEPTIONS = {
    ("accounts/core/envelope.py", "cryptography"): "it is the encryption",
    ("accounts/core/envelope.py", "os"): "a nonce is random, and no caller may choose it",
    ("accounts/core/tokens.py", "secrets"): "a token is random, and no caller may choose it",
    ("accounts/core/spreadsheet.py", "csv"): "it writes lines into memory",
    ("accounts/core/spreadsheet.py", "io"): "it writes lines into memory",
    ("programs/core/catalogue.py", "importlib"): "the catalogue is a file of the package",
    ("journeys/core/cohort.py", "random"): "a seed makes the same journeys again",
    ("journeys/core/cohort.py", "statistics"): "plain arithmetic",
    ("programs/core/made_up.py", "random"): "a seed makes the same people again",
    ("programs/core/places.py", "importlib"): "the postal codes are a file of the package",
    ("programs/core/starter.py", "importlib"): "what a program begins with is a file of it",
}
CLOCKS = {"now", "utcnow", "today", "localtime", "monotonic", "time_ns", "perf_counter"}
INPUT_AND_OUTPUT = {"open", "print", "input", "exec", "eval"}


def imported(tree: ast.AST) -> Iterator[str]:
    """The first name of everything that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def called(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """The last name of everything that a module calls, and whether it is called on something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, True
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, False


def faults(name: str, source: str) -> list[str]:
    """What in one module of a core is not plain: imports, the clock, input and output."""
    tree = ast.parse(source)
    strange = set(imported(tree)) - PLAIN - set(APPS)
    calls = set(called(tree))
    return sorted(
        [f"{name} imports {it}" for it in strange if (name, it) not in EXCEPTIONS]
        + [f"{name} reads the clock: {it}()" for it, on in calls if on and it in CLOCKS]
        + [f"{name} calls {it}()" for it, on in calls if not on and it in INPUT_AND_OUTPUT]
    )


def sources() -> dict[str, str]:
    return {
        str(path.relative_to(ROOT)): path.read_text()
        for app in APPS
        for path in (ROOT / app / "core").rglob("*.py")
    }


def test_every_core_is_plain() -> None:
    assert [fault for name, source in sources().items() for fault in faults(name, source)] == []


def test_every_exception_is_still_needed() -> None:
    listed = {name: (ROOT / name).read_text() for name, _it in EXCEPTIONS}
    used = {(name, it) for name, source in listed.items() for it in imported(ast.parse(source))}
    assert set(EXCEPTIONS) <= used


def test_a_core_that_reads_the_clock_a_file_or_the_network_is_reported() -> None:
    bad = "import httpx\nfrom datetime import datetime\nopen('x')\nlate = datetime.now() > due\n"
    assert faults("journeys/core/bad.py", bad) == [
        "journeys/core/bad.py calls open()",
        "journeys/core/bad.py imports httpx",
        "journeys/core/bad.py reads the clock: now()",
    ]
