"""How long the rest may take: as promised, or as it really took in enough other journeys."""

from journeys.core.decisions import replay
from journeys.core.evaluate import evaluate
from journeys.core.state import JourneyState, Observed
from tests.journeys.core.story import MONDAY, PARTIES, SELF_INJECTED, at, happy_path, stand

STORY = happy_path(5)
DETERMINATION = "prior_authorization_determination"


def seen(count: int, low: float, high: float, payer: str = "commercial") -> JourneyState:
    observed = {payer: {DETERMINATION: Observed(low, (low + high) / 2, high, count)}}
    return evaluate(
        SELF_INJECTED,
        STORY,
        started_at=MONDAY,
        now=at(30),
        parties=PARTIES,
        observed=observed,
    )


def test_what_was_observed_often_replaces_the_promise() -> None:
    promised, slow = stand(STORY, now=30).eta, seen(200, 300, 400).eta
    assert promised is not None
    assert slow is not None
    assert slow.low > promised.low
    assert slow.high > promised.high
    assert slow.low <= slow.high


def test_what_was_observed_a_few_times_does_not() -> None:
    assert seen(5, 300, 400).eta == stand(STORY, now=30).eta


def test_observations_move_no_step() -> None:
    assert seen(200, 300, 400).steps == stand(STORY, now=30).steps


def test_the_range_says_from_how_many_finished_ones_it_is() -> None:
    known, promised = seen(24, 300, 400).eta, stand(STORY, now=30).eta
    assert known is not None
    assert promised is not None
    assert (known.finished, promised.finished) == (24, 0)


def test_another_payer_class_is_another_pace() -> None:
    assert seen(200, 300, 400, payer="medicare").eta == stand(STORY, now=30).eta


def test_what_was_used_stands_in_the_decision_log_and_replays() -> None:
    for count, outcome in ((24, "observed"), (5, "promised")):
        made = [one for one in seen(count, 300, 400).decisions if one.rule == "expect_as_observed"]
        assert [(one.step, one.outcome) for one in made] == [(DETERMINATION, outcome)]
        assert made[0].inputs["observed"] == [300, 350, 400]
        assert replay(made[0]) == outcome


def test_once_on_therapy_there_is_nothing_left_to_expect() -> None:
    assert stand(happy_path()).eta is None
