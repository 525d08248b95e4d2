"""The packet on paper: tagged, complete, and closed to the outside."""

import copy
import io
import re
import socketserver
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, NameObject

from journeys.documents.packet import render
from journeys.domain.papers import Appended
from tests.factories.exchange import packet, told
from tests.fakes.pdf_ua import elements, faults

BODY: dict[str, Any] = {
    "delivery": "9f0c6a34-5a5e-4e4b-9d2e-1f5b8a7d6c11",
    "journey": "TL-8KDW2MF",
    "version": 2,
    "digest": "0" * 64,
    "packet": packet(),
}


def text_of(document: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


def with_name(name: str) -> dict[str, Any]:
    return {**copy.deepcopy(BODY), "packet": packet(name)}


def test_it_is_tagged_for_a_screen_reader() -> None:
    drawn = render(BODY, recipient="Parcel Patient Services", papers=(CARD, NOTES))
    assert faults(drawn) == []
    document = PdfReader(io.BytesIO(drawn))
    assert document.metadata is not None
    assert document.metadata.title == "Enrollment TL-8KDW2MF, Veltrana Together"
    # Whom it is for is read before what was answered, and every answer before the papers.
    catalog = root(document)
    read = [each["/S"] for each in elements(catalog)]
    assert read.index("/H1") < read.index("/Table") < read.index("/H2") < read.index("/Figure")
    assert read.count("/H1") == 1
    headings = [each for each in elements(catalog) if each["/S"] == "/TH"]
    assert {each["/A"]["/Scope"] for each in headings} == {"/Row"}
    names = catalog["/StructTreeRoot"]["/IDTree"]["/Names"]
    assert names[::2] == sorted(each["/ID"] for each in headings)
    # What stands at the foot of every page is not read between two answers.
    painted = b"".join(page.get_contents().get_data() for page in document.pages)  # type: ignore[union-attr]
    assert painted.count(b"/Pagination") >= 2 * len(document.pages)


def test_the_judge_of_tagged_papers_finds_what_is_spoilt() -> None:
    drawn = render(BODY, recipient="Parcel Patient Services", papers=(CARD,))
    writer = PdfWriter(clone_from=io.BytesIO(drawn))
    catalog: Any = writer.root_object
    del catalog["/Lang"], catalog["/ViewerPreferences"]
    for element in elements(catalog):
        element.pop("/Alt", None)
        element.get("/A", {}).pop("/Scope", None)
        if element["/S"] == "/H1":
            element[NameObject("/S")] = NameObject("/H3")
        if element["/S"] == "/P":
            element[NameObject("/K")] = ArrayObject()
    spoilt = io.BytesIO()
    writer.write(spoilt)
    numbers = {each.partition(":")[0] for each in faults(spoilt.getvalue())}
    assert numbers == {"01-006", "07-001", "11-006", "13-004", "14-002", "15-003"}


def test_a_section_that_goes_on_over_a_page_says_so_at_its_top() -> None:
    body = with_name("Rosa Delgado")
    patient, insurance, *_others = body["packet"]["sections"]
    patient["fields"] += [told(f"x{n}", f"Question {n}", "Yes") for n in range(70)]
    pages = PdfReader(io.BytesIO(render(body, recipient="Parcel", papers=(CARD, NOTES)))).pages
    tops = [page.extract_text().split("\n") for page in pages]
    goes_on = f"{patient['name']}, continued"
    # Not on the cover, nor where the section begins; then until the next one has begun.
    assert [goes_on in words for words in tops[:4]] == [False, False, True, True]
    assert patient["name"] in tops[1]
    (end,) = [words for words in tops if insurance["name"] in words]
    assert goes_on in end
    # Papers that have several pages go on as well, and nothing goes on into what begins a page.
    told_on = {line for words in tops for line in words if line.endswith("continued")}
    assert told_on == {goes_on, f"{CARD.question}: {CARD.title}, continued"}


def test_it_says_everything_that_was_handed_over() -> None:
    body = with_name("Rosa Delgado")
    screened = {**told("veltrana.tb_result", "Result", "Negative"), "group": "TB screening"}
    scored = {**told("ossivue.t_score", "T-score", "-2.9"), "group": "Bone density"}
    body["packet"]["sections"][2]["fields"] += [screened, scored]
    text = text_of(render(body, recipient="Parcel Patient Services"))
    assert re.search(r"Submitted \w+, \w+ \d+, \d{4}, \d+:\d\d [ap]m ET", " ".join(text.split()))
    for words in (
        "For Parcel Patient Services",
        "TL-8KDW2MF, version 2",
        "Legal first name",
        "Rosa Delgado",
        "MH204418890",
        "Signed electronically",
        " ET",
        "TB screening: result",
        "Bone density: T-score",
    ):
        assert words in text


def test_word_of_a_revocation_is_told_in_a_persons_words() -> None:
    notice = {
        "schema": "throughline.notice/1",
        "kind": "revocation",
        "program": {"key": "veltrana", "name": "Veltrana Together"},
        "at": "2026-03-27T14:05:06.123456+00:00",
        "sentence": "The patient took the permission back.",
        "consent": "authorization",
        "title": "Permission to share my health information with Veltrana Together",
        "text_version": "2026-01",
        "signed_at": "2026-03-20T02:30:00+00:00",
    }
    body = {name: value for name, value in BODY.items() if name != "packet"} | {"notice": notice}
    text = " ".join(text_of(render(body, recipient="Parcel Patient Services")).split())
    for words in (
        "Permission taken back",
        "From Fri, Mar 27, 2026, 10:05 am ET",
        "Permission to share my health information with Veltrana Together, text version 2026-01",
        "Signed Thu, Mar 19, 2026, 10:30 pm ET",
    ):
        assert words in text
    assert "+00:00" not in text


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    heard: list[bytes] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            heard.append(self.request.recv(100))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], heard
        server.shutdown()


@pytest.mark.asvs("1.3.6")
def test_markup_in_a_name_is_printed_and_fetches_nothing(
    listener: tuple[int, list[bytes]],
) -> None:
    port, heard = listener
    name = (
        f'<img src="http://127.0.0.1:{port}/x"><link rel=attachment href="file:///etc/passwd">'
        f"<style>@import url(http://127.0.0.1:{port}/y)</style>{{{{ 7|add:7 }}}}"
    )
    document = render(with_name(name), recipient="Parcel")
    text = text_of(document).replace("\n", "").replace(" ", "")
    assert "<imgsrc=" in text
    assert "{{7|add:7}}" in text
    assert heard == []
    assert b"root:" not in document
    assert not PdfReader(io.BytesIO(document)).attachments


@pytest.mark.parametrize(
    "name", ["", "\u202eedoc", "漢字 مرحبا", "a" * 1000, "a\n\n" * 300, "\x01\x02"]
)
def test_no_name_stops_the_drawing(name: str) -> None:
    assert render(with_name(name), recipient="Parcel").startswith(b"%PDF-1.7")


def jpeg(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (850, 1100), shade).save(out, "JPEG")
    return out.getvalue()


def with_papers(*papers: Appended) -> PdfReader:
    return PdfReader(io.BytesIO(render(BODY, recipient="Parcel Patient Services", papers=papers)))


CARD = Appended("Insurance card", "Front and back", 2, (jpeg(20), jpeg(200)))
NOTES = Appended("Chart notes", "Last visit", 9, (jpeg(90),))


def test_the_pages_of_its_documents_stand_at_its_end() -> None:
    plain, whole = with_papers(), with_papers(CARD, NOTES)
    added = whole.pages[len(plain.pages) :]
    assert (len(plain.pages[0].images), len(added[0].images)) == (0, 3)
    first, second, third = (page.extract_text() for page in added)
    assert "Insurance card: Front and back" in first
    assert "Page 2 of 2" in second
    assert "Chart notes: Last visit" in third
    assert "8 more pages are in the file" in text_of_reader(whole)


def text_of_reader(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def test_a_documents_pages_are_bookmarked_and_told_to_a_screen_reader() -> None:
    whole = with_papers(CARD)
    bookmarks = [str(each.title) for each in flat(whole.outline)]
    assert "Insurance card: Front and back" in bookmarks
    assert list(alternatives(root(whole)["/StructTreeRoot"])) == [
        "Front and back, page 1 of 2, as a picture",
        "Front and back, page 2 of 2, as a picture",
    ]
    assert b"pdfuaid" in root(whole)["/Metadata"].get_object().get_data()


def root(reader: PdfReader) -> Any:
    return reader.trailer["/Root"]


def flat(outline: Any) -> Iterator[Any]:
    for each in outline:
        yield from flat(each) if isinstance(each, list) else (each,)


def alternatives(node: Any) -> Iterator[str]:
    """What stands for each figure of the structure, in its order."""
    node = node.get_object()
    if isinstance(node, list):
        for each in node:
            yield from alternatives(each)
    elif isinstance(node, dict):
        if node.get("/S") == "/Figure":
            yield str(node["/Alt"])
        elif "/K" in node:
            yield from alternatives(node["/K"])


def test_a_title_of_a_document_is_words_and_never_markup() -> None:
    sly = Appended("Card", '"><img src="picture:1"><script>', 1, (jpeg(10),))
    assert list(alternatives(root(with_papers(sly))["/StructTreeRoot"])) == [
        '"><img src="picture:1"><script>, page 1 of 1, as a picture'
    ]
