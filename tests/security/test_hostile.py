"""Hostile words in every parameter of every address: refused or taken as words, never a 500.

It stands in for a scanner from outside: what each page's own forms, links and address take is
sent back to it with the strings that break databases, templates, paths, numbers and dates.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.urls import reverse

from tests.security.test_looking import NO_PAGES
from tests.security.walk import Address, guarded_addresses
from tests.security.world import OPEN, Person, World

pytestmark = pytest.mark.django_db

HOSTILE = (
    "' OR '1'='1' --",
    "\x00",
    "1); select pg_sleep(0)--",
    "../../../../etc/passwd\x00.png",
    "{{ 7|add:7 }}{% load x %}${7*7}<svg/onload=1>",
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "2026-13-45T99:99",
    "0001-01-01",
    "99999999999999999999-01-01",
    "\u202e\ufeff\u0661\u0662\U0001d7d9",
    '{"a": [' * 50,
    "00000000-0000-0000-0000-000000000000",
    "\r\nSet-Cookie: x=1",
    "%ff%fe%00",
    "on",
)
ROUNDS = 5
# What forms and pages of ours read, beside what stands on the page at the moment.
ALWAYS = frozenset({"after", "before", "open", "page", "q", "row", "section", "sort", "version"})
NAMED = re.compile(r'\bname="([^"]{1,80})"')
ASKED = re.compile(r'(?:href|action)="[^"]*\?([^"#]*)"')


@dataclass(frozen=True)
class Answer:
    """What came of one hostile request."""

    named: str
    status: int
    headers: str


def names_on(text: str) -> list[str]:
    """Every parameter that a page says it takes."""
    carried = {pair.split("=")[0] for query in ASKED.findall(text) for pair in query.split("&amp;")}
    return sorted({*NAMED.findall(text), *carried, *ALWAYS} - {"csrfmiddlewaretoken", ""})


def attacks(person: Person, address: Address, path: str) -> Iterator[tuple[str, str, Any]]:
    """Requests on one address: (method, path, form)."""
    page = getattr(person.browser.get(path), "content", b"").decode("latin")
    names = names_on(page)
    plain = path.partition("?")[0]
    for turn in range(ROUNDS):
        words = islice(cycle(HOSTILE), turn * 4, None)
        sent = dict(zip(names, words, strict=False))
        yield "get", f"{plain}?{urlencode(sent)}", None
        yield "post", path, sent
    yield "get", f"{plain}?%ff=%ff&%00=%00&a[]=1&a=&=", None


def tried(world: World) -> Iterator[Answer]:
    """Each address once, by somebody who may open it; nothing of it stays."""
    for address in guarded_addresses():
        if address.name in NO_PAGES:
            continue
        person = next(each for each in world.insiders.values() if each.may(address.permission))
        refused: set[str] = set()
        for method, target, form in attacks(person, address, world.path(address)):
            # An address that does not take a method reads nothing of what comes by it.
            if method not in refused:
                answer = answer_of(person, address, method, target, form)
                refused |= {method} if answer.status == 405 else set()
                yield answer
        for path in mangled(world, address):
            yield answer_of(person, address, "get", path, None)


def mangled(world: World, address: Address) -> list[str]:
    """The address with hostile words where a name stands in it."""
    given = world.given(address)
    named = [each for each in address.parameters if each in OPEN and each != "version_id"]
    if not named:
        return []
    whole = reverse(address.name, kwargs={**given, **dict.fromkeys(named, "hostile-word")})
    words = ("..%2f..%2fetc", quote("' or 1=1--"), "%00", "a" * 900, quote("\u202e"))
    return [whole.replace("hostile-word", word) for word in words]


def answer_of(person: Person, address: Address, method: str, path: str, form: Any) -> Answer:
    person.browser.raise_request_exception = False
    with transaction.atomic():
        answer = getattr(person.browser, method)(path, *([form] if form is not None else []))
        transaction.set_rollback(True)
    named = f"{person.name} {method} {address.name} {form or path}"
    return Answer(named, answer.status_code, str(answer.headers))


@pytest.fixture(scope="module")
def answers(world: World) -> list[Answer]:
    return list(tried(world))


@pytest.mark.asvs("1.2.4", "2.2.1")
def test_nothing_hostile_breaks_an_address(answers: list[Answer]) -> None:
    assert [each.named for each in answers if each.status >= 500] == []
    assert len(answers) > 500


def test_no_header_is_split(answers: list[Answer]) -> None:
    assert [each.named for each in answers if "Set-Cookie: x=1" in each.headers] == []
