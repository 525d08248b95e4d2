"""Reaching a patient: when, with which words, and never against their word."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.core.calendar import is_business_day
from journeys.core.contacts import (
    CHANNELS,
    Caller,
    Stop,
    hours_of,
    next_attempt,
    refusal,
    scripts,
    zone_of,
)
from programs.core.scripts import Script

FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)


@given(
    st.integers(0, 525_600),
    st.integers(0, 6),
    st.sampled_from(["CA", "NY", "HI", "TX"]),
    st.sampled_from(["am", "pm", "any", ""]),
)
def test_the_next_attempt_is_ahead_on_a_working_day_within_the_persons_hours(
    minutes: int, in_vain: int, state: str, best: str
) -> None:
    now = FRIDAY + timedelta(minutes=minutes)
    zone = zone_of(state)
    at = next_attempt(in_vain, last_at=now - timedelta(hours=3), now=now, zone=zone, best=best)
    here, (opens, closes) = at.astimezone(ZoneInfo(zone)), hours_of(best)
    assert at >= now
    assert is_business_day(here.date())
    assert opens <= here.time() < closes


def test_attempts_in_vain_are_further_apart_and_at_another_time_of_day() -> None:
    tried = [
        next_attempt(count, last_at=FRIDAY, now=FRIDAY, zone="America/New_York", best="any")
        for count in range(4)
    ]
    assert [f"{at.astimezone(ZoneInfo('America/New_York')):%a %H:%M}" for at in tried] == [
        *("Fri 10:00", "Mon 12:00", "Tue 15:00", "Fri 09:00"),
    ]


@pytest.mark.parametrize(
    ("purpose", "channel", "refused"),
    [
        ("delivery", "text", True),
        ("delivery", "call", True),
        ("all", "call", True),
        ("enrollment", "call", False),
        ("delivery", "inbound", False),
    ],
)
def test_a_stop_holds_for_its_purpose_on_every_way_but_theirs(
    purpose: str, channel: str, refused: bool
) -> None:
    stops = [Stop("delivery", FRIDAY, "text")]
    assert bool(refusal(channel, purpose, stops=stops, preference="call_message")) is refused
    everything = [Stop("all", FRIDAY, "call")]
    assert refusal("email", "nurse", stops=everything, preference="").startswith(
        "The patient asked"
    )


def test_what_the_form_says_is_kept() -> None:
    refused = {
        way: [key for key in CHANNELS if refusal(key, "enrollment", stops=[], preference=way)]
        for way in ("call_message", "call_no_message", "written", "do_not_contact")
    }
    assert refused == {
        "call_message": [],
        "call_no_message": ["voicemail"],
        "written": ["call", "voicemail", "text"],
        "do_not_contact": ["call", "voicemail", "text", "email"],
    }


@pytest.mark.parametrize("purpose", ["enrollment", "nurse"])
def test_every_opening_discloses_who_pays_and_a_message_names_no_medicine(purpose: str) -> None:
    caller = Caller("Robin", "Northstar Access", "Veltrana Together", "Aldertree Biologics")
    told = scripts(caller, (), purpose=purpose, language="es")
    by_place = {(each.occasion, each.language): each.words for each in told}
    assert [each.language for each in told[:2]] == ["es", "en"]
    assert "paid by Aldertree Biologics, which makes the medicine" in by_place["Opening", "en"]
    assert "paga Aldertree Biologics" in by_place["Opening", "es"]
    assert "your doctor's office" in by_place["Opening", "en"]
    assert "Veltrana" not in by_place["Message", "en"] + by_place["Message", "es"]


def test_a_program_says_it_in_its_own_words_and_the_rest_as_usual() -> None:
    caller = Caller("Robin", "Northstar Access", "Veltrana Together", "Aldertree Biologics")
    words = {"en": "{caller} here, a nurse paid by {maker}.", "es": "{caller}; me paga {maker}."}
    own = (Script("nurse", words, {"en": "Call me.", "es": "Llámeme."}),)
    told = scripts(caller, own, purpose="nurse", language="zh")
    assert told[0].words == "Robin here, a nurse paid by Aldertree Biologics."
    assert {each.language for each in told} == {"en"}
    usual = scripts(caller, own, purpose="delivery", language="en")
    assert "calling for Veltrana Together" in usual[0].words
