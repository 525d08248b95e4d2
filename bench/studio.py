"""The program studio: a cohort through a draft, a long form brought in, and a section of it."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.core.actor import Actor
from accounts.tenancy import acting_as
from bench.office import actor_of
from bench.pages import HEADERS, session_of
from bench.results import Row, Unmeasured, percentile
from bench.world import World
from journeys.core.cohort import cohort
from journeys.core.templates import GRAPHS
from journeys.core.tuning import tuned
from programs.definitions import load_definitions
from programs.domain.studio import drafts, importing
from programs.models import ProgramDraft

MANAGER, PROGRAM = "nadia@aldertree.example", "veltrana"
ITEMS = 800
RUNS = 3
WARM_UP, LOOKS = 5, 40
_KINDS = ("string", "boolean", "choice", "decimal", "date")
# Titles as forms have them, by which items find their section here.
_TITLES = ("Patient", "Insurance", "Prescriber", "Practice", "Diagnosis", "Clinical history",
           "Prescription", "Financial", "Site of care", "Other")  # fmt: skip


def long_questionnaire(count: int = ITEMS) -> dict[str, Any]:
    """A Questionnaire of so many items in ten groups, every third hanging on the one before."""
    items = [_item(number) for number in range(count)]
    size = count // len(_TITLES)
    groups = [
        {"linkId": f"g{place}", "text": title, "type": "group",
         "item": items[place * size : (place + 1) * size]}
        for place, title in enumerate(_TITLES)
    ]  # fmt: skip
    return {"resourceType": "Questionnaire", "title": "A long form", "item": groups}


def _item(number: int) -> dict[str, Any]:
    kind = _KINDS[number % len(_KINDS)]
    made: dict[str, Any] = {
        "linkId": f"q{number}",
        "text": f"Question number {number} of the long form?",
        "type": kind,
        "required": number % 4 == 0,
    }
    if kind == "choice":
        made["answerOption"] = [{"valueString": f"Answer {each}"} for each in range(6)]
    if number % 3 == 1:
        before = {"question": f"q{number - 1}", "operator": "exists", "answerBoolean": True}
        made["enableWhen"] = [before]
    return made


def measure(world: World) -> Iterator[Row]:
    """`cohort_1000_s`: a thousand made-up patients through Veltrana's form, rules and journey.

    `import_800_items_s`: a Questionnaire of 800 items as a file, read, repaired, told and taken
    into a draft, with every fault of the whole found. `section_of_800_p95_ms`: the preview of one
    section of that form, server time of the whole request.
    """
    definition = load_definitions()[PROGRAM]
    graph = tuned(GRAPHS[definition.journey.template], definition.journey.tune)
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        cohort(definition, graph, today=timezone.localdate())
        times.append(time.perf_counter() - began)
    yield Row("cohort_1000_s", "s", times)
    actor, body = actor_of(MANAGER), json.dumps(long_questionnaire()).encode()
    imports = [_imported(actor, body, now=timezone.now()) for _ in range(RUNS)]
    yield Row("import_800_items_s", "s", [seconds for seconds, _draft in imports])
    yield Row("section_of_800_p95_ms", "ms", [_section(imports[-1][1])])


def _imported(actor: Actor, body: bytes, *, now: datetime) -> tuple[float, UUID]:
    with acting_as(actor):
        ProgramDraft.objects.filter(status="composing").update(status="dropped")
        draft = drafts.open_from_live(PROGRAM, by=actor, now=now)
    began = time.perf_counter()
    with acting_as(actor):
        importing.read_in(draft.id, importing.parsed(body), by=actor, now=now)
    with acting_as(actor):
        importing.take_in(draft.id, canonical=(), leave=(), by=actor, now=now)
    return time.perf_counter() - began, draft.id


def _section(draft_id: UUID) -> float:
    client = Client(headers=HEADERS)
    client.cookies.load(session_of(MANAGER))
    url = reverse("studio_preview", args=[draft_id]) + "?section=clinical"
    took = []
    for _ in range(WARM_UP + LOOKS):
        began = time.perf_counter()
        answer = client.get(url, secure=True)
        took.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise Unmeasured(f"The preview answered {answer.status_code}.")
    return percentile(took[WARM_UP:], 0.95)
