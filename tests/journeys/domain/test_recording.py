"""Recording an event: everything that follows from it, in one transaction, once."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import acting_as, every_tenant
from journeys.core.events import Event
from journeys.core.templates import GRAPHS
from journeys.domain import graphs
from journeys.domain.opening import Further, NewJourney, hand_over_again, open_journey
from journeys.domain.recording import UnknownJourney, record, record_reports, refresh
from journeys.domain.refolding import differing
from journeys.domain.upkeep import refresh_due
from journeys.models import (
    Delivery,
    Endpoint,
    FunnelRow,
    Journey,
    JourneyEvent,
    KeptGraph,
    Notice,
    WorkItem,
)
from programs.models import Program, ProgramVersion
from tests.factories.people import OrganizationFactory, actor_of, member

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 3, 3, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def practice() -> Organization:
    return OrganizationFactory.create(name="Lakeside Rheumatology", slug="lakeside")


@pytest.fixture
def hub() -> Organization:
    return OrganizationFactory.create(kind="hub", name="Northstar Access", slug="northstar")


@pytest.fixture
def pharmacy() -> Organization:
    return OrganizationFactory.create(kind="pharmacy", name="Crescent", slug="crescent")


@pytest.fixture
def version(hub: Organization, pharmacy: Organization) -> ProgramVersion:
    maker = OrganizationFactory.create(kind="manufacturer", name="Aldertree", slug="aldertree")
    program = Program.objects.create(manufacturer=maker, key="veltrana", name="Veltrana Together")
    return ProgramVersion.objects.create(
        program=program,
        number=1,
        valid_from=NOW.date(),
        published_at=NOW,
        definition={
            "journey": {"template": "self_injected_pharmacy_benefit", "tune": {}},
            "route": {"hub": "northstar", "pharmacies": [{"code": "crescent"}]},
        },
    )


@pytest.fixture
def journey(practice: Organization, hub: Organization, version: ProgramVersion) -> Journey:
    with every_tenant(reason="the test sets up the hub's endpoint"):
        Endpoint.objects.create(organization=hub, transport="portal")
    return opened(practice, version)


def opened(practice: Organization, version: ProgramVersion, *, at: dt.datetime = NOW) -> Journey:
    """A journey of one and the same patient of the practice, submitted now."""
    ana = actor_of(member(practice, Role.PRACTICE_STAFF))
    new = NewJourney(
        practice_id=practice.id,
        program_version=version,
        patient_id=practice.id,
        patient_name="Rosa Delgado",
        patient_born_on=dt.date(1980, 3, 12),
        prescriber_name="Dr. Maya Okafor",
        urgent=False,
        packet={"schema": "test"},
        packet_digest="0" * 64,
        facts={"line_of_business": "commercial"},
        grants=[],
    )
    with acting_as(ana):
        return open_journey(new, by=ana, now=at)


def told(hub: Organization, step: str, status: str, **facts: object) -> Event:
    return Event(
        id=f"{step}-{status}",
        kind="status",
        step=step,
        status=status,
        source=hub.slug,
        role="hub",
        source_name=hub.name,
        facts=facts,
        occurred_at=NOW + dt.timedelta(hours=1),
        received_at=NOW + dt.timedelta(hours=1),
    )


def test_a_submission_is_the_hubs_work_and_on_its_way(journey: Journey, hub: Organization) -> None:
    with acting_as(actor_of(member(hub, Role.HUB_AGENT))):
        work = WorkItem.objects.get()
        assert (work.step, work.owner_id) == ("intake_review", hub.id)
        assert Delivery.objects.get().recipient_id == hub.id
        assert Journey.objects.get().patient_name == "Rosa Delgado"


def test_accepting_moves_work_on_in_the_same_transaction(
    journey: Journey, hub: Organization
) -> None:
    record(journey.id, told(hub, "intake_review", "accepted"), actor=None, now=timezone.now())
    with acting_as(actor_of(member(hub, Role.HUB_AGENT))):
        steps = set(WorkItem.objects.filter(closed_at=None).values_list("step", flat=True))
        assert "benefit_verification" in steps
        assert "intake_review" not in steps
        assert Journey.objects.get().stage == "accepted"
    with every_tenant(reason="the manufacturer's row"):
        assert FunnelRow.objects.get().told["reached"] == "accepted"


def test_the_same_event_again_changes_nothing(journey: Journey, hub: Organization) -> None:
    event = told(hub, "intake_review", "accepted")
    for _ in range(3):
        record(journey.id, event, actor=None, now=timezone.now())
    with every_tenant(reason="count every row"):
        assert JourneyEvent.objects.count() == 2


def test_what_is_only_said_is_told_once_and_leaves_the_journey_as_it_stands(
    journey: Journey, hub: Organization, practice: Organization
) -> None:
    """Whether the journey had to be evaluated for it (the next day) or not (the same hour)."""
    for days in (0, 0.02, 1):
        at = NOW + dt.timedelta(hours=1 + 24 * days)
        word = replace(
            told(hub, "intake_review", ""),
            id=f"word-{days}",
            kind="message",
            status=None,
            note="Which of the two addresses is right?",
            to=("practice",),
            occurred_at=at,
            received_at=at,
        )
        for _ in range(2):
            assert record(journey.id, word, actor=None, now=at).last_event_at == at
        with acting_as(actor_of(member(practice, Role.PRACTICE_STAFF))):
            asked = Notice.objects.filter(kind="message", asks=True, answered_at=None)
            assert asked.filter(key=word.ref).count() == 1
        assert list(differing(now=at)) == []
    with every_tenant(reason="count every row"):
        assert JourneyEvent.objects.count() == 4
        assert WorkItem.objects.get().closed_at is None


def test_a_party_comes_in_when_it_has_something_to_do_and_sees_the_past(
    journey: Journey, hub: Organization, pharmacy: Organization
) -> None:
    grace = actor_of(member(pharmacy, Role.PHARMACIST))
    with acting_as(grace):
        assert not Journey.objects.exists()
    for step, status, facts in (
        ("intake_review", "accepted", {}),
        ("benefit_verification", "complete", {"prior_authorization_required": False}),
        ("copay_enrollment", "enrolled", {}),
        ("pharmacy_triage", "sent", {}),
    ):
        with acting_as(grace):
            assert not Journey.objects.exists()
        event = replace(told(hub, step, status, **facts))
        record(journey.id, event, actor=None, now=timezone.now())
    # The program has this one pharmacy: it is meant where none is named.
    with acting_as(grace):
        assert Journey.objects.get().id == journey.id
        assert JourneyEvent.objects.count() == 5


def test_a_correction_goes_to_each_earlier_recipient_as_the_next_version(
    journey: Journey, practice: Organization, hub: Organization
) -> None:
    record(journey.id, told(hub, "intake_review", "accepted"), actor=None, now=timezone.now())
    ana = actor_of(member(practice, Role.PRACTICE_STAFF))
    with acting_as(ana):
        further = Further(packet={"schema": "2"}, digest="1" * 64, facts={})
        packet = hand_over_again(journey.id, further, by=ana, now=NOW)
        assert packet.version == 2
        assert Delivery.objects.filter(packet=packet, recipient=hub).count() == 1


def test_an_unknown_journey_is_refused(hub: Organization) -> None:
    with pytest.raises(UnknownJourney):
        record(hub.id, told(hub, "intake_review", "accepted"), actor=None, now=NOW)


def test_a_journey_keeps_the_graph_it_began_with(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = GRAPHS["self_injected_pharmacy_benefit"]
    shorter = replace(template, steps=template.steps[:4], title="A later template")
    monkeypatch.setattr("journeys.domain.graphs.GRAPHS", {template.key: shorter})
    graphs._plan.cache_clear()
    assert graphs.graph_of(journey.program_version_id) == template


def test_a_first_submission_that_broke_leaves_the_graph_to_the_next(
    practice: Organization, version: ProgramVersion, hub: Organization
) -> None:
    with transaction.atomic():
        opened(practice, version)
        transaction.set_rollback(True)
    opened(practice, version)
    assert KeptGraph.objects.filter(program_version=version).exists()


def test_a_version_that_ends_midway_changes_nothing_for_who_began_with_it(
    journey: Journey, hub: Organization
) -> None:
    version = ProgramVersion.objects.filter(pk=journey.program_version_id)
    version.update(valid_from=dt.date(2020, 1, 1), valid_until=dt.date(2020, 2, 1))
    stands = record(journey.id, told(hub, "intake_review", "accepted"), actor=None, now=NOW)
    assert (stands.step, stands.next_owner) == ("benefit_verification", "hub")
    assert stands.closed_at is None


def test_who_was_deactivated_is_stood_in_for(journey: Journey, hub: Organization) -> None:
    Organization.objects.filter(pk=hub.pk).update(active=False)
    stands = refresh(journey.pk, now=NOW)
    assert (stands.next_owner, stands.risk_rules) == ("practice", ["R11"])
    Organization.objects.filter(pk=hub.pk).update(active=True)
    stands = refresh(journey.pk, now=NOW)
    assert (stands.next_owner, stands.risk_rules) == ("hub", [])


def test_a_feed_silent_beyond_its_heartbeat_puts_what_waits_on_it_at_risk(
    journey: Journey, hub: Organization
) -> None:
    Organization.objects.filter(pk=hub.pk).update(heard_at=NOW, heartbeat_hours=2)
    stands = refresh(journey.pk, now=NOW + dt.timedelta(hours=1))
    assert stands.risk_rules == []
    assert stands.refresh_at == NOW + dt.timedelta(hours=2)
    assert "R12" in refresh(journey.pk, now=NOW + dt.timedelta(hours=2)).risk_rules
    assert "R12" not in refresh(journey.pk, now=NOW).risk_rules


def test_a_second_enrollment_of_the_same_patient_for_the_same_medicine_is_noticed(
    journey: Journey, practice: Organization, version: ProgramVersion
) -> None:
    again = opened(practice, version)
    assert again.risk_rules == ["R14"]
    with every_tenant(reason="the test looks"):
        (event,) = JourneyEvent.objects.filter(journey=again)
    assert event.body["facts"]["duplicate_of"] == journey.number


def test_another_medicine_or_a_closed_journey_is_no_second_enrollment(
    journey: Journey, practice: Organization, version: ProgramVersion
) -> None:
    other = Program.objects.create(
        manufacturer=version.program.manufacturer, key="omniveda", name="Omniveda Circle"
    )
    another = ProgramVersion.objects.create(
        program=other,
        number=1,
        valid_from=version.valid_from,
        published_at=NOW,
        definition=version.definition,
    )
    assert opened(practice, another).risk_rules == []
    with every_tenant(reason="the test closes the first"):
        Journey.objects.filter(program_version=version).update(closed_at=NOW)
    assert opened(practice, version).risk_rules == []


def the_end(journey: Journey, at: dt.datetime = NOW) -> Event:
    return Event(
        id=f"closed:{journey.pk}",
        kind="closed",
        source="northstar",
        role="hub",
        source_name="Northstar Access",
        reason="cost",
        occurred_at=at,
        received_at=at,
    )


def ended(journey: Journey, at: dt.datetime = NOW) -> None:
    record(journey.pk, the_end(journey, at), actor=None, now=at)


def test_a_choice_told_after_the_end_brings_no_pharmacy_in(
    journey: Journey, hub: Organization, pharmacy: Organization
) -> None:
    ended(journey)
    record(journey.id, told(hub, "pharmacy_triage", "sent"), actor=None, now=timezone.now())
    with acting_as(actor_of(member(pharmacy, Role.PHARMACIST))):
        assert not Journey.objects.exists()


def rules_of(journey: Journey) -> list[str]:
    with every_tenant(reason="the test looks"):
        found: Journey = Journey.objects.get(pk=journey.pk)
    return found.risk_rules


def test_a_second_enrollment_is_none_any_more_once_the_first_ended(
    journey: Journey, practice: Organization, version: ProgramVersion
) -> None:
    again = opened(practice, version)
    ended(journey)
    assert rules_of(again) == []
    with every_tenant(reason="the test looks"):
        bodies = [event.body for event in JourneyEvent.objects.filter(journey=again)]
    (said,) = [body for body in bodies if body["facts"].get("duplicate_of") == ""]
    assert said["note"] == f"{journey.number} ended, which this may have been the same as."


def test_reports_of_several_journeys_at_once_are_a_change_of_each_also_of_a_twin_of_one(
    journey: Journey, practice: Organization, version: ProgramVersion, hub: Organization
) -> None:
    again, later = opened(practice, version), NOW + dt.timedelta(hours=1)
    news = [told(hub, "intake_review", "accepted"), told(hub, "benefit_verification", "sent")]
    reports = {again.pk: news, journey.pk: [*news, the_end(journey, later)]}
    for _ in range(2):
        record_reports(reports, actor=None, now=later)
    with every_tenant(reason="the test looks"):
        stages = dict(Journey.objects.values_list("pk", "stage"))
        assert JourneyEvent.objects.filter(source="northstar").count() == 5
    assert stages == {journey.pk: "closed", again.pk: "accepted"}
    assert rules_of(again) == []
    assert list(differing(now=later)) == []


def test_what_time_ends_is_told_to_a_twin_that_is_due_at_the_same_moment(
    practice: Organization, version: ProgramVersion, hub: Organization
) -> None:
    """Medicare begins on the 10th: of help with a copay alone nothing is left to do then."""
    help_ = ProgramVersion.objects.create(
        program=version.program,
        number=2,
        valid_from=version.valid_from,
        published_at=NOW,
        definition={**version.definition, "journey": {"template": "copay_only", "tune": {}}},
    )
    first, second = opened(practice, help_), opened(practice, help_)
    coming = {"line_of_business": "medicare", "next_coverage_on": "2026-03-10"}
    ahead = told(hub, "", "", **coming)
    for journey in (first, second):
        record(journey.pk, told(hub, "intake_review", "accepted"), actor=None, now=NOW)
    news = replace(ahead, kind="coverage_ahead", step=None, status=None, coverage_id="c2")
    record(first.pk, news, actor=None, now=NOW)
    later = NOW + dt.timedelta(days=8)
    assert refresh_due(now=later) == 2
    with every_tenant(reason="the test looks"):
        rows = dict(Journey.objects.values_list("pk", "closed_at"))
    assert rows[first.pk]
    assert rows[second.pk] is None
    assert "R14" not in rules_of(second)
    assert list(differing(now=later)) == []
    assert refresh_due(now=later) == 0


def test_a_third_enrollment_then_may_be_the_same_as_the_first(
    journey: Journey, practice: Organization, version: ProgramVersion
) -> None:
    second = opened(practice, version, at=NOW + dt.timedelta(minutes=1))
    third = opened(practice, version, at=NOW + dt.timedelta(minutes=2))
    ended(second, NOW + dt.timedelta(minutes=3))
    assert rules_of(third) == ["R14"]
    ended(journey, NOW + dt.timedelta(minutes=4))
    assert rules_of(third) == []
