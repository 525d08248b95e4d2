"""The story: newest first, in the same words for everyone, without what a role may not see."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from journeys.core.events import Event
from journeys.core.facts import text_of
from journeys.core.graph import ORGANIZATIONS
from journeys.core.timeline import Entry, timeline
from journeys.core.visibility import visible_facts, visible_step
from tests.journeys.core.story import (
    AUTHORIZED,
    PARTIES,
    SELF_INJECTED,
    at,
    fact,
    happy_path,
    late,
    quick,
    said,
    settled,
    stand,
    streams,
)

RETURNED = said("hub", "intake_review", "returned", 1, reason="missing_npi", note="Page 2.")
PROVIDED = said("practice", "missing_information", "provided", 1.5)
DENIED = said("pharmacy", "prior_authorization_determination", "denied", 51)


def story(events: list[Event], viewer: str = "practice") -> list[Entry]:
    return timeline(SELF_INJECTED, events, stand(events), viewer, parties=PARTIES)


def entry(events: list[Event], event: Event, viewer: str = "practice") -> Entry | None:
    return next((one for one in story(events, viewer) if one.key == event.ref), None)


def test_it_is_told_newest_first() -> None:
    told = story(happy_path())
    assert [one.occurred_at for one in told] == sorted(
        (one.occurred_at for one in told), reverse=True
    )
    assert told[0].what == "First dose: taken"


@quick
@given(streams())
def test_each_role_reads_the_same_order_practice_and_hub_all_and_a_stranger_nothing(
    events: list[Event],
) -> None:
    state = stand(events)
    told = {
        viewer: timeline(SELF_INJECTED, events, state, viewer, parties=PARTIES)
        for viewer in (*ORGANIZATIONS, "manufacturer", "operator", "payer", "")
    }
    everything = [one.key for one in told["hub"]]
    for viewer in ORGANIZATIONS:
        seen = [one.key for one in told[viewer]]
        assert seen == [key for key in everything if key in set(seen)]
    for viewer in ("practice", "hub"):
        own = [one for one in told[viewer] if one.kind != "conflict"]
        assert {one.key for one in own} <= {event.ref for event in events}
        assert sum(one.reported for one in own) == len({event.ref for event in events})
    for viewer in ("manufacturer", "operator", "payer", ""):
        assert told[viewer] == []


def test_an_entry_says_what_who_when_and_what_it_moved() -> None:
    events = happy_path(3)
    told = entry(events, events[2])
    assert told is not None
    assert told.what == "Benefit verification: complete"
    assert told.who == "Northstar Access"
    assert told.set_in_motion == ("opened Prior authorization request", "opened Copay enrollment")
    assert [(line.label, line.text) for line in told.facts] == [
        ("Prior authorization needed", "yes")
    ]


def test_a_skip_is_told_with_its_reason() -> None:
    government = fact("practice", 3, line_of_business="medicare")
    start = said("practice", "enrollment_submitted", "submitted", 0)
    told = entry([start, government], government)
    assert told is not None
    assert told.set_in_motion == (
        "skipped Copay enrollment: copay help is not allowed with government coverage",
    )


def test_what_we_learnt_late_says_by_how_much() -> None:
    copay = happy_path(4)[3]
    overnight = late(copay, 14)
    told = entry([*happy_path(3), overnight], overnight)
    assert told is not None
    assert told.learnt_late_by == timedelta(hours=14)


def test_five_minutes_are_not_late() -> None:
    event = late(happy_path(1)[0], 5 / 60)
    told = entry([event], event)
    assert told is not None
    assert told.learnt_late_by is None


def test_a_disagreement_is_one_entry_with_two_columns() -> None:
    events = [*happy_path(6), DENIED]
    (told,) = [one for one in story(events) if one.kind == "conflict"]
    assert [(side.who, side.what) for side in told.columns] == [
        ("Northstar Access", "approved"),
        ("Crescent Specialty Pharmacy", "denied"),
    ]
    assert told.proposal == (
        "Proposed: approved, because Northstar Access gave the number and the dates"
    )


def test_a_settlement_says_whose_word_was_taken_and_both_sides_stay() -> None:
    approved = happy_path(6)[5]
    events = [*happy_path(5), approved, DENIED]
    choice = settled(approved, "status:prior_authorization_determination", 52)
    told = entry([*events, choice], choice)
    assert told is not None
    assert told.what == (
        "Prior authorization decision: settled as approved, as Northstar Access said"
    )
    (conflict,) = [one for one in story([*events, choice]) if one.kind == "conflict"]
    assert [side.chosen for side in conflict.columns] == [True, False]


def test_the_pharmacy_does_not_see_why_an_intake_was_returned() -> None:
    events = [*happy_path(1), RETURNED, PROVIDED]
    for viewer, what, note in (
        ("practice", "Intake review: returned (NPI is missing)", "Page 2."),
        ("hub", "Intake review: returned (NPI is missing)", "Page 2."),
        ("pharmacy", "Intake review: returned", ""),
        ("vendor", "Intake review: returned", ""),
    ):
        told = entry(events, RETURNED, viewer)
        assert told is not None
        assert (told.what, told.note) == (what, note)


def test_the_vendor_sees_nothing_of_prior_authorization() -> None:
    events = [*happy_path(6), DENIED]
    words = " ".join(
        f"{one.what} {one.facts} {one.columns} {one.proposal}" for one in story(events, "vendor")
    )
    assert "A-100" not in words
    assert "denied" not in words
    assert "approved" not in words
    assert not [one for one in story(events, "vendor") if one.kind == "conflict"]
    facts = {known.name for known in visible_facts(stand(happy_path(6)), "vendor")}
    assert facts == {"line_of_business", "payer_name"}
    assert facts.isdisjoint(AUTHORIZED)


def test_a_step_is_shown_without_what_a_role_may_not_see() -> None:
    state = stand([*happy_path(5), DENIED])
    step = state.steps["prior_authorization_determination"]
    for viewer, label in (("practice", "Denied"), ("pharmacy", "Denied"), ("vendor", "")):
        shown = visible_step(SELF_INJECTED, step, viewer)
        assert shown.status_label == label
        assert (shown.phase, shown.owner, shown.due_at) == (step.phase, step.owner, step.due_at)


@pytest.mark.parametrize(
    ("viewer", "seen"), [("practice", True), ("hub", True), ("pharmacy", True), ("vendor", False)]
)
def test_a_message_is_read_by_those_it_is_for(viewer: str, seen: bool) -> None:
    message = said(
        "hub", "delivery", None, 90, kind="message", to=("pharmacy",), note="Is it cold-packed?"
    )
    told = entry([*happy_path(8), message], message, viewer)
    assert (told is not None) == seen
    assert told is None or told.note == "Is it cold-packed?"


@pytest.mark.parametrize("viewer", ["practice", "hub", "pharmacy"])
def test_a_message_that_is_taken_back_says_so_and_no_longer_what(viewer: str) -> None:
    told = {"kind": "message", "to": ("pharmacy",)}
    message = said("hub", "delivery", None, 90, note="Her lab results", **told)
    back = said("hub", "delivery", None, 95, note="Another patient's", chosen=message.ref, **told)
    # Nobody takes back what somebody else wrote.
    others = said("pharmacy", "delivery", None, 96, note="?", chosen=back.ref, **told)
    for events in ([message, back, others], [others, back, message]):
        was, why = (entry([*happy_path(8), *events], each, viewer) for each in (message, back))
        assert was is not None
        assert (was.what, was.note) == ("Delivery: message, taken back", "")
        assert why is not None
        assert (why.what, why.note) == ("Delivery: message", "Another patient's")


def test_a_message_says_who_of_those_it_is_for_has_looked_since() -> None:
    to = ("practice", "pharmacy")
    message = said("hub", "delivery", None, 90, kind="message", to=to, note="Is it cold-packed?")
    events = [*happy_path(8), message]
    looked = {"practice": at(91), "hub": at(95), "pharmacy": at(89), "vendor": at(99)}
    for viewer in ("practice", "hub", "pharmacy"):
        told = timeline(
            SELF_INJECTED, events, stand(events), viewer, parties=PARTIES, looked=looked
        )
        (entry,) = [each for each in told if each.key == message.ref]
        assert entry.read_by == (PARTIES["practice"].name,)
        assert entry.unread_by == (PARTIES["pharmacy"].name,)
        assert not any(each.read_by or each.unread_by for each in told if each is not entry)


def test_what_moved_nothing_says_why() -> None:
    odd = said("hub", "no_such_step", "done", 1)
    told = entry([*happy_path(1), odd], odd)
    assert told is not None
    assert told.unplaced_why == "This journey has no such step."


def test_a_hand_over_names_who_got_it() -> None:
    sent = said("system", None, "sent", 1, kind="hand_off", to=("hub",))
    told = entry([*happy_path(1), sent], sent)
    assert told is not None
    assert told.what == "Handed to Northstar Access"
    assert entry([*happy_path(1), sent], sent, "vendor") is None


def test_a_hand_over_goes_on_naming_who_had_the_part_then() -> None:
    sent = said("system", None, "sent", 1, kind="hand_off", to=("hub",), to_name="Old Hub")
    told = entry([*happy_path(1), sent], sent)
    assert told is not None
    assert told.what == "Handed to Old Hub"


def test_the_very_same_report_under_another_id_is_told_once_and_how_often_it_came() -> None:
    events = happy_path(2)
    again = replace(events[1], id="again", received_at=at(9), transport="batch")
    told = story([again, *events])
    (entry,) = [one for one in told if one.what == "Intake review: accepted"]
    assert (entry.key, entry.reported, entry.learnt_late_by) == (events[1].ref, 2, None)
    assert entry.set_in_motion == ("opened Benefit verification",)
    assert len(told) == 2
    now, before = stand([again, *events]), stand(events)
    assert (now.headline, now.actions) == (before.headline, before.actions)


@pytest.mark.parametrize(
    "change",
    [
        {"occurred_at": at(1.5)},
        {"note": "By phone"},
        {"facts": {"hub_case_number": "N-1"}},
        {"source": "beacon", "role": "hub"},
    ],
    ids=str,
)
def test_what_differs_in_anything_stands_by_itself(change: dict[str, Any]) -> None:
    events = happy_path(2)
    other = replace(events[1], id="again", **change)
    assert [one.reported for one in story([*events, other]) if one.kind != "conflict"] == [1, 1, 1]


def test_the_same_words_written_twice_are_two_messages() -> None:
    words = said("hub", None, None, 1, kind="message", note="Please call.", to=("practice",))
    told = story([*happy_path(1), words, replace(words, id="again")])
    assert [one.kind for one in told] == ["message", "message", "status"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("ship_on", "2026-03-06", "Mar 6, 2026"),
        ("ship_on", "soon", "soon"),
        ("quantity", 2, "2"),
        ("corrections", [{"field": "", "sentence": "The NPI is missing."}], "The NPI is missing."),
    ],
)
def test_a_facts_value_is_told_in_words(name: str, value: object, text: str) -> None:
    assert text_of(name, value) == text


DECISION = "prior_authorization_determination"


def test_a_denial_that_is_disputed_opens_no_appeal_until_it_is_found_right() -> None:
    approved = happy_path(6)[-1]
    denied = said("pharmacy", DECISION, "denied", 55, reason="criteria_not_met")
    disputed = [*happy_path(5), approved, denied]
    against = settled(approved, f"status:{DECISION}", 60)
    for_it = settled(denied, f"status:{DECISION}", 60)
    for story, moved in (
        (disputed, ()),
        ([*disputed, against], ()),
        ([*disputed, for_it], ("opened Appeal",)),
    ):
        told = timeline(SELF_INJECTED, story, stand(story, now=61), "practice")
        (entry,) = [each for each in told if each.key == denied.ref]
        assert entry.set_in_motion == moved
