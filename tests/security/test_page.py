"""docs/security.md names tests that exist, for every item, and says how each stands."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROW = re.compile(r"^\| ([\d, -]+) \| (.+?) \| ?(.*) \| (holds|partly|not yet) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ITEMS = range(1, 70)


@cache
def defined_in(path: str) -> set[str]:
    if not (ROOT / path).is_file():
        return set()
    tree = ast.parse((ROOT / path).read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, functions)}


def missing(page: str) -> list[str]:
    """Tests that a page names and that do not exist."""
    return [f"{path}::{name}" for path, name in NAMED.findall(page) if name not in defined_in(path)]


def items(numbers: str) -> list[int]:
    """The items of a row: "45", "51, 52" or "53-56"."""
    found: list[int] = []
    for part in numbers.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def test_every_test_that_the_page_names_exists() -> None:
    assert NAMED.search(PAGE)
    assert missing(PAGE) == []


def test_a_test_that_does_not_exist_is_reported() -> None:
    assert missing("`tests/security/test_page.py::test_gone`") == [
        "tests/security/test_page.py::test_gone"
    ]


def test_every_item_stands_on_the_page_once() -> None:
    assert [item for row in ROW.finditer(PAGE) for item in items(row[1])] == list(ITEMS)


def test_what_holds_has_a_test_that_shows_it() -> None:
    assert [row[1] for row in ROW.finditer(PAGE) if row[4] == "holds" and not row[3].strip()] == []
