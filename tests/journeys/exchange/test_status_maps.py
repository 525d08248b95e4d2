"""A partner reports in its own codes: what is known is applied, what is not is taught once."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.core.permissions import Role
from accounts.models import AuditEntry, Organization
from accounts.tenancy import every_tenant
from journeys.core.codes import Meaning
from journeys.domain.mapping import NewLine, UnknownMeaning, teach, waiting_for
from journeys.enums import ReportCause, ReportStatus
from journeys.models import Journey
from tests.factories.people import actor_of, member
from tests.factories.programs import ProgramFactory
from tests.journeys.exchange.reporting import accepted, coded, events, post, reports, work

pytestmark = pytest.mark.django_db
BENEFITS = Meaning("benefit_verification", "electronic_sent")


@pytest.fixture
def marcus(northstar: Organization) -> Actor:
    return actor_of(member(northstar, Role.HUB_SUPERVISOR))


def learn(northstar: Organization, by: Actor, **line: Any) -> None:
    new = NewLine(**{"code": "P5", "meaning": BENEFITS, **line})
    teach(northstar, new, by=by, now=timezone.now())


def test_a_code_that_everybody_uses_needs_no_map(journey: Journey) -> None:
    post(coded(journey, "PENDING-PAYER", "BV", note="Called twice"))
    work()
    (event,) = events(journey)
    assert (event.step, event.status) == ("benefit_verification", "manual_call")
    assert event.body["note"] == "Their code: PENDING-PAYER / BV\nCalled twice"


def test_an_unknown_code_waits_for_a_person_and_teaching_it_applies_all_that_waited(
    journey: Journey, northstar: Organization, marcus: Actor
) -> None:
    for number in range(3):
        post(coded(journey, "p5"), message_id=f"msg_{number}")
    work()
    assert {(each.status, each.cause, each.code) for each in reports()} == {
        (ReportStatus.EXCEPTION, ReportCause.CODE, "P5")
    }
    assert reports()[0].problem == "Nobody has said yet what “p5” means."
    learn(northstar, marcus)
    work()
    assert {each.status for each in reports()} == {ReportStatus.APPLIED}
    assert [event.status for event in events(journey)] == ["electronic_sent"] * 3
    post(coded(journey, "P5"), message_id="later")
    work()
    assert len(events(journey)) == 4
    with every_tenant(reason="a test reads the audit"):
        assert AuditEntry.objects.filter(action="said what a code means").count() == 1


def test_a_status_that_a_step_does_not_have_can_be_taught_too(
    journey: Journey, northstar: Organization, marcus: Actor
) -> None:
    post(accepted(journey, status="OK-7"))
    work()
    assert reports()[0].code == "INTAKE-REVIEW / OK-7"
    learn(
        northstar,
        marcus,
        code="intake_review",
        sub_code="OK-7",
        meaning=Meaning("intake_review", "accepted"),
    )
    work()
    assert [event.status for event in events(journey)] == ["accepted"]


def test_what_a_code_meant_when_it_happened_counts(
    journey: Journey, northstar: Organization, marcus: Actor
) -> None:
    changed_at = timezone.now() - dt.timedelta(minutes=5)
    learn(northstar, marcus)
    learn(
        northstar,
        marcus,
        meaning=Meaning("benefit_verification", "manual_call"),
        starts_at=changed_at,
    )
    for name, minutes in (("before", -1), ("after", 1)):
        at = changed_at + dt.timedelta(minutes=minutes)
        post(coded(journey, "P5", occurred_at=at.isoformat()), message_id=name)
    work()
    told = sorted((event.occurred_at, event.status) for event in events(journey))
    assert [status for _, status in told] == ["electronic_sent", "manual_call"]


def test_a_line_for_another_program_explains_nothing_here(
    journey: Journey, northstar: Organization, marcus: Actor
) -> None:
    post(coded(journey, "P5"))
    work()
    other = ProgramFactory.create(key="corvanta")
    with every_tenant(reason="a test looks"):
        assert waiting_for(northstar, NewLine(code="P5", program=other)) == []
        assert len(waiting_for(northstar, NewLine(code="P 5"))) == 0
        assert len(waiting_for(northstar, NewLine(code="p5"))) == 1


def test_a_meaning_that_no_journey_has_is_refused(northstar: Organization, marcus: Actor) -> None:
    with pytest.raises(UnknownMeaning):
        learn(northstar, marcus, meaning=Meaning("delivery", "vanished"))
