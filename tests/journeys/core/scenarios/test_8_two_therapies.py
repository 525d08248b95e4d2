"""8. Two therapies, two manufacturers, one patient: the core knows one journey at a time."""

from journeys.core.state import Party
from journeys.core.timeline import timeline
from tests.journeys.core.scenarios.told import Journey, accepted, tells, verified

PARTIES_B = {
    "practice": Party("practice", "Summit Pulmonology"),
    "hub": Party("hub", "Beacon Support Hub"),
}
DRUG_A = Journey("2026-03-02 09:00", *accepted("2026-03-02"), verified("2026-03-02"))
DRUG_B = Journey("2026-03-04 09:00", *accepted("2026-03-04"), parties=PARTIES_B)


def test_what_happens_on_one_journey_moves_nothing_on_the_other() -> None:
    before = DRUG_A.stands("2026-03-05 09:00")
    more = Journey("2026-03-04 09:00", *DRUG_B.events, parties=PARTIES_B).learns(
        tells("hub", "2026-03-05 08:00", "intake_review", "rejected", reason="off_label")
    )
    assert not more.stands("2026-03-05 09:00").is_open
    assert DRUG_A.stands("2026-03-05 09:00") == before


def test_no_manufacturer_reads_either() -> None:
    for journey in (DRUG_A, DRUG_B):
        state = journey.stands("2026-03-05 09:00")
        assert timeline(journey.graph, journey.events, state, "manufacturer") == []
