"""What a patient is told: every step has words in both languages, short and without our terms."""

import re
from datetime import datetime

import pytest

from journeys.core.plain_words import NOW, WHO, WITH, Language, for_patient
from journeys.core.state import JourneyState
from journeys.core.templates import GRAPHS
from tests.journeys.core.story import PARTIES, at, happy_path, said, stand

OURS = re.compile(r"adjudicat|benefit verification|prior auth|triage|intake|REMS|BV|PA\b", re.I)


def told(state: JourneyState, language: Language, now: datetime) -> str:
    return for_patient(state, language, parties=PARTIES, now=now)


@pytest.mark.parametrize("key", sorted({s.key for g in GRAPHS.values() for s in g.steps}))
def test_every_step_has_plain_words_in_both_languages(key: str) -> None:
    english, spanish = NOW[key]
    assert not OURS.search(english)
    assert english != spanish
    assert max(len(english.split()), len(spanish.split())) <= 20


def test_what_lies_with_the_patient_or_the_plan_is_said_of_them_and_of_nobody_else() -> None:
    steps = {step.key: step for graph in GRAPHS.values() for step in graph.steps}
    for key, step in steps.items():
        owners = {each.owner or step.owner for each in step.statuses}
        for owner in owners & {"patient", "payer"}:
            english, spanish = (
                words.format(who=WHO[owner][here])
                for here, words in enumerate(WITH.get((key, owner), NOW[key]))
            )
            assert not english.startswith("You is"), key
            assert english.count("insurance plan") < 2, key
            assert spanish.lower().count("su seguro") < 2, key
    asked = [said("hub", "prior_authorization_determination", "denied", 50)]
    asked.append(said("practice", "appeal", "submitted", 60))
    words = told(stand([*happy_path(5), *asked], now=61), "en", at(61))
    assert words.startswith("Your insurance plan is thinking again about covering your medicine.")


def test_a_hub_that_calls_for_what_is_missing_is_not_said_to_add_it() -> None:
    returned = [*happy_path(1), said("hub", "intake_review", "returned", 2)]
    assert told(stand(returned, now=3), "en", at(3)).startswith("Lakeside Rheumatology is adding")
    # Nobody answered for two weeks.
    words = told(stand(returned, now=340), "en", at(340))
    assert words.startswith("Northstar Access is asking your doctor's office")


def test_who_has_it_and_by_when() -> None:
    state = stand(happy_path(2), now=4)
    assert told(state, "en", at(4)).startswith(
        "Northstar Access is asking your insurance plan what it covers. We expect this to be done"
    )
    assert re.search(r"a más tardar el \w+ \d+ de \w+\.$", told(state, "es", at(4)))


def test_who_lacks_what_was_sent_is_not_said_to_read_it_and_no_day_is_promised() -> None:
    state = stand(happy_path(1), now=1)
    words = [
        for_patient(state, language, parties=PARTIES, now=at(1), lacking={"hub"})
        for language in ("en", "es")
    ]
    assert words == [
        "Your papers are on their way to Northstar Access.",
        "Sus documentos van en camino a Northstar Access.",
    ]
    assert "is reading your enrollment" in told(state, "en", at(1))


def test_what_is_late_blames_nobody() -> None:
    words = told(stand(happy_path(2), now=400), "en", at(400))
    assert "takes longer than usual; Northstar Access is following up" in words
    assert "late" not in words


def test_the_end_is_told() -> None:
    closed = stand(
        [*happy_path(2), said("practice", None, None, 5, kind="closed", reason="patient_choice")],
        now=6,
    )
    assert "has ended" in told(closed, "en", at(6))
    assert "terminó" in told(closed, "es", at(6))
