"""What staff say on a journey is one event of their organization, and only what may be said."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import acting_as, every_tenant
from journeys.domain import intake
from journeys.domain.messages import Message, send_message
from journeys.domain.queries.funnel import funnel_of
from journeys.domain.recording import UnknownJourney
from journeys.domain.reporting import Report, report
from journeys.models import Journey, JourneyEvent, WorkItem
from journeys.rules import Refused
from tests.factories.counts import count_all, rows
from tests.factories.exchange import submitted
from tests.factories.people import OrganizationFactory, actor_of, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def journey() -> Journey:
    return submitted(now=timezone.now() - dt.timedelta(hours=1))


def someone(slug: str, *roles: Role) -> Actor:
    return actor_of(member(Organization.objects.get(slug=slug), *roles))


@pytest.fixture
def priya(journey: Journey) -> Actor:
    return someone("northstar", Role.HUB_AGENT)


@pytest.fixture
def ana(journey: Journey) -> Actor:
    return someone("lakeside", Role.PRACTICE_STAFF)


def last(journey: Journey) -> JourneyEvent:
    with every_tenant(reason="the test looks"):
        found: JourneyEvent = JourneyEvent.objects.filter(journey=journey).latest("received_at")
        assert found.body
        return found


def words(**changed: object) -> Message:
    content = {"token": str(uuid.uuid4()), "step": "intake_review", "to": ("hub",), "text": "Hi"}
    return Message(**{**content, **changed})  # type: ignore[arg-type]  # the test varies one


def result(**changed: object) -> Report:
    content = {
        "token": str(uuid.uuid4()),
        "step": "benefit_verification",
        "status": "complete",
        "reason": "covered",
        "facts": {
            "payer_name": "Meridian Health",
            "line_of_business": "commercial",
            "coverage_active": True,
            "benefit": "pharmacy",
            "verified_by": "electronic",
        },
        "occurred_at": timezone.now(),
    }
    return Report(**{**content, **changed})  # type: ignore[arg-type]  # the test varies one


def test_a_message_is_said_by_the_organization_to_the_roles_that_take_part(
    journey: Journey, ana: Actor
) -> None:
    with acting_as(ana):
        send_message(journey.id, words(to=("hub", "vendor")), by=ana, now=timezone.now())
    event = last(journey)
    assert (event.source, event.body["role"], event.body["to"]) == ("lakeside", "practice", ["hub"])
    assert event.actor_id == ana.user_id


@pytest.mark.parametrize("changed", [{"text": "  "}, {"text": "x" * 2001}, {"step": "nowhere"}])
def test_an_unusable_message_is_refused(
    journey: Journey, ana: Actor, changed: dict[str, object]
) -> None:
    with acting_as(ana), pytest.raises(Refused):
        send_message(journey.id, words(**changed), by=ana, now=timezone.now())


def test_a_journey_of_others_is_unknown(journey: Journey) -> None:
    stranger = actor_of(member(OrganizationFactory.create(), Role.PRACTICE_STAFF))
    now = timezone.now()
    with acting_as(stranger):
        with pytest.raises(UnknownJourney):
            send_message(journey.id, words(), by=stranger, now=now)
        with pytest.raises(UnknownJourney):
            report(journey.id, result(), by=stranger, now=now)
        with pytest.raises(UnknownJourney):
            intake.accept(journey.id, by=stranger, now=now)


def test_a_report_is_refused_until_the_step_is_there(journey: Journey, priya: Actor) -> None:
    with acting_as(priya):
        with pytest.raises(Refused, match="no longer your organization"):
            report(journey.id, result(), by=priya, now=timezone.now())
        intake.accept(journey.id, by=priya, now=timezone.now())
        report(journey.id, result(), by=priya, now=timezone.now())
    assert last(journey).step == "benefit_verification"


def test_the_same_report_again_changes_nothing(journey: Journey, priya: Actor) -> None:
    told = result()
    with acting_as(priya):
        intake.accept(journey.id, by=priya, now=timezone.now())
        report(journey.id, told, by=priya, now=timezone.now())
        report(journey.id, told, by=priya, now=timezone.now())
    with every_tenant(reason="the test looks"):
        assert JourneyEvent.objects.filter(step="benefit_verification").count() == 1


def test_the_practice_does_not_decide_about_its_own_enrollment(
    journey: Journey, ana: Actor
) -> None:
    with acting_as(ana), pytest.raises(Refused):
        intake.accept(journey.id, by=ana, now=timezone.now())


def test_a_decision_is_audited_by_name_of_field_never_by_value(
    journey: Journey, priya: Actor
) -> None:
    with acting_as(priya):
        intake.reject(
            journey.id, reason="off_label", note="Not for this.", by=priya, now=timezone.now()
        )
        entry = AuditEntry.objects.get(action="intake rejected")
    assert (entry.subject_id, entry.fields) == (journey.id, ["intake_review"])


def test_a_manufacturer_counts_only_its_own_rows(journey: Journey) -> None:
    program = journey.program_version.program
    nadia = actor_of(member(program.manufacturer, Role.PROGRAM_MANAGER))
    other = OrganizationFactory.create(kind="manufacturer")
    samuel = actor_of(member(other, Role.PROGRAM_MANAGER))
    today = timezone.now().date()
    rows(program, 30, on=today)
    count_all()
    with acting_as(nadia):
        assert funnel_of(program.id, today=today).tables["stage"].lines[0].told == (20,)
    with acting_as(samuel):
        assert funnel_of(program.id, today=today).tables["stage"].empty


def test_a_side_effect_is_reported_at_any_time_and_opens_the_hubs_work(
    journey: Journey, ana: Actor, priya: Actor
) -> None:
    told = {
        "what_happened": "A rash",
        "suspect_product": "Veltrana",
        "told_by": "patient",
        "told_by_name": "Rosa Delgado",
        "serious": False,
    }
    captured = result(step="adverse_event", status="captured", reason="side_effect", facts=told)
    with acting_as(ana):
        report(journey.id, captured, by=ana, now=timezone.now())
    assert (last(journey).source, last(journey).body["role"]) == ("lakeside", "practice")
    with acting_as(priya):
        assert WorkItem.objects.filter(owner_id=priya.organization_id, step="adverse_event")
        journey.refresh_from_db()
    # The lists, which every party reads, go on telling of the step on the path.
    assert journey.step == "intake_review"


def test_the_therapy_is_not_ended_without_a_reason(journey: Journey, ana: Actor) -> None:
    ended = {"step": "discontinuation", "status": "cancelled", "reason": "", "facts": {}}
    with acting_as(ana):
        with pytest.raises(Refused, match="Give the reason"):
            report(journey.id, result(**ended), by=ana, now=timezone.now())
        report(journey.id, result(**{**ended, "reason": "cost"}), by=ana, now=timezone.now())
        journey.refresh_from_db()
    assert journey.closed_at is not None
