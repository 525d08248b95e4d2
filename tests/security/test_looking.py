"""Every page with real rows on it: looking changes nothing, and every answer is closed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponseBase
from django.urls import reverse

from accounts.plans import in_full
from tests.security.walk import guarded_addresses
from tests.security.world import CANARIES, Person, World

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
WRITING = re.compile(r'^\s*(?:insert into|update|delete from)\s+"?(\w+)', re.IGNORECASE)
# What may be written while something is only looked at: the record of it, and the session.
BOOKS = {"accounts_auditentry", "accounts_auditseal", "django_session", "accounts_cache"}
NO_PAGES = ("live_journey", "live_work", "live_intake", "exchange_packet")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Look:
    """One person's look at one page: the answer, and the tables that were written."""

    person: Person
    page: str
    answer: HttpResponseBase
    written: frozenset[str]

    @property
    def named(self) -> str:
        return f"{self.person.name} {self.page} {self.answer.status_code}"

    @property
    def text(self) -> str:
        return getattr(self.answer, "content", b"").decode("latin")


def looks(world: World) -> Iterator[Look]:
    """Everybody at every page of theirs, and a manufacturer also where it may not go.

    Streams and the packet, which takes long to draw, are left to the tests of journeys.
    """
    addresses = [each for each in guarded_addresses() if each.name not in NO_PAGES]
    for person in (*world.insiders.values(), world.strangers["practice"]):
        for address in addresses:
            if person.may(address.permission) or person.name == "manufacturer":
                yield look(person, address.name, path=world.path(address))
        for name in ("home", "find", "sessions"):
            yield look(person, name, path=reverse(name))


def look(person: Person, name: str, *, path: str) -> Look:
    written: set[str] = set()

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        written.update(found[1] for each in in_full(sql) if (found := WRITING.match(each)))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        answer = person.browser.get(path)
    return Look(person, name, answer, frozenset(written))


@pytest.fixture(scope="module")
def seen(world: World) -> list[Look]:
    return list(looks(world))


def test_pages_of_every_kind_were_looked_at(seen: list[Look]) -> None:
    statuses = {look.answer.status_code for look in seen}
    assert {200, 302, 403, 404, 405} <= statuses
    assert max(statuses) < 500


@pytest.mark.asvs("3.5.3")
def test_looking_writes_nothing_but_the_record_of_it(seen: list[Look]) -> None:
    assert [(look.named, look.written - BOOKS) for look in seen if look.written - BOOKS] == []
    assert any(look.written for look in seen)


@pytest.mark.asvs("3.4.4", "3.4.5", "3.4.6", "3.4.8", "14.3.2")
def test_every_answer_carries_the_headers(seen: list[Look]) -> None:
    faults = [
        (look.named, name, look.answer.get(name))
        for look in seen
        for name, value in HEADERS.items()
        if value not in look.answer.get(name, "")
    ]
    assert faults == []


@pytest.mark.asvs("3.4.3")
def test_no_answer_lets_a_page_run_what_is_not_ours(seen: list[Look]) -> None:
    policies = {look.named: look.answer.get("Content-Security-Policy", "") for look in seen}
    assert {name for name, policy in policies.items() if "default-src" not in policy} == set()
    assert {name for name, policy in policies.items() if "unsafe-" in policy} == set()


@pytest.mark.asvs("3.4.2")
def test_no_answer_is_shared_with_another_origin(seen: list[Look]) -> None:
    shared = [
        (look.named, header)
        for look in seen
        for header in look.answer.headers
        if header.lower().startswith("access-control-")
    ]
    assert shared == []


@pytest.mark.asvs("16.3.2")
def test_every_page_with_a_patients_values_on_it_is_in_the_audit(seen: list[Look]) -> None:
    with_values = [look for look in seen if any(canary in look.text for canary in CANARIES)]
    assert {look.person.name for look in with_values} >= {"practice", "prescriber", "hub"}
    unseen = [look.named for look in with_values if "accounts_auditentry" not in look.written]
    assert unseen == []


@pytest.mark.asvs("14.2.1")
def test_no_address_or_cookie_holds_a_patients_values(seen: list[Look]) -> None:
    told = []
    for look in seen:
        links = re.findall(r'(?:href|src|action|hx-[a-z]+)="([^"]*)"', look.text)
        carried = [*links, look.answer.get("Location", ""), look.answer.cookies.output()]
        told += [(look.named, text) for text in carried if any(c in text for c in CANARIES)]
    assert told == []


@pytest.mark.asvs("14.2.1")
def test_no_form_puts_what_is_typed_into_an_address(seen: list[Look]) -> None:
    """Forms that are read with GET choose, tick and date; words are sent in a body.

    The one box of words searches the published questions, where there is nobody to look for.
    """
    chosen = re.compile(r'type="(?:hidden|checkbox|radio|date|submit)"|id="dictionary-q"')
    typed = [
        (look.named, field)
        for look in seen
        for form in re.findall(r'<form[^>]*method="get".*?</form>', look.text, re.DOTALL)
        for field in re.findall(r"<(?:input|textarea)[^>]*>", form)
        if not chosen.search(field)
    ]
    assert typed == []


@pytest.mark.asvs("14.3.3")
def test_nothing_of_ours_keeps_anything_in_the_browser(seen: list[Look]) -> None:
    """Drafts are saved on the server, and htmx keeps no copy of a page for the way back."""
    keeps = re.compile(r"localStorage|sessionStorage|indexedDB|caches\.open")
    scripts = (ROOT / "static" / "js").rglob("*.js")
    assert [path.name for path in scripts if keeps.search(path.read_text())] == []
    pages = [look for look in seen if "htmx-config" in look.text]
    assert pages
    assert [look.named for look in pages if '"historyCacheSize":0' not in look.text] == []
