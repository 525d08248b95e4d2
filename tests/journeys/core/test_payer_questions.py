"""The payer asks for more: the practice has a day, answers, and the payer's clock goes on."""

from datetime import timedelta

from journeys.core.evaluate import evaluate
from journeys.core.state import JourneyState
from tests.journeys.core.story import MONDAY, PARTIES, SELF_INJECTED, at, said

DECISION = "prior_authorization_determination"
STORY = (
    said("practice", "enrollment_submitted", "submitted", 0, facts={"payer_name": "Meridian"}),
    said("hub", "intake_review", "accepted", 2),
    said("hub", "benefit_verification", "complete", 8, reason="covered_prior_authorization",
         facts={"prior_authorization_required": True}),
    said("practice", "prior_authorization", "submitted", 20),
)  # fmt: skip
ASKED = said("hub", DECISION, "more_info_requested", 30, facts={"payer_question": "Which dose?"})
ANSWERED = said("practice", DECISION, "pending", 40)


def after(hours: float, *events: object) -> JourneyState:
    told = (*STORY, *events)
    return evaluate(SELF_INJECTED, told, started_at=MONDAY, now=at(hours), parties=PARTIES)  # type: ignore[arg-type]  # events


def test_the_practice_answers_within_a_day_and_then_the_payer_has_it_again() -> None:
    asked = after(31, ASKED).steps[DECISION]
    assert (asked.acts, asked.action) == ("practice", "Answer the payer's question")
    assert asked.due_at == at(30) + timedelta(hours=24)
    late = after(55, ASKED)
    assert DECISION in [risk.step for risk in late.risks if risk.rule == "R1"]
    answered = after(41, ASKED, ANSWERED).steps[DECISION]
    assert (answered.owner, answered.acts) == ("payer", "hub")
