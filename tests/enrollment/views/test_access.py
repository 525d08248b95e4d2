"""Ana sees hers; Ben, at another practice, is told the same as about a row that never was."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.core.permissions import OrganizationKind, Role
from accounts.models import AuditEntry
from accounts.tenancy import acting_as
from enrollment.models import Enrollment
from tests.factories.offices import Office, stored
from tests.factories.people import OrganizationFactory, member, signed_in

pytestmark = pytest.mark.django_db

READS = (
    "/patients/{patient}/",
    "/patients/{patient}/edit/",
    "/patients/{patient}/insurance/",
    "/patients/{patient}/insurance/changed/",
    "/enrollments/new/?patient={patient}",
    "/enrollments/{draft}/",
    "/enrollments/{draft}/others/",
    "/enrollments/{draft}/review/",
    "/enrollments/{draft}/paper/",
    "/enrollments/{draft}/paper/print/",
    "/enrollments/{sent}/receipt/",
    "/enrollments/of/{journey}/",
)
WRITES = (
    "/patients/{patient}/edit/",
    "/patients/{patient}/insurance/",
    "/patients/{patient}/insurance/new/",
    "/patients/{patient}/insurance/changed/",
    "/enrollments/new/?patient={patient}",
    "/enrollments/{draft}/",
    "/enrollments/{draft}/answers/",
    "/enrollments/{draft}/ask-patient/",
    "/enrollments/{draft}/ask/",
    "/enrollments/{draft}/send/",
    "/enrollments/{draft}/withdraw/",
)
LISTS = ("/patients/", "/patients/new/", "/enrollments/", "/enrollments/new/", "/find/")
Ids = dict[str, uuid.UUID]


@pytest.fixture
def ids(lakeside: Office) -> Ids:
    sent = lakeside.sent()
    assert sent.journey_id is not None
    draft = lakeside.draft()
    return {
        "patient": lakeside.rosa.id,
        "draft": draft.id,
        "sent": sent.id,
        "journey": sent.journey_id,
    }


@contextmanager
def unchanged(lakeside: Office, ids: Ids) -> Iterator[None]:
    def state() -> tuple[object, ...]:
        with acting_as(lakeside.coordinator):
            row = Enrollment.objects.select_related("patient").get(id=ids["draft"])
            return row.status, row.answers, row.revision, row.patient.details

    before = state()
    yield
    assert state() == before


def test_ana_opens_hers_and_ben_finds_nothing(ana: Client, ben: Client, ids: Ids) -> None:
    for path in READS:
        assert ana.get(path.format(**ids)).status_code in (200, 302), path
        theirs = ben.get(path.format(**ids))
        nobody = ben.get(path.format(**{name: uuid.uuid4() for name in ids}))
        assert (theirs.status_code, nobody.status_code) == (404, 404), path
        assert b"Delgado" not in theirs.content, path


def test_ben_changes_nothing_of_anas(ben: Client, lakeside: Office, ids: Ids) -> None:
    sent = {"field": "E12", "E12": "hacked", "A1": "Hacked", "B1": "true", "version": "0"}
    for path in WRITES:
        with unchanged(lakeside, ids):
            assert ben.post(path.format(**ids), sent).status_code == 404, path


def test_a_stranger_is_asked_to_sign_in(client: Client, ids: Ids) -> None:
    for path in (*LISTS, *READS):
        answer = client.get(path.format(**ids))
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/account/login/"), path


def test_a_hub_has_no_business_here(ids: Ids) -> None:
    hub = OrganizationFactory.create(kind=OrganizationKind.HUB.value)
    priya = signed_in(member(hub, Role.HUB_AGENT))
    for path in (*LISTS[:-1], *READS, "/signing/", "/signing/read/"):
        assert priya.get(path.format(**ids)).status_code == 403, path


def test_a_prescriber_changes_no_answers(maya: Client, lakeside: Office, ids: Ids) -> None:
    for path in WRITES:
        with unchanged(lakeside, ids):
            answer = maya.post(path.format(**ids), {"field": "E12", "E12": "x", "version": "0"})
            assert answer.status_code in (302, 403), path


def test_a_prescriber_reads_a_draft_as_its_review(maya: Client, ids: Ids) -> None:
    answer = maya.get(f"/enrollments/{ids['draft']}/")
    assert answer.headers["Location"] == f"/enrollments/{ids['draft']}/review/"
    assert b"Rosa" in maya.get(answer.headers["Location"]).content


WRITING = re.compile(r"^\s*(insert|update|delete)", re.IGNORECASE)
OWN_BOOKS = ("accounts_auditentry", "accounts_auditseal", "django_session", "usersessions")


@pytest.mark.asvs("3.5.3")
def test_reading_writes_nothing_but_the_record_of_it(ana: Client, ids: Ids) -> None:
    for path in (*LISTS, *READS):
        with CaptureQueriesContext(connection) as queries:
            ana.get(path.format(**ids))
        written = [query["sql"] for query in queries if WRITING.match(query["sql"])]
        assert [sql for sql in written if not any(book in sql for book in OWN_BOOKS)] == [], path


@pytest.mark.asvs("16.3.2")
def test_every_page_with_a_patient_on_it_is_in_the_audit(
    ana: Client, lakeside: Office, ids: Ids
) -> None:
    def reads() -> int:
        with acting_as(lakeside.coordinator):
            return int(AuditEntry.objects.filter(action="read").count())

    for path in READS:
        if "others" not in path and "/of/" not in path:
            before = reads()
            ana.get(path.format(**ids))
            assert reads() > before, path


def test_fields_nobody_asks_for_are_ignored(ana: Client, lakeside: Office, ids: Ids) -> None:
    other = OrganizationFactory.create()
    ana.post(
        f"/enrollments/{ids['draft']}/",
        {
            "version": "0",
            "E12": "Penicillin",
            "status": "submitted",
            "organization": str(other.id),
            "organization_id": str(other.id),
            "journey": str(uuid.uuid4()),
            "revision": "900",
        },
    )
    with acting_as(lakeside.coordinator):
        row = stored(Enrollment(id=ids["draft"]))
        assert (row.status, row.revision, row.journey_id) == ("draft", 1, None)
        assert row.organization_id == lakeside.practice.id
        assert set(row.answers) & {"status", "organization", "organization_id"} == set()
