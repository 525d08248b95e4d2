"""Sizes that keep a module readable, and templates that somebody uses."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "accounts", "programs", "journeys", "enrollment")
MODULE_LINES = 400
TEMPLATE_LINES = 150

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
}


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def python_files() -> list[Path]:
    folders = [ROOT / name for name in (*APPS, "tests", "bench")]
    found = [path for folder in folders for path in folder.rglob("*.py")]
    return [path for path in found if not path.name.startswith("0001_")]


def test_no_module_is_longer_than_the_house_allows() -> None:
    too_long = {str(p.relative_to(ROOT)): lines(p) for p in python_files()}
    assert {name: size for name, size in too_long.items() if size > MODULE_LINES} == {}


def test_no_template_is_longer_than_the_house_allows() -> None:
    sizes = {str(p.relative_to(ROOT)): lines(p) for p in (ROOT / "templates").rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size > TEMPLATE_LINES} == {}


def test_nothing_is_named_for_being_left_over() -> None:
    banned = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert [str(p) for p in python_files() if p.name in banned] == []


@pytest.fixture(scope="module")
def everything() -> str:
    sources = [p for name in APPS for p in (ROOT / name).rglob("*.py")]
    sources += list((ROOT / "templates").rglob("*.html"))
    return "\n".join(path.read_text() for path in sources)


def test_every_template_is_used(everything: str) -> None:
    names = {str(p.relative_to(ROOT / "templates")) for p in (ROOT / "templates").rglob("*.html")}
    ours = {name for name in names if not name.startswith(tuple(NAMED_ELSEWHERE))}
    assert {name for name in ours if not re.search(rf"[\"']{re.escape(name)}", everything)} == set()
