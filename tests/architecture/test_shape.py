"""Sizes that keep a module readable, and templates that somebody uses."""

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "accounts", "programs", "journeys", "enrollment")
TEMPLATES = ROOT / "templates"
MODULE_LINES = 400
TEMPLATE_LINES = 150
LEFTOVERS = {"utils.py", "helpers.py", "common.py", "misc.py"}

# Templates that a library or Django asks for by name.
NAMED_ELSEWHERE = {
    "account/": "allauth",
    "allauth/": "allauth",
    "mfa/": "allauth",
    "usersessions/": "allauth",
    "bootstrap5/": "crispy-forms",
    "django/": "Django's form renderer",
    "400.html": "Django",
    "403.html": "Django",
    "404.html": "Django",
    "500.html": "Django",
    "503.html": "the answer to errors of ours",
}


def read(paths: Iterable[Path]) -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


def modules() -> dict[str, str]:
    """Our modules, without the migration that Django wrote."""
    folders = [ROOT / name for name in (*APPS, "tests", "bench")]
    found = [path for folder in folders for path in folder.rglob("*.py")]
    return read(path for path in found if not path.name.startswith("0001_"))


def templates() -> dict[str, str]:
    return read(TEMPLATES.rglob("*.html"))


def too_long(texts: Mapping[str, str], *, limit: int) -> dict[str, int]:
    """The lines of each text that has more than the limit."""
    sizes = {name: len(text.splitlines()) for name, text in texts.items()}
    return {name: size for name, size in sizes.items() if size > limit}


def leftovers(names: Iterable[str]) -> list[str]:
    """Modules that are named for nothing that they hold."""
    return [name for name in names if Path(name).name in LEFTOVERS]


def unused(names: Iterable[str], texts: Iterable[str]) -> list[str]:
    """Templates, by their name below templates/, that no text asks for."""
    everything = "\n".join(texts)
    ours = [name for name in names if not name.startswith(tuple(NAMED_ELSEWHERE))]
    return [name for name in ours if not re.search(rf"[\"']{re.escape(name)}", everything)]


def test_no_module_is_longer_than_the_house_allows() -> None:
    assert too_long(modules(), limit=MODULE_LINES) == {}


def test_no_template_is_longer_than_the_house_allows() -> None:
    assert too_long(templates(), limit=TEMPLATE_LINES) == {}


def test_a_module_that_is_too_long_is_reported() -> None:
    texts = {"accounts/all.py": "pass\n" * 401, "accounts/some.py": "pass\n" * 400}
    assert too_long(texts, limit=MODULE_LINES) == {"accounts/all.py": 401}


def test_nothing_is_named_for_being_left_over() -> None:
    assert leftovers(modules()) == []


def test_a_module_named_for_being_left_over_is_reported() -> None:
    assert leftovers(["journeys/core/utils.py", "journeys/core/eta.py"]) == [
        "journeys/core/utils.py"
    ]


def test_every_template_is_used() -> None:
    texts = {**templates(), **read(p for name in APPS for p in (ROOT / name).rglob("*.py"))}
    names = [name.removeprefix("templates/") for name in templates()]
    assert unused(names, texts.values()) == []


def test_a_template_that_nobody_asks_for_is_reported() -> None:
    names = ["journeys/journey.html", "journeys/old.html", "404.html"]
    assert unused(names, ['render(request, "journeys/journey.html")']) == ["journeys/old.html"]


def comments_on_two_lines(texts: Mapping[str, str]) -> list[str]:
    """Templates that print a comment: Django ends it with its line."""
    return sorted(
        name
        for name, text in texts.items()
        if any("#}" not in line.partition("{#")[2] for line in text.splitlines() if "{#" in line)
    )


def test_no_template_prints_its_comments() -> None:
    assert comments_on_two_lines(templates()) == []


def test_a_comment_on_two_lines_is_reported() -> None:
    assert comments_on_two_lines({"a.html": "{# one #}", "b.html": "{# one\n two #}"}) == ["b.html"]


def test_a_function_that_is_too_long_branched_or_wide_is_refused() -> None:
    statements = "\n".join(f"    value_{number} = {number}" for number in range(31))
    branches = "\n".join(f"    if one == {number}:\n        return {number}" for number in range(8))
    bad = (
        f"def long() -> None:\n{statements}\n\n\ndef branched(one: int) -> int:\n{branches}\n"
        "    return 0\n\n\ndef wide(a: int, b: int, c: int, d: int, e: int, f: int, g: int)"
        " -> None: ...\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--output-format=concise", "--no-cache",
         "--stdin-filename", "journeys/domain/bad.py", "-"],
        cwd=ROOT, input=bad, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert {"PLR0915", "C901", "PLR0913"} <= set(re.findall(r"[A-Z]+\d+", done.stdout))
