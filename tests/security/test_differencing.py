"""An attack on a manufacturer's counts: every page and file, read again after every few journeys,
set against each other in every way that a table, a total, a file and a later week allow.

The attacker knows the rule, the truth of nothing, and has patience. It must not find out how many
there are of anything that has one to ten.
"""

import csv
import datetime as dt
import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.core.permissions import Role
from accounts.models import Organization
from accounts.tenancy import every_tenant
from journeys.core.suppression import STEP
from journeys.core.tallies import GROUPS
from journeys.models import FunnelCount
from programs.models import Program
from tests.factories.counts import count_all, rows
from tests.factories.people import member, signed_in
from tests.factories.programs import ProgramFactory

pytestmark = pytest.mark.django_db

READINGS = 14
NUMBER = re.compile(r"\b\d[\d,]*\+")
Name = tuple[str, str, str]


@pytest.fixture
def program() -> Program:
    maker = Organization.objects.create(kind="manufacturer", name="Aldertree", slug="aldertree")
    found: Program = ProgramFactory.create(key="veltrana", manufacturer=maker)
    return found


@pytest.fixture
def nadia(program: Program) -> Client:
    return signed_in(member(program.manufacturer, Role.PROGRAM_MANAGER))


def journeys_arrive(program: Program, chance: random.Random, number: int) -> None:
    """A few more of everything: some groups grow by one or two at a time, some hardly at all."""
    today = timezone.now().date()
    payers = ("commercial", "commercial", "medicare", "medicaid", "uninsured")
    for _ in range(chance.randint(4, 9)):
        week = today - dt.timedelta(weeks=chance.randint(0, 3))
        denied = [["step_therapy", week.isoformat()]] if chance.random() < 0.2 else []
        rows(
            program,
            chance.choice((1, 1, 2, 5)),
            on=week,
            fixed={
                "age_band": chance.choice(("18_34", "35_49", "35_49", "80_on")),
                "region": chance.choice(("021", "021", "606", "000")),
                "practice_type": chance.choice(("207RR0500X", "2084N0400X")),
            },
            reached=chance.choice(("submitted", "accepted", "verified", "on_therapy")),
            step=chance.choice(("", "intake_review", "delivery")),
            payer_class=chance.choice(payers),
            payer=chance.choice(("meridian_health", "other")),
            risks=["R1"] if chance.random() < 0.3 else [],
            therapy_days=chance.choice((None, 3, 30)),
            dwell={"intake_review": chance.randint(0, 300)},
            denials=denied,
        )
    count_all()


def low(words: str) -> int:
    """What a shown number says: at least so many."""
    told = words.removesuffix("+").replace(",", "")
    return int(told) if told.isdigit() else 0


def read(nadia: Client, program: Program) -> dict[Name, int]:
    """All that one reading of the CSV tells, by table, row and column."""
    answer = nadia.get(reverse("program_counts_csv", args=[program.key]))
    _, *lines = csv.reader(io.StringIO(answer.content.decode(), newline=""))
    return {(table, row, column): low(each) for table, row, column, each in lines}


def shown_elsewhere(nadia: Client, program: Program) -> Iterator[str]:
    """The text of every page and of the report."""
    for by in (*GROUPS, "", "told", "region&region=606"):
        page = nadia.get(f"{reverse('program', args=[program.key])}?by={by}").content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        yield re.sub(r"<[^>]+>", " ", main)
    report = nadia.get(reverse("program_counts_pdf", args=[program.key])).content
    yield " ".join(page.extract_text() for page in PdfReader(io.BytesIO(report)).pages)


def test_no_two_numbers_of_any_reading_differ_by_few(program: Program, nadia: Client) -> None:
    """Straight differencing: any two numbers of any page, file or week."""
    chance = random.Random(17)
    known: set[int] = {0}
    for number in range(READINGS):
        journeys_arrive(program, chance, number)
        known.update(read(nadia, program).values())
        if number % 5 == 4:
            for text in shown_elsewhere(nadia, program):
                known.update(low(each) for each in NUMBER.findall(text))
    assert len(known) > 5
    assert not [pair for pair in combinations(sorted(known), 2) if pair[1] - pair[0] <= 10]
    assert all(each % STEP == 0 for each in known)


def test_pages_files_and_report_tell_the_same(program: Program, nadia: Client) -> None:
    """No view is finer than another: whatever a page shows, the file shows, and nothing else."""
    chance = random.Random(23)
    for number in range(READINGS):
        journeys_arrive(program, chance, number)
    filed = set(read(nadia, program).values()) - {0}
    for text in shown_elsewhere(nadia, program):
        told = {low(each) for each in NUMBER.findall(text)} - {20, 60}
        assert told <= filed


class Attacker:
    """Keeps, for every cell of every reading, the least and the most it may truly be.

    It narrows them until nothing moves: a total is the sum of its groups, a stage holds all of
    the next one, nothing ever becomes less.
    """

    def __init__(self, readings: list[dict[str, dict[str, int]]]) -> None:
        self.bounds: list[dict[str, dict[str, list[int]]]] = [
            {
                table: {cell: [told, told + STEP - 1] for cell, told in cells.items()}
                for table, cells in reading.items()
            }
            for reading in readings
        ]

    def narrow(self) -> None:
        while any([self._sums(), self._time(), self._stages()]):
            pass

    def _tighten(self, bound: list[int], least: int, most: int) -> bool:
        moved = least > bound[0] or most < bound[1]
        bound[0], bound[1] = max(bound[0], least), min(bound[1], most)
        assert bound[0] <= bound[1], "The attacker contradicts itself: its own reasoning is wrong."
        return moved

    def _sums(self) -> bool:
        moved = False
        for reading in self.bounds:
            for stage, total in reading["stage"].items():
                for table in (name for name in reading if name.startswith("stage:")):
                    cells = [b for c, b in reading[table].items() if c.startswith(f"{stage}|")]
                    least, most = sum(b[0] for b in cells), sum(b[1] for b in cells)
                    moved |= self._tighten(total, least, most)
                    for bound in cells:
                        rest_least, rest_most = least - bound[0], most - bound[1]
                        moved |= self._tighten(bound, total[0] - rest_most, total[1] - rest_least)
                        least, most = sum(b[0] for b in cells), sum(b[1] for b in cells)
        return moved

    def _time(self) -> bool:
        moved = False
        for earlier, later in pairwise(self.bounds):
            for table, cells in earlier.items():
                for cell, bound in cells.items():
                    after = later[table][cell]
                    moved |= self._tighten(bound, 0, after[1])
                    moved |= self._tighten(after, bound[0], after[1])
        return moved

    def _stages(self) -> bool:
        moved = False
        stages = ("submitted", "accepted", "verified", "authorized", "dispensed", "on_therapy")
        for reading in self.bounds:
            for table, cells in reading.items():
                groups = {cell.partition("|")[2] for cell in cells}
                for group in groups if table != "stage" else {""}:
                    named = [f"{stage}|{group}".rstrip("|") for stage in stages]
                    for wide, narrow in pairwise(named):
                        if wide in cells and narrow in cells:
                            moved |= self._tighten(cells[narrow], 0, cells[wide][1])
                            moved |= self._tighten(cells[wide], cells[narrow][0], 10**9)
        return moved


def truth(program: Program) -> dict[str, dict[str, int]]:
    """The true counts of the stages, whole and by group."""
    with every_tenant(reason="the test knows what the attacker must not"):
        held = FunnelCount.objects.filter(program=program, view__startswith="stage")
        found: dict[str, dict[str, int]] = {}
        for view, cell, count in held.values_list("view", "cell", "count"):
            found.setdefault(view, {})[cell] = count
    return found


def test_one_who_reasons_over_every_margin_and_reading_pins_no_small_number(
    program: Program, nadia: Client
) -> None:
    chance = random.Random(29)
    truths: list[dict[str, dict[str, int]]] = []
    for number in range(READINGS):
        journeys_arrive(program, chance, number)
        truths.append(truth(program))
    every: dict[str, set[str]] = {}
    for reading in truths:
        for table, cells in reading.items():
            every.setdefault(table, set()).update(cells)
    shown: list[Any] = [
        {
            # Exactly what `told` shows: the attacker is even given which cells exist at all.
            table: {cell: _floor(reading.get(table, {}).get(cell, 0)) for cell in cells}
            for table, cells in every.items()
        }
        for reading in truths
    ]
    attacker = Attacker(shown)
    attacker.narrow()
    small = 0
    for reading, bounds in zip(truths, attacker.bounds, strict=True):
        for table, cells in reading.items():
            for cell, true in cells.items():
                least, most = bounds[table][cell]
                assert least <= true <= most
                if 1 <= true <= 10:
                    small += 1
                    assert most - least >= 9, (table, cell, true, least, most)
    assert small > 20


def _floor(count: int) -> int:
    return count - count % STEP


def test_what_is_listed_does_not_tell_how_the_rest_compares(
    program: Program, nadia: Client
) -> None:
    """Rows with the same told number stand in the order of their names, not of the truth."""
    today = timezone.now().date()
    for region, count in (("606", 25), ("021", 38), ("331", 21)):
        rows(program, count, on=today, fixed={"region": region})
    count_all()
    read_rows = [row for table, row, _ in read(nadia, program) if "by region" in table]
    listed = list(Counter(read_rows))
    assert listed == sorted(listed)
