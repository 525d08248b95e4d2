"""Whatever happens in another manufacturer's programs, a manufacturer is told exactly the same.

The same practice, the same prescriber and the same patient are in both of their programs: what one
of them reads, in pages, files, refusals, mail, notices and logs, does not change by it.
"""

import datetime as dt
import io
import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from django.apps import apps
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.tenancy import PartyModel, TenantModel, acting_as, every_tenant
from config.logs import configure_logging
from journeys.core.tallies import GROUPS
from journeys.domain.counts_letters import send_due_letters, write_weekly
from journeys.models import FunnelRow, Notice
from programs.models import Program
from tests.factories.counts import count_all, rows
from tests.factories.exchange import submitted
from tests.factories.people import actor_of
from tests.factories.programs import published
from tests.security.world import CANARIES, Person, World

pytestmark = pytest.mark.django_db

# What differs in any two answers to one person: tokens, and how long ago an instant was (the
# instant itself stands beside it and is compared).
UNLIKE = re.compile(
    r'(?<=name="csrf-token" content=")\w+|(?<=csrfmiddlewaretoken" value=")\w+'
    r'|(?<=nonce=")[^"]+|data-[a-z-]*="[^"]*"|<span class="quiet">[^<]*</span></time>'
)
RIVAL = "omniveda"


@pytest.fixture
def nadia(world: World) -> Person:
    return world.insiders["manufacturer"]


@pytest.fixture
def mine(world: World) -> Program:
    program: Program = world.lakeside.version.program
    rows(program, 45, on=timezone.now().date(), reached="authorized")
    count_all()
    return program


def told(nadia: Person, program: Program) -> dict[str, str]:
    """Everything she can read of programs, page by page and file by file."""
    page = reverse("program", args=[program.key])
    addresses = [
        *(f"{page}?by={group}" for group in GROUPS),
        *(reverse(name) for name in ("programs", "studio", "data_dictionary", "members")),
        *(
            reverse(name, args=[program.key])
            for name in ("program_dictionary", "program_counts_csv")
        ),
    ]
    found = {}
    for address in addresses:
        answer = nadia.browser.get(address)
        assert answer.status_code == 200, address
        found[address] = UNLIKE.sub("…", answer.content.decode())
    report = nadia.browser.get(reverse("program_counts_pdf", args=[program.key])).content
    found["the report"] = " ".join(
        each.extract_text() for each in PdfReader(io.BytesIO(report)).pages
    )
    return found


def the_rival_flourishes(world: World) -> Program:
    """Another maker's program, with real journeys of Lakeside's and a thousand rows."""
    version = published(RIVAL)
    for _ in range(3):
        submitted(version, practice=world.lakeside.practice)
    rows(version.program, 1_000, on=timezone.now().date(), reached="on_therapy")
    count_all()
    program: Program = version.program
    return program


def test_nothing_it_reads_changes_by_what_others_do(
    world: World, nadia: Person, mine: Program
) -> None:
    before = told(nadia, mine)
    rival = the_rival_flourishes(world)
    with every_tenant(reason="the test makes sure that there is something to learn"):
        assert FunnelRow.objects.filter(program=rival).count() == 1_003
    assert told(nadia, mine) == before


def test_no_page_names_another_manufacturer_or_its_program(
    world: World, nadia: Person, mine: Program
) -> None:
    rival = the_rival_flourishes(world)
    names = (rival.name, rival.product, rival.key, rival.manufacturer.name, str(rival.id))
    found = [
        (address, name)
        for address, text in told(nadia, mine).items()
        for name in (*names, *CANARIES, "Okafor", world.lakeside.practice.name)
        if name in text
    ]
    assert found == []


NAMED = (
    *("program", "program_counts_csv", "program_counts_pdf", "program_weekly"),
    *("program_partners", "studio_open"),
)


def test_a_rivals_program_and_none_at_all_are_refused_alike(world: World, nadia: Person) -> None:
    rival = the_rival_flourishes(world)

    def said(method: str, name: str, key: str) -> tuple[int, str]:
        path = reverse(name, args=[key])
        answer = getattr(nadia.browser, method)(path, follow=name == "studio_open")
        return answer.status_code, UNLIKE.sub("…", answer.content.decode()).replace(key, "…")

    asked = [(method, name) for method in ("get", "post") for name in NAMED]
    told = {each: (said(*each, rival.key), said(*each, "unheard-of")) for each in asked}
    assert [each for each, (of_it, of_none) in told.items() if of_it != of_none] == []


def test_the_database_shows_it_its_own_rows_and_no_journey(world: World, nadia: Person) -> None:
    the_rival_flourishes(world)
    maker = nadia.membership.organization_id
    models = [m for m in apps.get_models() if issubclass(m, TenantModel | PartyModel)]
    assert len(models) > 20
    with acting_as(actor_of(nadia.membership)):
        for model in models:
            owners = set(model.objects.order_by().values_list("organization_id", flat=True))
            assert owners <= {maker}, model._meta.label
            if issubclass(model, PartyModel):
                assert not owners, model._meta.label


def test_no_notice_is_written_for_it_and_its_letter_tells_nothing(
    world: World, nadia: Person, mine: Program
) -> None:
    by = actor_of(nadia.membership)
    with acting_as(by):
        write_weekly(mine, by=by, now=timezone.now() - dt.timedelta(days=8))
    the_rival_flourishes(world)
    mail.outbox.clear()
    assert send_due_letters(clock=timezone.now) == 1
    (letter,) = mail.outbox
    said = f"{letter.subject} {letter.body}"
    assert not [each for each in (*CANARIES, RIVAL, "Lakeside", "40", "45") if each in said]
    with every_tenant(reason="the test looks for notices"):
        assert not Notice.objects.filter(organization_id=nadia.membership.organization_id).exists()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a production process would write."""
    stream = io.StringIO()
    before, root = structlog.get_config(), logging.getLogger()
    handlers = root.handlers[:]
    configure_logging(json_lines=True, stream=stream)
    structlog.configure(cache_logger_on_first_use=False)
    yield stream
    root.handlers[:] = handlers
    structlog.configure(**before)


def test_no_log_line_of_its_reading_tells_of_others(
    world: World, nadia: Person, mine: Program, log: io.StringIO
) -> None:
    rival = the_rival_flourishes(world)
    log.truncate(0)
    told(nadia, mine)
    count_all()
    written = log.getvalue()
    assert "/programs/veltrana/" in written
    secrets = (*CANARIES, rival.key, rival.name, "Okafor", world.journey.number)
    assert not [each for each in secrets if each in written]
