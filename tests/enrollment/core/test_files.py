"""A file's name is harmless, and its kind is told from its bytes before anything decodes it."""

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.core.files import LARGEST_BYTES, Unfit, download_name, plain_title
from enrollment.core.filetypes import content_type_of


def chunk(kind: bytes, data: bytes) -> bytes:
    told = kind + data
    return struct.pack(">I", len(data)) + told + struct.pack(">I", zlib.crc32(told))


def png(width: int = 1, height: int = 1) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(2)))
    return b"\x89PNG\r\n\x1a\n" + head + data + chunk(b"IEND", b"")


TINY_PNG = png()


def tiff(*sizes: tuple[int, int], again: bool = False, tags: int = 2, order: str = "<") -> bytes:
    """The pages as a TIFF tells them; `again` has the last one lead back to the first."""
    begins, length = (b"II*\0" if order == "<" else b"MM\0*"), 2 + 12 * 2 + 4
    body = begins + struct.pack(f"{order}I", 8)
    for number, (width, height) in enumerate(sizes, start=1):
        following = 8 + number * length if number < len(sizes) else 8 * again
        told = (tags, 256, 4, 1, width, 257, 4, 1, height, following)
        body += struct.pack(f"{order}HHHIIHHIII", *told)
    return body


@pytest.mark.asvs("5.3.2")
@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Card front.jpg", "Card front"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\card.png", "card"),
        ("a\x00b\x1b[31m\r\nSet-Cookie: x.pdf", "a b [31m Set-Cookie: x"),
        ("\u202egpj.exe", "gpj"),
        ("  .hidden. ", "hidden"),
        ("....", ""),
        ("", ""),
        ("x" * 300 + ".pdf", "x" * 80),
        ("Tarjeta de Peña.PDF", "Tarjeta de Peña"),
    ],
)
def test_a_name_is_only_ever_a_title(name: str, title: str) -> None:
    assert plain_title(name) == title


@given(st.text(max_size=200))
def test_whatever_a_file_is_called_its_download_is_plain(name: str) -> None:
    told = download_name(plain_title(name), "application/pdf")
    assert told.endswith(".pdf")
    assert told.isascii()
    assert not set(told) & set('"\\/\r\n;')


def test_a_whole_picture_is_told_by_its_bytes() -> None:
    assert content_type_of(TINY_PNG) == "image/png"
    for order in "<>":
        assert content_type_of(tiff((1_728, 2_200), (1, 1), order=order)) == "image/tiff"
    assert content_type_of(b"%PDF-1.7\n%%EOF\n") == "application/pdf"


@pytest.mark.asvs("5.2.2")
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "This file is empty; choose it again."),
        (b"\0\0\0\x18ftypheic....", "This is a HEIC picture, as phones take, whatever its name"),
        (b"PK\x03\x04word/document.xml", "This is a ZIP archive or an Office file, whatever"),
        (b"GIF89a", "This is a GIF, whatever its name says."),
        (b"II*\x00", "This picture is damaged or ends too early"),
        (tiff((0, 0)), "This picture is damaged or ends too early"),
        (tiff((1, 1), again=True), "This picture is damaged or ends too early"),
        (tiff((1, 1))[:-8], "This picture is damaged or ends too early"),
        (tiff((1, 1), tags=60_000), "This picture is damaged or ends too early"),
        (tiff((9_000, 9_000)), "This picture has 9000 by 9000 points; the most is 50 million"),
        (tiff(*[(7_000, 7_000)] * 6), "The pages of this TIFF have 294 million points"),
        (tiff(*[(1, 1)] * 51), "This TIFF has more pages than 50. Attach the pages that matter."),
        (b"II+\x00" + bytes(40), "This is none of the files we can read"),
        (b"<html><script>", "This is a web page or other text, whatever its name says."),
        (b"MZ\x90", "This is none of the files we can read, whatever its name says."),
        (b"\xff\xd8\xff\xe0", "This picture is damaged or ends too early"),
        (TINY_PNG[:-6], "This picture is damaged or ends too early"),
        (TINY_PNG.replace(b"IDAT", b"IDAX"), "This picture is damaged or ends too early"),
        (TINY_PNG + b"PK\x05\x06" + bytes(18), "This file holds a second file inside"),
        (TINY_PNG + b"<script>alert(1)</script>", "This file holds a second file inside"),
        (b"%PDF-1.7\n1 0 obj", "This PDF ends too early"),
        (b"%PDF-1.7\n%%EOF\nPK\x03\x04", "This file holds a second file inside"),
        (b"%PDF-1.7\n/Launch \n%%EOF", "This PDF holds a script, a form that sends itself"),
        (b" " * (LARGEST_BYTES + 1), "This file has 10.0 MB; the most is 10 MB."),
    ],
)
def test_a_file_that_is_not_what_we_take_is_told_why(body: bytes, sentence: str) -> None:
    with pytest.raises(Unfit) as unfit:
        content_type_of(body)
    assert str(unfit.value).startswith(sentence)


def test_a_picture_of_too_many_points_is_refused_by_its_first_bytes() -> None:
    with pytest.raises(Unfit, match="20000 by 20000 points; the most is 50 million in all"):
        content_type_of(png(20_000, 20_000))


BEGINNINGS = st.sampled_from([b"\xff\xd8\xff", TINY_PNG[:8], b"%PDF-", b"II*\0", b"MM\0*", b""])


@given(st.binary(max_size=400), BEGINNINGS)
def test_no_bytes_make_it_fail_otherwise(rest: bytes, begins: bytes) -> None:
    with suppress(Unfit):
        content_type_of(begins + rest)
