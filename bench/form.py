"""How long the enrollment form takes to appear, and an answer to be checked and kept."""

import statistics
import time
from collections.abc import Iterator
from uuid import UUID

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import acting_as
from bench.office import STAFF, actor_of
from bench.pages import HEADERS, session_of
from bench.results import Row, Unmeasured, percentile
from bench.serving import serving
from bench.world import World
from enrollment.domain.definitions import definition_of
from enrollment.domain.patients import add_patient
from enrollment.domain.queries.enrollments import startable_versions
from enrollment.domain.starting import start_together
from enrollment.models import Prescriber
from programs.core.forms import union

# Together they ask nearly every canonical field that any program asks, and many of their own.
PROGRAMS = frozenset({"corvanta", "opendoor", "sclerivane"})
FEWEST_QUESTIONS = 119
WARM_UP_SECONDS, SECONDS = 1.5, 4.0
WARM_UP, RUNS = 10, 120
# Nothing more is known of the patient, so that every section stands open.
NEW_PATIENT = {"A1": "Imogen", "A3": "Halloway", "A5": "1984-03-27"}
# Answers that others hang on are among them: insurance decides about a whole section.
ANSWERS = (
    ("A8", ("14 Larch Street", "15 Larch Street")),
    ("A12", ("02169", "02170")),
    ("B1", ("true", "false")),
    ("B5", ("commercial", "medicaid")),
    ("A5", ("03/27/1984", "03/27/2015")),
)


def measure(world: World) -> Iterator[Row]:
    """`section_p50_ms`, `section_p95_ms`: the form of a patient of whom only name and birth are
    known, enrolled in three programs in one sitting, with at least 119 questions in play: every
    canonical field they ask and their own; all sections open on one page. One answer of the
    Dockerfile's server when nobody else asks, for a coordinator with a session.

    `validate_p95_ms`: one answer saved as it is left: read, checked against every rule of every
    program, written and audited, and what it changes on the page drawn anew; through all of the
    site's middleware in this process, commit included.
    """
    path, session = reverse("enrollment", args=[a_sitting()]), session_of(STAFF)
    headers = {**HEADERS, "Cookie": session}
    with serving(world, "config.wsgi:application", path, headers) as page:
        page.load(seconds=WARM_UP_SECONDS)
        times = page.load(seconds=SECONDS, connections=1).times_ms
    yield Row("section_p50_ms", "ms", [statistics.median(times)])
    yield Row("section_p95_ms", "ms", [percentile(times, 0.95)])
    yield Row("validate_p95_ms", "ms", [percentile(_answers(f"{path}answers/", session), 0.95)])


def a_sitting() -> UUID:
    """Drafts of these programs in one sitting, for a patient of whom little is known."""
    staff, now = actor_of(STAFF), timezone.now()
    with acting_as(staff):
        found = startable_versions(today=timezone.localdate(now))
        versions = [version for version in found if version.program.key in PROGRAMS]
        questions = len(union([definition_of(version) for version in versions]))
        if questions < FEWEST_QUESTIONS:
            raise Unmeasured(f"The programs ask {questions} questions together; too few.")
        patient = add_patient(NEW_PATIENT, by=staff, now=now)
        first, *_ = start_together(
            [version.id for version in versions],
            patient_id=patient.id,
            prescriber_id=Prescriber.objects.earliest("name").id,
            by=staff,
            now=now,
        )
    draft_id: UUID = first.id
    return draft_id


def _answers(path: str, session: str) -> list[float]:
    client = Client(headers=HEADERS)
    client.cookies.load(session)
    times, version = [], 0
    for turn in range(WARM_UP + RUNS):
        key, values = ANSWERS[turn % len(ANSWERS)]
        value = values[turn // len(ANSWERS) % 2]
        began = time.perf_counter()
        kept = client.post(path, {"version": version, "field": key, key: value}, secure=True)
        times.append((time.perf_counter() - began) * 1000)
        if kept.status_code != 200:
            raise Unmeasured(f"Saving {key} answered {kept.status_code}: {kept.content[:300]!r}")
        version = kept.json()["version"]
    return times[WARM_UP:]
