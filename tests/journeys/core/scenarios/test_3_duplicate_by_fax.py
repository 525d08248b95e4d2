"""3. Duplicate enrollment by fax and portal: the core's part is one journey and nothing twice."""

from tests.journeys.core.scenarios.told import Journey, accepted, at, ended_by, risk_of, tells

PORTAL = Journey("2026-03-02 14:10", *accepted("2026-03-02"))
FAX = Journey(
    "2026-03-03 09:00",
    tells(
        "practice",
        "2026-03-03 09:00",
        "enrollment_submitted",
        "submitted",
        facts={"submission_channel": "fax", "line_of_business": "commercial"},
    ),
    tells("system", "2026-03-03 09:01", facts={"duplicate_of": "TL-8KDW2MF"}),
)


def test_the_hub_is_told_that_both_may_be_one() -> None:
    risk = risk_of(FAX.stands("2026-03-03 09:02"), "R14")
    assert risk is not None
    assert (risk.who, risk.why) == ("hub", "May be the same enrollment as TL-8KDW2MF")


def test_merging_leaves_no_second_benefit_verification_and_no_second_card() -> None:
    merged = tells("hub", "2026-03-03 10:00", "intake_review", "duplicate_merged")
    after = FAX.stands("2026-03-03 10:00", [*FAX.events, merged])
    assert (after.is_open, after.actions, after.risks) == (False, (), ())
    assert after.steps["benefit_verification"].phase == "skipped"
    assert after.steps["copay_enrollment"].phase == "skipped"
    ended = ended_by(FAX, merged, "2026-03-03 10:00")
    assert [each.key for each in ended] == ["intake_review"]


def test_the_other_one_goes_on_untouched() -> None:
    state = PORTAL.stands("2026-03-03 10:00")
    assert state.is_open
    assert state.next_owner == "hub"


def test_twins_are_no_duplicate_once_the_hub_has_said_so() -> None:
    cleared = tells("system", "2026-03-03 09:30", facts={"duplicate_of": ""})
    state = FAX.stands("2026-03-03 10:00", [*FAX.events, cleared])
    assert risk_of(state, "R14") is None
    assert state.last_event_at == at("2026-03-03 09:30")
