"""A report's life: kept word for word, applied once, or shown to a person."""

import datetime as dt
import json
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.events import Event
from journeys.domain import inbound, nudges
from journeys.domain.applying import apply
from journeys.domain.inbound import replay
from journeys.domain.recording import record, refresh
from journeys.enums import ReportStatus
from journeys.models import InboundReport, Journey, WorkItem
from tests.factories.exchange import partner_key, step_report, submitted
from tests.factories.people import OrganizationFactory
from tests.journeys.exchange.reporting import accepted, events, post, reports, work

pytestmark = pytest.mark.django_db


def test_a_report_is_kept_word_for_word_and_then_applied(journey: Journey) -> None:
    content = accepted(journey, note="All there")
    answer = post(content)
    assert answer.status_code == 202
    (report,) = reports()
    assert answer.json() == {"id": str(report.id), "status": "received"}
    assert json.loads(report.body) == content
    assert report.status == ReportStatus.WAITING
    work()
    (event,) = events(journey)
    assert (event.step, event.status, event.source) == ("intake_review", "accepted", "northstar")
    with every_tenant(reason="a test looks"):
        assert Journey.objects.get(pk=journey.pk).stage == "accepted"


def test_both_times_are_kept(journey: Journey) -> None:
    happened = timezone.now() - dt.timedelta(hours=14)
    post(accepted(journey, occurred_at=happened.isoformat()))
    work()
    (event,) = events(journey)
    assert event.occurred_at == happened
    assert event.received_at == reports()[0].received_at


def test_the_same_message_ten_times_counts_once(journey: Journey) -> None:
    content = accepted(journey)
    answers = {post(content).content for _ in range(10)}
    for _ in range(3):
        work()
    assert len(answers) == len(reports()) == len(events(journey)) == 1


def test_an_id_with_another_body_is_refused(journey: Journey) -> None:
    post(accepted(journey))
    answer = post(accepted(journey, note="And another thing"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "id_reused"
    assert len(reports()) == 1


@pytest.mark.asvs("8.2.2")
def test_another_partners_journey_looks_like_one_that_never_was(journey: Journey) -> None:
    stranger = OrganizationFactory.create(kind="hub", slug="stranger", name="Stranger")
    partner_key(stranger)
    post(accepted(journey), partner="stranger", message_id="theirs")
    post(
        {**accepted(journey), "data": {**accepted(journey)["data"], "journey": "TL-NOTHING"}},
        partner="stranger",
        message_id="nobodys",
    )
    work()
    theirs, nobodys = reports()
    assert theirs.status == nobodys.status == ReportStatus.EXCEPTION
    assert theirs.problem == nobodys.problem
    assert theirs.journey_id is None
    assert events(journey) == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            {"step": "teleported"},
            "Nobody has said yet what “teleported / accepted” means.",
        ),
        ({"status": "P5"}, "Nobody has said yet what “intake_review / P5” means."),
        ({"occurred_at": "2099-01-01T00:00:00+00:00"}, "They say it happens in the future."),
        (
            {"occurred_at": "2020-02-29T10:00:00-05:00"},
            "They say it happened long before the enrollment.",
        ),
    ],
)
def test_what_cannot_be_applied_is_kept_with_a_sentence_and_can_be_tried_again(
    journey: Journey, data: dict[str, str], problem: str
) -> None:
    post(accepted(journey, **data))
    work()
    (report,) = reports()
    assert (report.status, report.problem) == (ReportStatus.EXCEPTION, problem)
    assert report.journey_id == journey.id
    assert events(journey) == []
    with every_tenant(reason="somebody tries again"):
        replay(report)
    assert reports()[0].status == ReportStatus.WAITING


def test_a_clock_that_runs_ahead_a_little_is_believed_and_a_closed_journey_takes_what_comes(
    journey: Journey,
) -> None:
    ahead = (timezone.now() + dt.timedelta(minutes=3)).isoformat()
    post(accepted(journey, occurred_at=ahead), message_id="ahead")
    work()
    assert reports()[0].status == ReportStatus.APPLIED
    with every_tenant(reason="the practice ends it"):
        now = timezone.now() + dt.timedelta(minutes=4)
        ended = Event(
            id="ended",
            kind="closed",
            reason="withdrawn",
            source="lakeside",
            role="practice",
            source_name="Lakeside Rheumatology",
            occurred_at=now,
            received_at=now,
        )
        record(journey.pk, ended, actor=None, now=now)
    post(step_report(journey, "benefit_verification", "complete", reason="covered_no_pa"))
    work()
    assert {each.status for each in reports()} == {ReportStatus.APPLIED}
    with every_tenant(reason="a test looks"):
        closed = Journey.objects.get(pk=journey.pk)
        assert closed.closed_at is not None
        assert not WorkItem.objects.filter(journey=closed, closed_at=None).exists()


@pytest.mark.parametrize("reference", ["number", "id", "delivery", "case number"])
def test_a_partner_names_the_journey_as_it_knows_it(
    journey: Journey, reference: str, northstar: Organization
) -> None:
    with every_tenant(reason="a test looks"):
        delivery = journey.deliveries.get()
        journey.deliveries.update(partner_case_number="NS-7", attempts=1)
    names = {
        "number": journey.number.lower(),
        "id": str(journey.id),
        "delivery": str(delivery.id),
        "case number": "NS-7",
    }
    post(accepted(journey, journey=names[reference]))
    work()
    assert len(events(journey)) == 1


def test_an_acknowledgement_that_comes_later_confirms_the_delivery(journey: Journey) -> None:
    with every_tenant(reason="it was sent"):
        delivery = journey.deliveries.get()
        journey.deliveries.update(status="sent", sent_at=timezone.now(), attempts=1)
    now = timezone.now().isoformat()
    post(
        {
            "type": "delivery.accepted",
            "timestamp": now,
            "data": {"delivery": str(delivery.id), "case_number": "NS-10422"},
        }
    )
    work()
    with every_tenant(reason="a test looks"):
        delivery.refresh_from_db()
        assert (delivery.status, delivery.partner_case_number) == ("accepted", "NS-10422")
    assert reports()[0].status == ReportStatus.APPLIED


def test_a_report_that_breaks_every_time_is_set_aside(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("poison")

    post(accepted(journey))
    monkeypatch.setattr("journeys.domain.inbound.apply", broken)
    for _ in range(7):
        work()
    (report,) = reports()
    assert report.status == ReportStatus.EXCEPTION
    assert "operator" in report.problem


def test_reports_of_one_journey_that_wait_together_are_one_change_of_it(journey: Journey) -> None:
    told = (("accepted", "intake_review"), ("manual_call", "benefit_verification"))
    for number, (status, step) in enumerate(told):
        post(step_report(journey, step, status), message_id=f"together-{number}")
    post(accepted(journey, step="teleported"), message_id="unreadable")
    work()
    first, second, third = reports()
    assert (first.status, second.status) == (ReportStatus.APPLIED, ReportStatus.APPLIED)
    assert (third.status, third.journey_id) == (ReportStatus.EXCEPTION, journey.id)
    assert {event.step for event in events(journey)} == {"intake_review", "benefit_verification"}
    with every_tenant(reason="a test looks"):
        assert Journey.objects.get(pk=journey.pk).stage == "accepted"
        assert WorkItem.objects.filter(
            journey=journey, closed_at=None, step="benefit_verification"
        ).exists()


def test_what_waits_is_read_and_written_once_however_many_reports_and_journeys(
    journey: Journey,
) -> None:
    def cost(*reported: Journey, times: int = 1) -> int:
        for number in range(times):
            for each in reported:
                post(accepted(each, note=f"{number}"), message_id=uuid4().hex)
        with CaptureQueriesContext(connection) as asked:
            work()
        assert {each.status for each in reports()} == {ReportStatus.APPLIED}
        return len(asked)

    others = [submitted() for _ in range(5)]
    cost(journey, *others)
    assert cost(journey, times=2) == cost(journey, times=12)
    assert cost(*others[:2], times=2) == cost(*others, times=2)


def test_a_poisoned_report_does_not_stop_those_beside_it(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(said: Any, **rest: Any) -> Any:
        if any(each.content["data"].get("note") == "poison" for each in said):
            raise RuntimeError("poison")
        return apply(said, **rest)

    other = submitted()
    for note in ("one", "poison", "two"):
        post(accepted(journey, note=note), message_id=note)
    post(accepted(other), message_id="other")
    monkeypatch.setattr("journeys.domain.inbound.apply", picky)
    work()
    assert [report.status for report in reports()] == [
        ReportStatus.APPLIED,
        ReportStatus.WAITING,
        ReportStatus.APPLIED,
        ReportStatus.APPLIED,
    ]
    assert (len(events(journey)), len(events(other))) == (2, 1)


def test_a_report_ends_the_silence_of_its_partner(journey: Journey) -> None:
    northstar = Organization.objects.filter(slug="northstar")
    long_ago = timezone.now() - dt.timedelta(days=30)
    northstar.update(heard_at=long_ago, heartbeat_hours=8)
    stands = refresh(journey.pk, now=timezone.now())
    assert "R12" in stands.risk_rules
    post(accepted(journey))
    assert northstar.filter(heard_at__gt=long_ago).exists()
    with every_tenant(reason="a test looks"):
        assert Journey.objects.filter(pk=journey.pk, refresh_at__lte=timezone.now()).exists()
    assert "R12" not in refresh(journey.pk, now=timezone.now()).risk_rules


def test_many_reports_at_once_tell_a_worker_at_once_and_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first without delay; the last is not forgotten either."""
    task = "journeys.tasks.process_waiting_reports"
    told: SimpleQueue[str] = SimpleQueue()
    monkeypatch.setattr(nudges, "_send", lambda task, _queue: told.put(task))
    monkeypatch.setattr(nudges, "_told", {})
    for _ in range(20):
        nudges._nudge(task, "inbound")
    assert told.get_nowait() == task
    assert told.get(timeout=5) == task
    assert told.empty()


def test_what_another_worker_has_is_left_to_it_until_its_lease_ends(journey: Journey) -> None:
    for number in range(3):
        post(accepted(journey, note=f"{number}"), message_id=f"msg_{number}")
    inbound._taken(limit=2)
    work()
    assert [(each.status, each.attempts) for each in reports()] == [
        (ReportStatus.WAITING, 1),
        (ReportStatus.WAITING, 1),
        (ReportStatus.APPLIED, 1),
    ]
    with every_tenant(reason="the other worker died, and its lease ended"):
        InboundReport.objects.filter(status=ReportStatus.WAITING).update(taken_until=Now())
    work()
    assert {each.status for each in reports()} == {ReportStatus.APPLIED}
    assert len(events(journey)) == 3
