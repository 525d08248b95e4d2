"""Each story is played to its end, and what the practice reads of it is as told."""

import io
from collections.abc import Mapping

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.tenancy import acting_as, every_tenant
from enrollment.management.scenarios.catalogue import SCENARIOS
from enrollment.management.scenarios.practice import ANA
from enrollment.management.scenarios.stage import Stage, person
from journeys.domain.queries.journeys import Story, read_story
from journeys.models import InboundReport

DECISION = "Prior authorization decision"
# What the practice reads at the end of each journey: the last of the story, oldest first, and
# what is next.
ENDS: Mapping[str, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "copay-at-once": (
        (
            (
                "Prior authorization request: sent to the payer",
                "Copay enrollment: enrolled",
                f"{DECISION}: approved",
                "Pharmacy choice: sent to the pharmacy",
                "Pharmacy choice: accepted by the pharmacy",
            ),
            ("pharmacy_intake",),
        ),
    ),
    "disagreement": (
        (
            (
                f"{DECISION}: denied (step therapy comes first)",
                f"{DECISION}: Northstar Access and Crescent Specialty Pharmacy disagree",
                f"{DECISION}: settled as approved, as Northstar Access said",
                "Pharmacy intake and claim: claim paid",
            ),
            ("delivery",),
        ),
    ),
    "duplicate": (
        (
            (
                "Intake review: accepted",
                "Benefit verification: complete (covered with prior authorization)",
            ),
            ("prior_authorization", "copay_enrollment"),
        ),
        (("Intake review: merged with a duplicate",), ()),
    ),
    "missing-signature": (
        (
            (
                "Benefit verification: complete (covered with prior authorization)",
                "Patient signed the permission to share",
            ),
            ("prior_authorization", "copay_enrollment"),
        ),
    ),
    "plan-change": (
        (
            (
                "Coverage changed",
                "Benefit verification: complete (covered with prior authorization)",
                "Prior authorization request: sent to the payer",
            ),
            ("prior_authorization_determination", "copay_enrollment"),
        ),
    ),
    "denial-appeal-bridge": (
        (
            (
                "Bridge supply: shipped",
                f"{DECISION}: denied (step therapy comes first)",
                "Appeal: with the payer (appeal)",
                "Appeal: denied again",
                "Appeal: talk between doctors",
                "Appeal: won",
                "Pharmacy choice: sent to the pharmacy",
                "Pharmacy choice: accepted by the pharmacy",
                "Pharmacy intake and claim: claim paid",
                "Delivery: scheduled",
            ),
            ("delivery",),
        ),
    ),
    "side-effect": (
        (
            (
                "First injection: taken",
                "Refill: called the patient once",
                "Adverse event or complaint: captured (side effect)",
                "Refill: on hold (side effect)",
                "Adverse event or complaint: forwarded",
                "Refill: therapy goes on",
            ),
            ("refill", "adverse_event"),
        ),
    ),
    "two-therapies": (
        (
            (
                "Intake review: accepted",
                "Benefit verification: complete (covered with prior authorization)",
            ),
            ("prior_authorization", "copay_enrollment"),
        ),
        (("Intake review: accepted",), ("benefit_verification",)),
    ),
    "hub-outage": ((("Intake review: accepted",), ("benefit_verification",)),) * 5,
    "wrong-npi": ((("Intake review: accepted", "Enrollment amended"), ("benefit_verification",)),),
}


def stories(stage: Stage) -> list[Story]:
    """What the practice may read of each journey, in the order they began."""
    ana = person(ANA)
    with acting_as(ana):
        found = [read_story(journey.id, ana, now=timezone.now()) for journey in stage.journeys]
    return [story for story in found if story is not None]


def told(story: Story) -> list[str]:
    """The headings of the timeline, oldest first; receipts come when they come."""
    return [
        each.what
        for each in reversed(story.entries())
        if "receipt" not in each.what and not each.what.startswith("Handed")
    ]


def test_there_are_ten() -> None:
    assert len(SCENARIOS) == 10
    assert set(ENDS) == set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_comes_to_its_end(stage: Stage, name: str) -> None:
    SCENARIOS[name](stage)
    ends = ENDS[name]
    found = stories(stage)
    assert len(found) == len(ends)
    for story, (last, current) in zip(found, ends, strict=True):
        assert told(story)[-len(last) :] == list(last)
        # What comes round by the calendar (the benefits of the new year) depends on today.
        assert [key for key in story.state.current if key != "reverification"] == list(current)
        assert "accepted" in stage.deliveries(story.journey) or "sent" in stage.deliveries(
            story.journey
        )


def test_a_correction_for_everyone_can_be_played_again(stage: Stage) -> None:
    SCENARIOS["wrong-npi"](stage)
    again = Stage(stage.voice, stage.seed + 1, stage.pause, stage.say)
    SCENARIOS["wrong-npi"](again)
    (story,) = stories(again)
    assert told(story)[-1] == "Enrollment amended"


def test_a_card_that_is_told_three_times_is_one_entry(stage: Stage) -> None:
    SCENARIOS["copay-at-once"](stage)
    (story,) = stories(stage)
    assert told(story).count("Copay enrollment: enrolled") == 1


def test_a_hub_that_guesses_a_number_is_told_of_no_journey(stage: Stage) -> None:
    SCENARIOS["two-therapies"](stage)
    second = stage.journeys[1]
    with every_tenant(reason="a test looks"):
        (kept,) = InboundReport.objects.filter(status="exception")
    assert (kept.organization.slug, kept.journey_id, kept.cause) == ("northstar", None, "journey")
    assert "northstar" not in {event.source for event in stories(stage)[1].events}
    assert second.hub.slug == "beacon"


def test_everything_sent_in_an_outage_arrives_once(stage: Stage) -> None:
    SCENARIOS["hub-outage"](stage)
    assert [stage.deliveries(journey) for journey in stage.journeys] == [["accepted"]] * 5


def test_the_seed_decides_the_story(stage: Stage) -> None:
    again = Stage(stage.voice, stage.seed, stage.pause, stage.say)
    other = Stage(stage.voice, stage.seed + 1, stage.pause, stage.say)
    assert stage.a_patient() == again.a_patient()
    assert stage.a_patient() != other.a_patient()
    assert again.chance.random() != other.chance.random()


def test_the_list_says_what_each_is_about() -> None:
    out = io.StringIO()
    call_command("simulate", scenario="list", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 10
    assert "Copay help is approved at 9:02" in lines[0]
