"""Lakeside's rows do not exist for anybody else: not by id, in a list, a search or a count."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.http import HttpResponseBase
from django.urls import reverse

from journeys.views import live
from tests.security.walk import Address, guarded_addresses, nowhere, rows
from tests.security.world import ASKED, Person, World

pytestmark = pytest.mark.django_db

# What differs in any two answers: tokens of forms, nonces of scripts, the id that was asked for.
UNLIKE = re.compile(
    r'(?<=name="csrf-token" content=")\w+|(?<=csrfmiddlewaretoken" value=")\w+'
    r'|(?<=nonce=")[^"]+|[0-9a-f]{8}-[0-9a-f-]{27}'
)
# Tables in which looking is itself recorded.
BOOKS = ("accounts_audit", "django_session", "usersessions_", "accounts_cache")
# What every practice may read of a program: its questions, and nobody's answers.
PUBLISHED = {"program_dictionary", "program_answers_schema"}
# What no practice may open: refused before any row is looked for, so alike for every address.
NOT_A_PRACTICES = {"safety_month", "safety_month_csv", "safety_month_sign"}
# Ids of rows that a page names in its form or its query: page, query, form.
CARRIED: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    ("enrollment_start", {"patient": "patient_id"}, {}),
    ("enrollment_start", {"patient": "patient_id"}, {"version": "version", "prescriber": "mine"}),
    ("enrollment_start", {"patient": "my_patient"}, {"version": "version", "prescriber": "theirs"}),
    ("signing_read", {"enrollment": "enrollment_id"}, {}),
    ("signing_read", {}, {"sign": "enrollment_id"}),
    ("switch_organization", {}, {"organization": "practice"}),
)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams ask on a connection of their own, which does not see a test's open transaction."""

    async def ask(query: Callable[[], Any]) -> Any:
        return await sync_to_async(query)()

    monkeypatch.setattr(live, "_query", ask)


def said(answer: HttpResponseBase) -> tuple[int, str]:
    """The whole answer, without what differs in any two."""
    body = "" if answer.streaming else getattr(answer, "content", b"").decode()
    return answer.status_code, UNLIKE.sub("…", body)


def stored() -> dict[str, list[str]]:
    return {name: texts for name, texts in rows().items() if not name.startswith(BOOKS)}


def with_ids() -> list[Address]:
    return [address for address in guarded_addresses() if address.parameters]


def without_ids() -> list[Address]:
    return [address for address in guarded_addresses() if not address.parameters]


def theirs(world: World, address: Address) -> str:
    """The address of a row of Lakeside's."""
    return world.path(address)


def opened(person: Person, address: Address, path: str, method: str) -> HttpResponseBase:
    answer: HttpResponseBase = getattr(person.browser, method)(path)
    return answer


def asked(world: World) -> Iterator[tuple[Person, Address]]:
    """Each stranger at each address that their role would let them open."""
    for stranger in world.strangers.values():
        for address in with_ids():
            if stranger.may(address.permission) and address.name not in PUBLISHED:
                yield stranger, address


def test_every_row_that_is_asked_for_is_there(world: World) -> None:
    """For somebody of Lakeside, its hub or its manufacturer, each address is that of a row."""

    def is_seen(address: Address) -> bool:
        path = theirs(world, address)
        return any(
            opened(person, address, path, "get").status_code in (200, 302, 405)
            for person in world.insiders.values()
            if person.may(address.permission)
        )

    assert [address.name for address in with_ids() if not is_seen(address)] == []


@pytest.mark.asvs("8.2.2", "8.4.1")
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_row_of_lakeside_and_a_row_that_never_was_look_alike(world: World, method: str) -> None:
    faults = []
    before = stored()
    for stranger, address in asked(world):
        never = reverse(address.name, kwargs=nowhere(address), query=ASKED.get(address.name))
        answer = said(opened(stranger, address, theirs(world, address), method))
        meant = (403, 404, 405) if address.name in NOT_A_PRACTICES else (404, 405)
        if answer != said(opened(stranger, address, never, method)) or answer[0] not in meant:
            faults.append((stranger.name, address.name, answer[0]))
    assert faults == []
    assert stored() == before


def test_every_address_with_an_id_was_tried_by_a_stranger(world: World) -> None:
    tried = {address.name for _stranger, address in asked(world)}
    assert {address.name for address in with_ids()} == tried | PUBLISHED


@pytest.mark.asvs("8.4.1")
@pytest.mark.parametrize(("name", "query", "form"), CARRIED)
def test_an_id_in_a_form_or_a_query_opens_nothing(
    world: World, name: str, query: dict[str, str], form: dict[str, str]
) -> None:
    stranger = world.strangers["practice"]
    harbor = world.harbor
    mine = {
        "version": harbor.version.id,
        "mine": harbor.prescriber.id,
        "my_patient": harbor.rosa.id,
    }
    lakesides = {
        **world.ids,
        "theirs": world.lakeside.prescriber.id,
        "practice": world.lakeside.practice.id,
    }

    def answer(ids: dict[str, Any]) -> tuple[int, str]:
        asked_for = {key: str({**ids, **mine}[value]) for key, value in query.items()}
        sent = {key: str({**ids, **mine}[value]) for key, value in form.items()}
        path = reverse(name, query=asked_for)
        stranger.browser.get(reverse("programs"))  # what was said before is read there
        return said(stranger.browser.post(path, sent) if form else stranger.browser.get(path))

    before = stored()
    assert answer(lakesides) == answer({key: uuid.uuid4() for key in lakesides})
    assert stored() == before


@pytest.mark.asvs("8.4.1")
def test_no_list_count_search_or_file_tells_of_lakesides_rows(world: World) -> None:
    told = []
    # Not whole, since a page repeats what was typed.
    words = [world.journey.number[:-1], "Zephyrin Quillfeathe", "zeph"]
    for stranger in world.strangers.values():
        pages = {
            address.name: stranger.browser.get(reverse(address.name))
            for address in without_ids()
            if stranger.may(address.permission) and address.name not in ("live_work", "live_intake")
        }
        pages |= {f"find {word}": stranger.browser.post("/find/", {"q": word}) for word in words}
        for name, page in pages.items():
            text = page.content.decode()
            told += [(stranger.name, name, secret) for secret in world.secrets if secret in text]
    assert told == []


def test_what_strangers_do_not_find_is_there_to_be_found(world: World) -> None:
    ana = world.insiders["practice"].browser
    hub = world.insiders["hub"].browser
    assert b"Quillfeather" in ana.get(reverse("patients")).content
    assert b"Quillfeather" in ana.post(reverse("find"), {"q": "zeph"}).content
    assert b"Quillfeather" in hub.get(reverse("intake")).content
    assert hub.get(reverse("work")).context["tabs"][0]["count"] == "3"


@pytest.mark.asvs("8.4.1")
def test_a_hub_without_enrollments_counts_none(world: World) -> None:
    other = world.strangers["hub"].browser
    assert other.get(reverse("work")).context["tabs"][0]["count"] == "0"
    assert "No enrollment waits" in other.get(reverse("intake")).content.decode()
