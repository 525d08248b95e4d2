"""A manufacturer's counts: true, and silent about single patients."""

import csv
import datetime as dt
import io
import re
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.core.permissions import Role
from accounts.models import AuditEntry
from accounts.tenancy import every_tenant
from journeys.domain.lag_counting import count_lag
from journeys.models import JourneyEvent
from programs.models import Program
from tests.factories.counts import count_all, rows
from tests.factories.people import OrganizationFactory
from tests.fakes.pdf_ua import faults
from tests.journeys.views.conftest import PATIENT, World

pytestmark = pytest.mark.django_db

PAGE = reverse("program", args=["veltrana"])
# Session and person; begin, the tenancy, end; program, the audit, version, groups, counts, letter.
QUERIES = 11


@pytest.fixture
def program(world: World) -> Program:
    count_all()
    found: Program = world.journey.program_version.program
    return found


def today() -> dt.date:
    return timezone.now().date()


def words(client: Client, address: str = PAGE) -> str:
    page = client.get(address).content.decode()
    main = " ".join(page[page.index("<main") : page.index("</main>")].split())
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main)


def test_the_program_manager_sees_counts_and_nobody(
    world: World, program: Program, nadia: Client
) -> None:
    rows(program, 58, on=today(), reached="accepted", step="benefit_verification")
    count_all()
    page = words(nadia)
    assert "> 40+ <" in page
    assert "Benefit verification" in page
    for secret in (PATIENT, world.journey.number, str(world.journey.id), world.practice.name):
        assert secret not in page


def test_fewer_than_twenty_are_not_told(program: Program, nadia: Client) -> None:
    rows(program, 18, on=today(), reached="on_therapy")
    count_all()
    page = words(nadia)
    assert "> under 20 <" in page
    assert "> 20+ <" not in page


def test_the_stages_are_split_by_one_group_that_is_on_the_list(
    program: Program, nadia: Client
) -> None:
    rows(program, 25, on=today(), payer_class="medicare")
    rows(program, 25, on=today(), fixed={"region": "021", "age_band": "18_34"})
    count_all()
    assert "by kind of insurance" in words(nadia)
    assert "021 (MA)" in words(nadia, f"{PAGE}?by=region")
    assert "Rheumatology" in words(nadia, f"{PAGE}?by=practice_type")
    # Nothing narrows the counts down: whatever else is asked, the usual page answers.
    assert words(nadia, f"{PAGE}?by=told&payer_class=medicare&since=2026-01-01") == words(nadia)


def test_everything_the_page_tells_stands_in_the_files(program: Program, nadia: Client) -> None:
    rows(program, 30, on=today(), reached="on_therapy", therapy_days=20, dwell={"delivery": 30})
    count_all()
    answer = nadia.get(reverse("program_counts_csv", args=["veltrana"]))
    assert answer["Content-Disposition"] == 'attachment; filename="veltrana-counts.csv"'
    lines = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
    assert ["From enrollment to therapy", "2-4 weeks", "Journeys", "20+"] in lines
    assert ["How far its journeys have come", "On therapy", "Journeys", "20+"] in lines
    report = nadia.get(reverse("program_counts_pdf", args=["veltrana"]))
    assert faults(report.content) == []
    for page in pypdfium2.PdfDocument(report.content):
        # Nothing of a wide table is drawn beside the paper.
        words = page.get_textpage()
        assert words.get_text_bounded(0, 0, *page.get_size()) == words.get_text_bounded(
            -9999, 0, 9999
        )


def test_a_change_is_said_at_the_top(program: Program, nadia: Client) -> None:
    now = today()
    last = now - dt.timedelta(weeks=1)
    for week, count in ((last, 21), (now, 80)):
        denials = [["step_therapy", (week - dt.timedelta(days=week.weekday())).isoformat()]]
        rows(program, count, on=last, payer="meridian_health", denials=denials)
    count_all()
    assert "Denials by Meridian Health: Step therapy comes first: at least doubled" in words(nadia)


def test_how_soon_partners_report_is_told_by_partner_and_never_by_practice(
    world: World, program: Program, nadia: Client
) -> None:
    rows(program, 30, on=today())
    world.hears("intake_review", "in_review")
    with every_tenant(reason="the test reports often"):
        report_again(world, times=25)
    count_all()
    # An event is visible as long after its instant as the test's transaction has run by then.
    count_lag(now=timezone.now() + dt.timedelta(minutes=10))
    page = words(nadia)
    assert world.hub.name in page
    assert world.practice.name not in page


def report_again(world: World, *, times: int) -> None:
    """The hub's report, that many times more."""
    told = JourneyEvent.objects.filter(source=world.hub.slug).get()
    for number in range(times):
        told.pk, told.source_event_id = uuid4(), f"again-{number}"
        told._state.adding = True
        told.save()


def test_who_reads_counts_is_written_down(world: World, program: Program, nadia: Client) -> None:
    nadia.get(f"{PAGE}?by=region")
    nadia.get(reverse("program_counts_csv", args=["veltrana"]))
    with every_tenant(reason="the test reads the audit"):
        said = AuditEntry.objects.filter(action="counted").order_by("at")
        assert list(said.values_list("purpose", flat=True)) == [
            "veltrana: counts by region",
            "veltrana: counts as CSV",
        ]


@pytest.mark.parametrize("many", [1, 30])
def test_as_many_queries_for_one_week_as_for_thirty(
    program: Program,
    nadia: Client,
    many: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for back in range(many):
        rows(program, 20, on=today() - dt.timedelta(weeks=back), payer_class=f"kind-{back}")
    count_all()
    nadia.get(PAGE)
    with django_assert_num_queries(QUERIES):
        nadia.get(PAGE)


ADDRESSES = ("program", "program_counts_csv", "program_counts_pdf")


@pytest.mark.parametrize("name", ADDRESSES)
def test_another_manufacturers_program_is_404(world: World, name: str) -> None:
    other = OrganizationFactory.create(kind="manufacturer", name="Kestrel", slug="kestrel")
    browser = world.browser(other, Role.PROGRAM_MANAGER)
    answers: list[Any] = [browser.get(reverse(name, args=[key])) for key in ("veltrana", "nothing")]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_practice_may_not_see_counts(world: World, ana: Client, name: str) -> None:
    assert ana.get(reverse(name, args=["veltrana"])).status_code == 403
