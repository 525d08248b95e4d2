"""The demo's partners: decided by the seed, speaking our words, closed to what is not signed."""

import asyncio
import datetime as dt
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from journeys.core.facts import FACTS
from journeys.core.graph import Graph
from journeys.core.templates import GRAPHS
from journeys.management.simulator.desk import Desk
from journeys.management.simulator.partners import World, steps_of
from journeys.management.simulator.scripts import SCRIPTS, Case, Turn, turns_of
from journeys.management.simulator.server import application
from tests.factories.exchange import SECRET, packet, signed_report
from tests.fakes.hub import Hub

Request = tuple[str, str, bytes, dict[str, str]]
TODAY = dt.date(2026, 3, 6)
MESSAGE: dict[str, Any] = {
    "type": "enrollment.submitted",
    "timestamp": "2026-03-06T19:10:00Z",
    "data": {"journey": "TL-8KDW2MF", "version": 1, "packet": packet()},
}


SELF_INJECTED = GRAPHS["self_injected_pharmacy_benefit"]


def turns(
    kind: str,
    seed: int,
    *,
    smooth: bool = False,
    version: int = 1,
    graph: Graph = SELF_INJECTED,
) -> list[Turn]:
    case = Case(
        journey="TL-8KDW2MF",
        number="NS-10422",
        version=version,
        steps=frozenset(graph.by_key),
        today=TODAY,
        chance=Random(seed),
        smooth=smooth,
        # By lot it is the second one's turn.
        pharmacies={"crescent": "Crescent Specialty Pharmacy", "oak": "Oak Street Pharmacy"},
    )
    return list(turns_of(kind, case))


@pytest.mark.parametrize("kind", SCRIPTS)
def test_the_same_seed_gives_the_same_story(kind: str) -> None:
    stories = [repr(turns(kind, seed)) for seed in range(40)]
    assert stories == [repr(turns(kind, seed)) for seed in range(40)]
    assert len(set(stories)) > 5


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.key)
@pytest.mark.parametrize("kind", SCRIPTS)
def test_partners_report_only_what_every_journey_knows(kind: str, graph: Graph) -> None:
    for turn in (turn for seed in range(60) for turn in turns(kind, seed, graph=graph)):
        status = graph.by_key[turn.step].status(turn.status)
        assert status is not None, turn
        assert not turn.reason or turn.reason in {each.key for each in status.reasons}, turn
        assert set(turn.facts) <= set(FACTS), turn


def test_the_hub_asks_the_patient_and_says_which_pharmacy_gets_the_referral() -> None:
    told = [turn for seed in range(60) for turn in turns("enrollment.submitted", seed)]
    sent = [turn.facts for turn in told if turn.step == "pharmacy_triage"]
    assert 0 < len(sent) < 60, "not where it was returned or the payer refused"
    crescent = "Crescent Specialty Pharmacy"
    for facts in sent:
        assert facts == {
            "patient_choice_asked_on": TODAY.isoformat(),
            "patient_pharmacy_choice": crescent,
            "pharmacy_name": crescent,
            "routing_reason": "patient_choice",
        }


def test_partners_know_which_steps_a_program_has() -> None:
    assert "site_of_care" in steps_of("ossivue")
    assert "site_of_care" not in steps_of("veltrana")


def test_the_first_case_goes_all_the_way() -> None:
    told = [(turn.step, turn.status) for kind in SCRIPTS for turn in turns(kind, 1, smooth=True)]
    for last in (
        ("prior_authorization_determination", "approved"),
        ("copay_enrollment", "enrolled"),
        ("delivery", "delivered"),
        ("first_dose", "confirmed"),
    ):
        assert last in told


def test_a_returned_case_goes_on_with_its_correction() -> None:
    seed = next(seed for seed in range(99) if turns("enrollment.submitted", seed)[0].corrections)
    assert len(turns("enrollment.submitted", seed)) == 1
    assert turns("enrollment.submitted", seed, version=2)[0].status == "accepted"


@pytest.fixture
def world() -> World:
    return World(site_url="http://127.0.0.1:1", secret=SECRET)


def ask(world: World, *requests: Request) -> list[httpx.Response]:
    """Send requests one after the other, as from this machine."""

    async def send() -> list[httpx.Response]:
        transport = httpx.ASGITransport(application(world), client=("127.0.0.1", 9))
        async with httpx.AsyncClient(transport=transport, base_url="http://simulator") as client:
            answers = [
                await client.request(method, path, content=body, headers=headers)
                for method, path, body, headers in requests
            ]
        for task in world.working:
            task.cancel()
        return answers

    return asyncio.run(send())


def webhook(message_id: str = "msg_1") -> Request:
    body, headers = signed_report(MESSAGE, partner="ours", message_id=message_id)
    return "POST", "/northstar", body, headers


def test_a_repeated_webhook_is_one_case(world: World) -> None:
    first, again = ask(world, webhook(), webhook())
    assert first.json() == again.json()
    assert first.json()["case_number"].startswith("NS-")
    assert world.desk.seen("northstar") == 1


def test_what_is_not_signed_is_refused(world: World) -> None:
    method, path, body, headers = webhook()
    unsigned, altered = ask(world, (method, path, body, {}), (method, path, body + b" ", headers))
    assert (unsigned.status_code, altered.status_code) == (401, 401)
    assert world.desk.cases == {}


def test_an_outage_can_be_switched_on_from_this_machine_alone(world: World) -> None:
    down: Request = ("POST", "/control", b'{"down": true}', {})
    switched, refused = ask(world, down, webhook())
    assert switched.json()["down"] is True
    assert refused.status_code == 503

    async def from_elsewhere() -> int:
        transport = httpx.ASGITransport(application(world), client=("10.0.0.9", 9))
        async with httpx.AsyncClient(transport=transport, base_url="http://simulator") as client:
            return (await client.post("/control", content=b'{"down": false}')).status_code

    assert asyncio.run(from_elsewhere()) == 404
    assert world.down


async def live(world: World, site: Hub, *, ids: int) -> None:
    """Go on until the site knows so many reports, and be killed."""
    world.resume()
    while len(set(site.ids)) < ids:
        await asyncio.sleep(0.001)
    for task in world.working:
        task.cancel()
    await asyncio.gather(*world.working, return_exceptions=True)


def test_after_a_restart_a_case_goes_on_where_it_stood(tmp_path: Path, hub: Hub) -> None:
    file, story = tmp_path / "desk.jsonl", turns("enrollment.submitted", 1, smooth=True)

    def world() -> World:
        site = hub.url.removesuffix("/webhooks")
        return World(site_url=site, secret=SECRET, speed=1e6, desk=Desk(file))

    async def take() -> None:
        world().take("northstar", "msg_1", webhook()[2])

    asyncio.run(take())
    asyncio.run(live(world(), hub, ids=2))
    with file.open("a") as torn:
        torn.write('{"message_id": "msg_1", "to')
    before = len(hub.taken)
    asyncio.run(live(world(), hub, ids=len(story)))
    # What was told is not told anew, but for the one report that a kill may cut in two.
    assert len(hub.taken) - before <= len(story) - 1
    steps = {message.id: message.content["data"]["step"] for message in hub.taken}
    assert list(steps.values()) == [turn.step for turn in story]
    assert "Rosa" not in file.read_text()
    assert world().desk.seen("northstar") == 1
