"""Attaching papers in a browser with and without scripts, looking at them, taking them away."""

import json
import re
import tracemalloc
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.tenancy import acting_as
from enrollment.core.files import CheckedFile
from enrollment.core.filetypes import ACTIVE
from enrollment.domain import documents as domain
from enrollment.domain.documents import Place
from enrollment.models import Document, DocumentFile, DocumentPage, Enrollment
from tests.enrollment.views.conftest import Queries
from tests.factories.offices import Office, stored
from tests.fakes.files import pdf, picture, running

pytestmark = pytest.mark.django_db

LARGEST = 10_000_000


class Streamed:
    """A form with a large file in its middle, made while it is read."""

    def __init__(
        self, before: dict[str, str], file: tuple[str, str, int], after: dict[str, str]
    ) -> None:
        name, filename, self.zeros = file
        head = f'--here\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"'
        self.head = _fields(before) + f"{head}\r\n\r\n".encode()
        self.tail = b"\r\n" + _fields(after) + b"--here--\r\n"
        self.size = len(self.head) + self.zeros + len(self.tail)
        self.place = 0

    def read(self, count: int = 65_536) -> bytes:
        start, self.place = self.place, min(self.size, self.place + count)
        whole = b""
        while start < self.place:
            known, skipped = self.head, 0
            if start >= len(self.head) + self.zeros:
                known, skipped = self.tail, len(self.head) + self.zeros
            elif start >= len(self.head):
                known, skipped = b"", len(self.head)
            inside = start - skipped
            most = self.place - start
            part = known[inside : inside + most] or bytes(min(most, self.zeros - inside))
            whole, start = whole + part, start + len(part)
        return whole

    readline = read


def _fields(values: dict[str, str]) -> bytes:
    return "".join(
        f'--here\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items()
    ).encode()


def upload(body: bytes, name: str = "front.jpg") -> SimpleUploadedFile:
    """The content type is a lie, as a browser's can be."""
    return SimpleUploadedFile(name, body, content_type="text/html")


def kept(lakeside: Office) -> list[Document]:
    with acting_as(lakeside.coordinator):
        return list(Document.objects.all())


def answers(lakeside: Office, draft: Enrollment) -> dict[str, Any]:
    with acting_as(lakeside.coordinator):
        found: dict[str, Any] = stored(draft).answers
        return found


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def attach(
    browser: Client, draft: Enrollment, *files: SimpleUploadedFile, field: str = "B2"
) -> Any:
    address = f"/enrollments/{draft.id}/documents/?open=coverage"
    return browser.post(address, {"field": field, "file": list(files)})


def test_a_script_attaches_and_the_place_is_drawn_again(lakeside: Office, ana: Client) -> None:
    draft = lakeside.draft()
    answer = attach(ana, draft, upload(picture(), "alder.jpg"), upload(picture(color="red")))
    assert answer.status_code == 200
    told = answer.json()
    first, back = kept(lakeside)
    assert answers(lakeside, draft)["B2"] == [str(first.id), str(back.id)]
    assert told["version"] == 2
    assert "alder" in told["fragments"]["slot-B2"]
    assert f"/documents/{back.id}/" in told["fragments"]["slot-B2"]

    again = ana.post(
        f"/enrollments/{draft.id}/documents/?open=coverage", {"field": "B2", "detach": first.id}
    )
    assert again.status_code == 200
    assert answers(lakeside, draft)["B2"] == [str(back.id)]
    assert "alder" not in again.json()["fragments"]["slot-B2"]


def test_what_is_refused_is_told_by_name_and_the_rest_is_kept(
    lakeside: Office, ana: Client
) -> None:
    draft = lakeside.draft()
    script = pdf(1, running({"/S": "/JavaScript", "/JS": "app.alert(1)"}))
    answer = attach(ana, draft, upload(script, "form.pdf"), upload(picture()))
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"B2": [f"form.pdf: {ACTIVE}"]}
    assert len(kept(lakeside)) == 1


def test_a_browser_without_scripts_saves_its_answers_and_its_files_together(
    lakeside: Office, ana: Client
) -> None:
    draft = lakeside.draft()
    page = ana.post(
        f"/enrollments/{draft.id}/?open=coverage",
        {"version": "0", "E12": "Penicillin", "file-B2": upload(picture())},
        follow=True,
    )
    assert "front" in text(page)
    found = answers(lakeside, draft)
    assert found["E12"] == "Penicillin"
    (card,) = kept(lakeside)
    assert found["B2"] == [str(card.id)]

    ana.post(
        f"/enrollments/{draft.id}/?open=coverage",
        {"version": "2", "E12": "Penicillin, latex", "detach": str(card.id)},
    )
    assert kept(lakeside) == []
    assert "B2" not in answers(lakeside, draft)
    assert answers(lakeside, draft)["E12"] == "Penicillin, latex"


@pytest.mark.asvs("5.2.1")
def test_200_megabytes_are_dropped_as_they_come_in_and_what_was_typed_is_kept(
    lakeside: Office, ana: Client
) -> None:
    draft = lakeside.draft()
    body = Streamed(
        {"version": "0"}, ("file-B2", "scan.pdf", 20 * LARGEST), {"E12": "Penicillin, told late"}
    )
    tracemalloc.start()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/enrollments/{draft.id}/",
        "CONTENT_TYPE": "multipart/form-data; boundary=here",
        "CONTENT_LENGTH": str(body.size),
        "wsgi.input": body,
    }
    answer = ana.request(**environ)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3 * LARGEST
    page = ana.get(answer["Location"])
    assert "scan.pdf: This file has 200.0 MB; the most is 10 MB." in text(page)
    assert kept(lakeside) == []
    assert answers(lakeside, draft)["E12"] == "Penicillin, told late"


def test_a_file_for_a_question_that_is_not_asked_goes_nowhere(
    lakeside: Office, ana: Client
) -> None:
    draft = lakeside.draft()
    for field in ("E16", "A1", "S1", "../B2", ""):
        attach(ana, draft, upload(picture()), field=field)
        ana.post(f"/enrollments/{draft.id}/", {f"file-{field}": upload(picture()), "version": "0"})
    assert kept(lakeside) == []


def test_the_card_is_attached_at_the_patient_too(lakeside: Office, ana: Client) -> None:
    draft = lakeside.draft()
    address = f"/patients/{lakeside.rosa.id}/documents/"
    page = ana.post(address, {"file": upload(picture())}, follow=True)
    assert "Attached. It goes along into every program from now on." in text(page)
    (card,) = kept(lakeside)
    assert answers(lakeside, draft)["B2"] == [str(card.id)]
    assert f"/documents/{card.id}/" in page.content.decode()

    page = ana.post(address, {}, follow=True)
    assert "Choose a file first; nothing was attached." in text(page)
    page = ana.post(f"/documents/{card.id}/remove/", follow=True)
    assert kept(lakeside) == []
    assert "B2" not in answers(lakeside, draft)
    assert ana.post(f"/documents/{card.id}/remove/").status_code == 404


def test_a_document_is_shown_as_pictures_and_only_ever_downloaded(
    lakeside: Office, ana: Client
) -> None:
    attach(ana, lakeside.draft(), upload(pdf(2), "../../<img src=x>.pdf"))
    (row,) = kept(lakeside)
    page = ana.get(f"/documents/{row.id}/")
    assert "2 pages" in text(page)
    shown = re.findall(r'<img src="(/documents/pages/[^"]+)"', page.content.decode())
    assert len(shown) == 2

    for address, kind, disposition in (
        (shown[0], "image/jpeg", "inline"),
        (f"/documents/{row.id}/file/", "application/pdf", "attachment"),
    ):
        answer = ana.get(address)
        assert answer["Content-Type"] == kind
        assert answer["Content-Disposition"].split(";")[0] == disposition
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"
    assert ana.get(f"/documents/{row.id}/file/").content == pdf(2)


@pytest.mark.asvs("16.3.2")
def test_each_look_at_a_paper_is_in_the_audit(lakeside: Office, ana: Client) -> None:
    attach(ana, lakeside.draft(), upload(picture()))
    (row,) = kept(lakeside)
    with acting_as(lakeside.coordinator):
        page = DocumentPage.objects.get(document=row)
    for address in (f"{row.id}/", f"{row.id}/file/", f"pages/{page.id}/"):
        with acting_as(lakeside.coordinator):
            before = AuditEntry.objects.filter(subject_id=row.id, action="read").count()
        assert ana.get(f"/documents/{address}").status_code == 200
        with acting_as(lakeside.coordinator):
            after = AuditEntry.objects.filter(subject_id=row.id, action="read").count()
        assert after == before + 1, address


@pytest.mark.asvs("8.2.2")
def test_another_practice_finds_nothing(lakeside: Office, ana: Client, ben: Client) -> None:
    draft = lakeside.draft()
    attach(ana, draft, upload(picture()))
    (row,) = kept(lakeside)
    with acting_as(lakeside.coordinator):
        page = DocumentPage.objects.get(document=row)
    for address in (f"{row.id}/", f"{row.id}/file/", f"pages/{page.id}/"):
        assert ben.get(f"/documents/{address}").status_code == 404
    assert ben.post(f"/documents/{row.id}/remove/").status_code == 404
    assert attach(ben, draft, upload(picture(color="blue"))).status_code == 404
    card = {"file": upload(picture())}
    assert ben.post(f"/patients/{lakeside.rosa.id}/documents/", card).status_code == 404
    ben.post("/enrollments/new/", {"detach": str(row.id)})
    assert [each.id for each in kept(lakeside)] == [row.id]


def test_the_name_of_a_file_is_only_words(lakeside: Office, ana: Client) -> None:
    draft = lakeside.draft()
    told = attach(ana, draft, upload(picture(), '"><svg onload=alert(1)>.jpg')).json()
    assert "<svg onload" not in json.dumps(told["fragments"])
    (row,) = kept(lakeside)
    assert b"<svg onload" not in ana.get(f"/documents/{row.id}/").content
    assert ana.get(f"/documents/{row.id}/file/")["Content-Disposition"] == (
        'attachment; filename="svg-onload-alert-1.jpg"'
    )


@pytest.mark.parametrize("more", [1, 18])
def test_the_patients_page_takes_the_same_queries_for_one_and_for_many(
    lakeside: Office, ana: Client, queries: Queries, more: int
) -> None:
    draft = lakeside.draft()
    for each in range(more):
        file = CheckedFile("image/jpeg", b"%d" % each, (b"page",))
        place, by = Place("B2", enrollment_id=draft.id), lakeside.coordinator
        with acting_as(by):
            domain.attach(file, place=place, title="card", by=by, now=timezone.now())
    assert len(kept(lakeside)) == more
    assert queries(ana, f"/patients/{lakeside.rosa.id}/") == 13
    assert queries(ana, f"/enrollments/{draft.id}/?open=coverage") == 10
    assert queries(ana, f"/documents/{kept(lakeside)[0].id}/") == 8


def test_a_full_storage_is_said_and_nothing_is_kept_by_halves(
    lakeside: Office, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, full = lakeside.draft(), "do $$ begin raise exception using errcode = '53100'; end $$"
    with monkeypatch.context() as storage:
        # PostgreSQL's own error: the paper's row is written by then, and its bytes are not.
        storage.setattr(DocumentFile, "save", lambda *_, **__: connection.cursor().execute(full))
        answer = attach(ana, draft, upload(picture(), "alder.jpg"))
    assert answer.status_code == 422
    assert "our storage is full, so nothing of this file was kept" in answer.content.decode()
    assert kept(lakeside) == []
    assert not answers(lakeside, draft).get("B2")
    assert attach(ana, draft, upload(picture(), "alder.jpg")).status_code == 200
