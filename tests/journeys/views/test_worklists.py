"""Narrowing the work list, giving rows away, keeping its filters, taking it as a file."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import acting_as, every_tenant
from journeys.domain.queries.journey_lists import listed
from journeys.domain.queries.work import filtered
from journeys.domain.queries.worklists import Filters, narrowed
from journeys.domain.saving_views import MOST
from journeys.models import Journey, SavedView, WorkItem
from journeys.rules import INTAKE
from tests.factories.exchange import submitted
from tests.factories.people import actor_of, member, proven, signed_in
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db

URL = "/worklist/"


@pytest.fixture
def medicaid(world: World) -> Journey:
    """A second journey of the hub, with another payer, older and at risk."""
    other = submitted(world.journey.program_version, practice=world.practice)
    with every_tenant(reason="the test lays out its world"):
        Journey.objects.filter(pk=other.pk).update(
            payer_class="medicaid", at_risk=True, risk_rules=["R1", "R2"]
        )
        WorkItem.objects.filter(journey=other).update(
            opened_at=timezone.now() - dt.timedelta(days=9)
        )
    return other


def items(*journeys: Journey) -> list[WorkItem]:
    with every_tenant(reason="the test looks"):
        found = WorkItem.objects.filter(journey__in=journeys, closed_at=None)
        return list(found.order_by("opened_at"))


@pytest.mark.parametrize(
    "narrowing",
    [{"payer": "medicaid"}, {"risk": "R2"}, {"risk": "any"}, {"age": "older"}],
)
def test_a_filter_leaves_what_fits_and_counts_it(
    world: World, medicaid: Journey, priya: Client, narrowing: dict[str, str]
) -> None:
    page = priya.get(URL, narrowing).content.decode()
    assert medicaid.number in page
    assert world.journey.number not in page
    assert page.count("row-linked") == 1
    (value,) = narrowing.values()
    assert f'<option value="{value}" selected>' in " ".join(page.split())


def test_each_choice_says_how_many_rows_it_leaves(
    world: World, medicaid: Journey, priya: Client
) -> None:
    page = " ".join(priya.get(URL).content.decode().split())
    assert 'value="commercial" >Commercial (1)' in page
    assert 'value="intake_review" >Intake review (2)' in page
    page = " ".join(priya.get(URL, {"payer": "medicaid"}).content.decode().split())
    assert 'value="intake_review" >Intake review (1)' in page
    assert 'value="commercial" >Commercial (1)' in page


def test_a_program_narrows_to_its_journeys(world: World, priya: Client) -> None:
    key = world.journey.program_version.program.key
    assert PATIENT in priya.get(URL, {"program": key}).content.decode()
    assert PATIENT not in priya.get(URL, {"program": "another"}).content.decode()


def test_rows_say_why_they_may_slip(world: World, medicaid: Journey, priya: Client) -> None:
    assert "Silent for days" in priya.get(URL).content.decode()


def test_several_rows_are_given_to_a_colleague(
    world: World, medicaid: Journey, priya: Client
) -> None:
    lena = world.person(world.hub, Role.HUB_AGENT, name="Lena Fischer")
    picked = items(world.journey, medicaid)
    told = {"item": [str(item.pk) for item in picked], "to": str(lena.user_id), "next": URL}
    answer = priya.post(reverse("work_assign"), told, follow=True)
    assert "2 given to Lena Fischer." in answer.content.decode()
    assert {item.claimed_by_id for item in items(world.journey, medicaid)} == {lena.user_id}
    mine = signed_in(lena).get(URL, {"scope": "mine"}).content.decode()
    assert mine.count("row-linked") == 2
    with every_tenant(reason="the test looks"):
        assert AuditEntry.objects.filter(action="assigned work").count() == 2
    priya.post(reverse("work_assign"), {**told, "to": "nobody"})
    assert {item.claimed_by_id for item in items(world.journey, medicaid)} == {lena.user_id}
    supervisor = world.browser(world.hub, Role.HUB_SUPERVISOR)
    supervisor.post(reverse("work_assign"), {**told, "to": "nobody"})
    assert {item.claimed_by_id for item in items(world.journey, medicaid)} == {None}


def test_work_that_is_over_by_now_is_not_given(world: World, priya: Client) -> None:
    (item,) = items(world.journey)
    world.hears("intake_review", "accepted")
    lena = world.person(world.hub, Role.HUB_AGENT, name="Lena Fischer")
    told = {"item": [str(item.pk)], "to": str(lena.user_id)}
    answer = priya.post(reverse("work_assign"), told, follow=True)
    assert "The rest was no longer open." in answer.content.decode()
    with every_tenant(reason="the test looks"):
        assert WorkItem.objects.get(pk=item.pk).claimed_by_id is None


def test_work_goes_to_nobody_outside_and_from_nobody_outside(
    world: World, priya: Client, ben: Client, ana: Client
) -> None:
    (item,) = items(world.journey)
    stranger = member(world.practice, Role.PRACTICE_STAFF)
    told = {"item": [str(item.pk)], "to": str(stranger.user_id)}
    answer = priya.post(reverse("work_assign"), told, follow=True)
    assert "given to" not in answer.content.decode()
    for browser in (ben, ana):
        browser.post(reverse("work_assign"), {"item": [str(item.pk)], "to": "nobody"})
    assert items(world.journey)[0].claimed_by_id is None


@pytest.mark.parametrize("item", [[], ["x"], [""]])
def test_nothing_picked_says_so(world: World, priya: Client, item: list[str]) -> None:
    answer = priya.post(reverse("work_assign"), {"item": item, "to": "nobody"}, follow=True)
    assert "messages" in answer.context
    assert [str(each) for each in answer.context["messages"]]


def test_a_saved_view_is_the_persons_own(world: World, medicaid: Journey) -> None:
    jonah = world.person(world.hub, Role.HUB_AGENT, name="Jonah Reyes")
    browser = signed_in(jonah)
    browser.post(
        reverse("work_view_keep"),
        {"name": "Medicaid, stale", "payer": "medicaid", "age": "older", "risk": "<script>"},
    )
    page = browser.get(URL).content.decode()
    assert "Medicaid, stale" in page
    assert "?scope=all&amp;payer=medicaid&amp;age=older" in page
    colleague = signed_in(world.person(world.hub, Role.HUB_AGENT))
    assert "Medicaid, stale" not in colleague.get(URL).content.decode()
    with every_tenant(reason="the test looks"):
        view = SavedView.objects.get()
    assert colleague.post(reverse("work_view_forget", args=[view.pk])).status_code == 404
    assert "Medicaid, stale" in browser.get(URL).content.decode()
    browser.post(reverse("work_view_forget", args=[view.pk]))
    assert "Medicaid, stale" not in browser.get(URL).content.decode()


def test_views_are_as_many_as_fit(world: World, priya: Client) -> None:
    for number in range(MOST + 1):
        priya.post(reverse("work_view_keep"), {"name": f"View {number}", "age": "week"})
    with every_tenant(reason="the test looks"):
        assert SavedView.objects.count() == MOST


def test_the_file_is_what_the_list_shows_and_is_on_record(world: World, medicaid: Journey) -> None:
    jonah = world.person(world.hub, Role.HUB_AGENT, name="Jonah Reyes")
    with every_tenant(reason="the test gives a patient a name that a spreadsheet would run"):
        journey = Journey.objects.get(pk=medicaid.pk)
        journey.patient_name = "=1+1"
        journey.save(update_fields=["patient_name"])
    browser = signed_in(jonah)
    assert browser.get(reverse("work_export")).status_code == 302
    browser = proven(browser, jonah)
    answer = browser.get(reverse("work_export"), {"payer": "medicaid"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["Patient"] for row in rows] == ["'=1+1"]
    assert (rows[0]["Payer"], rows[0]["State"]) == ("Medicaid", "Now")
    with every_tenant(reason="the test looks"):
        assert AuditEntry.objects.filter(action="exported", user_id=jonah.user_id).exists()
        assert AuditEntry.objects.filter(purpose="export", subject_id=medicaid.pk).exists()


def test_another_hubs_file_is_empty(world: World) -> None:
    ben = member(world.practice, Role.PRACTICE_STAFF)
    browser = proven(signed_in(ben), ben)
    text = browser.get(reverse("work_export")).content.decode()
    assert PATIENT not in text
    assert items(world.journey)


def test_the_list_is_read_by_its_index(world: World) -> None:
    """As the site's role, with the tenant's policy: a first page never sorts all open work."""
    actor = actor_of(world.person(world.hub, Role.HUB_AGENT))
    with acting_as(actor), connection.cursor() as cursor:
        # Any plan is cheap for a handful of rows; whether one without a sort exists is asked.
        cursor.execute(
            "set local enable_seqscan = off; set local enable_bitmapscan = off;"
            " set local enable_sort = off"
        )
        found = narrowed(
            filtered(actor, scope="all"), Filters(payer="medicaid"), now=timezone.now()
        )
        plan = found[:50].explain()
        of_step = filtered(actor, scope="unclaimed", step=INTAKE)[:50].explain()
        journeys = listed("open", actor.organization_kind)[:50].explain()
    assert "open_work_by_owner" in plan
    assert "open_work_by_step" in of_step
    assert "journey_open" in journeys
    assert not [each for each in (plan, of_step, journeys) if "Sort" in each]
