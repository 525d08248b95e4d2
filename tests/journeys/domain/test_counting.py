"""The counts follow what happened, whatever the order, and are what the rows say."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tenancy import every_tenant
from journeys.domain.counting import count_changes, recounted
from journeys.models import FunnelCount, FunnelRow, Journey
from programs.models import Program
from tests.factories.counts import count_all, rows
from tests.factories.exchange import submitted
from tests.factories.programs import published
from tests.journeys.views.conftest import World

pytestmark = pytest.mark.django_db


def counts(program: Program) -> dict[tuple[str, str], int]:
    with every_tenant(reason="the test reads the true counts"):
        held = FunnelCount.objects.filter(program=program).exclude(count=0)
        return {(view, cell): n for view, cell, n in held.values_list("view", "cell", "count")}


def anew(program: Program) -> dict[tuple[str, str], int]:
    with every_tenant(reason="the test counts the rows"):
        return {name: n for name, n in recounted(program).items() if n}


@pytest.fixture
def world() -> World:
    version = published()
    journey = submitted(version, now=timezone.now() - dt.timedelta(minutes=30))
    return World(journey.organization, journey.hub, journey)


def test_counts_reconcile_with_the_journeys(world: World) -> None:
    """Each stage's count is how many journeys came so far, by the journeys' own rows."""
    version = world.journey.program_version
    for _ in range(3):
        submitted(version)
    world.hears("intake_review", "accepted")
    world.hears("benefit_verification", "complete", prior_authorization_required=True)
    count_all()
    with every_tenant(reason="the test counts the journeys"):
        stages = Counter(Journey.objects.values_list("stage", flat=True))
    assert stages == {"submitted": 3, "verified": 1}
    held = counts(version.program)
    assert [held.get(("stage", stage), 0) for stage in ("submitted", "accepted", "verified")] == [
        *(4, 1, 1)
    ]
    assert held == anew(version.program)
    assert held["step", "prior_authorization"] == 1
    assert held["stage:payer_class", "submitted|commercial"] == 4


def test_counting_twice_changes_nothing(world: World) -> None:
    count_all()
    before = counts(world.journey.program_version.program)
    world.hears("intake_review", "in_review")
    world.hears("intake_review", "accepted")
    count_all()
    after = counts(world.journey.program_version.program)
    assert before["step", "intake_review"] == 1
    assert ("step", "intake_review") not in after
    assert count_changes() == 0
    assert counts(world.journey.program_version.program) == after


def test_what_it_costs_grows_with_what_changed_alone(world: World) -> None:
    program = world.journey.program_version.program
    rows(program, 300, on=dt.date(2026, 3, 3))
    count_all()
    rows(program, 5, on=dt.date(2026, 3, 3), reached="verified")
    with CaptureQueriesContext(connection) as asked:
        assert count_changes() == 5
    # Who acts, twice; the rows that changed; the counts they move; that they are counted.
    statements = [each["sql"] for each in asked if "savepoint" not in each["sql"].lower()]
    assert len([each for each in statements if "set_config" not in each]) == 3


def test_counts_made_anew_are_the_same(world: World) -> None:
    program = world.journey.program_version.program
    rows(program, 40, on=dt.date(2026, 3, 3), reached="dispensed", denials=[["x", "2026-03-02"]])
    count_all()
    held = counts(program)
    with every_tenant(reason="the test spoils a count"):
        FunnelCount.objects.filter(program=program, view="stage").update(count=7)
    with pytest.raises(CommandError, match="1 program"):
        call_command("recount_funnels", "--check")
    call_command("recount_funnels")
    assert counts(program) == held
    call_command("recount_funnels", "--check")


def test_a_row_waits_until_it_is_counted(world: World) -> None:
    count_all()
    world.hears("intake_review", "accepted")
    with every_tenant(reason="the test reads the row"):
        row = FunnelRow.objects.get()
        assert (row.before["reached"], row.told["reached"]) == ("submitted", "accepted")
        count_all()
        row.refresh_from_db()
        assert row.before is None
